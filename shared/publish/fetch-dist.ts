/**
 * Answers for an archive that is not stored yet: builds it and sends the client back to the same address, which the object store
 * answers from then on. The CDN asks here only after the edge function let the request pass.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Organization } from '../domain/organization.ts';
import { ForgeError } from '../forge/errors.ts';
import { type HttpAnswer, jsonAnswer } from '../runtime/http-handler.ts';
import type { Logger } from '../runtime/logger.ts';
import type { Waker } from '../runtime/wake.ts';
import { findPackage, isLiving, type StoredPackage } from '../store/package-store.ts';
import type { Wake } from '../store/work.ts';
import { type BuildDistDependencies, buildDist, type DistOutcome } from './build-dist.ts';
import { publicPaths } from './object-keys.ts';

export interface FetchDistDependencies extends BuildDistDependencies {
  readonly waker: Waker;
  readonly logger: Pick<Logger, 'warn'>;
  readonly registryBaseUrl: string;
  readonly findOrganization: (slug: string) => Promise<Organization | undefined>;
}

/** The HTTP API gives up after 30 s; a client waits at most this long for a build. */
const patienceMs = 25_000;
/** How often the loser of the lease looks whether the winner is done. */
const lookMs = 500;
/** The function's time-out of 29 s and 30 s more. */
const leaseMs = 59_000;
const retryAfterSeconds = 10;
/** A client is not sent away for longer than a queue's message may wait. */
const retryAfterSecondsMax = 900;

/** 404: no scan recorded this commit for the package. The same words as the edge's own 404. */
const notFound = jsonAnswer(404, { error: 'not found' });
const unavailable = (warning: string, seconds = retryAfterSeconds): HttpAnswer =>
  jsonAnswer(503, { warning }, { 'retry-after': String(seconds) });

/** @param file `<40 hex digits>.zip` */
export async function fetchDist(
  dependencies: FetchDistDependencies,
  { slug, packageNumber, file }: { slug: string; packageNumber: string; file: string },
): Promise<HttpAnswer> {
  const commit = /^([0-9a-f]{40})\.zip$/.exec(file)?.[1];
  const organization =
    commit && /^[1-9]\d{0,7}$/.test(packageNumber) ? await dependencies.findOrganization(slug) : undefined;
  const found =
    organization && (await findPackage(dependencies.table, organization.id, Number(packageNumber)));
  if (!organization || !commit || !found || !isLiving(found)) {
    return notFound;
  }
  const signal = AbortSignal.timeout(patienceMs);
  try {
    const outcome = await build(dependencies, organization, found, commit, signal);
    if (outcome.is === 'unrecorded') {
      return notFound;
    }
    if (outcome.is === 'refused') {
      return jsonAnswer(404, { warning: refusedWarning(slug, found, commit) });
    }
    if (outcome.is === 'stored') {
      return {
        status: 307,
        headers: {
          location: `${dependencies.registryBaseUrl}${publicPaths.dist(slug, found.name, commit)}`,
          'cache-control': 'no-store',
        },
      };
    }
  } catch (error) {
    if (!signal.aborted) {
      return refuse(dependencies, found, commit, error);
    }
  }
  // Too long for a request: the queue finishes it, whoever comes back later finds it.
  await dependencies.waker.wake([finishing(organization, found, commit)]);
  return unavailable(
    `The archive of ${found.name} at ${commit.slice(0, 12)} is being built; try again shortly.`,
  );
}

/** Not why: that is for owners. */
const refusedWarning = (slug: string, { name }: StoredPackage, commit: string): string =>
  `An owner of ${slug} refused commit ${commit.slice(0, 12)} of ${name}, so it has no archive any more; update to another version.`;

/** The message by which the queue stores and records the archive, if that is still to be done. */
const finishing = (organization: Organization, found: StoredPackage, commit: string): Wake => ({
  queue: 'scan',
  group: organization.id,
  message: {
    kind: 'dist',
    organization: organization.id,
    packageNumber: found.number,
    reference: commit,
  },
});

/** Builds, or waits for whoever builds. The one place where a function sleeps. */
async function build(
  dependencies: FetchDistDependencies,
  organization: Organization,
  found: StoredPackage,
  commit: string,
  signal: AbortSignal,
): Promise<DistOutcome> {
  for (;;) {
    const outcome = await buildDist(dependencies, {
      organization: organization.id,
      slug: organization.slug,
      found,
      commit,
      signal,
      leaseMs,
      beforeStoring: () =>
        dependencies.waker.wake([finishing(organization, found, commit)], leaseMs / 1000 + 1),
    });
    if (outcome.is !== 'busy') {
      return outcome;
    }
    await sleep(lookMs, undefined, { signal });
  }
}

function refuse(
  { logger, clock }: FetchDistDependencies,
  found: StoredPackage,
  commit: string,
  error: unknown,
): HttpAnswer {
  if (!(error instanceof ForgeError)) {
    throw error;
  }
  logger.warn('the forge gave no archive', { package: found.name, commit, code: error.code });
  const seconds =
    error.notBefore === undefined
      ? retryAfterSeconds
      : Math.min(retryAfterSecondsMax, Math.max(1, Math.ceil((error.notBefore - clock.now()) / 1000)));
  return unavailable(
    `The code host did not give the archive of ${found.name} at ${commit.slice(0, 12)} (${error.code}); try again in ${seconds} s.`,
    seconds,
  );
}
