/** A forge that this installation knows, and what its adapter is given to work with. */
import type { Clock } from '../runtime/clock.ts';
import type { BudgetOf } from './budget.ts';
import type { ForgeId } from './forge.ts';

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
