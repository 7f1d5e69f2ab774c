/**
 * Finds out whether the archive of a commit that no scan recorded may be built for a package: a branch or tag of its repository has to
 * contain it. That the forge has the commit is not enough, since it also has those of forks and pull requests.
 */

import { distReference } from '../domain/dist-reference.ts';
import type { OrganizationId } from '../domain/ids.ts';
import type { CommitFinder } from '../forge/containment.ts';
import { ForgeError } from '../forge/errors.ts';
import type { ContentReader } from '../forge/forge.ts';
import type { Clock } from '../runtime/clock.ts';
import { findRepository } from '../store/fact-store.ts';
import {
  findLookup,
  keepAbbreviation,
  type LookupLease,
  type LookupOf,
  lookupHourEnd,
  recordContained,
  releaseLookup,
  type StoredLookup,
  takeLookup,
} from '../store/lookup-store.ts';
import { recordedReferences, type StoredPackage } from '../store/package-store.ts';
import { lastScannedAt } from '../store/scan-store.ts';
import { ConflictError, type Table } from '../store/table.ts';

/** The ports that building archives needs. */
export type DistReader = Pick<ContentReader, 'readArchive'> & CommitFinder;

export interface LookUpDependencies {
  readonly table: Table;
  readonly clock: Clock;
  readonly newLeaseId: () => string;
  readonly reader: (found: StoredPackage) => Promise<CommitFinder>;
}

export interface LookUpRequest {
  readonly organization: OrganizationId;
  readonly found: StoredPackage;
  /** 7 to 64 hex digits. */
  readonly hash: string;
  /** How long requests to the forge may start, in milliseconds; each takes up to 15 s. */
  readonly forMs: number;
  /** The function's time-out plus 30 s. */
  readonly leaseMs: number;
}

export type LookUpOutcome =
  /** Archives of this commit, as it stands in addresses, may be built now. */
  | { readonly is: 'recorded'; readonly commit: string }
  /** No branch or tag contains it, as of at most ten minutes ago. */
  | { readonly is: 'not-contained' }
  /** The abbreviation matches several recorded commits. */
  | { readonly is: 'ambiguous' }
  /** The package is no longer readable. */
  | { readonly is: 'gone' }
  /** Another worker looks it up. */
  | { readonly is: 'busy' }
  /** Some refs were not checked yet; another look-up continues from there. `isQueued`: a message for that is in the queue. */
  | { readonly is: 'undecided'; readonly isQueued: boolean }
  /** The forge failed. It is not retried before that time; milliseconds since the epoch. */
  | {
      readonly is: 'failed';
      readonly notBefore: number;
      readonly failures: number;
      readonly error?: ForgeError;
    }
  /** The package's look-ups of this hour are used up. */
  | { readonly is: 'too-many'; readonly until: number };

/** How many new look-ups a package may have in an hour. Known results, and continued look-ups, do not count. */
const perHour = 30;
/** How long a negative result is kept, unless a scan comes first; milliseconds. */
const notContainedMs = 600_000;
/** A look-up that is not finished after this time starts over, since refs have changed; milliseconds. */
const staleMs = 3600_000;
/** How long an undecided look-up relies on an earlier queue message; milliseconds. */
const queuedMs = 600_000;
/** The wait after a failure of the forge, doubled with each further one; milliseconds. Composer tries 16 times within 5 s. */
const firstWaitMs = 10_000;
const waitMaxMs = 900_000;

/** @throws any error but a ForgeError */
export async function lookUpCommit(
  dependencies: LookUpDependencies,
  request: LookUpRequest,
): Promise<LookUpOutcome> {
  const { table, clock } = dependencies;
  const { organization, found, hash, leaseMs } = request;
  const of = { organization, packageNumber: found.number, hash };
  const now = clock.now();
  const known = await findLookup(table, of);
  const answer =
    answerOf(known, now) ??
    (await recordedAlready(table, of, now)) ??
    (known && (await stillNotContained(table, request, known, now)));
  if (answer) {
    return answer;
  }
  const source = sourceOf(found);
  const isGoingOn =
    known?.source === source && known.notContainedAt === undefined && known.startedAt + staleMs > now;
  const begun = isGoingOn ? known : undefined;
  const lease = await takeLookup(table, of, {
    isNew: begun === undefined,
    source,
    perHour,
    leaseId: dependencies.newLeaseId(),
    now,
    leaseMs,
  });
  if (lease === 'busy') {
    return { is: 'busy' };
  }
  if (lease === 'too-many') {
    return { is: 'too-many', until: lookupHourEnd(now) };
  }
  return askForge(dependencies, request, lease, begun);
}

