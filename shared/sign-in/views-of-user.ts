/** What a user's tokens read is decided again when the user's accounts change. */
import { type OrganizationId, type UserId, userPrincipal } from '../domain/ids.ts';
import type { Clock } from '../runtime/clock.ts';
import { listSynchronizations } from '../store/synchronization-store.ts';
import type { Operation, Table } from '../store/table.ts';
import { requestWork, type WorkItem, type WorkQueue } from '../store/work.ts';
import { principalWork } from '../store/work-items.ts';

export interface ViewDependencies {
  readonly table: Table;
  readonly workQueue: WorkQueue;
  readonly clock: Clock;
}

interface View extends WorkItem {
  readonly organization: OrganizationId;
}

/** The views of the user that there are: one for each organization with tokens of the user. */
export async function viewsOf(table: Table, user: UserId): Promise<readonly View[]> {
  const listed = await listSynchronizations(table);
  const organizations = [...new Set(listed.map(({ organization }) => organization))];
  const views = organizations.map((organization) => ({
    organization,
    ...principalWork(organization, userPrincipal(user)),
  }));
  const items = await table.getMany(views.map(({ key }) => key));
  return views.filter((_, place) => items[place] !== undefined);
}

/** So many views are requested with the change itself; the others right after it. A transaction holds 100 operations. */
const withChangeMax = 60;

/**
 * Carries out a change of a user's accounts, and has the views of all users that it concerns decided again.
 *
 * Views that come about at the same moment are requested after it: a token that is given before that reads the accounts as they were.
 *
 * @throws ConflictError as the change says
 */
export async function changeAccounts(
  { table, workQueue, clock }: ViewDependencies,
  users: readonly UserId[],
  change: readonly Operation[],
): Promise<void> {
  const views = async (): Promise<readonly WorkItem[]> =>
    (await Promise.all(users.map((user) => viewsOf(table, user)))).flat();
  const before = (await views()).slice(0, withChangeMax);
  await table.transact([...change, ...before.map((view) => requestWork(view, clock.now()))]);
  await workQueue.send(before.map(({ message }) => message));
  const requested = new Set(before.map(nameOf));
  for (const view of await views()) {
    if (!requested.has(nameOf(view))) {
      await table.transact([requestWork(view, clock.now())]);
      await workQueue.send([view.message]);
    }
  }
}

const nameOf = ({ key }: WorkItem): string => `${key.pk} ${key.sk}`;
