/**
 * Counts the requests of all workers within the time before each, for forges that say neither what is left of a limit nor when to come again.
 * Pure; a budget stores it.
 */

/** A limit on requests within a sliding time. */
export interface WindowLimit {
  readonly requests: number;
  readonly perMs: number;
}

/** Requests by the slot of time in which they were reserved: slot n begins n slot lengths after the epoch. */
export type Reserved = Readonly<Record<string, number>>;

export interface Reservation extends WindowLimit {
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly wanted: number;
  /** How many of an earlier reservation were not sent and will not be. */
  readonly unused?: { readonly slot: number; readonly count: number } | undefined;
}

/** `until`: when what was granted has to be sent. Times in milliseconds since the epoch. */
export type Granted =
  | { readonly granted: number; readonly slot: number; readonly until: number }
  | { readonly granted: 0; readonly notBefore: number };

const slotsPerWindow = 120;
/** One in which a request is sent after it was reserved, and one for its way. */
const slotsMore = 2;
/** Of what is left, so that other workers get something too. */
const shareOfRest = 1 / 8;

/**
 * Reserves requests, at least one if the limit allows it.
 *
 * @returns the reserved requests that still count, and what was granted
 */
export function reserveIn(
  before: Reserved,
  { now, requests, perMs, wanted, unused }: Reservation,
): { readonly reserved: Reserved; readonly answer: Granted } {
  const slotMs = perMs / slotsPerWindow;
  const slot = Math.floor(now / slotMs);
  const counted = Object.entries(before)
    .map(([name, count]) => [Number(name), count] as const)
    .filter(([one]) => one > slot - slotsPerWindow - slotsMore)
    .map(([one, count]) => [one, one === unused?.slot ? Math.max(0, count - unused.count) : count] as const)
    .toSorted(([one], [other]) => one - other);
  const used = counted.reduce((sum, [, count]) => sum + count, 0);
  const free = requests - used;
  const granted = free <= 0 ? 0 : Math.min(wanted, Math.max(1, Math.floor(free * shareOfRest)));
  if (granted === 0) {
    let rest = used;
    const [last] = counted.find(([, count]) => {
      rest -= count;
      return rest < requests;
    }) ?? [slot];
    const notBefore = Math.ceil((last + slotsPerWindow + slotsMore) * slotMs);
    return { reserved: Object.fromEntries(counted), answer: { granted, notBefore } };
  }
  const reserved = Object.fromEntries(counted);
  reserved[slot] = (reserved[slot] ?? 0) + granted;
  return { reserved, answer: { granted, slot, until: Math.floor((slot + 1) * slotMs) } };
}