/** The repository that a look-up was made for, since the package may move to another one. */
const sourceOf = ({ synchronization, repository }: StoredPackage): string =>
  `${synchronization}/${repository}`;

/** The result that the stored look-up alone gives. */
function answerOf(known: StoredLookup | undefined, now: number): LookUpOutcome | undefined {
  if (known?.commit !== undefined) {
    return { is: 'recorded', commit: known.commit };
  }
  if (known === undefined || known.leaseUntil > now) {
    return known && { is: 'busy' };
  }
  return known.notBefore > now
    ? { is: 'failed', notBefore: known.notBefore, failures: known.failures }
    : undefined;
}

/**
 * Resolves the abbreviation of a recorded commit without a look-up. The first result is kept, so that a later commit does not change it.
 */
async function recordedAlready(table: Table, of: LookupOf, now: number): Promise<LookUpOutcome | undefined> {
  if (of.hash.length >= 40) {
    return undefined;
  }
  const [commit, another] = await recordedReferences(table, of.organization, of.packageNumber, of.hash);
  if (commit === undefined || another !== undefined) {
    return commit === undefined ? undefined : { is: 'ambiguous' };
  }
  return { is: 'recorded', commit: await keepAbbreviation(table, of, commit, now) };
}

/** The stored negative result, if it is at most ten minutes old and the repository has not been scanned since. */
async function stillNotContained(
  table: Table,
  { found }: LookUpRequest,
  { notContainedAt, source }: StoredLookup,
  now: number,
): Promise<LookUpOutcome | undefined> {
  const isOfAnother = source !== sourceOf(found);
  if (isOfAnother || notContainedAt === undefined || notContainedAt + notContainedMs <= now) {
    return undefined;
  }
  const scannedAt = await lastScannedAt(table, found.synchronization, found.repository);
  return (scannedAt ?? 0) > notContainedAt ? undefined : { is: 'not-contained' };
}

/** Asks the forge, from where an earlier look-up stopped, and stores the result or the progress. */
async function askForge(
  dependencies: LookUpDependencies,
  request: LookUpRequest,
  lease: LookupLease,
  begun: StoredLookup | undefined,
): Promise<LookUpOutcome> {
  const { table, clock } = dependencies;
  const { found, hash, forMs } = request;
  const until = clock.now() + forMs;
  const fact = (await findRepository(table, found.synchronization, found.repository))?.fact;
  const repository = { repository: found.repository, handle: fact?.handle };
  let progress = begun?.progress;
  try {
    const finder = await dependencies.reader(found);
    for (;;) {
      const answer = await finder.contains(repository, hash, progress);
      if (answer.is === 'contained') {
        return await record(dependencies, lease, answer.commit);
      }
      if (answer.is === 'not-contained') {
        await releaseLookup(table, lease, { notContainedAt: clock.now() });
        return answer;
      }
      progress = answer.progress;
      if (clock.now() >= until) {
        const now = clock.now();
        const isQueued = begun !== undefined && begun.queuedUntil > now;
        const queuedUntil = isQueued ? begun.queuedUntil : now + queuedMs;
        await releaseLookup(table, lease, { progress, failures: 0, queuedUntil });
        return { is: 'undecided', isQueued };
      }
    }
  } catch (error) {
    if (!(error instanceof ForgeError)) {
      await releaseLookup(table, lease);
      throw error;
    }
    const failures = (begun?.failures ?? 0) + 1;
    const wait = Math.min(waitMaxMs, firstWaitMs * 2 ** (failures - 1));
    const notBefore = Math.max(clock.now() + wait, error.notBefore ?? 0);
    await releaseLookup(table, lease, { progress, failures, notBefore });
    return { is: 'failed', notBefore, failures, error };
  }
}

async function record(
  { table, clock }: LookUpDependencies,
  lease: LookupLease,
  commit: string,
): Promise<LookUpOutcome> {
  try {
    await recordContained(table, lease, commit, clock.now());
    return { is: 'recorded', commit: distReference(commit) };
  } catch (error) {
    if (!(error instanceof ConflictError)) {
      throw error;
    }
    await releaseLookup(table, lease);
    return { is: error.failed.includes(2) ? 'gone' : 'busy' };
  }
}
