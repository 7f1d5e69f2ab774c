/**
 * The people of an organization that no code host knows: owners invite who has signed in, and remove them. Once its members were read from a code
 * host, that alone says who they are.
 */
import { CallerError } from '../domain/caller-error.ts';
import { unlessChanged } from '../domain/conflict-error.ts';
import { asId, type UserId, userPrincipal } from '../domain/ids.ts';
import type { Organization } from '../domain/organization.ts';
import { ownersByHandCount, primaryOf } from '../domain/primary.ts';
import { absent } from '../store/condition.ts';
import { endOf, findInvitation, offerIdOf, removeInvitation } from '../store/invitation-store.ts';
import {
  belongsByHand,
  findPerson,
  forgetPerson,
  isNamed,
  isStillOwner,
  type Person,
  personsOf,
  putPerson,
  stateOf,
} from '../store/member-store.ts';
import { changeOwners, findOrganization } from '../store/organization-store.ts';
import { ownTeamMembershipsOf, removeOwnTeamMember } from '../store/own-team-store.ts';
import { synchronizationsOf } from '../store/synchronization-store.ts';
import type { Operation, Table } from '../store/table.ts';
import { findUserByLogin, readUser, type User } from '../store/user-store.ts';
import { requestWork } from '../store/work.ts';
import { grantsWork, principalWork } from '../store/work-items.ts';
import type { IssueTokenDependencies } from '../tokens/issue-token.ts';
import {
  findOffer,
  invite,
  type NamedPerson,
  nameOf,
  peopleChanged,
  type RoleByHand,
  withdraw,
  withdrawOwnershipOfferedBy,
} from './invite.ts';
import { type Accountable, ownerAct } from './owner-act.ts';

/** A login that was last seen longer ago may be somebody else's by now; milliseconds. */
const loginMs = 90 * 24 * 3600_000;

/**
 * Invites somebody who has signed in, as a member or an owner; a member becomes an owner at once, and so does whoever adds himself.
 *
 * @throws CallerError `not-found` when nobody such has signed in; `conflict` where code hosts say who the people are, for somebody switched off,
 *  for an owner who would become a member, and when too many are invited already
 */
export async function addPersonByHand(
  dependencies: IssueTokenDependencies,
  organization: Organization,
  named: NamedPerson,
  role: RoleByHand,
  accountable: Accountable,
): Promise<AddedPerson> {
  const { table } = dependencies;
  await refuseSynchronized(table, organization);
  const user = await personNamed(dependencies, named);
  const before = await findPerson(table, organization.id, user.id);
  if (stateOf(before) !== 'active') {
    throw new CallerError('conflict', 'the person is switched off or waits here: switch the person on');
  }
  if (before.isOwner && role === 'member') {
    throw new CallerError('conflict', 'the person owns the organization: remove the person first');
  }
  const isSelf = accountable.actor?.kind === 'user' && accountable.actor.id === user.id;
  if (!isSelf && !belongsByHand(before)) {
    const offer = await invite(
      dependencies,
      organization,
      { user: user.id, person: before },
      named,
      role,
      accountable,
    );
    return { id: offerIdOf(user.id, offer), name: nameOf(named), state: 'invited', endsAt: endOf(offer) };
  }
  const after = { ...before, isOwner: role === 'owner', isMember: true };
  await changePeople(dependencies, organization, user.id, [
    ...putPerson(organization.id, user.id, after, before),
    ...(after.isOwner ? [changeOwners(organization)] : []),
    ownerAct(dependencies, organization.id, accountable, 'add-person', user.login, {
      ...(belongsByHand(before) && { before: { role: roleOf(before), state: 'active' } }),
      after: { person: user.id, role, state: 'active' },
    }),
  ]);
  return { id: user.id, name: user.login, state: 'active' };
}

export interface AddedPerson {
  /** Of the user; of the offer where a login was invited. */
  readonly id: string;
  readonly name: string;
  readonly state: 'active' | 'invited';
  /** Of an invitation; milliseconds since the epoch. */
  readonly endsAt?: number;
}

const roleOf = ({ isOwner }: Person): RoleByHand => (isOwner ? 'owner' : 'member');

/** @throws CallerError `conflict` where code hosts say who the people are */
export async function refuseSynchronized(table: Table, organization: Organization): Promise<void> {
  const primary = primaryOf(organization, await synchronizationsOf(table, organization.id));
  if (!ownersByHandCount(primary)) {
    throw new CallerError('conflict', 'the code host says who the people of this organization are');
  }
}

