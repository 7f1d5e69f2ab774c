/** Writes the results of a scan. Every transaction checks the scan's lease and requests the work that depends on its changes. */

import { edgeKeys } from '../domain/edge-keys.ts';
import type { OrganizationId } from '../domain/ids.ts';
import type { Organization } from '../domain/organization.ts';
import type { PackageSource } from '../domain/package.ts';
import { type RepositoryLinks, sameLinks } from '../domain/repository-links.ts';
import type { Clock } from '../runtime/clock.ts';
import { noteImported } from '../store/archives-store.ts';
import { absent, all, any, type Condition, equal } from '../store/condition.ts';
import { desire } from '../store/edge-store.ts';
import { keys } from '../store/keys.ts';
import { putName } from '../store/name-store.ts';
import {
  metadataLayout,
  recordDist,
  type StoredPackage,
  type StoredVersion,
} from '../store/package-store.ts';
import { type Operation, type Table, transactionItemsMax } from '../store/table.ts';
import { type Lease, leaseHeld, requestWork, type WorkMessage } from '../store/work.ts';
import { edgeWork, grantsWork, packageWork } from '../store/work-items.ts';
import { type PackageState, packagesOfRepository } from './package-state.ts';
import type { VersionChange, VersionState } from './plan-versions.ts';

/** Attributes of a package that come from its repository, apart from versions. */
export interface AboutRepository {
  readonly archived: boolean;
  readonly links: RepositoryLinks;
}

export interface ApplyDependencies {
  readonly table: Table;
  readonly clock: Clock;
}

/**
 * Creates the package, with a number that is never used again, and claims its name. If the name was claimed meanwhile, the transaction
 * fails and the scan starts over.
 *
 * @throws ConflictError
 */
export async function createPackage(
  { table, clock }: ApplyDependencies,
  lease: Lease,
  organization: OrganizationId,
  { name, source, about }: { name: string; source: PackageSource; about: AboutRepository },
): Promise<StoredPackage> {
  const number = await drawPackageNumber(table, organization);
  const made = { number, name, ...source, state: 'accepted', ...about, versionCount: 0 } as const;
  await table.transact([
    leaseHeld(lease),
    // Work is requested here, so that a package without versions gets files too; the message is sent once the versions are written.
    {
      ...requestWork(packageWork(organization, number), clock.now(), { ...made, acceptedAt: clock.now() }),
      when: absent,
    },
    putName(organization, name, { number, source, isGiven: false }, absent),
    putSource(organization, name, source, number),
  ]);
  return { ...made, metadataLayout, imported: false, refused: '', isRemoved: false };
}

/** Draws a package number. Numbers are never used again, even those left unused by a crash. */
export async function drawPackageNumber(table: Table, organization: OrganizationId): Promise<number> {
  const counted = await table.update({ key: keys.organization(organization), add: { lastPackageNumber: 1 } });
  return Number(counted.lastPackageNumber);
}

/** Records that the source has a package of that name with that number. */
export function putSource(
  organization: OrganizationId,
  name: string,
  { synchronization, repository, directory }: PackageSource,
  number: number,
): Operation {
  return {
    put: keys.packageSource(organization, synchronization, repository, directory, name),
    item: { number },
  };
}

/** The package still belongs to the source that was read: an owner may move it to another repository. */
const ofSource = ({ synchronization, repository }: PackageSource): Condition =>
  all(equal('synchronization', synchronization), equal('repository', repository));

/**
 * Each version takes two operations, for itself and its recorded commit. Each batch also has the lease's check and the request for the
 * package.
 */
const versionsInTransaction = Math.floor((transactionItemsMax - 2) / 2);
/**
 * A transaction is limited to 4 MB, an item to 400 KB, attribute names and numbers included.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
 */
const bytesInTransaction = 3_000_000;

/** Whether clients see the change: a version whose archive is not stored yet is in no file. */
const isVisible = ({ version }: VersionChange): boolean => version.state !== 'pending';

/**
 * Writes versions and the commits that archives may be built of. The package's files are requested only for changes that are visible in them.
 *
 * @param commits every commit that a ref points to now
 */
