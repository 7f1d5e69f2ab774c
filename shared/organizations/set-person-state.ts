/** Owners switch people on and off, and activate those who wait, whatever code hosts say. */
import type { PersonState } from '../domain/access.ts';
import { CallerError } from '../domain/caller-error.ts';
import { changedMeanwhile } from '../domain/conflict-error.ts';
import { newId, type UserId, userPrincipal } from '../domain/ids.ts';
import type { Organization } from '../domain/organization.ts';
import { primaryOf } from '../domain/primary.ts';
import { stateOfReader } from '../publish/effective-rights.ts';
import { absent } from '../store/condition.ts';
import { findPerson, nothingSaid, putPerson, stateOf } from '../store/member-store.ts';
import { changeOwners, findOrganization } from '../store/organization-store.ts';
import { ownersIf } from '../store/owner-store.ts';
import { havingTokens } from '../store/personal-token-store.ts';
import { findSynchronization, synchronizationsOf } from '../store/synchronization-store.ts';
import { ConflictError, type Operation } from '../store/table.ts';
import { accountIn, makeUser } from '../store/user-store.ts';
import { requestWork } from '../store/work.ts';
import { grantsWork, principalWork } from '../store/work-items.ts';
import type { IssueTokenDependencies } from '../tokens/issue-token.ts';
import { withdrawOwnershipOfferedBy } from './invite.ts';
import { placeIn } from './membership.ts';
import { type Accountable, ownerAct } from './owner-act.ts';
import type { FoundPerson } from './people.ts';

/**
 * Whoever is off, or waits, reads nothing from now on and is nobody in the organization; tokens stay, and read again when the person is
 * active again. The person's views are requested with the change.
 *
 * @param from the only state that it is changed from; any, if left out
 * @returns the user, who is made for an account that nobody has signed in with
 * @throws CallerError when owners would switch off themselves, or the last of them, or the person is in another state by now
 */
export async function setPersonState(
  dependencies: IssueTokenDependencies,
  organization: Organization,
  person: FoundPerson,
  state: Exclude<PersonState, 'waiting'>,
  accountable: Accountable,
  from?: PersonState,
): Promise<UserId> {
  if (state === 'off' && accountable.actor?.kind === 'user' && accountable.actor.id === person.user) {
    throw new CallerError('conflict', 'you cannot switch yourself off: another owner has to');
  }
  for (let tries = 1; ; tries++) {
    try {
      const guard = await (state === 'off' ? stillOwned : ownerAgain)(dependencies, organization, person);
      return await change(dependencies, organization, person, { from, to: state }, accountable, guard);
    } catch (error) {
      if (!(error instanceof ConflictError) || tries === 3) {
        throw error;
      }
    }
  }
}

/**
 * The condition that another owner stays: two who switch each other off at once are not both off.
 *
 * @throws CallerError when there is no other owner
 */
async function stillOwned(
  { table, clock }: IssueTokenDependencies,
  { id }: Organization,
  { user }: FoundPerson,
): Promise<readonly Operation[]> {
  // Read before the owners.
  const organization = await findOrganization(table, id);
  if (organization === undefined) {
    throw new CallerError('not-found', 'the organization is gone');
  }
  const primary = primaryOf(organization, await synchronizationsOf(table, id));
  const owners = await ownersIf(table, organization, primary, clock.now());
  if (!owners.some((owner) => owner.user === user)) {
    return [];
  }
  if (owners.length === 1) {
    throw new CallerError('conflict', 'it is the last owner who has signed in');
  }
  return [changeOwners(organization)];
}

/** An owner by hand who is switched on becomes one again. */
async function ownerAgain(
  { table }: IssueTokenDependencies,
  { id }: Organization,
  { user }: FoundPerson,
): Promise<readonly Operation[]> {
  const organization = await findOrganization(table, id);
  const before = user === undefined ? nothingSaid : await findPerson(table, id, user);
  const becomesOwner = before.isOwner && stateOf(before) !== 'active';
  return organization !== undefined && becomesOwner ? [changeOwners(organization)] : [];
}

async function change(
  dependencies: IssueTokenDependencies,
  named: Organization,
  person: FoundPerson,
  { from, to: state }: { readonly from: PersonState | undefined; readonly to: PersonState },
  accountable: Accountable,
  guard: readonly Operation[],
): Promise<UserId> {
  const { table, workQueue, clock, randomBytes } = dependencies;
  const now = clock.now();
  const organization = named.id;
  const user = person.user ?? newId<UserId>(randomBytes);
  const before = await findPerson(table, organization, user);
  const stateBefore = await stateOfReader(table, organization, person.reader, now);
  if (from !== undefined && stateBefore !== from) {
    throw changedMeanwhile('somebody changed the state of the person at the same moment');
  }
  if (stateBefore === state && person.user !== undefined) {
    return user;
  }
  const after = {
    ...before,
    isOff: state === 'off',
    isWaiting: false,
    isActivated: state === 'active' || before.isActivated,
  };
  const own = principalWork(organization, userPrincipal(user));
  // A token of his own that was made while the person waited has no view here yet.
  const hasOwnToken = state === 'active' && (await havingTokens(table, [user])).has(user);
  const hasView = hasOwnToken || (await table.get(own.key)) !== undefined;
  // Tokens for the organization count while their maker owns it, and may be those of other organizations too.
  const isOwner = person.user !== undefined && (await placeIn(table, user, named, now)).role === 'owner';
  const grants = grantsWork(organization);
  await table.transact([
    ...(await newUser(dependencies, person, user)),
    ...guard,
    ...putPerson(organization, user, after, before),
    hasView ? requestWork(own, now) : { check: own.key, when: absent },
    ...(isOwner ? [requestWork(grants, now)] : []),
    ownerAct(dependencies, organization, accountable, 'set-person-state', person.name, {
      before: { state: stateBefore },
      after: { state, person: user },
    }),
  ]);
  await workQueue.send([...(hasView ? [own.message] : []), ...(isOwner ? [grants.message] : [])]);
  if (after.isOff && before.isOwner) {
    await withdrawOwnershipOfferedBy(dependencies, organization, user, accountable);
  }
  return user;
}

async function newUser(
  { table, clock }: IssueTokenDependencies,
  { reader, name }: FoundPerson,
  user: UserId,
): Promise<readonly Operation[]> {
  if (reader.kind !== 'account') {
    return [];
  }
  const synchronization = await findSynchronization(table, reader.synchronization);
  if (synchronization === undefined) {
    throw new CallerError('not-found', 'the organization has no such person any more');
  }
  return makeUser(user, accountIn(synchronization, reader.account), name, clock.now());
}
