/**
 * Withdraws refused commits from clients: the edge refuses their archives, cached copies too, and the metadata is written without their
 * versions. Idempotent.
 */

import { distReference } from '../domain/dist-reference.ts';
import { edgeKeys } from '../domain/edge-keys.ts';
import type { OrganizationId } from '../domain/ids.ts';
import type { Organization } from '../domain/organization.ts';
import type { Clock } from '../runtime/clock.ts';
import { all, equal } from '../store/condition.ts';
import { askDeletion, deletionOf } from '../store/deletion-store.ts';
import { desire } from '../store/edge-store.ts';
import { keys } from '../store/keys.ts';
import {
  findPackage,
  packageEdgeValue,
  packagesOf,
  parseDist,
  refusedPrefixes,
  refusesTheSame,
  type StoredDist,
  type StoredPackage,
} from '../store/package-store.ts';
import { noteWithdrawn } from '../store/refused-commit-store.ts';
import { ConflictError, type Operation, type Table } from '../store/table.ts';
import { requestWork, type WorkQueue } from '../store/work.ts';
import { edgeWork, packageWork, scanWork } from '../store/work-items.ts';

export interface NarrowDependencies {
  readonly table: Table;
  readonly workQueue: WorkQueue;
  readonly clock: Clock;
}

/** How many digits of a commit the edge compares. */
const prefixLength = 12;
/**
 * With this many refused commits a package is copied to a new number, whose list is empty. The limit leaves room at the edge for further
 * refusals during the copy.
 */
export const renumberFrom = 48;
/** How often the package is read again after a conflict with another writer. */
const attemptsMax = 10;

/** A package, and its dists of the commits in question. */
export interface Affected {
  readonly found: StoredPackage;
  readonly dists: readonly StoredDist[];
}

/** The organization's packages that recorded one of the commits, ordered by number; deleted ones too, if their archives are kept. */
export async function packagesWith(
  table: Table,
  organization: OrganizationId,
  commits: readonly string[],
): Promise<readonly Affected[]> {
  const packages = (await packagesOf(table, organization)).filter(({ isRemoved }) => !isRemoved);
  const wanted = packages.flatMap((found) =>
    commits.map((commit) => ({ found, key: keys.dist(organization, found.number, distReference(commit)) })),
  );
  const items = await table.getMany(wanted.map(({ key }) => key));
  const byNumber = new Map<number, { found: StoredPackage; dists: StoredDist[] }>();
  for (const [place, item] of items.entries()) {
    const found = wanted[place]?.found;
    if (item !== undefined && found !== undefined) {
      const affected = byNumber.get(found.number) ?? { found, dists: [] };
      affected.dists.push(parseDist(item));
      byNumber.set(found.number, affected);
    }
  }
  return [...byNumber.values()];
}

/**
 * Withdraws the commits from all packages, then marks them as withdrawn.
 *
 * @param commits of one transaction, at most 100
 */
export async function narrowRefused(
  dependencies: NarrowDependencies,
  organization: Organization,
  commits: readonly string[],
): Promise<void> {
  const { table } = dependencies;
  for (const { found, dists } of await packagesWith(table, organization.id, commits)) {
    await narrowPackage(dependencies, organization, found, dists);
  }
  await table.transact(commits.map((commit) => noteWithdrawn(organization.id, commit)));
}

/** Whether clients or caches may have the archive: it is stored, being built, or being copied. */
const mayBeServed = (found: StoredPackage, { shasum, leaseUntil }: StoredDist): boolean =>
  shasum !== undefined || leaseUntil !== undefined || found.state === 'copying';

async function narrowPackage(
  { table, workQueue, clock }: NarrowDependencies,
  { id: organization, slug }: Organization,
  affected: StoredPackage,
  dists: readonly StoredDist[],
): Promise<void> {
  const served = dists
    .filter((dist) => mayBeServed(affected, dist))
    .map(({ reference }) => reference.slice(0, prefixLength));
  for (let attempt = 1; ; attempt++) {
    const found = await findPackage(table, organization, affected.number);
    if (found === undefined || found.state === 'deleted') {
      return;
    }
    const refused = [...new Set([...refusedPrefixes(found), ...served])].sort();
    const next = { ...found, refused: refused.join(',') };
    const workItem = packageWork(organization, found.number);
    const scan = scanWork(organization, found.synchronization, found.repository);
    const edgeKey = edgeKeys.package(slug, found.name);
    const renumbering = { kind: 'renumbering', number: found.number } as const;
    const isFull = refused.length >= renumberFrom && found.state !== 'copying';
    const operations: Operation[] = [
      {
        ...requestWork(workItem, clock.now(), { refused: next.refused === '' ? undefined : next.refused }),
        when: all(refusesTheSame(found), equal('state', found.state)),
      },
      requestWork(scan, clock.now(), { cause: 'refused commit' }),
      ...(found.state === 'available' && next.refused !== found.refused
        ? [
            desire(
              edgeKey,
              packageEdgeValue(next),
              { kind: 'package', organization, packageNumber: found.number },
              clock.now(),
            ),
          ]
        : []),
      ...(isFull ? [askDeletion(organization, renumbering, found.name, clock.now())] : []),
    ];
    try {
      await table.transact(operations);
      await workQueue.send([
        edgeWork(edgeKey).message,
        workItem.message,
        scan.message,
        ...(isFull ? [deletionOf(organization, renumbering).message] : []),
      ]);
      return;
    } catch (error) {
      if (!(error instanceof ConflictError) || attempt === attemptsMax) {
        throw error;
      }
    }
  }
}
