/** Stores what events reported: claims, which withdraw before any read, and expectations, which a read has to confirm. */
import { z } from 'zod';
import type { Claim } from '../domain/claim.ts';
import type { SynchronizationId } from '../domain/ids.ts';
import { all, equal, missing, present } from './condition.ts';
import { type Key, keys, tableKeys } from './keys.ts';
import { drawNumber } from './synchronization-store.ts';
import { ConflictError, type Operation, type Table } from './table.ts';

const ClaimItem = z.object({
  key: z.string(),
  expect: z.enum(['gone', 'not-public']),
  number: z.number().default(Number.POSITIVE_INFINITY),
  at: z.number(),
  bodies: z.array(z.string()),
});

export interface StoredClaim extends Claim {
  /** SHA-256 of the bodies of the deliveries that reported it, latest first. */
  readonly bodies: readonly string[];
}

/** The most bodies that a claim names. */
const bodiesMax = 10;

/** All claims that reads have not answered yet; consistent. Usually there are none. */
export async function loadClaims(table: Table, id: SynchronizationId): Promise<readonly StoredClaim[]> {
  const prefix = keys.claim(id, '');
  return (await table.query(prefix.pk, prefix.sk)).map((item) => ClaimItem.parse(item));
}

/**
 * Each kind of claim has its own item, so that an event that says less replaces no claim: the event that a repository was made
 * private may arrive after the event that it was deleted.
 */
const itemOf = (id: SynchronizationId, { key, expect }: Pick<Claim, 'key' | 'expect'>): Key =>
  keys.claim(id, expect === 'gone' ? key : `${key}#${expect}`);

/**
 * Withdraws what the claim covers. It has no number yet: `numberClaims` follows.
 *
 * It never expires: what nobody could read stays withdrawn.
 */
export function putClaim(
  id: SynchronizationId,
  { key, expect, at, bodies }: Omit<StoredClaim, 'number'>,
): Operation {
  return {
    put: itemOf(id, { key, expect }),
    item: { key, expect, at, bodies: [...new Set(bodies)].slice(0, bodiesMax) },
  };
}

/**
 * Draws the numbers of claims that have none. A number is drawn after its claim is stored, so that every read with a higher
 * number saw the claim. It is not drawn in the transaction that stores the claim, because many deliveries at once would contend
 * for the counter. If the writer dies before it, the next reader of the claim does it.
 *
 * @returns all claims with their numbers
 */
export async function numberClaims(
  table: Table,
  id: SynchronizationId,
  claims: readonly StoredClaim[],
): Promise<readonly StoredClaim[]> {
  if (claims.every(({ number }) => Number.isFinite(number))) {
    return claims;
  }
  const drawn = await drawNumber(table, id);
  return Promise.all(
    claims.map(async (claim) => {
      if (Number.isFinite(claim.number)) {
        return claim;
      }
      const change = { key: itemOf(id, claim), set: { number: drawn } };
      // If the claim was reported again in the meantime, it needs a later number: leave it without one.
      const isSame = all(present, missing('number'), equal('at', claim.at));
      await unlessConflict(table.update(change, isSame));
      return { ...claim, number: drawn };
    }),
  );
}

/** Deletes answered claims, unless they were reported again meanwhile. */
export async function deleteClaims(
  table: Table,
  id: SynchronizationId,
  claims: readonly Claim[],
): Promise<void> {
  for (const claim of claims) {
    const when = equal('number', claim.number);
    await unlessConflict(table.transact([{ delete: itemOf(id, claim), when }]));
  }
}

const BodyItem = z.object({
  number: z.number(),
  contradicted: z.literal(true).optional(),
});

/** The record of a delivered body. */
export interface SeenBody {
  /** The last number drawn when it came. */
  readonly number: number;
  /** Whether a read that began late enough showed its claim to be wrong. */
  readonly contradicted: boolean;
}

/** @param hash SHA-256 of the body, in hex */
export async function findBody(table: Table, forge: string, hash: string): Promise<SeenBody | undefined> {
  const item = await table.get(keys.deliveryBody(forge, hash));
  const body = item && BodyItem.parse(item);
  return body && { number: body.number, contradicted: body.contradicted === true };
}

/**
 * Records the body of a delivery; conflicts with another writer at the same moment.
 *
 * @param expiresAt seconds since the epoch
 */
export function putBody(
  forge: string,
  hash: string,
  number: number,
  before: SeenBody | undefined,
  expiresAt: number,
): Operation {
  return {
    update: {
      key: keys.deliveryBody(forge, hash),
      set: { number, [tableKeys.expiry]: expiresAt },
    },
    when: before === undefined ? { is: 'absent' } : equal('number', before.number),
  };
}

/** Turns the bodies of the claim into hints from now on. */
export async function contradictBodies(table: Table, forge: string, claim: StoredClaim): Promise<void> {
  for (const hash of claim.bodies) {
    const change = { key: keys.deliveryBody(forge, hash), set: { contradicted: true } };
    await unlessConflict(table.update(change, present));
  }
}

async function unlessConflict(write: Promise<unknown>): Promise<void> {
  try {
    await write;
  } catch (error) {
    if (!(error instanceof ConflictError)) {
      throw error;
    }
  }
}

const ExpectationItem = z.object({
  key: z.string(),
  expect: z.enum(['gone', 'not-public', 'there', 'public']),
  at: z.number(),
  number: z.number().optional(),
});
/**
 * What an event reported, and when it arrived, in milliseconds since the epoch. `number` is set only for a new event that gives a
 * right: the last number drawn when it arrived.
 */
export type Expectation = z.infer<typeof ExpectationItem>;

const expectationSeconds = 3600;

/** Stores an expectation until a read confirms it. */
export function putExpectation(id: SynchronizationId, { key, expect, at, number }: Expectation): Operation {
  const expiresAt = Math.ceil(at / 1000) + expectationSeconds;
  return { put: keys.expectation(id, key), item: { key, expect, at, number, [tableKeys.expiry]: expiresAt } };
}

/** All expectations that are not settled; consistent. */
export async function loadExpectations(table: Table, id: SynchronizationId): Promise<readonly Expectation[]> {
  const prefix = keys.expectation(id, '');
  return (await table.query(prefix.pk, prefix.sk)).map((item) => ExpectationItem.parse(item));
}

/** Deletes a settled expectation, unless another event came meanwhile. */
export function deleteExpectation(id: SynchronizationId, { key, at }: Expectation): Operation {
  return { delete: keys.expectation(id, key), when: equal('at', at) };
}
