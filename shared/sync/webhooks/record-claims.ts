/** Prepares the writes for a delivery's event claims: claims, expectations, and requests for the views of the affected principals. */
import type { Claim } from '../../domain/claim.ts';
import { deliveryRememberedMs } from '../../domain/forge-traits.ts';
import type { Synchronization } from '../../domain/synchronization.ts';
import type { ParsedDelivery } from '../../forge/forge.ts';
import { traitsOf } from '../../forge/modules.ts';
import {
  loadClaims,
  numberClaims,
  putBody,
  putClaim,
  putExpectation,
  type SeenBody,
  type StoredClaim,
} from '../../store/claim-store.ts';
import { standingOf } from '../../store/fact-store.ts';
import { reportDeletion } from '../../store/forge-deletion-store.ts';
import { keys } from '../../store/keys.ts';
import { lastNumber } from '../../store/synchronization-store.ts';
import type { Operation, Table } from '../../store/table.ts';
import type { WorkMessage } from '../../store/work.ts';
import { affectedByClaims } from '../plan/affected-principals.ts';
import { type EventClaim, type EventClaimContext, isFirst, isNew, isRemoval } from './event-claims.ts';

/** How a delivery came. */
export interface DeliveryContext extends Omit<EventClaimContext, 'givenAt'> {
  /** SHA-256 of its body, in hex, unless it was recovered from the log. */
  readonly hash: string | undefined;
}

export interface PreparedClaims {
  readonly operations: readonly Operation[];
  readonly messages: readonly WorkMessage[];
  /** Draws the claims' numbers; to be called when the operations are written. */
  readonly number: () => Promise<unknown>;
}

/**
 * The writes for the event claims, for one transaction. Call it again when that transaction conflicts.
 *
 * @param delivery if `eventClaims` are its last ones, otherwise undefined. Its body and the deletions it reports are recorded with
 *   them.
 */
export async function prepareEventClaims(
  table: Table,
  synchronization: Synchronization,
  eventClaims: readonly EventClaim[],
  context: DeliveryContext,
  delivery: Pick<ParsedDelivery, 'deleted'> | undefined,
): Promise<PreparedClaims> {
  const { id } = synchronization;
  const { hash, body, now } = context;
  const rememberedMs = deliveryRememberedMs(traitsOf(synchronization.forge));
  const last = await lastNumber(table, id);
  const givenAt = await givenAtOf(table, synchronization, eventClaims, body);
  const news = eventClaims.filter((eventClaim) =>
    isNew(eventClaim, { ...context, givenAt: givenAt.get(eventClaim.key) }),
  );
  const claimed = news.filter(isRemoval);
  const before = claimed.length === 0 ? [] : await loadClaims(table, id);
  const claims = claimsOf(claimed, before, context);
  const others = eventClaims
    .filter((eventClaim) => !(news.includes(eventClaim) && isRemoval(eventClaim)))
    .map((eventClaim) => ({ ...eventClaim, at: now, ...(news.includes(eventClaim) && { number: last }) }));
  const affected = await affectedByClaims(table, synchronization, claimed, now);
  const isNoted = hash !== undefined && delivery !== undefined && (body === undefined || claimed.length > 0);
  const deleted = isFirst(context) ? (delivery?.deleted ?? []) : [];
  return {
    operations: [
      ...(isNoted
        ? [putBody(synchronization.forge, hash, last, body, Math.ceil((now + rememberedMs) / 1000))]
        : []),
      ...claims.flatMap((claim) => [putClaim(id, claim), { delete: keys.expectation(id, claim.key) }]),
      ...others.map((one) => putExpectation(id, one)),
      ...deleted.map((repository) => reportDeletion(id, repository, { at: now, after: last })),
      ...affected.operations,
    ],
    messages: affected.requested.map(({ message }) => message),
    number: () => numberClaims(table, id, claims),
  };
}

/** Builds the claims to store. Their number is infinite until it is drawn, after they have been stored (`numberClaims`). */
function claimsOf(
  claimed: readonly (EventClaim & Pick<Claim, 'expect'>)[],
  before: readonly StoredClaim[],
  { hash, now }: DeliveryContext,
): readonly StoredClaim[] {
  const ofBody = hash === undefined ? [] : [hash];
  return claimed.map(({ key, expect }) => {
    const known = before.find((claim) => claim.key === key && claim.expect === expect);
    const bodies = [...ofBody, ...(known?.bodies ?? [])];
    return { key, expect, number: Number.POSITIVE_INFINITY, at: now, bodies };
  });
}

/**
 * The read that last gave each right, by key. Looked up only for a repeated body, which counts again if its fact was given back since;
 * otherwise empty.
 */
async function givenAtOf(
  table: Table,
  { id }: Synchronization,
  eventClaims: readonly EventClaim[],
  body: SeenBody | undefined,
): Promise<ReadonlyMap<string, number>> {
  if (body === undefined) {
    return new Map();
  }
  const standing = await standingOf(
    table,
    id,
    eventClaims.map(({ key }) => key),
  );
  return new Map(
    [...standing].flatMap(([key, { isRemoved, givenAt }]) => (isRemoved ? [] : [[key, givenAt] as const])),
  );
}
