/** The differences between forges in how they are read, as data. */
import type { ScopeLayout } from './scopes.ts';

export interface ForgeTraits {
  readonly scopes: ScopeLayout;
  /** How old the API's answers may be, in milliseconds: a read that begins later than this after a change shows it. */
  readonly lagMs: number;
  /** How long the forge may repeat a delivery or keeps it in its log; milliseconds. 0: it does neither. */
  readonly deliveriesKeptMs: number;
  /**
   * For how long a look-up by id has to find nothing before that proves anything, because the forge's outages look the same; milliseconds,
   * 0 if left out. What an event said is gone is believed at once.
   */
  readonly notFoundMs?: number;
  /** How many manifests an hour may be read, where each takes a request; left out where they are read many at a time. */
  readonly manifestsPerHour?: number;
  /**
   * The term of a team's right that limits no member, where members of teams have levels: nobody has more in a team than this. Left out where
   * teams have no levels.
   */
  readonly unlimited?: string;
  /** Whether the forge has roles that view code and do not download it. Who has one installs nothing, unless an owner allows it. */
  readonly hasViewers?: boolean;
  /**
   * What a credential's request budget is spent on, in order of priority: rights never wait for the others. When little is left,
   * each purpose waits while the rest is reserved for those before it.
   */
  readonly budgets: readonly [rights: string, ...others: string[]];
}

const dayMs = 24 * 3600_000;

/**
 * How long a delivery and its body are recorded, in milliseconds: longer than the forge may repeat it, and never less than four
 * days, since somebody who kept a body may send it again.
 */
export const deliveryRememberedMs = ({ deliveriesKeptMs }: Pick<ForgeTraits, 'deliveriesKeptMs'>): number =>
  Math.max(4 * dayMs, deliveriesKeptMs + dayMs);
