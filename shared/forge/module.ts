/**
 * What a forge is to everybody else: one module for each, in `shared/forge/<id>/module.ts`, listed in modules.ts. Nothing else names a
 * forge. An adapter implements `ForgeModule`; forge.ts, containment.ts and credential.ts say what it owes, test/contracts/forge-contract.ts
 * holds it to that.
 */
import type { z } from 'zod';
import type { Connection } from '../domain/connection.ts';
import type { ForgeTraits } from '../domain/forge-traits.ts';
import type { ForgeOrganizationId } from '../domain/ids.ts';
import type { CommitFinder } from './containment.ts';
import type { CredentialSource } from './credential.ts';
import type { ContentReader, DeliveryLog, ForgeId, StructureReader, WebhookReader } from './forge.ts';
import type { ForgeServices, Integration, IntegrationSecrets, IntegrationSettings } from './integration.ts';
import type { Registration } from './registration.ts';
import type { SignIn } from './sign-in.ts';

export type { ForgeServices, Integration } from './integration.ts';

/** What is to be opened. */
export interface OpenConnection<
  Settings extends IntegrationSettings = IntegrationSettings,
  Secrets extends IntegrationSecrets = IntegrationSecrets,
> {
  readonly integration: Integration<Settings, Secrets>;
  /** `integration`: the integration itself, as what a forge keeps its log of deliveries for. It reads no organization. */
  readonly connection: Connection | { readonly kind: 'integration' };
  /** Whose facts are wanted: an answer about another organization is an error. Without it only `probe` answers. */
  readonly organization?: ForgeOrganizationId | undefined;
  readonly services: ForgeServices;
}

/** The forge as one connection shows it, for one run. What it keeps in memory, the next run may not find. */
export interface ForgeClient {
  readonly structure: StructureReader;
  readonly contents: ContentReader & CommitFinder;
  /** Where the forge keeps what it tried to tell the integration. */
  readonly deliveryLog?: DeliveryLog | undefined;
  /** Requests sent so far, those that failed too. */
  requests(): number;
}

export interface ForgeModule<
  Settings extends IntegrationSettings = IntegrationSettings,
  Secrets extends IntegrationSecrets = IntegrationSecrets,
  Value = unknown,
> {
  /** The name of its folder; it stands in keys and in the addresses of webhooks. */
  readonly id: ForgeId;
  /** How it is read, as data: the engine asks for the scopes that stand here, and expects facts of their kinds. */
  readonly traits: ForgeTraits;
  /** The host of stored records that name none, because they are older than keys with hosts. */
  readonly defaultBaseUrl?: string | undefined;
  /** What an operator writes down of an integration, … */
  readonly settings: z.ZodType<Settings>;
  /** … and what of it is secret. */
  readonly secrets: z.ZodType<Secrets>;
  /** Whether the forge keeps what it tried to tell an integration: then one that is opened has its `deliveryLog`. */
  readonly hasDeliveryLog?: boolean | undefined;
  /** Needs no connection: a delivery says itself which one it is about, once its signature was checked. */
  readonly webhooks: WebhookReader;
  /**
   * The secret part of a connection: an OAuth pair, an access token. It is stored encrypted, as JSON, and checked against this when it is
   * used. Undefined where only an App is installed.
   */
  readonly credential?: z.ZodType<Value> | undefined;
  /** How people sign in with their account there, where the forge can tell us who they are. */
  readonly signIn?: SignIn<Settings, Secrets> | undefined;
  /** How an operator registers this installation by a form, where the forge has that. */
  readonly registration?: Registration | undefined;
  /**
   * Sends no request: what is wrong with the connection is told by the first read. The client's code is imported here, so that functions
   * which only know the forges do not load it.
   *
   * @param credential undefined for an App's installation and for the integration itself, which speak with the integration's key
   * @throws RangeError for a kind of connection that the forge does not have
   */
  open(
    connection: OpenConnection<Settings, Secrets>,
    credential: CredentialSource<Value> | undefined,
  ): Promise<ForgeClient>;
}
