/** Webhooks that are installed at a forge for one synchronization: the port of their management. */
import type { ForgeRepositoryId } from '../domain/ids.ts';
import type { Secret } from '../runtime/secret.ts';
import type { AttemptLog } from './forge.ts';

/** The log of one hook, all of whose deliveries are ours. */
export type HookLog = Pick<AttemptLog, 'page' | 'redeliver'>;

/** What a hook is installed on. */
export type HookPlace =
  | { readonly on: 'organization' }
  | { readonly on: 'repository'; readonly repository: ForgeRepositoryId };

/** A hook as the forge shows it, whoever installed it. */
export interface InstalledHook {
  /** The forge's id. */
  readonly id: string;
  /** Where it delivers to. */
  readonly url: string;
  /** `paused`: the forge delivers nothing for some time, after failures. `disabled`: until somebody enables it. */
  readonly state: HookState;
  /** Whether events, secret and the check of certificates are as `ensure` would set them. */
  readonly isAsWanted: boolean;
}

export const hookStates = ['working', 'paused', 'disabled'] as const;
export type HookState = (typeof hookStates)[number];

export interface WantedHook {
  /** Where deliveries arrive. */
  readonly url: string;
  readonly secret: Secret<string>;
}

/** Each method throws a ForgeError; `insufficient-scope` when the credential may not manage hooks there. */
export interface Hooks {
  /** What the credential needs to manage hooks, as a sentence for owners. */
  readonly needs: string;
  /** A new secret in the form that the forge needs. @param random 32 random bytes */
  newSecret(random: Uint8Array): Secret<string>;
  /**
   * All hooks at the place. One request for each 100.
   *
   * @returns undefined when the forge has none there: the plan lacks hooks of organizations, or the repository is gone
   */
  list(place: HookPlace): Promise<readonly InstalledHook[] | undefined>;
  /**
   * Installs a hook, or repairs this one: address, secret, events, and the state if it is paused or disabled. A secret is sent each time, since
   * forges do not show what they have and may drop it with a change.
   *
   * @param existing a hook of ours at this place
   * @returns as it is afterwards
   */
  ensure(place: HookPlace, wanted: WantedHook, existing?: InstalledHook): Promise<InstalledHook>;
  /** Removes a hook of ours. One that is gone is no error. */
  remove(place: HookPlace, id: string): Promise<void>;
  /** What was delivered to a hook; undefined where the forge, or this version of it, does not show that. */
  log?(place: HookPlace, id: string): Promise<HookLog | undefined>;
}
