/** Writes the p2 files of one package (objects `plain.json` and `dev.json`). One worker for each package at a time. */

import { buildPackageFiles } from '../composer/package-metadata.ts';
import { packageSummary } from '../composer/package-search.ts';
import { edgeKeys, packageNumberOf } from '../domain/edge-keys.ts';
import type { OrganizationId } from '../domain/ids.ts';
import { delaySecondsUntil } from '../runtime/retries.ts';
import { all, equal } from '../store/condition.ts';
import { desire, parseEdgeRow } from '../store/edge-store.ts';
import { filesHave } from '../store/file-address-store.ts';
import { keys } from '../store/keys.ts';
import { noteChanged } from '../store/name-store.ts';
import { findPublishingSettings } from '../store/organization-store.ts';
import {
  distsOfPackage,
  findPackage,
  hasCommitShasum,
  isLiving,
  metadataLayout,
  packageEdgeValue,
  parsePackage,
  refusesTheSame,
  type StoredPackage,
  versionsOfPackage,
} from '../store/package-store.ts';
import { refusedCommitsOf } from '../store/refused-commit-store.ts';
import { ConflictError } from '../store/table.ts';
import { completeWork, holdsLease, type Lease, releaseLease } from '../store/work.ts';
import { edgeWork, packageWork } from '../store/work-items.ts';
import { cacheControl, objectKeys, publicPaths } from './object-keys.ts';
import type { ObjectWriter, Seen } from './object-writer.ts';
import { type PublisherDependencies, publishUnderLease } from './publish-under-lease.ts';
import { publishedVersions } from './published-versions.ts';

export interface PublishPackageDependencies extends PublisherDependencies {
  readonly objects: ObjectWriter;
  readonly registryBaseUrl: string;
  readonly slugOf: (organization: OrganizationId) => Promise<string>;
}

export type PackageOutcome = 'done' | 'idle' | 'busy' | 'too-early' | 'again';

/** @returns `too-early`: its files changed within this second; `again`: another writer interfered */
export async function publishPackage(
  dependencies: PublishPackageDependencies,
  organization: OrganizationId,
  packageNumber: number,
): Promise<PackageOutcome> {
  return publishUnderLease(dependencies, packageWork(organization, packageNumber), (lease) =>
    publish(dependencies, lease, organization),
  );
}

async function publish(
  dependencies: PublishPackageDependencies,
  lease: Lease,
  organization: OrganizationId,
): Promise<'done' | 'too-early'> {
  const { table, objects, workQueue, clock } = dependencies;
  const found = parsePackage(lease.item);
  const slug = await dependencies.slugOf(organization);
  const plainKey = objectKeys.plain(slug, found.number);
  const devKey = objectKeys.dev(slug, found.number);
  const [plainSeen, devSeen] = await Promise.all([objects.see(plainKey), objects.see(devKey)]);

  if (!isLiving(found) && found.state !== 'copying') {
    // The edge serves these files until it has the successor's number.
    const isReplaced = found.state === 'deleted' && found.successor !== undefined;
    if (!isReplaced && (plainSeen || devSeen)) {
      const filesModifiedAt = Math.max(
        ...modifiedAt(plainSeen, devSeen?.lastModified, found.filesModifiedAt),
      );
      await table.update(
        { key: lease.workItem.key, set: { filesModifiedAt } },
        equal('leaseId', lease.leaseId),
      );
      await Promise.all([objects.remove(plainKey), objects.remove(devKey)]);
    }
    return finish(
      dependencies,
      lease,
      found.state === 'deleted' ? { versionCount: 0, summary: undefined } : {},
    );
  }
  const served =
    found.state === 'accepted' && found.passedFrom !== undefined
      ? await filesServedBefore(dependencies, organization, slug, found)
      : found.filesModifiedAt;
  if (served === 'still-served') {
    await releaseLease(table, lease);
    await workQueue.send([lease.workItem.message], stillServedSeconds);
    return 'too-early';
  }
  const servedAt = served ?? Number.NEGATIVE_INFINITY;
  const [versions, refused, settings] = await Promise.all([
    versionsOfPackage(table, organization, found.number),
    refusedCommitsOf(table, organization),
    findPublishingSettings(table, organization),
  ]);
  // A scan removes versions at refused commits, but their withdrawal must not wait for it.
  const ready = versions.filter(({ state, commit }) => state === 'published' && !refused.has(commit));
  const { published, outsideCode } = publishedVersions({
    found,
    versions: ready,
    dists: ready.some(hasCommitShasum) ? await distsOfPackage(table, organization, found.number) : [],
    settings,
    distUrl: (reference) => `${dependencies.registryBaseUrl}${publicPaths.dist(slug, found.name, reference)}`,
  });
  const files = buildPackageFiles({ name: found.name, versions: published });
  const changed = (
    [
      [plainKey, plainSeen, files.plain],
      [devKey, devSeen, files.dev],
    ] as const
  ).filter(([, seen, text]) => !objects.isSame(seen, text));
  const notBefore = Math.max(...changed.flatMap(([, seen]) => modifiedAt(seen, servedAt))) + 1000;
  if (notBefore > clock.now()) {
    // No function sleeps: the same work comes back in the next second.
    await releaseLease(table, lease);
    await workQueue.send([lease.workItem.message], delaySecondsUntil(notBefore, clock.now()));
    return 'too-early';
  }
  if (changed.length > 0) {
    // Before they do: after them, a worker that dies between the two would leave no trace of the change.
    await noteChanged(table, organization, found, clock.now());
  }
  for (const [key, seen, text] of changed) {
    await objects.write(key, seen, text, cacheControl.metadata);
  }
  if (found.state === 'accepted') {
    await makeAvailable(dependencies, lease, { organization, slug, found });
  }
  return finish(dependencies, lease, {
    ...{ versionCount: published.length, outsideCode, metadataLayout, summary: packageSummary(published) },
    ...filesHave(dependencies.registryBaseUrl),
  });
}