export async function applyVersions(
  { table, clock }: ApplyDependencies,
  lease: Lease,
  organization: OrganizationId,
  found: StoredPackage,
  changes: readonly VersionChange[],
  commits: ReadonlySet<string>,
): Promise<readonly WorkMessage[]> {
  const workItem = packageWork(organization, found.number);
  for (const batch of batchesOf(changes)) {
    const recorded = new Map(
      batch.flatMap(({ kind, version: { commit, directory } }) =>
        kind === 'write' && commits.has(commit) ? [[commit, directory] as const] : [],
      ),
    );
    await table.transact([
      leaseHeld(lease),
      ...batch.map((change) => versionOperation(organization, found.number, change)),
      ...[...recorded].map(([commit, directory]) =>
        recordCommit(organization, found, { commit, directory }, clock.now()),
      ),
      batch.some(isVisible)
        ? { ...requestWork(workItem, clock.now()), when: ofSource(found) }
        : { check: workItem.key, when: ofSource(found) },
    ]);
  }
  const changesFiles = changes.some(isVisible);
  if (!changesFiles && found.imported && found.metadataLayout !== metadataLayout) {
    await table.transact([leaseHeld(lease), requestWork(workItem, clock.now())]);
    return [workItem.message];
  }
  // Work on a new package was requested when it was created.
  return changesFiles || !found.imported ? [workItem.message] : [];
}

/** Splits changes into batches that fit into one transaction each. */
export function batchesOf(changes: readonly VersionChange[]): readonly (readonly VersionChange[])[] {
  const batches: VersionChange[][] = [];
  let bytes = 0;
  for (const change of changes) {
    const size = change.kind === 'write' ? Buffer.byteLength(change.version.manifest) : 0;
    const last = batches.at(-1);
    if (last && last.length < versionsInTransaction && bytes + size <= bytesInTransaction) {
      last.push(change);
      bytes += size;
    } else {
      batches.push([change]);
      bytes = size;
    }
  }
  return batches;
}

function versionOperation(
  organization: OrganizationId,
  packageNumber: number,
  { kind, version }: VersionChange,
): Operation {
  const key = keys.version(organization, packageNumber, version.versionNormalized);
  return kind === 'remove' ? { delete: key } : { put: key, item: { ...version } };
}

/** Marks the package as imported. From now on an unknown tag is a new one, whose archive is stored before it is published. */
export async function recordImported(
  { table, clock }: ApplyDependencies,
  lease: Lease,
  organization: OrganizationId,
  found: StoredPackage,
): Promise<void> {
  await table.transact([
    leaseHeld(lease),
    { update: { key: keys.package(organization, found.number), set: { imported: true } } },
    noteImported(found.synchronization, clock.now()),
  ]);
}

/** The checksum of a pending version's archive that is now stored, or why there is none yet. */
export type ArchiveOutcome = { readonly shasum: string } | { readonly reason: string };

/** Publishes a pending version whose archive is now stored, with a permanent checksum, or records why it stays pending. */
export async function publishPending(
  { table, clock }: ApplyDependencies,
  lease: Lease,
  organization: OrganizationId,
  found: StoredPackage,
  version: VersionState,
  outcome: ArchiveOutcome,
): Promise<readonly WorkMessage[]> {
  const key = keys.version(organization, found.number, version.versionNormalized);
  if ('reason' in outcome) {
    await table.transact([leaseHeld(lease), { update: { key, set: { reason: outcome.reason } } }]);
    return [];
  }
  const workItem = packageWork(organization, found.number);
  await table.transact([
    leaseHeld(lease),
    { update: { key, set: { state: 'published', shasum: outcome.shasum }, remove: ['reason'] } },
    { ...requestWork(workItem, clock.now()), when: ofSource(found) },
  ]);
  return [workItem.message];
}

/** Records the commit that an owner accepted, so that its archive may be built. */
export async function recordAccepted(
  { table, clock }: ApplyDependencies,
  lease: Lease,
  organization: OrganizationId,
  found: StoredPackage,
  version: Pick<StoredVersion, 'commit' | 'directory'>,
): Promise<void> {
  await table.transact([leaseHeld(lease), recordCommit(organization, found, version, clock.now())]);
}

