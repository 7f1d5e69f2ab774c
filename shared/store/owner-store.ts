/** Who owns an organization, by what code hosts and the organization itself say: users, and accounts that nobody has signed in with. */
import type { SynchronizationId, UserId } from '../domain/ids.ts';
import type { Organization } from '../domain/organization.ts';
import { ownersByHandCount, primaryOf } from '../domain/primary.ts';
import type { Synchronization } from '../domain/synchronization.ts';
import { loadFacts } from './fact-store.ts';
import { membersAt, personsOf, stateOf } from './member-store.ts';
import type { Table } from './table.ts';
import { type Account, accountAlone, accountIn, findUsers, readUser } from './user-store.ts';

/** A user with what he is called. */
export interface Owner {
  readonly user: UserId;
  readonly name: string;
}

/** An account that owns the forge organization, and that nobody has signed in with. */
export interface UnknownOwner {
  readonly user: undefined;
  readonly account: Account;
  /** The login. */
  readonly name: string;
}

/** What two lists of owners are compared by. */
export const ownerKey = (owner: Owner | UnknownOwner): string =>
  owner.user ?? JSON.stringify(accountAlone(owner.account));

export const names = (owners: readonly { readonly name: string }[]): string => {
  const shown = owners.slice(0, namedMax).map(({ name }) => name);
  return [...shown, ...(owners.length > namedMax ? [`${owners.length - namedMax} more`] : [])].join(', ');
};

/** How many a refusal names. */
const namedMax = 20;

/**
 * Everybody who owns the organization if its owners are those of the primary synchronization, or those named by hand where there is none or
 * its members were never read. The same rule as `roleIn`, for everybody at once. Each once, whatever accounts they have.
 *
 * @param now milliseconds since the epoch
 */
export async function allOwnersIf(
  table: Table,
  organization: Pick<Organization, 'id'>,
  primary: Synchronization | undefined,
  now: number,
): Promise<readonly (Owner | UnknownOwner)[]> {
  const persons = await personsOf(table, organization.id);
  const isOff = new Set(persons.filter((person) => stateOf(person) !== 'active').map(({ user }) => user));
  const owners = new Map<string, Owner | UnknownOwner>();
  if (ownersByHandCount(primary)) {
    for (const { user, isOwner } of persons) {
      if (isOwner) {
        owners.set(user, { user, name: (await readUser(table, user))?.login ?? user });
      }
    }
  }
  for (const owner of primary === undefined ? [] : await ownersThere(table, primary, now)) {
    owners.set(ownerKey(owner), owner);
  }
  return [...owners.values()].filter(({ user }) => user === undefined || !isOff.has(user));
}

/** The users among them. @param now milliseconds since the epoch */
export async function ownersIf(
  table: Table,
  organization: Pick<Organization, 'id'>,
  primary: Synchronization | undefined,
  now: number,
): Promise<readonly Owner[]> {
  const all = await allOwnersIf(table, organization, primary, now);
  return all.filter((owner): owner is Owner => owner.user !== undefined);
}

/** Whose accounts own the forge organization. */
async function ownersThere(
  table: Table,
  synchronization: Synchronization,
  now: number,
): Promise<readonly (Owner | UnknownOwner)[]> {
  const facts = (await loadFacts(table, synchronization.id, 'member')).filter(({ role }) => role === 'owner');
  // What an event withdrew is still a fact, and does not count.
  const members = await membersAt(
    table,
    facts.map(({ account }) => ({ synchronization: synchronization.id, account })),
    now,
  );
  const still = facts.filter((_, place) => members[place]?.role === 'owner');
  const accounts = still.map(({ account }) => accountIn(synchronization, account));
  const users = await findUsers(table, accounts);
  return still.map(({ login: name, account }, place) => {
    const user = users[place];
    return user === undefined ? { user, account: accountIn(synchronization, account), name } : { user, name };
  });
}

export const isPrimary = (
  organization: Organization,
  synchronizations: readonly Synchronization[],
  id: SynchronizationId,
): boolean => primaryOf(organization, synchronizations)?.id === id;
