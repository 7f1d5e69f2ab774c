/** Writes the p2 files of one package. One worker for each package at a time. */
import { buildPackageFiles, type PublishedVersion } from '../composer/package-metadata.ts';
import type { OrganizationId } from '../domain/ids.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Waker } from '../runtime/wake.ts';
import { all, equal } from '../store/condition.ts';
import { desire } from '../store/edge-store.ts';
import {
  distsOfPackage,
  parsePackage,
  type StoredDist,
  type StoredPackage,
  type StoredVersion,
  versionsOfPackage,
} from '../store/package-store.ts';
import type { Table } from '../store/table.ts';
import { edgeThing, packageThing } from '../store/things.ts';
import { completeWork, type Lease, releaseLease, takeLease } from '../store/work.ts';
import { edgeKeys } from './edge-keys.ts';
import { cacheControl, objectKeys, publicPaths } from './object-keys.ts';
import type { ObjectWriter, Seen } from './object-writer.ts';

export interface PublishPackageDependencies {
  readonly table: Table;
  readonly objects: ObjectWriter;
  readonly waker: Waker;
  readonly clock: Clock;
  readonly newLeaseId: () => string;
  readonly registryBaseUrl: string;
  readonly slugOf: (organization: OrganizationId) => Promise<string>;
}

/** The function's time-out of 60 s and 30 s more. */
const leaseMs = 90_000;

export async function publishPackage(
  dependencies: PublishPackageDependencies,
  organization: OrganizationId,
  packageNumber: number,
): Promise<'done' | 'idle' | 'busy' | 'too-early'> {
  const { table, objects, waker, clock } = dependencies;
  const thing = packageThing(organization, packageNumber);
  const lease = await takeLease(table, thing, {
    leaseId: dependencies.newLeaseId(),
    now: clock.now(),
    leaseMs,
  });
  if (lease === 'idle' || lease === 'busy') {
    return lease;
  }
  const slug = await dependencies.slugOf(organization);
  const plainKey = objectKeys.plain(slug, packageNumber);
  const devKey = objectKeys.dev(slug, packageNumber);
  const [plainSeen, devSeen] = await Promise.all([objects.see(plainKey), objects.see(devKey)]);

  const found = parsePackage(lease.item);
  if (found.state === 'unreadable' || found.state === 'deleted') {
    await Promise.all([objects.remove(plainKey), objects.remove(devKey)]);
    return finish(dependencies, lease, {});
  }
  const [versions, dists] = await Promise.all([
    versionsOfPackage(table, organization, packageNumber),
    distsOfPackage(table, organization, packageNumber),
  ]);
  const published = versions.filter((version) => version.state === 'published');
  const files = buildPackageFiles({
    name: found.name,
    versions: publishedVersions(
      found,
      published,
      dists,
      (reference) => `${dependencies.registryBaseUrl}${publicPaths.dist(slug, found.name, reference)}`,
    ),
  });
  const changed = (
    [
      [plainKey, plainSeen, files.plain],
      [devKey, devSeen, files.dev],
    ] as const
  ).filter(([, seen, text]) => !objects.isSame(seen, text));
  const early = Math.max(0, ...changed.map(([, seen]) => notBefore(seen) - clock.now()));
  if (early > 0) {
    // Nobody sleeps in a function: the same work comes back in the next second.
    await releaseLease(table, lease);
    await waker.wake([thing.wake], Math.ceil(early / 1000));
    return 'too-early';
  }
  for (const [key, seen, text] of changed) {
    await objects.write(key, seen, text, cacheControl.metadata);
  }
  if (found.state === 'accepted') {
    await makeAvailable(dependencies, lease, { organization, slug, found });
  }
  return finish(dependencies, lease, { versionCount: published.length });
}

/** The files are there: now the edge may know the package, and after it the roots. */
async function makeAvailable(
  { table, waker, clock }: PublishPackageDependencies,
  lease: Lease,
  { organization, slug, found }: { organization: OrganizationId; slug: string; found: StoredPackage },
): Promise<void> {
  const key = edgeKeys.package(slug, found.name);
  await table.transact([
    // The lease's own item: its check and this change are one operation.
    {
      update: { key: lease.thing.key, set: { state: 'available' } },
      // A scan may have withdrawn the package meanwhile.
      when: all(equal('leaseId', lease.leaseId), equal('state', 'accepted')),
    },
    desire(
      key,
      String(found.number),
      { kind: 'package', organization, packageNumber: found.number },
      clock.now(),
    ),
  ]);
  await waker.wake([edgeThing(key).wake]);
}

async function finish(
  { table, waker }: PublishPackageDependencies,
  lease: Lease,
  attributes: Readonly<Record<string, unknown>>,
): Promise<'done'> {
  if ((await completeWork(table, lease, attributes)) === 'more') {
    await waker.wake([lease.thing.wake]);
  }
  return 'done';
}

/**
 * When the object may be written again: `Last-Modified` is Composer's only validator and counts whole seconds, so two different bodies
 * within one second would leave clients on the first for good.
 */
function notBefore(seen: Seen | undefined): number {
  return seen === undefined ? 0 : seen.lastModified + 1000;
}

function publishedVersions(
  found: StoredPackage,
  versions: readonly StoredVersion[],
  dists: readonly StoredDist[],
  distUrl: (reference: string) => string,
): PublishedVersion[] {
  const shasums = new Map(dists.map((dist) => [dist.commit, dist.shasum]));
  return versions.map((version) => {
    const shasum = shasums.get(version.commit);
    return {
      version: version.version,
      versionNormalized: version.versionNormalized,
      isDev: version.isDev,
      isDefaultBranch: version.isDefaultBranch,
      time: version.time,
      manifest: JSON.parse(version.manifest) as Record<string, unknown>,
      dist: {
        url: distUrl(version.commit),
        reference: version.commit,
        ...(shasum === undefined ? {} : { shasum }),
      },
      ...abandonment(found),
    };
  });
}

/** Abandoned for the package that the same source became, or because its repository is archived. */
function abandonment(found: StoredPackage): { abandoned?: true | string } {
  if (found.replacement !== undefined) {
    return { abandoned: found.replacement };
  }
  return found.archived ? { abandoned: true } : {};
}
