/** Lifts the refusal of a commit. Its archive was deleted; the next request for it builds it again. */

import { CallerError } from '../domain/caller-error.ts';
import { distReference } from '../domain/dist-reference.ts';
import type { OrganizationId } from '../domain/ids.ts';
import type { Organization } from '../domain/organization.ts';
import { askDeletion, deletionOf } from '../store/deletion-store.ts';
import { refusedPrefixes } from '../store/package-store.ts';
import { allowCommit, refusedCommitsOf } from '../store/refused-commit-store.ts';
import { ConflictError, type Table, transactionItemsMax } from '../store/table.ts';
import { requestWork } from '../store/work.ts';
import { scanWork } from '../store/work-items.ts';
import { requestAll } from '../sync/schedule/request-all.ts';
import { packagesWith } from './narrow-refused.ts';
import { type Accountable, ownerAct } from './owner-act.ts';
import { checkHashes, type RefuseDependencies } from './refuse-commits.ts';

/** Length of an MD5 in hex digits. */
const mayBeMd5 = (given: string): boolean => given.length === 32;

/** The refused commit that has the MD5 in addresses. */
async function refusedCommitOf(table: Table, organization: OrganizationId, md5: string): Promise<string> {
  const commits = [...(await refusedCommitsOf(table, organization)).keys()];
  return commits.find((commit) => distReference(commit) === md5) ?? md5;
}

export interface Allowed {
  readonly commit: string;
  /** Packages that recorded the commit; their repositories are scanned again. */
  readonly packages: readonly string[];
  /** Packages that get a new number, because caches may have the old archive under their current one. */
  readonly renumbered: readonly string[];
}

/**
 * @param given full hash; of Subversion the reference, or its MD5
 * @throws CallerError when the commit is not refused
 */
export async function allowRefusedCommit(
  dependencies: RefuseDependencies,
  organization: Organization,
  given: string,
  by: Accountable,
): Promise<Allowed> {
  const { table, workQueue, clock } = dependencies;
  const commit = mayBeMd5(given) ? await refusedCommitOf(table, organization.id, given) : given;
  checkHashes([commit]);
  const now = clock.now();
  const packages = (await packagesWith(table, organization.id, [commit]))
    .map(({ found }) => found)
    .filter(({ state }) => state !== 'deleted');
  const renumbered = packages.filter((found) =>
    refusedPrefixes(found).includes(distReference(commit).slice(0, 12)),
  );
  const renumberings = renumbered.map(({ number, name }) => ({
    target: { kind: 'renumbering', number } as const,
    name,
  }));
  const scans = new Map(
    packages.map(({ synchronization, repository }) => {
      const workItem = scanWork(organization.id, synchronization, repository);
      return [`${workItem.key.pk} ${workItem.key.sk}`, workItem];
    }),
  );
  const others = [
    ...renumberings.map(({ target, name }) => askDeletion(organization.id, target, name, now)),
    ...[...scans.values()].map((scan) => requestWork(scan, now, { cause: 'allowed commit' })),
  ];
  try {
    await table.transact([
      allowCommit(organization.id, commit),
      ownerAct(dependencies, organization.id, by, 'allow-commit', commit),
      ...others.slice(0, transactionItemsMax - 2),
    ]);
  } catch (error) {
    if (error instanceof ConflictError && error.failed.includes(0)) {
      throw new CallerError('not-found', `${organization.slug} does not refuse commit ${commit}`);
    }
    throw error;
  }
  await workQueue.send([
    ...renumberings.map(({ target }) => deletionOf(organization.id, target).message),
    ...[...scans.values()].map((scan) => scan.message),
  ]);
  if (others.length > transactionItemsMax - 2) {
    await requestAll(dependencies, [...scans.values()], 'allowed commit');
  }
  return {
    commit,
    packages: packages.map(({ name }) => name),
    renumbered: renumbered.map(({ name }) => name),
  };
}
