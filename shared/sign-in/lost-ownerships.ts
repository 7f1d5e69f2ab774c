/** Organizations that a user owns by an account, and would not own without it. */
import { CallerError } from '../domain/caller-error.ts';
import type { Organization } from '../domain/organization.ts';
import { ownersByHandCount, primaryOf } from '../domain/primary.ts';
import type { Synchronization } from '../domain/synchronization.ts';
import { findPerson, membersAt } from '../store/member-store.ts';
import { findOrganizations } from '../store/organization-store.ts';
import { ownersIf } from '../store/owner-store.ts';
import { synchronizationsOf } from '../store/synchronization-store.ts';
import type { Table } from '../store/table.ts';
import type { Account, User } from '../store/user-store.ts';
import { ownedBy } from './views-of-user.ts';

/**
 * Those that the user ceases to own when the account is taken away.
 *
 * @param kept the accounts that the user goes on having
 * @param now milliseconds since the epoch
 * @returns as they were before their owners were read, for `changeOwners`
 * @throws CallerError `conflict` when one of them has no other owner who has signed in
 */
export async function lostOwnerships(
  table: Table,
  { id: user }: Pick<User, 'id'>,
  account: Account,
  kept: readonly Account[],
  now: number,
): Promise<readonly Organization[]> {
  const lost: Organization[] = [];
  for (const organization of await findOrganizations(table, await ownedBy(table, [account], now))) {
    const primary = primaryOf(organization, await synchronizationsOf(table, organization.id));
    const owners = await ownersIf(table, organization, primary, now);
    const isOwner = owners.some((owner) => owner.user === user);
    const isByHand = ownersByHandCount(primary) && (await findPerson(table, organization.id, user)).isOwner;
    if (!isOwner || isByHand || (await ownsBy(table, primary, kept, now))) {
      continue;
    }
    if (owners.length === 1) {
      throw new CallerError(
        'conflict',
        `by this account you are the last owner of ${organization.slug}: somebody else has to own it first`,
      );
    }
    lost.push(organization);
  }
  return lost;
}

async function ownsBy(
  table: Table,
  primary: Synchronization | undefined,
  accounts: readonly Account[],
  now: number,
): Promise<boolean> {
  if (primary === undefined) {
    return false;
  }
  const { id: synchronization, forge, baseUrl } = primary;
  const there = accounts.filter((one) => one.forge === forge && one.baseUrl === baseUrl);
  const members = await membersAt(
    table,
    there.map(({ account }) => ({ synchronization, account })),
    now,
  );
  return members.some((member) => member?.role === 'owner');
}
