/** What events said: claims, which withdraw before any read, and hints, which a read has to agree with. */
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
  /** SHA-256 of the bodies of the deliveries that made it, the latest first. */
  readonly bodies: readonly string[];
}

/** A claim names no more bodies than this. */
const bodiesMax = 10;

/** Everything that is claimed and not yet answered by reads, consistent. There is seldom any. */
export async function loadClaims(table: Table, id: SynchronizationId): Promise<readonly StoredClaim[]> {
  const prefix = keys.claim(id, '');
  return (await table.query(prefix.pk, prefix.sk)).map((item) => ClaimItem.parse(item));
}

/** An event that says less takes no claim away: a repository that was deleted may have been made private before, and that event may come later. */
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
 * Draws the number of claims that have none. It is drawn after they were stored, so whoever reads the forge under a higher number knows of them; and
 * apart from the transaction that stores them, because many deliveries at once would all wait for the one counter. Whoever meets a claim whose
 * writer died before it does the same.
 *
 * @returns all of them with their numbers
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
      // One that was said once more since is younger than this number.
      const isSame = all(present, missing('number'), equal('at', claim.at));
      await unlessConflict(table.update(change, isSame));
      return { ...claim, number: drawn };
    }),
  );
}

/** Deletes claims that are answered, unless there is another one by now. */
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

/** A body that was seen before. */
export interface SeenBody {
  /** The last number that was drawn when it came. */
  readonly number: number;
  /** A read that had to know showed that what it claimed was not so. */
  readonly contradicted: boolean;
}

/** @param hash SHA-256 of the body, in hex */
export async function findBody(table: Table, forge: string, hash: string): Promise<SeenBody | undefined> {
  const item = await table.get(keys.deliveryBody(forge, hash));
  const body = item && BodyItem.parse(item);
  return body && { number: body.number, contradicted: body.contradicted === true };
}

/**
 * Notes that the body came, unless somebody else did at the same moment.
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

/** From now on the bodies of the claim are only hints. */
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
 * What an event said, and when we heard it, in milliseconds since the epoch. A new event that gives something has the last number that was drawn by
 * then.
 */
export type Expectation = z.infer<typeof ExpectationItem>;

const expectationSeconds = 3600;

/** Keeps an event's word until a read agrees. */
export function putExpectation(id: SynchronizationId, { key, expect, at, number }: Expectation): Operation {
  const expiresAt = Math.ceil(at / 1000) + expectationSeconds;
  return { put: keys.expectation(id, key), item: { key, expect, at, number, [tableKeys.expiry]: expiresAt } };
}

/** Everything told and not yet settled, consistent. */
export async function loadExpectations(table: Table, id: SynchronizationId): Promise<readonly Expectation[]> {
  const prefix = keys.expectation(id, '');
  return (await table.query(prefix.pk, prefix.sk)).map((item) => ExpectationItem.parse(item));
}

/** The event's word is settled, unless another one came since. */
export function deleteExpectation(id: SynchronizationId, { key, at }: Expectation): Operation {
  return { delete: keys.expectation(id, key), when: equal('at', at) };
}
