/** What differs from forge to forge in how it is read, as data. */
import type { ScopeLayout } from './scopes.ts';

export interface ForgeTraits {
  readonly scopes: ScopeLayout;
  /** How long its API may show what has changed since, in milliseconds: a read that began later than this after a change knows of it. */
  readonly lagMs: number;
  /** How long it can deliver an event again, or keeps it in its log; milliseconds. 0: it never does. */
  readonly deliveriesKeptMs: number;
  /**
   * The shares of a credential's budget, rights first: what a share waits for every later one waits for too. Each is the name of what may be
   * asked for with it.
   */
  readonly budgets: readonly [rights: string, ...rest: string[]];
}
