/**
 * Look-ups of commits that no scan recorded for a package: what is asked of the forge for each of them, by whom now, and what came of it. An
 * abbreviated hash that was found stays, so that a lock file which has it goes on.
 */
import { z } from 'zod';
import type { OrganizationId } from '../domain/ids.ts';
import { all, any, equal, missing, missingOrLess } from './condition.ts';
import { keys, tableKeys } from './keys.ts';
import { ConflictError, type Operation, type Table } from './table.ts';

const LookupItem = z.object({
  /** The full hash of an abbreviation that was found. */
  commit: z.string().optional(),
  /** When the forge said that no branch or tag contains it. */
  notContainedAt: z.number().optional(),
  startedAt: z.number(),
  /** Synchronization and repository that are asked; after a move of the package, what another said counts for nothing. */
  source: z.string().optional(),
  /** Of one that is not decided: how far the adapter is. */
  progress: z.unknown().optional(),
  /** Until when a message in the queue is trusted to go on with it; no further one is sent before. */
  queuedUntil: z.number().default(0),
  /** How often the forge failed. */
  failures: z.number().default(0),
  /** Nobody asks the forge again before. */
  notBefore: z.number().default(0),
  leaseUntil: z.number().default(0),
});

/** Times in milliseconds since the epoch. */
export type StoredLookup = z.infer<typeof LookupItem>;

/** Whose look-up, and of what. */
export interface LookupOf {
  readonly organization: OrganizationId;
  readonly packageNumber: number;
  /** 7 to 40 hex digits, as they were asked for. */
  readonly hash: string;
}

const hourMs = 3600_000;
/** How long what was not found is kept: longer than anybody relies on it. */
const keptMs = 24 * hourMs;

export async function findLookup(table: Table, of: LookupOf): Promise<StoredLookup | undefined> {
  const item = await table.get(keyOf(of));
  return item === undefined ? undefined : LookupItem.parse(item);
}

export interface LookupLease {
  readonly of: LookupOf;
  readonly leaseId: string;
}

/**
 * Takes the lease on a look-up. A new one counts for its package's hour.
 *
 * @param isNew it begins from the start, whatever is stored
 * @param source kept with a new one: the repository that is asked
 * @param perHour new look-ups that a package may have in an hour
 * @returns `busy`: somebody else is at it. `too-many`: the hour's are used up
 */
export async function takeLookup(
  table: Table,
  of: LookupOf,
  {
    isNew,
    source,
    perHour,
    leaseId,
    now,
    leaseMs,
  }: {
    readonly isNew: boolean;
    readonly source: string;
    readonly perHour: number;
    readonly leaseId: string;
    readonly now: number;
    readonly leaseMs: number;
  },
): Promise<LookupLease | 'busy' | 'too-many'> {
  const lease = { leaseId, leaseUntil: now + leaseMs };
  const isFree = all(missing('commit'), any(missingOrLess('leaseUntil', now), equal('leaseId', leaseId)));
  const operations: Operation[] = isNew
    ? [
        { put: keyOf(of), item: { ...lease, source, startedAt: now, ...expiry(now + keptMs) }, when: isFree },
        {
          update: {
            key: keys.lookupCount(of.organization, of.packageNumber, Math.floor(now / hourMs)),
            add: { count: 1 },
            set: expiry(now + 2 * hourMs),
          },
          when: missingOrLess('count', perHour),
        },
      ]
    : [{ update: { key: keyOf(of), set: lease }, when: isFree }];
  try {
    await table.transact(operations);
  } catch (error) {
    if (error instanceof ConflictError) {
      return error.failed.includes(1) ? 'too-many' : 'busy';
    }
    throw error;
  }
  return { of, leaseId };
}

/** When the hour ends whose look-ups are used up; milliseconds since the epoch. */
export const lookupHourEnd = (now: number): number => (Math.floor(now / hourMs) + 1) * hourMs;

/**
 * A branch or tag contains the commit: from now on it is one that archives may be built of, unless its package went meanwhile.
 *
 * @throws ConflictError when the lease is another's by now, or the package is not readable any more
 */
export async function recordContained(
  table: Table,
  { of, leaseId }: LookupLease,
  commit: string,
  now: number,
): Promise<void> {
  const { organization, packageNumber, hash } = of;
  const mine = all(equal('leaseId', leaseId), missing('commit'));
  await table.transact([
    hash === commit
      ? { delete: keyOf(of), when: mine }
      : {
          update: {
            key: keyOf(of),
            set: { commit },
            remove: ['progress', 'leaseId', 'leaseUntil', tableKeys.expiry],
          },
          when: mine,
        },
    {
      update: { key: keys.dist(organization, packageNumber, commit), setIfMissing: { recordedAt: now } },
    },
    {
      check: keys.package(organization, packageNumber),
      when: any(equal('state', 'accepted'), equal('state', 'available')),
    },
  ]);
}

/** Keeps what an abbreviation stands for; the first answer stays. @returns the commit that is kept */
export async function keepAbbreviation(
  table: Table,
  of: LookupOf,
  commit: string,
  now: number,
): Promise<string> {
  try {
    await table.update(
      { key: keyOf(of), set: { commit, startedAt: now }, remove: [tableKeys.expiry] },
      missing('commit'),
    );
    return commit;
  } catch (error) {
    if (error instanceof ConflictError) {
      return (await findLookup(table, of))?.commit ?? commit;
    }
    throw error;
  }
}

/** Keeps what came of a step, and gives the lease back. Nothing happens if the lease is another's by now. */
export async function releaseLookup(
  table: Table,
  { of, leaseId }: LookupLease,
  set: Partial<Omit<StoredLookup, 'leaseUntil'>> = {},
): Promise<void> {
  try {
    await table.update({ key: keyOf(of), set, remove: ['leaseId', 'leaseUntil'] }, equal('leaseId', leaseId));
  } catch (error) {
    if (!(error instanceof ConflictError)) {
      throw error;
    }
  }
}

const keyOf = ({ organization, packageNumber, hash }: LookupOf) =>
  keys.lookup(organization, packageNumber, hash);

const expiry = (at: number) => ({ [tableKeys.expiry]: Math.ceil(at / 1000) });
