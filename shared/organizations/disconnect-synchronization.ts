/** Ends a synchronization: with its packages, or without them. Whoever owns the organization by it goes on owning it. */
import { CallerError } from '../domain/caller-error.ts';
import type { Organization } from '../domain/organization.ts';
import { ownersByHandCount, primaryOf } from '../domain/primary.ts';
import type { Synchronization } from '../domain/synchronization.ts';
import { dropInvitations } from '../store/invitation-store.ts';
import { changeOwners, findOrganization } from '../store/organization-store.ts';
import { allOwnersIf, ownerKey } from '../store/owner-store.ts';
import { synchronizationsOf } from '../store/synchronization-store.ts';
import { type Confirmation, confirmed } from './confirmation.ts';
import { deleteSynchronization, type SynchronizationDeletion } from './delete-synchronization.ts';
import { belongByHand, membersToKeep } from './keep-members.ts';
import { endOthersByHand, ownByHand } from './keep-owners.ts';
import type { RefuseDependencies } from './refuse-commits.ts';

export interface Disconnecting extends Confirmation {
  /** `keep`: they stay as they are for tokens that read everything; nobody reads them by a right on the code host any more. */
  readonly packages: 'keep' | 'delete';
  /** `keep`: they stay members, by hand; only after the last synchronization. */
  readonly members: 'keep' | 'remove';
  /** Whoever has the key of the installation is locked out of nothing, so nobody else has to own the organization. */
  readonly isOperator: boolean;
}

export interface Disconnection extends SynchronizationDeletion {
  /** Who owns the organization by hand afterwards. */
  readonly owners: readonly string[];
  /** Who owns the organization until then, and not afterwards. */
  readonly endingOwners: readonly string[];
  /** How many stay members by hand. */
  readonly members: number;
}

/**
 * All who own the organization by the synchronization stay its owners, by hand, whether they have signed in or not: nobody ends another's
 * ownership by this.
 *
 * @throws CallerError when it is the primary one of several, or nobody would own the organization, unless the operator asks; and as
 * `deleteSynchronization`
 */
export async function disconnectSynchronization(
  dependencies: RefuseDependencies,
  { id }: Pick<Organization, 'id'>,
  synchronization: Synchronization,
  { packages, members, isOperator, ...confirmation }: Disconnecting,
): Promise<Disconnection> {
  const { table, clock } = dependencies;
  // Read before the owners.
  const organization = await findOrganization(table, id);
  if (organization === undefined) {
    throw new CallerError('not-found', 'the organization is gone');
  }
  const all = await synchronizationsOf(table, id);
  const others = all.filter((one) => one.id !== synchronization.id);
  const isLast = others.length === 0;
  if (!isOperator && !isLast && primaryOf(organization, all)?.id === synchronization.id) {
    throw new CallerError(
      'conflict',
      `${synchronization.login} says who the owners are: choose another primary first`,
    );
  }
  const primary = primaryOf(organization, isLast ? all : others);
  const owners = await allOwnersIf(table, organization, primary, clock.now());
  const stay = new Set(owners.map(ownerKey));
  const before = await allOwnersIf(table, organization, primaryOf(organization, all), clock.now());
  const ending = before.filter((owner) => !stay.has(ownerKey(owner)));
  if (!isOperator && isLast && owners.length === 0) {
    throw new CallerError('conflict', 'nobody would own the organization');
  }
  if (members === 'keep' && !isLast) {
    throw new CallerError('conflict', 'another synchronization says who the members are');
  }
  const kept =
    members === 'keep' ? await membersToKeep(table, organization, synchronization, owners, clock.now()) : [];
  if (confirmed(confirmation, synchronization.login) !== undefined) {
    // Before the end, since they may be more than a transaction holds. None of it counts until then.
    await ownByHand(dependencies, organization, isLast ? owners : []);
    const users = await belongByHand(dependencies, organization, kept);
    // Invitations from before a code host said who the people are count no more, and nobody is invited and a member.
    const staying = new Set([...users, ...owners.flatMap(({ user }) => user ?? [])]);
    await dropInvitations(table, id, ownersByHandCount(primary) ? staying : undefined);
    await endOthersByHand(table, organization, {
      owners: await allOwnersIf(table, organization, primary, clock.now()),
      // Where they count for nothing, they are from an earlier time without a synchronization.
      members: ownersByHandCount(primary) ? undefined : users,
    });
  }
  const deletion = await deleteSynchronization(dependencies, organization, synchronization, confirmation, {
    keepsPackages: packages === 'keep',
    also: [changeOwners(organization)],
  });
  return {
    ...deletion,
    owners: isLast ? owners.map(({ name }) => name) : [],
    endingOwners: ending.map(({ name }) => name),
    members: kept.length,
  };
}
