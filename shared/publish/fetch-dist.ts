/**
 * Handles requests for an archive that is not stored yet: builds it and redirects to the same URL, which the object store serves from then
 * on; for an abbreviated hash, to the URL of the full one. The CDN sends requests here only after the edge function has allowed them.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { mayBeWhole } from '../domain/dist-reference.ts';
import type { Organization } from '../domain/organization.ts';
import { isVcsSynchronization } from '../domain/vcs-repository.ts';
import { ForgeError } from '../forge/errors.ts';
import { type HttpAnswer, jsonAnswer } from '../runtime/http-message.ts';
import type { Logger } from '../runtime/logger.ts';
import { delaySecondsUntil } from '../runtime/retries.ts';
import { leaseMsOf } from '../runtime/time-limits.ts';
import { findPackage, isLiving, type StoredPackage } from '../store/package-store.ts';
import type { WorkMessage, WorkQueue } from '../store/work.ts';
import { scanQueueOf } from '../store/work-items.ts';
import { type BuildDistDependencies, buildDist, type DistOutcome } from './build-dist.ts';
import { distWarnings } from './dist-warnings.ts';
import { type DistReader, type LookUpOutcome, lookUpCommit } from './look-up-commit.ts';
import { publicPaths } from './object-keys.ts';

export interface FetchDistDependencies extends Omit<BuildDistDependencies, 'reader'> {
  readonly reader: (found: StoredPackage) => Promise<DistReader>;
  readonly workQueue: WorkQueue;
  readonly logger: Pick<Logger, 'warn'>;
  readonly registryBaseUrl: string;
  readonly findOrganization: (slug: string) => Promise<Organization | undefined>;
}

/** How long a client waits for a build; the HTTP API times out after 30 s. Milliseconds. */
const waitMaxMs = 25_000;
/** How often a request without the lease checks whether its holder is done; milliseconds. */
const pollMs = 500;
const leaseMs = leaseMsOf('fetch-dist');
/** How long requests about a commit may start; milliseconds. The last one takes up to 15 s, which leaves time for a response. */
const lookUpMs = 6_000;
const retryAfterSeconds = 10;
/** Until an operator has deployed the worker; seconds. */
const noWorkerSeconds = 3600;

/** The same body as the edge's own 404. */
const notFound = jsonAnswer(404, { error: 'not found' });
const refused = (warning: string): HttpAnswer => jsonAnswer(404, { warning });

/** @param file `<reference>.zip`; 7 to 39 hex digits may be an abbreviation, which Composer sends for `dev-main#<digits>` */
export async function fetchDist(
  dependencies: FetchDistDependencies,
  { slug, packageNumber, file }: { slug: string; packageNumber: string; file: string },
): Promise<HttpAnswer> {
  const hash = /^([0-9a-f]{7,64})\.zip$/.exec(file)?.[1];
  const organization =
    hash && /^[1-9]\d{0,7}$/.test(packageNumber) ? await dependencies.findOrganization(slug) : undefined;
  const found =
    organization && (await findPackage(dependencies.table, organization.id, Number(packageNumber)));
  if (!organization || !hash || !found) {
    return notFound;
  }
  if (found.state === 'deleted' && found.successor !== undefined) {
    // The package's number changed during the request: within a second the edge leads to the new one.
    return unavailable(`The archives of ${found.name} are being moved; try again.`, 1);
  }
  if (!isLiving(found)) {
    return notFound;
  }
  if (hash.length > 40 && !(mayBeWhole(hash) && isVcsSynchronization(found.synchronization))) {
    return refused(distWarnings.noCommit(found.name, hash));
  }
  const signal = AbortSignal.timeout(waitMaxMs);
  const wanted = { organization, found, hash };
  try {
    return await answer(dependencies, wanted, await findOrBuild(dependencies, wanted, signal));
  } catch (error) {
    if (error instanceof OtherWorkerError && !error.isDeployed) {
      return unavailable(distWarnings.noWorker(found.name, hash), noWorkerSeconds);
    }
    if (!signal.aborted && !(error instanceof OtherWorkerError)) {
      return noArchive(dependencies, wanted, error);
    }
  }
  return leaveToQueue(dependencies, wanted, distWarnings.notReady(found.name, hash));
}

/** Only another worker has what reads the repository: the archive is left to its queue, if this installation has that worker. */
export class OtherWorkerError extends Error {
  override readonly name = 'OtherWorkerError';
  readonly isDeployed: boolean;

  constructor(isDeployed: boolean) {
    super('another worker reads repositories at a URL');
    this.isDeployed = isDeployed;
  }
}

interface Wanted {
  readonly organization: Organization;
  readonly found: StoredPackage;
  /** 7 to 64 hex digits. */
  readonly hash: string;
}

type Outcome = Exclude<DistOutcome | LookUpOutcome, { readonly is: 'busy' | 'unrecorded' }>;

/**
 * Builds the archive, or finds the commit whose archive may be built; waits if another worker does either. The only place where a function
 * sleeps.
 *
 * @returns `recorded` only for an abbreviation
 */
