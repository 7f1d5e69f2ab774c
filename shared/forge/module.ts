/**
 * What a forge is to everybody else: one module for each, in `shared/forge/<id>/module.ts`, listed in modules.ts. Nothing else names a
 * forge. An adapter implements `ForgeModule`; forge.ts, containment.ts and credential.ts say what it owes, test/contracts/forge-contract.ts
 * holds it to that.
 */
import type { z } from 'zod';
import type { Connection } from '../domain/connection.ts';
import type { ForgeTraits } from '../domain/forge-traits.ts';
import type { ForgeOrganizationId } from '../domain/ids.ts';
import type { Clock } from '../runtime/clock.ts';
import type { BudgetOf } from './budget.ts';
import type { CommitFinder } from './containment.ts';
import type { CredentialSource } from './credential.ts';
import type { ContentReader, DeliveryLog, ForgeId, StructureReader, WebhookReader } from './forge.ts';

/** What every integration says of its forge; the rest is the module's own. */
export interface IntegrationSettings {
  /**
   * The host whose organizations and accounts it is about, without a slash at its end. It stands in keys, so it is not the address of an
   * API, which may change.
   */
  readonly baseUrl: string;
}

/** What every integration may keep secret; the rest is the module's own. */
export interface IntegrationSecrets {
  /** Authenticates deliveries to the integration itself, … */
  readonly webhookSecret?: string | undefined;
  /** … and did before: accepted until the operator takes it out. */
  readonly previousWebhookSecret?: string | undefined;
}

/** A forge that this installation knows, as its operator wrote it down. One for each forge and host. */
export interface Integration<
  Settings extends IntegrationSettings = IntegrationSettings,
  Secrets extends IntegrationSecrets = IntegrationSecrets,
> {
  readonly forge: ForgeId;
  readonly settings: Settings;
  readonly secrets: Secrets;
}

/**
 * What an adapter needs of the process that it runs in. It sends requests, tells the time and draws numbers with these alone, and waits for
 * nothing but answers: where it would have to wait, it throws `rate-limited` or leaves a reading unfinished, with `notBefore`.
 */
export interface ForgeServices {
  readonly fetch: typeof fetch;
  readonly clock: Clock;
  /**
   * Budgets by the name of their credential, which only has to be unique for the integration; shared by all workers. An adapter reads the
   * budget before it sends a request and sends none before `notBefore`, nor before `reservedUntil` of what it spends on; it notes each limit
   * that an answer tells of.
   */
  readonly budgets: BudgetOf;
  /** From 0 up to 1: spreads those who wait for the same moment. */
  readonly random: () => number;
}

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
