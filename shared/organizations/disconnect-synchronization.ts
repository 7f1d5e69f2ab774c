/** Ends a synchronization: with its packages, or without them. Whoever owns the organization by it goes on owning it. */
import { CallerError } from '../domain/caller-error.ts';
import type { UserId } from '../domain/ids.ts';
import type { Organization } from '../domain/organization.ts';
import { primaryOf } from '../domain/primary.ts';
import type { Synchronization } from '../domain/synchronization.ts';
import { endOwnership, personsOf, putPerson } from '../store/member-store.ts';
import { synchronizationsOf } from '../store/synchronization-store.ts';
import type { Operation, Table } from '../store/table.ts';
import type { Confirmation } from './confirmation.ts';
import { deleteSynchronization, type SynchronizationDeletion } from './delete-synchronization.ts';
import { type Owner, ownersIf } from './owners.ts';
import type { RefuseDependencies } from './refuse-commits.ts';

export interface Disconnecting extends Confirmation {
  /** `keep`: they stay as they are for tokens that read everything; nobody reads them by a right on the code host any more. */
  readonly packages: 'keep' | 'delete';
  /** Who owns the organization afterwards, if nothing else says who its owners are. */
  readonly owners: 'all' | 'only-me';
}

export interface Disconnection extends SynchronizationDeletion {
  /** Who owns the organization by hand afterwards. */
  readonly owners: readonly string[];
}

/**
 * Two operations for each who stays, and one for each who stayed at an earlier end or made the organization, and does not now: within a
 * transaction's limit beside the others.
 */
const ownersMax = 25;

/**
 * @param user who asks, if it is a person
 * @throws CallerError when it is the primary one of several, when nobody would own the organization, and as `deleteSynchronization`
 */
export async function disconnectSynchronization(
  dependencies: RefuseDependencies,
  organization: Organization,
  synchronization: Synchronization,
  user: UserId | undefined,
  { packages, owners, ...confirmation }: Disconnecting,
): Promise<Disconnection> {
  const { table, clock } = dependencies;
  const all = await synchronizationsOf(table, organization.id);
  if (all.length > 1 && primaryOf(organization, all)?.id === synchronization.id) {
    throw new CallerError(
      'conflict',
      `${synchronization.login} says who the owners are: choose another primary first`,
    );
  }
  const stay = all.length > 1 ? [] : await staying(dependencies, organization, synchronization, user, owners);
  const remaining =
    all.length > 1 ? await ownersIf(table, organization, primaryOf(organization, all), clock.now()) : stay;
  const ended = await endingByHand(table, organization, remaining);
  const also: readonly Operation[] = [
    ...stay.flatMap((one) => putPerson(organization.id, one.user, { isOwner: true, isOff: false })),
    ...ended,
  ];
  const deletion = await deleteSynchronization(dependencies, organization, synchronization, confirmation, {
    keepsPackages: packages === 'keep',
    also,
  });
  return { ...deletion, owners: stay.map(({ name }) => name) };
}

/** The owners who are named by hand, because no synchronization names them any more. */
async function staying(
  { table, clock }: RefuseDependencies,
  organization: Organization,
  synchronization: Synchronization,
  user: UserId | undefined,
  owners: Disconnecting['owners'],
): Promise<readonly Owner[]> {
  const now = await ownersIf(table, organization, synchronization, clock.now());
  const stay = now.filter((one) => owners === 'all' || one.user === user).slice(0, ownersMax);
  if (stay.length === 0) {
    throw new CallerError('conflict', 'nobody would own the organization');
  }
  return stay;
}

/** Owners by hand who own nothing now are owners by hand no more, so that nothing later makes them owners again. */
async function endingByHand(
  table: Table,
  { id }: Organization,
  remaining: readonly Owner[],
): Promise<readonly Operation[]> {
  const remain = new Set(remaining.map(({ user }) => user));
  const ended = (await personsOf(table, id)).filter(({ user, isOwner }) => isOwner && !remain.has(user));
  return ended.map(({ user }) => endOwnership(id, user));
}
