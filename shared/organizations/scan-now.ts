/** Asks for a scan of one repository before its time. */
import type { Organization } from '../domain/organization.ts';
import { type RepositoryOf, repositoryKey } from '../domain/repository-key.ts';
import { requestWork } from '../store/work.ts';
import { scanWork } from '../store/work-items.ts';
import { repositoryOf } from './list-repositories.ts';
import { type Accountable, ownerAct } from './owner-act.ts';
import type { RefuseDependencies } from './refuse-commits.ts';

/**
 * @param key as in `repositoryKey`
 * @throws CallerError when the organization has no such repository
 */
export async function scanNow(
  dependencies: RefuseDependencies,
  organization: Organization,
  key: string,
  by: Accountable,
): Promise<RepositoryOf> {
  const { table, workQueue, clock } = dependencies;
  const { synchronization, fact } = await repositoryOf(table, organization, key);
  const scanned = { synchronization, repository: fact.repository };
  const scan = scanWork(organization.id, synchronization, fact.repository);
  await table.transact([
    requestWork(scan, clock.now(), { cause: 'asked for' }),
    ownerAct(
      dependencies,
      organization.id,
      by,
      'scan-repository',
      `${fact.fullName} (${repositoryKey(scanned)})`,
    ),
  ]);
  await workQueue.send([scan.message]);
  return scanned;
}
