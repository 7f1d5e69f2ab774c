/**
 * Decides whether a delivery's event claims count. A new removal becomes a claim (record-claims.ts); all others are expectations, which
 * only a read confirms.
 */
import type { Claim } from '../../domain/claim.ts';
import type { SeenBody } from '../../store/claim-store.ts';

/** What an event says about a fact. */
export interface EventClaim {
  /** As `factKey` returns it. */
  readonly key: string;
  readonly expect: Claim['expect'] | 'there' | 'public';
}

export interface EventClaimContext {
  /** Whether the forge sent it and it was authenticated, as opposed to recovered from the forge's log. */
  readonly isPushedByForge: boolean;
  /** When it was sent, where the forge signs that; milliseconds since the epoch. */
  readonly happenedAt?: number | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** The record of the same body, if it came before. */
  readonly body: SeenBody | undefined;
  /** The number of the read that last gave the fact's right, if the fact is stored. */
  readonly givenAt: number | undefined;
}

/**
 * Deliveries take no longer than this, and clocks differ by no more; another one was kept by somebody. Milliseconds.
 * https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md#verifying-webhook-authenticity
 */
const freshMs = 300_000;

export const isRemoval = <Of extends EventClaim>(eventClaim: Of): eventClaim is Of & Pick<Claim, 'expect'> =>
  eventClaim.expect === 'gone' || eventClaim.expect === 'not-public';

/**
 * Whether no delivery with the same body came before. For what cannot be undone: a repeated body never counts, even if the fact
 * was given back since.
 */
export const isFirst = (context: Omit<EventClaimContext, 'givenAt'>): boolean =>
  isNew({ key: '', expect: 'there' }, { ...context, givenAt: undefined });

/**
 * Whether the claim counts by itself. The id of a delivery need not be signed, so the same body under another id may be a replay: it counts
 * again only if its fact was given back since, and not if it was wrong before. A repeated claim that gives a right is only a
 * hint.
 */
export function isNew(
  eventClaim: EventClaim,
  { isPushedByForge, happenedAt, now, body, givenAt }: EventClaimContext,
): boolean {
  if (!isPushedByForge || (happenedAt !== undefined && Math.abs(now - happenedAt) > freshMs)) {
    return false;
  }
  if (body === undefined) {
    return true;
  }
  return isRemoval(eventClaim) && !body.contradicted && givenAt !== undefined && givenAt > body.number;
}