function recordCommit(
  organization: OrganizationId,
  { number }: StoredPackage,
  { commit, directory }: Pick<StoredVersion, 'commit' | 'directory'>,
  recordedAt: number,
): Operation {
  return recordDist(organization, number, commit, {
    recordedAt,
    ...(directory !== undefined && { directory }),
  });
}

/** Makes the version of the commit that its tag moved to, with the checksum of that one's archive. The archive of the first stays. */
export async function publishAccepted(
  { table, clock }: ApplyDependencies,
  lease: Lease,
  organization: OrganizationId,
  found: StoredPackage,
  { before, after }: { readonly before: VersionState; readonly after: StoredVersion },
  shasum: string,
): Promise<readonly WorkMessage[]> {
  const workItem = packageWork(organization, found.number);
  await table.transact([
    leaseHeld(lease),
    {
      put: keys.version(organization, found.number, before.versionNormalized),
      item: { ...after, shasum },
      when: all(equal('commit', before.commit), equal('acceptedMove', after.commit)),
    },
    { ...requestWork(workItem, clock.now()), when: ofSource(found) },
  ]);
  return [workItem.message];
}

/**
 * Applies changes of the repository to its packages: readable again, archived or not, its links, and which package replaces those with
 * former names. They are written in portions; if a scan dies between two of them, the next one writes the rest.
 */
export async function recordMoved(
  { table, clock }: ApplyDependencies,
  lease: Lease,
  organization: OrganizationId,
  { current, others }: PackageState,
  { archived, links }: AboutRepository,
): Promise<readonly WorkMessage[]> {
  const wanted = [
    ...(current ? [{ one: current, replacement: undefined }] : []),
    // While a new name waits for an owner, the old package has no replacement.
    ...others.map((one) => ({ one, replacement: current ? current.name : one.replacement })),
  ];
  const changed = wanted.filter(
    ({ one, replacement }) =>
      one.state === 'unreadable' ||
      one.archived !== archived ||
      !sameLinks(one.links, links) ||
      one.replacement !== replacement,
  );
  const workItems = changed.map((change) => ({
    ...change,
    workItem: packageWork(organization, change.one.number),
  }));
  const portion = transactionItemsMax - 1;
  for (let start = 0; start < workItems.length; start += portion) {
    await table.transact([
      leaseHeld(lease),
      ...workItems.slice(start, start + portion).map(({ one, replacement, workItem }) => ({
        ...requestWork(workItem, clock.now(), {
          archived,
          links,
          replacement,
          // Its publisher advances the state from there; any other state may have changed meanwhile.
          ...(one.state === 'unreadable' ? { state: 'accepted', unreadableAt: undefined } : {}),
        }),
        // Its name, or the package itself, may have passed to another repository meanwhile.
        when: one.state === 'unreadable' ? all(ofSource(one), equal('state', one.state)) : ofSource(one),
      })),
    ]);
  }
  return workItems.map(({ workItem }) => workItem.message);
}

/** Withdraws every package of a repository that is no longer readable: at once from the edge and the views, then the files. */
export async function withdrawPackages(
  { table, clock }: ApplyDependencies,
  lease: Lease,
  organization: Organization,
  source: Pick<PackageSource, 'synchronization' | 'repository'>,
): Promise<readonly WorkMessage[]> {
  const packages = (await packagesOfRepository(table, organization.id, source)).filter(
    (one) => one.state === 'accepted' || one.state === 'available',
  );
  const messages: WorkMessage[] = [];
  for (const one of packages) {
    const edgeKey = edgeKeys.package(organization.slug, one.name);
    const workItem = packageWork(organization.id, one.number);
    const grants = grantsWork(organization.id);
    await table.transact([
      leaseHeld(lease),
      {
        ...requestWork(workItem, clock.now(), { state: 'unreadable', unreadableAt: clock.now() }),
        // Another package may hold the name by now, and must stay at the edge.
        when: all(ofSource(one), any(equal('state', 'accepted'), equal('state', 'available'))),
      },
      desire(
        edgeKey,
        undefined,
        { kind: 'package', organization: organization.id, packageNumber: one.number },
        clock.now(),
      ),
      requestWork(grants, clock.now()),
    ]);
    messages.push(edgeWork(edgeKey).message, grants.message, workItem.message);
  }
  return messages;
}
