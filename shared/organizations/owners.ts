/** Who owns an organization, of those who have signed in: users, by what code hosts and the organization itself say. */
import type { SynchronizationId, UserId } from '../domain/ids.ts';
import type { Organization } from '../domain/organization.ts';
import { ownersByHandCount, primaryOf } from '../domain/primary.ts';
import type { Synchronization } from '../domain/synchronization.ts';
import { loadFacts } from '../store/fact-store.ts';
import { membersAt, personsOf, stateOf } from '../store/member-store.ts';
import type { Table } from '../store/table.ts';
import { accountIn, findUsers, readUser } from '../store/user-store.ts';

/** A user with what he is called. */
export interface Owner {
  readonly user: UserId;
  readonly name: string;
}

/**
 * The users who own the organization if its owners are those of the primary synchronization, or those named by hand where there is none or
 * its members were never read. The same rule as `roleIn`, for everybody at once.
 *
 * @param now milliseconds since the epoch
 */
export async function ownersIf(
  table: Table,
  organization: Pick<Organization, 'id'>,
  primary: Synchronization | undefined,
  now: number,
): Promise<readonly Owner[]> {
  const persons = await personsOf(table, organization.id);
  const isOff = new Set(persons.filter((person) => stateOf(person) !== 'active').map(({ user }) => user));
  const owners = new Map<UserId, string>();
  if (ownersByHandCount(primary)) {
    for (const { user, isOwner } of persons) {
      if (isOwner) {
        owners.set(user, (await readUser(table, user))?.login ?? user);
      }
    }
  }
  if (primary !== undefined) {
    for (const { user, name } of await ownersThere(table, primary, now)) {
      owners.set(user, name);
    }
  }
  return [...owners].flatMap(([user, name]) => (isOff.has(user) ? [] : [{ user, name }]));
}

/** The users whose accounts own the forge organization. */
async function ownersThere(
  table: Table,
  synchronization: Synchronization,
  now: number,
): Promise<readonly Owner[]> {
  const facts = (await loadFacts(table, synchronization.id, 'member')).filter(({ role }) => role === 'owner');
  // What an event withdrew is still a fact, and does not count.
  const members = await membersAt(
    table,
    facts.map(({ account }) => ({ synchronization: synchronization.id, account })),
    now,
  );
  const still = facts.filter((_, place) => members[place]?.role === 'owner');
  const users = await findUsers(
    table,
    still.map(({ account }) => accountIn(synchronization, account)),
  );
  return still.flatMap(({ login }, place) => {
    const user = users[place];
    return user === undefined ? [] : [{ user, name: login }];
  });
}

export const isPrimary = (
  organization: Organization,
  synchronizations: readonly Synchronization[],
  id: SynchronizationId,
): boolean => primaryOf(organization, synchronizations)?.id === id;
