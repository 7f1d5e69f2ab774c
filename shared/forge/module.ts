/**
 * The interface of a forge's module, `shared/forge/<id>/module.ts`, listed in modules.ts. Nothing else names a forge. An adapter implements
 * `ForgeModule`; forge.ts, containment.ts and credential.ts are its contract, test/contracts/forge-contract.ts tests it.
 */
import type { z } from 'zod';
import type { Connection } from '../domain/connection.ts';
import type { ForgeTraits } from '../domain/forge-traits.ts';
import type { ForgeOrganizationId } from '../domain/ids.ts';
import type { Connecting } from './connecting.ts';
import type { CommitFinder } from './containment.ts';
import type { CredentialSource } from './credential.ts';
import type {
  AttemptLog,
  ContentReader,
  DeliveryLog,
  ForgeId,
  StructureReader,
  WebhookReader,
} from './forge.ts';
import type { Hooks } from './hooks.ts';
import type { ForgeServices, Integration, IntegrationSecrets, IntegrationSettings } from './integration.ts';
import type { ClientRegistration, Registration } from './registration.ts';
import type { SignIn } from './sign-in.ts';

export type { ForgeServices, Integration } from './integration.ts';

/** What is to be opened. */
export interface OpenConnection<
  Settings extends IntegrationSettings = IntegrationSettings,
  Secrets extends IntegrationSecrets = IntegrationSecrets,
> {
  readonly integration: Integration<Settings, Secrets>;
  /** `integration`: the integration itself, for which the forge keeps a log of deliveries. It reads no organization. */
  readonly connection: Connection | { readonly kind: 'integration' };
  /** The organization to read: a response about another one is an error. Without it only `probe` works. */
  readonly organization?: ForgeOrganizationId | undefined;
  /** Whether people who may view code there, but not download it, install packages; default false (`ForgeTraits.hasViewers`). */
  readonly viewersInstall?: boolean | undefined;
  readonly services: ForgeServices;
}

/** A client of the forge with one connection, for one run. State in its memory may be lost before the next run. */
export interface ForgeClient {
  readonly structure: StructureReader;
  readonly contents: ContentReader & CommitFinder;
  /** The hooks that are installed for the connection's organization, if the forge needs that (`ForgeModule.installsHooks`). */
  readonly hooks?: Hooks | undefined;
  /** The log of deliveries to the integration, if the forge keeps one. */
  readonly deliveryLog?: DeliveryLog | undefined;
  /** The same log, as people are shown it. */
  readonly attemptLog?: AttemptLog | undefined;
  /** Requests sent so far, failed ones included. */
  requests(): number;
}

export interface ForgeModule<
  Settings extends IntegrationSettings = IntegrationSettings,
  Secrets extends IntegrationSecrets = IntegrationSecrets,
  Value = unknown,
> {
  /** The name of the module's folder; part of keys and of webhook URLs. */
  readonly id: ForgeId;
  /** What people call it. */
  readonly name: string;
  /** How the forge is read, as data: its scopes, and the kinds of facts in each. */
  readonly traits: ForgeTraits;
  /** The host of stored records without one, which are older than keys with hosts. */
  readonly defaultBaseUrl?: string | undefined;
  /** The schema of an integration's settings. */
  readonly settings: z.ZodType<Settings>;
  /** The schema of an integration's secrets. */
  readonly secrets: z.ZodType<Secrets>;
  /** Whether the forge keeps a log of deliveries to an integration: if so, an opened integration has a `deliveryLog`. */
  readonly hasDeliveryLog?: boolean | undefined;
  /** Whether deliveries come from hooks that are installed for each synchronization: if so, an opened connection has `hooks`. */
  readonly installsHooks?: boolean | undefined;
  /** It keeps a log of the deliveries of such a hook, which can be shown, and delivers again. */
  readonly hasHookLog?: boolean | undefined;
  /** Whether folders below a repository's root can be packages: if so, an opened connection's contents have `folders`. */
  readonly readsFolders?: boolean | undefined;
  /** Needs no connection: a delivery with a valid signature says itself which one it is about. */
  readonly webhooks: WebhookReader;
  /**
   * The schema of a connection's secret, such as an OAuth pair or an access token. It is stored as encrypted JSON and validated on use.
   * Undefined if the only connections are App installations.
   */
  readonly credential?: z.ZodType<Value> | undefined;
  /** Sign-in with accounts of the forge, if it supports that. */
  readonly signIn?: SignIn<Settings, Secrets> | undefined;
  /** How owners connect an organization, if that is not by installing an App. */
  readonly connecting?: Connecting<Settings, Secrets, Value> | undefined;
  /** Registration of this installation by a form, if the forge supports that. */
  readonly registration?: Registration | undefined;
  /** Registration by a client that is entered, if the forge has no form for it. */
  readonly clientRegistration?: ClientRegistration | undefined;
  /**
   * Opens a connection. Sends no request: a broken connection fails at the first read. Imports the client's code, so that functions that
   * send no requests do not load it.
   *
   * @param credential undefined for an App's installation and for the integration itself, which use the integration's key
   * @throws RangeError for a kind of connection that the forge does not have
   */
  open(
    connection: OpenConnection<Settings, Secrets>,
    credential: CredentialSource<Value> | undefined,
  ): Promise<ForgeClient>;
}