async function findOrBuild(
  dependencies: FetchDistDependencies,
  { organization, found, hash }: Wanted,
  signal: AbortSignal,
): Promise<Outcome> {
  for (;;) {
    const built = mayBeWhole(hash)
      ? await buildDist(dependencies, {
          organization: organization.id,
          slug: organization.slug,
          found,
          commit: hash,
          signal,
          leaseMs,
          beforeStoring: () =>
            dependencies.workQueue.send([finishMessage({ organization, found, hash })], leaseMs / 1000 + 1),
        })
      : ({ is: 'unrecorded' } as const);
    const outcome =
      built.is === 'unrecorded'
        ? await unlessAborted(
            signal,
            lookUpCommit(dependencies, {
              organization: organization.id,
              found,
              hash,
              forMs: lookUpMs,
              leaseMs,
            }),
          )
        : built;
    if (outcome.is === 'recorded' && outcome.commit === hash) {
      continue;
    }
    if (outcome.is !== 'busy') {
      return outcome;
    }
    const isOver = await sleep(pollMs, false, { signal }).catch(() => true);
    if (isOver && built.is === 'unrecorded') {
      // The worker that looks the commit up sends the message to the queue, so that Composer's 16 tries do not send as many.
      return { is: 'undecided', isQueued: true };
    }
    signal.throwIfAborted();
  }
}

/**
 * Stops waiting when the signal aborts, since look-ups of commits do not support one. Unfinished work is taken up when its lease has ended.
 */
async function unlessAborted<Value>(signal: AbortSignal, work: Promise<Value>): Promise<Value> {
  const ended = new Promise<never>((_, reject) => {
    const end = (): void => reject(signal.reason);
    signal.addEventListener('abort', end, { once: true });
    if (signal.aborted) {
      end();
    }
  });
  return Promise.race([work, ended]);
}

async function answer(
  dependencies: FetchDistDependencies,
  wanted: Wanted,
  outcome: Outcome,
): Promise<HttpAnswer> {
  const { organization, found, hash } = wanted;
  const { name } = found;
  switch (outcome.is) {
    case 'stored':
      return redirectTo(dependencies, wanted, hash);
    case 'recorded':
      return redirectTo(dependencies, wanted, outcome.commit);
    case 'gone':
      return notFound;
    case 'refused':
      return refused(distWarnings.refused(organization.slug, name, hash));
    case 'too-large':
      return refused(distWarnings.tooLarge(name, hash));
    case 'no-folder':
      return refused(distWarnings.noFolder(name, hash));
    case 'not-contained':
      return refused(distWarnings.noCommit(name, hash));
    case 'ambiguous':
      return refused(distWarnings.ambiguous(name, hash));
    case 'undecided': {
      const warning = distWarnings.undecided(name, hash);
      return outcome.isQueued
        ? unavailable(warning, retryAfterSeconds)
        : leaveToQueue(dependencies, wanted, warning);
    }
    case 'too-many': {
      const seconds = secondsUntil(dependencies, outcome.until);
      return unavailable(distWarnings.tooMany(name, hash, seconds), seconds);
    }
    case 'failed': {
      const { error } = outcome;
      if (error !== undefined) {
        const fields = { package: name, commit: hash, code: error.code };
        dependencies.logger.warn('the forge did not say whether a repository contains a commit', fields);
      }
      const seconds = secondsUntil(dependencies, outcome.notBefore);
      return unavailable(distWarnings.lookUpFailed(name, hash, seconds, error?.code), seconds);
    }
  }
}

/** Redirects to the URL of the whole reference, which the object store serves from then on. The redirect must not be cached. */
const redirectTo = (
  { registryBaseUrl }: FetchDistDependencies,
  { organization, found }: Wanted,
  commit: string,
): HttpAnswer => ({
  status: 307,
  headers: {
    location: `${registryBaseUrl}${publicPaths.dist(organization.slug, found.name, commit)}`,
    'cache-control': 'no-store',
  },
});

/** Leaves work that takes too long for a request to the queue; the client retries later. */
async function leaveToQueue(
  { workQueue }: FetchDistDependencies,
  wanted: Wanted,
  warning: string,
): Promise<HttpAnswer> {
  await workQueue.send([finishMessage(wanted)]);
  return unavailable(warning, retryAfterSeconds);
}

const unavailable = (warning: string, seconds: number): HttpAnswer =>
  jsonAnswer(503, { warning }, { 'retry-after': String(seconds) });

/** Seconds until the time, limited to the maximal delay of a queue message. */
const secondsUntil = ({ clock }: FetchDistDependencies, time: number): number =>
  delaySecondsUntil(time, clock.now());

/** The message for the queue to look the commit up, and to store and record its archive, as far as that is not done. */
const finishMessage = ({ organization, found, hash }: Wanted): WorkMessage => ({
  queue: scanQueueOf(found.synchronization),
  group: organization.id,
  message: { kind: 'dist', organization: organization.id, packageNumber: found.number, reference: hash },
});

function noArchive(dependencies: FetchDistDependencies, { found, hash }: Wanted, error: unknown): HttpAnswer {
  if (!(error instanceof ForgeError)) {
    throw error;
  }
  dependencies.logger.warn('the forge returned no archive', {
    package: found.name,
    commit: hash,
    code: error.code,
  });
  const seconds =
    error.notBefore === undefined ? retryAfterSeconds : secondsUntil(dependencies, error.notBefore);
  return unavailable(distWarnings.noArchive(found.name, hash, seconds, error.code), seconds);
}
