/** Deletes a package: clients lose it at once; `run-deletion` removes its files and records. */

import { CallerError } from '../domain/caller-error.ts';
import { unlessChanged } from '../domain/conflict-error.ts';
import { edgeKeys } from '../domain/edge-keys.ts';
import type { Organization } from '../domain/organization.ts';
import { equal } from '../store/condition.ts';
import { askDeletion, deletionOf } from '../store/deletion-store.ts';
import { desire } from '../store/edge-store.ts';
import { keys } from '../store/keys.ts';
import { distsOfPackage, findPackageByName, type StoredPackage } from '../store/package-store.ts';
import type { Operation } from '../store/table.ts';
import { requestWork, type WorkMessage } from '../store/work.ts';
import { edgeWork, grantsWork, packageWork, scanWork } from '../store/work-items.ts';
import { type Confirmation, confirmed } from './confirmation.ts';
import { ownerAct } from './owner-act.ts';
import type { RefuseDependencies } from './refuse-commits.ts';

/** What is deleted, or would be without a confirmation. */
export interface PackageDeletion {
  readonly done: boolean;
  readonly package: string;
  readonly versions: number;
  readonly archives: number;
  /** Until when archives and records are kept, inaccessible to everybody; ISO 8601. Undefined: they are removed at once. */
  readonly archivesKeptUntil: string | undefined;
}

/** How long archives are kept of a package that was deleted without them, in milliseconds: as long as those of an unreadable one. */
const archivesKeptMs = 90 * 24 * 3600 * 1000;

/**
 * Deletes a package. Its name stays reserved until an owner gives it to another repository; its number is never used again.
 *
 * @throws CallerError when there is no such package
 */
export async function deletePackage(
  dependencies: RefuseDependencies,
  organization: Organization,
  { packageName, keepArchives }: { readonly packageName: string; readonly keepArchives: boolean },
  confirmation: Confirmation,
): Promise<PackageDeletion> {
  const { table, workQueue, clock } = dependencies;
  const now = clock.now();
  const found = await findPackageByName(table, organization.id, packageName);
  if (found === undefined || found.state === 'deleted') {
    throw new CallerError(
      'not-found',
      `${organization.slug} has no package ${packageName}; status lists them`,
    );
  }
  const by = confirmed(confirmation, packageName);
  const dists = await distsOfPackage(table, organization.id, found.number);
  const keepUntil = keepArchives ? now + archivesKeptMs : undefined;
  const plan = {
    package: found.name,
    versions: found.versionCount,
    archives: dists.filter(({ shasum }) => shasum !== undefined).length,
    archivesKeptUntil: keepUntil === undefined ? undefined : new Date(keepUntil).toISOString(),
  };
  if (by === undefined) {
    return { done: false, ...plan };
  }
  const target = { kind: 'package', number: found.number } as const;
  const grants = grantsWork(organization.id);
  const withdrawn = withdrawal(organization, found, true, now);
  // So that its repository is told to be without a package for the reason that it has now. One that cannot be read is not scanned.
  const scans =
    found.state === 'unreadable' ? [] : [scanWork(organization.id, found.synchronization, found.repository)];
  await unlessChanged(`something else changed ${packageName} at the same time; try again`, () =>
    table.transact([
      ...withdrawn.operations,
      requestWork(grants, now),
      ...scans.map((scan) => requestWork(scan, now, { cause: 'its package was deleted' })),
      askDeletion(organization.id, target, found.name, now, { keepUntil }),
      ownerAct(dependencies, organization.id, by, 'delete-package', packageName),
    ]),
  );
  await workQueue.send([
    ...withdrawn.messages,
    grants.message,
    ...scans.map(({ message }) => message),
    deletionOf(organization.id, target).message,
  ]);
  return { done: true, ...plan };
}

/**
 * Operations that withdraw the package from the edge, from scans and from the metadata. The transaction fails if the package changed
 * meanwhile. The caller requests the grants in the same transaction.
 *
 * @param isHolder whether the package holds its name
 */
export function withdrawal(
  { id, slug }: Organization,
  found: StoredPackage,
  isHolder: boolean,
  now: number,
): { readonly operations: readonly Operation[]; readonly messages: readonly WorkMessage[] } {
  const { number, name, state, synchronization, repository, directory } = found;
  const workItem = packageWork(id, number);
  const edgeKey = edgeKeys.package(slug, name);
  return {
    operations: [
      {
        ...requestWork(workItem, now, { state: 'deleted', deletedAt: now, unreadableAt: undefined }),
        when: equal('state', state),
      },
      // Scans of its repository no longer find it. One that is being copied has no source yet.
      ...(state === 'copying'
        ? []
        : [{ delete: keys.packageSource(id, synchronization, repository, directory, name) }]),
      ...(isHolder
        ? [
            { check: keys.packageName(id, name), when: equal('number', number) },
            desire(edgeKey, undefined, { kind: 'package', organization: id, packageNumber: number }, now),
          ]
        : []),
    ],
    messages: [...(isHolder ? [edgeWork(edgeKey).message] : []), workItem.message],
  };
}
