/** What a delivery's event claims count for: new ones withdraw and give, all others are hints that cause reads. */
import type { Claim } from '../../domain/claim.ts';
import type { SeenBody } from '../../store/claim-store.ts';

/** What an event says of a fact. */
export interface EventClaim {
  /** As factKey names it. */
  readonly key: string;
  readonly expect: Claim['expect'] | 'there' | 'public';
}

export interface EventClaimContext {
  /** The forge delivered it itself, and what authenticates it was checked; not taken from the forge's log. */
  readonly cameByItself: boolean;
  /** When it happened by what the forge signed, where the payload says so; milliseconds since the epoch. */
  readonly happenedAt?: number | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** The same body, if it came before. */
  readonly body: SeenBody | undefined;
  /** The number of the read that gave the fact's right last, if it is there. */
  readonly givenAt: number | undefined;
}

/** Deliveries are not under way for longer; what is older was kept by somebody. Milliseconds. */
const freshMs = 300_000;

export const isRemoval = <Of extends EventClaim>(eventClaim: Of): eventClaim is Of & Pick<Claim, 'expect'> =>
  eventClaim.expect === 'gone' || eventClaim.expect === 'not-public';

/** Whether nothing like it came before: what cannot be taken back is believed only once, also if the fact was given back since. */
export const isFirst = (context: Omit<EventClaimContext, 'givenAt'>): boolean =>
  isNew({ key: '', expect: 'there' }, { ...context, givenAt: undefined });

/**
 * Whether the word counts by itself. A delivery's id is not signed, so the same body under another id may be an old one: it counts again only
 * once its fact was given back since, and not if it was wrong before. What gives is never more than a hint the second time.
 */
export function isNew(
  eventClaim: EventClaim,
  { cameByItself, happenedAt, now, body, givenAt }: EventClaimContext,
): boolean {
  if (!cameByItself || (happenedAt !== undefined && happenedAt < now - freshMs)) {
    return false;
  }
  if (body === undefined) {
    return true;
  }
  return isRemoval(eventClaim) && !body.contradicted && givenAt !== undefined && givenAt > body.number;
}