/**
 * When clients may last have received the file. `Last-Modified` is Composer's only validator and has whole seconds, so two different bodies
 * within one second would leave clients with the first for good.
 */
const modifiedAt = (seen: Seen | undefined, ...others: readonly (number | undefined)[]): number[] =>
  [seen?.lastModified, ...others].filter((at) => at !== undefined);

/** How soon to check again whether the files of a package that lost its name are gone. */
const stillServedSeconds = 2;

/**
 * When clients may last have received files of packages that had the name before, in milliseconds since the epoch: new files have to be
 * younger. The time may still advance while the edge leads to those packages or their files exist.
 */
async function filesServedBefore(
  { table, objects }: PublishPackageDependencies,
  organization: OrganizationId,
  slug: string,
  found: StoredPackage,
): Promise<number | 'still-served'> {
  const row = await table.get(keys.edge(edgeKeys.package(slug, found.name)));
  const atEdge = row && parseEdgeRow(row).published;
  if (atEdge !== undefined && packageNumberOf(atEdge) !== found.number) {
    return 'still-served';
  }
  const seen = new Set([found.number]);
  let servedAt = found.filesModifiedAt ?? 0;
  for (let number = found.passedFrom?.number; number !== undefined && !seen.has(number); ) {
    seen.add(number);
    const before = await findPackage(table, organization, number);
    const files = [objectKeys.plain(slug, number), objectKeys.dev(slug, number)];
    if ((await Promise.all(files.map((file) => objects.see(file)))).some((file) => file !== undefined)) {
      return 'still-served';
    }
    servedAt = Math.max(servedAt, before?.filesModifiedAt ?? 0);
    number = before?.passedFrom?.number;
  }
  return servedAt;
}

/** Makes the package available once its files exist: first at the edge, then in the roots. */
async function makeAvailable(
  { table, workQueue, clock }: PublishPackageDependencies,
  lease: Lease,
  { organization, slug, found }: { organization: OrganizationId; slug: string; found: StoredPackage },
): Promise<void> {
  const key = edgeKeys.package(slug, found.name);
  try {
    await table.transact([
      // The lease is on the same item, so its check and this change are one operation.
      {
        update: { key: lease.workItem.key, set: { state: 'available' } },
        when: all(equal('leaseId', lease.leaseId), equal('state', 'accepted'), refusesTheSame(found)),
      },
      desire(
        key,
        packageEdgeValue(found),
        { kind: 'package', organization, packageNumber: found.number },
        clock.now(),
      ),
      // A change of the name's holder is written with the change of this package's state.
      { check: keys.packageName(organization, found.name), when: equal('number', found.number) },
    ]);
  } catch (error) {
    if (error instanceof ConflictError && error.failed.length > 0 && (await holdsLease(table, lease))) {
      // A scan withdrew the package meanwhile, or an owner refused a commit of it: both requested its files again.
      return;
    }
    throw error;
  }
  await workQueue.send([edgeWork(key).message]);
}

async function finish(
  { table, workQueue }: PublishPackageDependencies,
  lease: Lease,
  attributes: Readonly<Record<string, unknown>>,
): Promise<'done'> {
  if ((await completeWork(table, lease, attributes)) === 'more') {
    await workQueue.send([lease.workItem.message]);
  }
  return 'done';
}
