/** An integration, a forge of this installation, and the services that its adapter uses. */
import type { Clock } from '../runtime/clock.ts';
import type { BudgetOf } from './budget.ts';
import type { ForgeId } from './forge.ts';

/** Settings that every integration has; the module defines the rest. */
export interface IntegrationSettings {
  /**
   * The host of the organizations and accounts, without a trailing slash. It is part of keys, so it is not the URL of an API, which may
   * change.
   */
  readonly baseUrl: string;
}

/** Secrets that every integration may have; the module defines the rest. */
export interface IntegrationSecrets {
  /** Authenticates deliveries to the integration itself. */
  readonly webhookSecret?: string | undefined;
  /** The webhook secret before the current one: accepted until the operator removes it. */
  readonly previousWebhookSecret?: string | undefined;
}

/** A forge of this installation, as its operator configured it. One for each forge and host. */
export interface Integration<
  Settings extends IntegrationSettings = IntegrationSettings,
  Secrets extends IntegrationSecrets = IntegrationSecrets,
> {
  readonly forge: ForgeId;
  readonly settings: Settings;
  readonly secrets: Secrets;
}

/**
 * What an adapter uses of its process: it gets requests, time and random numbers only from here. It waits for nothing but responses:
 * instead of waiting it throws `rate-limited` or leaves a read unfinished, with `notBefore`.
 */
export interface ForgeServices {
  readonly fetch: typeof fetch;
  readonly clock: Clock;
  /**
   * Budgets by the name of their credential, which only has to be unique for the integration; shared by all workers. An adapter reads the
   * budget before each request and sends none before `notBefore` or the `reservedUntil` of its purpose; it notes each limit in a response.
   */
  readonly budgets: BudgetOf;
  /** From 0 up to 1: spreads the retries of workers that wait for the same moment. */
  readonly random: () => number;
}
