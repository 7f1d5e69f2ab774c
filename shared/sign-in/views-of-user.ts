/** What a user's tokens read is decided again when the user's accounts change. */
import { type OrganizationId, type Principal, type UserId, userPrincipal } from '../domain/ids.ts';
import type { Clock } from '../runtime/clock.ts';
import { factsOfAccount } from '../store/access-fact-store.ts';
import { requestMissingViews } from '../store/kept-view-store.ts';
import { membersAt, organizationsNaming } from '../store/member-store.ts';
import { havingTokens } from '../store/personal-token-store.ts';
import { everySynchronization, listSynchronizations } from '../store/synchronization-store.ts';
import { type Operation, type Table, transactionItemsMax } from '../store/table.ts';
import { type Account, accountsOf } from '../store/user-store.ts';
import { requestWork, type WorkItem, type WorkQueue } from '../store/work.ts';
import { grantsWork, principalWork } from '../store/work-items.ts';

export interface ViewDependencies {
  readonly table: Table;
  readonly workQueue: WorkQueue;
  readonly clock: Clock;
}

interface View extends WorkItem {
  readonly organization: OrganizationId;
  readonly principal: Principal;
}

function viewOf(organization: OrganizationId, user: UserId): View {
  const principal = userPrincipal(user);
  return { organization, principal, ...principalWork(organization, principal) };
}

/** The views of the user that there are: one for each organization with tokens of the user. */
export async function viewsOf(table: Table, user: UserId): Promise<readonly View[]> {
  const listed = (await listSynchronizations(table)).map(({ organization }) => organization);
  // An organization without a synchronization knows the person by what it says itself.
  const organizations = [...new Set([...listed, ...(await organizationsNaming(table, user))])];
  const views = organizations.map((organization) => viewOf(organization, user));
  const items = await table.getMany(views.map(({ key }) => key));
  return views.filter((_, place) => items[place] !== undefined);
}

/** Accounts that become a user's. */
interface Gain {
  readonly user: UserId;
  readonly accounts: readonly Account[];
}

/** Views in the organizations that know one of the accounts, where the user's own tokens come to read something. */
async function viewsGained(table: Table, { user, accounts }: Gain): Promise<readonly View[]> {
  if (!(await havingTokens(table, [user])).has(user)) {
    return [];
  }
  return (await organizationsKnowing(table, accounts)).map((organization) => viewOf(organization, user));
}

/** The organizations whose code hosts know one of the accounts. Two reads, and two for each place where one may be known. */
async function organizationsKnowing(
  table: Table,
  accounts: readonly Account[],
): Promise<readonly OrganizationId[]> {
  const places = (await everySynchronization(table)).flatMap(({ id, organization, forge, baseUrl }) =>
    accounts
      .filter((one) => one.forge === forge && one.baseUrl === baseUrl)
      .map(({ account }) => ({ id, organization, account })),
  );
  const facts = await Promise.all(places.map(({ id, account }) => factsOfAccount(table, id, account)));
  return [...new Set(places.filter((_, place) => facts[place]?.length !== 0).map((one) => one.organization))];
}

/** Has what the user may read decided wherever he belongs, because lists are what comes after a sign-in. */
export async function prepareViews(dependencies: ViewDependencies, user: UserId): Promise<void> {
  const { table } = dependencies;
  const known = await organizationsKnowing(table, await accountsOf(table, user));
  const organizations = [...new Set([...known, ...(await organizationsNaming(table, user))])];
  await requestMissingViews(dependencies, organizations, userPrincipal(user));
}

/** The organizations that one of the accounts owns on a code host: tokens that their owners made for them count or not by who has the account. */
export async function ownedBy(
  table: Table,
  accounts: readonly Account[],
  now: number,
): Promise<readonly OrganizationId[]> {
  const synchronizations = await everySynchronization(table);
  const places = synchronizations.flatMap(({ id, organization, forge, baseUrl }) =>
    accounts
      .filter((account) => account.forge === forge && account.baseUrl === baseUrl)
      .map(({ account }) => ({ organization, synchronization: id, account })),
  );
  const members = await membersAt(table, places, now);
  return [
    ...new Set(places.filter((_, place) => members[place]?.role === 'owner').map((one) => one.organization)),
  ];
}

/** So many views are requested with the change itself; the others right after it. A transaction holds 100 operations. */
const withChangeMax = 50;

/**
 * Carries out a change of a user's accounts, and has the views of all users that it concerns decided again.
 *
 * Views that come about at the same moment are requested after it: a token that is given before that reads the accounts as they were.
 *
 * @param gain the accounts that become a user's by it
 * @param owning accounts whose user owns other organizations by it, or none any more
 * @throws ConflictError as the change says
 */
export async function changeAccounts(
  { table, workQueue, clock }: ViewDependencies,
  users: readonly UserId[],
  change: readonly Operation[],
  gain: Gain | undefined,
  owning: readonly Account[],
): Promise<void> {
  const gained = gain === undefined ? [] : await viewsGained(table, gain);
  const owned = (await ownedBy(table, owning, clock.now())).map((organization) => grantsWork(organization));
  const request = (item: WorkItem | View): Operation =>
    'principal' in item
      ? requestWork(item, clock.now(), { organization: item.organization, principal: item.principal })
      : requestWork(item, clock.now());
  const views = async (): Promise<readonly (WorkItem | View)[]> => {
    const own = (await Promise.all(users.map((user) => viewsOf(table, user)))).flat();
    return [...new Map([...gained, ...own, ...owned].map((view) => [nameOf(view), view])).values()];
  };
  const before = (await views()).slice(0, Math.min(withChangeMax, transactionItemsMax - change.length));
  await table.transact([...change, ...before.map(request)]);
  await workQueue.send(before.map(({ message }) => message));
  const requested = new Set(before.map(nameOf));
  for (const view of await views()) {
    if (!requested.has(nameOf(view))) {
      await table.transact([request(view)]);
      await workQueue.send([view.message]);
    }
  }
}

const nameOf = ({ key }: WorkItem): string => `${key.pk} ${key.sk}`;
