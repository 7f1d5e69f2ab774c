/** What the contract needs to know of a forge. */
import type { FactKind } from '../../../shared/domain/facts.ts';
import type { ForgeTraits } from '../../../shared/domain/forge-traits.ts';
import type { ForgeAccountId, ForgeRepositoryId, ForgeTeamId } from '../../../shared/domain/ids.ts';
import type { ScopeName } from '../../../shared/domain/scopes.ts';
import type { ForgeErrorCode } from '../../../shared/forge/errors.ts';
import type { WebhookReader } from '../../../shared/forge/forge.ts';
import type { ForgeClient } from '../../../shared/forge/module.ts';

/**
 * An organization on the forge that has at least one owner, in which all else is made by these. What would make a fact of a kind that the
 * forge's layout does not have is never called.
 */
export interface WorldChanges {
  addMember(): Promise<ForgeAccountId>;
  removeMember(account: ForgeAccountId): Promise<void>;
  addTeam(): Promise<ForgeTeamId>;
  removeTeam(team: ForgeTeamId): Promise<void>;
  addTeamMember(team: ForgeTeamId, account: ForgeAccountId): Promise<void>;
  removeTeamMember(team: ForgeTeamId, account: ForgeAccountId): Promise<void>;
  /** Lets the team read the repository. */
  grant(team: ForgeTeamId, repository: ForgeRepositoryId): Promise<void>;
  revoke(team: ForgeTeamId, repository: ForgeRepositoryId): Promise<void>;
  /** A private one, without any ref. */
  addRepository(name: string): Promise<ForgeRepositoryId>;
  removeRepository(repository: ForgeRepositoryId): Promise<void>;
  renameRepository(repository: ForgeRepositoryId, name: string): Promise<void>;
  addCollaborator(repository: ForgeRepositoryId, account: ForgeAccountId): Promise<void>;
  removeCollaborator(repository: ForgeRepositoryId, account: ForgeAccountId): Promise<void>;
  /** Commits a manifest of that name on top of the ref of that name, or of nothing. @returns the commit */
  push(repository: ForgeRepositoryId, kind: 'tag' | 'branch', ref: string, manifest: string): Promise<string>;
  removeRef(repository: ForgeRepositoryId, kind: 'tag' | 'branch', ref: string): Promise<void>;
}

/** The whole scopes whose lists are longer than a page; a forge has those of its layout. */
export const longLists = ['members', 'teams', 'repositories', 'permissions'] as const satisfies ScopeName[];
export type LongList = (typeof longLists)[number];

/** The kinds of facts that the contract makes and removes; a forge has those of its layout. */
export type MadeKind = Exclude<FactKind, 'settings' | 'role-member' | 'role-team'>;

export type Answer = 'unavailable' | 'gone' | 'unauthorized' | 'forbidden' | 'too-many-requests';

/** What each is to us. */
export const codeOfAnswer: Readonly<Record<Answer, ForgeErrorCode>> = {
  unavailable: 'unavailable',
  gone: 'gone',
  unauthorized: 'credential-rejected',
  forbidden: 'insufficient-scope',
  'too-many-requests': 'rate-limited',
};

/** What the forge does wrong, until it is told to stop. */
export type Fault =
  /** It answers every request with an error: 503, 410, 401, 403, or 429 with a minute to wait. */
  | { readonly answers: Answer }
  /** Every page but the first of a list lacks an item that is there. */
  | { readonly shortPagesOf: LongList };

export interface ForgeFixture {
  readonly traits: ForgeTraits;
  readonly changes: WorldChanges;
  readonly fault: (fault: Fault | undefined) => void;
  /** Faults that the forge does not have. */
  readonly cannot?: readonly (Answer | 'short-pages')[];
  /** The forge as one process opens it. Processes share what is stored: budgets, and the credential. */
  open(): Promise<ForgeClient>;
  /**
   * Makes more than two pages of what each of its long lists is of (members, teams, repositories, collaborators), and ties some of them.
   *
   * @returns how many of each
   */
  fill(): Promise<number>;
  /** Requests that the forge has got, of all processes. */
  requests(): number;
  readonly clock: { now(): number; advance(ms: number): void };
  /** Left out where the forge tells nothing. */
  readonly deliveries?: DeliveriesFixture;
  /** Left out where a connection has no credential that ends. */
  readonly credential?: CredentialFixture;
  close(): Promise<void>;
}

export interface CredentialFixture {
  /** How often the forge issued a successor. */
  exchanges(): number;
  /** How long an access lasts, in milliseconds. */
  readonly lifeMs: number;
  /** The owner takes back what he granted. */
  revoke(): void;
}

export interface Delivery {
  readonly body: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
}

export interface DeliveriesFixture {
  readonly webhooks: WebhookReader;
  /**
   * What the forge tells of when it comes and when it goes: `where`, that something has changed and where to look; `what`, also which fact is
   * gone, as a removal. Kinds that are left out it does not tell of. Pushes every forge tells.
   */
  readonly tells: Readonly<Partial<Record<MadeKind, 'where' | 'what'>>>;
  /** What came since the last time it was asked, made with the secret. */
  take(): Promise<readonly Delivery[]>;
  readonly secret: string;
  /** Whether the bytes of the body are signed; otherwise the secret itself is sent. */
  readonly signsBody: boolean;
  /** The delivery made with another secret. */
  madeWith(secret: string, delivery: Delivery): Delivery;
  /** An event that the adapter reads, without what it is about; and one that no adapter knows. */
  readonly withoutObject: Delivery;
  readonly unknown: Delivery;
}

/** A part of the fixture that the forge has, because the contract's part about it runs. */
export function given<Part>(part: Part | undefined): Part {
  if (part === undefined) {
    throw new Error('the fixture lacks a part that the contract is about');
  }
  return part;
}