async function personNamed({ table, clock }: IssueTokenDependencies, named: NamedPerson): Promise<User> {
  const user =
    'user' in named
      ? await readUser(table, named.user)
      : await findUserByLogin(table, { ...named.host, login: named.login }, clock.now() - loginMs);
  const hasSignedIn = user?.accounts.some(({ lastSignInAt }) => lastSignInAt !== undefined);
  if (user === undefined || !hasSignedIn) {
    throw new CallerError(
      'not-found',
      'user' in named
        ? 'nobody with this id has signed in here'
        : 'nobody has signed in here with that login within 90 days: the person has to sign in first; whom the installation does not let in yet, an administrator puts on its allow-list',
    );
  }
  return user;
}

/**
 * The person belongs to the organization no more, or is not invited any more.
 *
 * @param person id of the user, or of an offer
 * @throws CallerError `not-found` for somebody who was not added by hand; `conflict` for the last owner, and where code hosts say who the people are
 */
export async function removePersonByHand(
  dependencies: IssueTokenDependencies,
  organization: Organization,
  person: string,
  accountable: Accountable,
): Promise<void> {
  const { table } = dependencies;
  const { id } = organization;
  const found = await findOffer(dependencies, id, person);
  if (found !== undefined && !belongsByHand(await findPerson(table, id, found.user))) {
    return withdraw(dependencies, id, found, accountable);
  }
  const user = asId<UserId>(person);
  if (!(await isNamed(table, id, user))) {
    throw new CallerError('not-found', 'the organization has no such person');
  }
  await endPersonByHand(dependencies, organization, user, accountable, 'remove-person');
}

/**
 * Ends a membership by hand, an invitation beside it, and memberships in teams that were made by hand. Whoever was switched off stays so.
 *
 * @throws CallerError `conflict` for the last owner, and where code hosts say who the people are
 */
export async function endPersonByHand(
  dependencies: IssueTokenDependencies,
  organization: Organization,
  user: UserId,
  accountable: Accountable,
  act: 'remove-person' | 'leave-organization',
): Promise<void> {
  const { table } = dependencies;
  const { id } = organization;
  await refuseSynchronized(table, organization);
  const before = await findPerson(table, id, user);
  const rest = before.isOwner ? await anotherOwner(table, organization, user) : [];
  for (const team of await ownTeamMembershipsOf(table, id, user)) {
    await table.transact([removeOwnTeamMember(id, team, user)]);
  }
  const isKept = stateOf(before) !== 'active';
  const invitation = await findInvitation(table, id, user);
  await changePeople(dependencies, organization, user, [
    ...rest,
    ...(invitation === undefined ? [] : removeInvitation(id, user, invitation)),
    ...(isKept
      ? putPerson(id, user, { ...before, isOwner: false, isMember: false }, before)
      : forgetPerson(id, user, before)),
    ownerAct(dependencies, id, accountable, act, (await readUser(table, user))?.login ?? user, {
      before: { person: user, role: roleOf(before) },
    }),
  ]);
  if (before.isOwner) {
    await withdrawOwnershipOfferedBy(dependencies, id, user, accountable);
  }
}

/** The condition that another owner stays: two who remove each other at once do not both succeed. */
async function anotherOwner(table: Table, { id }: Organization, user: UserId): Promise<readonly Operation[]> {
  // Read before the owners.
  const organization = await findOrganization(table, id);
  const other = (await personsOf(table, id)).find(
    (person) => person.isOwner && stateOf(person) === 'active' && person.user !== user,
  );
  if (other === undefined || organization === undefined) {
    throw new CallerError('conflict', 'it is the last owner: somebody has to own the organization');
  }
  return [isStillOwner(id, other.user), changeOwners(organization)];
}

/**
 * Also has what the person's tokens read decided again, and, since they count while their maker owns the organization, all tokens that owners
 * made for it, in whichever organization.
 */
export async function changePeople(
  { table, workQueue, clock }: IssueTokenDependencies,
  { id }: Organization,
  user: UserId,
  operations: readonly Operation[],
): Promise<void> {
  const own = principalWork(id, userPrincipal(user));
  const grants = grantsWork(id);
  const hasView = (await table.get(own.key)) !== undefined;
  const now = clock.now();
  await unlessChanged(peopleChanged, () =>
    table.transact([
      ...operations,
      hasView ? requestWork(own, now) : { check: own.key, when: absent },
      requestWork(grants, now),
    ]),
  );
  await workQueue.send([...(hasView ? [own.message] : []), grants.message]);
}
