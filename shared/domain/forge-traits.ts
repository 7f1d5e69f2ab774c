/** What differs from forge to forge in how it is read, as data. */
import type { ScopeLayout } from './scopes.ts';

export interface ForgeTraits {
  readonly scopes: ScopeLayout;
  /** How long its API may show what has changed since, in milliseconds: a read that began later than this after a change knows of it. */
  readonly lagMs: number;
  /** How long it can deliver an event again, or keeps it in its log; milliseconds. 0: it never does. */
  readonly deliveriesKeptMs: number;
  /**
   * What a credential's budget of requests is spent on, rights first: they never wait for the others. When little is left, what stands later
   * waits for the rest of the budget, which is kept for those before it.
   */
  readonly budgets: readonly [rights: string, ...others: string[]];
}

const dayMs = 24 * 3600_000;

/**
 * How long a delivery and its body are remembered, in milliseconds: longer than the forge may repeat it, and never less than four days, since
 * whoever kept a body may send it again.
 */
export const deliveryRememberedMs = ({ deliveriesKeptMs }: Pick<ForgeTraits, 'deliveriesKeptMs'>): number =>
  Math.max(4 * dayMs, deliveriesKeptMs + dayMs);
