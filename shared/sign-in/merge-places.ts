/** What organizations themselves say of two users who become one. */
import { CallerError } from '../domain/caller-error.ts';
import type { UserId } from '../domain/ids.ts';
import type { Organization } from '../domain/organization.ts';
import { primaryOf } from '../domain/primary.ts';
import {
  invitationsIn,
  inviteStill,
  organizationsInviting,
  removeInvitation,
} from '../store/invitation-store.ts';
import {
  belongsByHand,
  nothingSaid,
  organizationsNaming,
  type Person,
  personsIn,
  putPerson,
  stateOf,
} from '../store/member-store.ts';
import { changeOwners, findOrganizations } from '../store/organization-store.ts';
import { addOwnTeamMember, ownTeamMembershipsOf, removeOwnTeamMember } from '../store/own-team-store.ts';
import { ownersIf } from '../store/owner-store.ts';
import { listSynchronizations, synchronizationsOf } from '../store/synchronization-store.ts';
import type { Table } from '../store/table.ts';
import { requestWork } from '../store/work.ts';
import { grantsWork } from '../store/work-items.ts';
import type { ViewDependencies } from './views-of-user.ts';

interface Both {
  readonly into: UserId;
  readonly merged: UserId;
}

/** What one organization says of the two, and will say of the one who stays. */
interface MergedPlace {
  readonly organization: Organization;
  readonly before: Readonly<Record<keyof Both, Person>>;
  readonly after: Person;
  /** An owner of it is taken from it by this. */
  readonly endsOwner: boolean;
}

/**
 * Of each organization that says something of one of them. An owner by hand stays one. Who was switched off stays off, under whichever name.
 *
 * @param now milliseconds since the epoch
 * @throws CallerError `conflict` when an organization would have no owner any more
 */
export async function mergedPlaces(table: Table, both: Both, now: number): Promise<readonly MergedPlace[]> {
  const { into, merged } = both;
  const naming = [...(await organizationsNaming(table, into)), ...(await organizationsNaming(table, merged))];
  // Read before their owners.
  const organizations = await findOrganizations(table, [...new Set(naming)]);
  const ids = organizations.map(({ id }) => id);
  const [mine, theirs] = [await personsIn(table, into, ids), await personsIn(table, merged, ids)];
  const places: MergedPlace[] = [];
  for (const [place, organization] of organizations.entries()) {
    const before = { into: mine[place] ?? nothingSaid, merged: theirs[place] ?? nothingSaid };
    const after = unite(before.into, before.merged);
    const endsOwner = stateOf(after) !== 'active' && (await isOwned(table, organization, both, now));
    places.push({ organization, before, after, endsOwner });
  }
  return places;
}

function unite(...both: readonly Person[]): Person {
  return {
    isOwner: both.some(({ isOwner }) => isOwner),
    isMember: both.some(({ isMember }) => isMember === true) || undefined,
    isOff: both.some(({ isOff }) => isOff),
    isWaiting: both.some(({ isWaiting }) => isWaiting === true) || undefined,
    isActivated: both.some(({ isActivated }) => isActivated === true) || undefined,
  };
}

/**
 * Whether one of them owns the organization now.
 *
 * @throws CallerError when nobody else does
 */
async function isOwned(
  table: Table,
  organization: Organization,
  { into, merged }: Both,
  now: number,
): Promise<boolean> {
  const primary = primaryOf(organization, await synchronizationsOf(table, organization.id));
  const owners = await ownersIf(table, organization, primary, now);
  const others = owners.filter(({ user }) => user !== into && user !== merged);
  if (others.length < owners.length && others.length === 0) {
    throw new CallerError(
      'conflict',
      `${organization.slug} has switched off one of the two, or lets one wait, and the other is its last owner: somebody else has to own it first`,
    );
  }
  return others.length < owners.length;
}

/**
 * Says of the one who stays what was said of both, and has everything decided again that depends on it. Teams made by hand go along.
 *
 * @throws CallerError as `mergedPlaces`
 * @throws ConflictError when one of them says something else meanwhile
 */
export async function mergePlaces(dependencies: ViewDependencies, both: Both): Promise<void> {
  const { table, workQueue, clock } = dependencies;
  const { into, merged } = both;
  for (const { organization, before, after, endsOwner } of await mergedPlaces(table, both, clock.now())) {
    const { id } = organization;
    if (!saysSomething(before.merged) && !endsOwner) {
      continue;
    }
    const grants = grantsWork(id);
    await table.transact([
      ...putPerson(id, into, after, before.into),
      ...putPerson(id, merged, { isOwner: false, isOff: after.isOff }, before.merged),
      // Tokens that owners made for the organization count while their maker owns it.
      requestWork(grants, clock.now()),
      ...(endsOwner ? [changeOwners(organization)] : []),
    ]);
    await workQueue.send([grants.message]);
  }
  await moveTeams(table, both);
}

const saysSomething = (person: Person): boolean => Object.values(person).includes(true);

/** Any person of an organization may be in its teams, so all organizations are looked at. */
async function moveTeams(table: Table, { into, merged }: Both): Promise<void> {
  const listed = (await listSynchronizations(table)).map(({ organization }) => organization);
  const organizations = new Set([...listed, ...(await organizationsNaming(table, merged))]);
  for (const organization of organizations) {
    for (const team of await ownTeamMembershipsOf(table, organization, merged)) {
      await table.transact([
        ...addOwnTeamMember(organization, team, into),
        removeOwnTeamMember(organization, team, merged),
      ]);
    }
  }
}

/**
 * Where the merged user is invited, the one who stays is from now on, unless that one is already, or belongs there.
 *
 * @throws ConflictError when one of them says something else meanwhile
 */
export async function mergeInvitations(table: Table, { into, merged }: Both): Promise<void> {
  const inviting = [
    ...(await organizationsInviting(table, into)),
    ...(await organizationsInviting(table, merged)),
  ];
  const ids = [...new Set(inviting)];
  const [mine, theirs] = [await invitationsIn(table, into, ids), await invitationsIn(table, merged, ids)];
  const persons = await personsIn(table, into, ids);
  for (const [place, id] of ids.entries()) {
    const [own, taken, person = nothingSaid] = [mine[place], theirs[place], persons[place]];
    const offers = belongsByHand(person) ? [] : [...(own?.offers ?? []), ...(taken?.offers ?? [])];
    await table.transact([
      ...(taken === undefined ? [] : removeInvitation(id, merged, taken)),
      ...(taken !== undefined || offers.length === 0 ? inviteStill(id, into, offers, own, person) : []),
    ]);
  }
}
