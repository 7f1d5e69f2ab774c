/**
 * Look-ups of commits that no scan recorded for a package: the state of each request to the forge, its lease and its result. The
 * commit found for an abbreviated hash is kept, so that a lock file with the abbreviation keeps working.
 */
import { z } from 'zod';
import { distReference } from '../domain/dist-reference.ts';
import type { OrganizationId } from '../domain/ids.ts';
import { all, any, equal, missing, missingOrLess } from './condition.ts';
import { keys, tableKeys } from './keys.ts';
import { recordDist } from './package-store.ts';
import { ConflictError, type Operation, type Table } from './table.ts';

const LookupItem = z.object({
  /** What the commit that was found has in addresses (`distReference`), for an abbreviation. */
  commit: z.string().optional(),
  /** When the forge said that no branch or tag contains it. */
  notContainedAt: z.number().optional(),
  startedAt: z.number(),
  /** Synchronization and repository that were asked; after the package moved, the answer of another one does not count. */
  source: z.string().optional(),
  /** The adapter's progress while undecided. */
  progress: z.unknown().optional(),
  /** Until when a queued message is expected to continue; no other one is sent before. */
  queuedUntil: z.number().default(0),
  /** How often the forge failed. */
  failures: z.number().default(0),
  /** The forge is not asked again before. */
  notBefore: z.number().default(0),
  leaseUntil: z.number().default(0),
});

/** Times in milliseconds since the epoch. */
export type StoredLookup = z.infer<typeof LookupItem>;

/** Identifies a look-up. */
export interface LookupOf {
  readonly organization: OrganizationId;
  readonly packageNumber: number;
  /** 7 to 64 hex digits, as requested. */
  readonly hash: string;
}

const hourMs = 3600_000;
/** How long a result other than "found" is kept: longer than it is used. */
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
 * Takes the lease on a look-up. A new one counts towards its package's hourly limit.
 *
 * @param isNew starts over, whatever is stored
 * @param source the repository that is asked; stored with a new look-up
 * @param perHour new look-ups that a package may have in an hour
 * @returns `busy`: another worker has the lease. `too-many`: the hourly limit is reached
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

/** The end of the current hour of the hourly limit; milliseconds since the epoch. */
export const lookupHourEnd = (now: number): number => (Math.floor(now / hourMs) + 1) * hourMs;

/**
 * Records that a branch or tag contains the commit, so that archives may be built from it, unless its package was deleted
 * meanwhile.
 *
 * @throws ConflictError when the lease was lost, or the package is not readable any more
 */
export async function recordContained(
  table: Table,
  { of, leaseId }: LookupLease,
  commit: string,
  now: number,
): Promise<void> {
  const { organization, packageNumber, hash } = of;
  const mine = all(equal('leaseId', leaseId), missing('commit'));
  const reference = distReference(commit);
  await table.transact([
    hash === reference
      ? { delete: keyOf(of), when: mine }
      : {
          update: {
            key: keyOf(of),
            set: { commit: reference },
            remove: ['progress', 'leaseId', 'leaseUntil', tableKeys.expiry],
          },
          when: mine,
        },
    recordDist(organization, packageNumber, commit, { recordedAt: now }),
    {
      check: keys.package(organization, packageNumber),
      when: any(equal('state', 'accepted'), equal('state', 'available')),
    },
  ]);
}

/** Stores the commit of an abbreviation; the first one stays. @returns the commit that is stored */
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

/** Stores the result of a step and releases the lease. Does nothing if the lease was lost. */
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
