/**
 * Who belongs to an organization, and as what. Code hosts say so by the memberships of a person's accounts; where an organization has no
 * synchronization, it says so itself.
 */
import type { PersonState } from '../domain/access.ts';
import { isWithdrawn } from '../domain/claim.ts';
import type { OrganizationId, SynchronizationId, UserId } from '../domain/ids.ts';
import type { Organization } from '../domain/organization.ts';
import { ownersByHandCount, primaryOf } from '../domain/primary.ts';
import type { Synchronization } from '../domain/synchronization.ts';
import { factsOfAccount } from '../store/access-fact-store.ts';
import { loadClaims } from '../store/claim-store.ts';
import {
  mayBeNew,
  membersAt,
  nothingSaid,
  organizationsNaming,
  type Person,
  type Place,
  personsIn,
  stateOf,
} from '../store/member-store.ts';
import { areNewMembers } from '../store/new-member-store.ts';
import { findOrganization, findOrganizations } from '../store/organization-store.ts';
import { everySynchronization, synchronizationsOf } from '../store/synchronization-store.ts';
import type { Table } from '../store/table.ts';
import { type Account, accountsOf, survivorOf } from '../store/user-store.ts';

/** `outside`: may read some packages and belongs to no member list. */
export type Role = 'owner' | 'member' | 'outside';

export interface Membership {
  readonly organization: Organization;
  readonly role: Role;
}

/** One account's standing in one synchronization, as its code host last said. */
interface Standing {
  readonly synchronization: SynchronizationId;
  readonly role: Role;
}

/**
 * What a person is in an organization. Only the primary synchronization says who its owners are: an owner on another code host is a
 * member here. Whoever is switched off, or waits to be activated, is nothing.
 *
 * @param isNew whether the person waits if nothing is said of him here
 */
export function roleIn(
  organization: Pick<Organization, 'primarySynchronization'>,
  synchronizations: readonly Pick<Synchronization, 'id' | 'createdAt' | 'lastSuccessAt'>[],
  standings: readonly Standing[],
  person: Person,
  isNew = false,
): Role | undefined {
  return stateOf(person, isNew) === 'active'
    ? roleOnceActive(organization, synchronizations, standings, person)
    : undefined;
}

function roleOnceActive(
  organization: Pick<Organization, 'primarySynchronization'>,
  synchronizations: readonly Pick<Synchronization, 'id' | 'createdAt' | 'lastSuccessAt'>[],
  standings: readonly Standing[],
  person: Person,
): Role | undefined {
  const primary = primaryOf(organization, synchronizations);
  if (person.isOwner && ownersByHandCount(primary)) {
    return 'owner';
  }
  if (standings.some(({ synchronization, role }) => role === 'owner' && synchronization === primary?.id)) {
    return 'owner';
  }
  const isMemberByHand = person.isMember === true && ownersByHandCount(primary);
  if (isMemberByHand || standings.some(({ role }) => role !== 'outside')) {
    return 'member';
  }
  return standings.length > 0 ? 'outside' : undefined;
}

/**
 * What the user is in the organization; undefined: nothing. Five reads, and three more for who is no member.
 *
 * @param now milliseconds since the epoch
 */
export async function membershipOf(
  table: Table,
  user: UserId,
  organization: Organization,
  now: number,
): Promise<Membership | undefined> {
  const { role, state } = await placeIn(table, user, organization, now);
  return state === 'active' && role !== undefined ? { organization, role } : undefined;
}

/** Somebody's place in an organization. */
export interface OwnPlace {
  /** What the person is there, or will be once he is active. */
  readonly role: Role | undefined;
  readonly state: PersonState;
}

/** The place in one organization, with what was read of it. */
interface PlaceFound extends OwnPlace {
  readonly synchronizations: readonly Synchronization[];
}

/** Reads as `membershipOf`, and as `areNewMembers` where new members wait. @param now milliseconds since the epoch */
export async function placeIn(
  table: Table,
  user: UserId,
  organization: Organization,
  now: number,
): Promise<PlaceFound> {
  const [accounts, [person], synchronizations] = await Promise.all([
    accountsOf(table, user),
    personsIn(table, user, [organization.id]),
    synchronizationsOf(table, organization.id),
  ]);
  const standings = await standingsOf(table, accounts, synchronizations, now);
  const known = { accounts, synchronizations, standings, person };
  return { ...(await placeOf(table, organization, known, now)), synchronizations };
}

interface Known {
  readonly accounts: readonly Account[];
  readonly synchronizations: readonly Synchronization[];
  readonly standings: readonly Standing[];
  readonly person: Person | undefined;
}

async function placeOf(
  table: Table,
  organization: Organization,
  { accounts, synchronizations, standings, person = nothingSaid }: Known,
  now: number,
): Promise<OwnPlace> {
  const role = roleOnceActive(organization, synchronizations, standings, person);
  const [isNew] =
    role !== undefined && mayBeNew(person)
      ? await areNewMembers(table, organization, synchronizations, [accounts], now)
      : [];
  return { role, state: stateOf(person, isNew) };
}

/**
 * Whether the user owns the organization, or the one whom the user was merged into. Seven reads.
 *
 * @param now milliseconds since the epoch
 */
export async function isOwner(table: Table, id: OrganizationId, user: UserId, now: number): Promise<boolean> {
  const organization = await findOrganization(table, id);
  const survivor = await survivorOf(table, user);
  return (
    organization !== undefined && (await membershipOf(table, survivor, organization, now))?.role === 'owner'
  );
}

/**
 * Every organization that the user belongs to, by slug. Seven reads while they are few, and three more for each code host's organization that he is no
 * member of.
 *
 * @param now milliseconds since the epoch
 */
export async function organizationsOf(
  table: Table,
  user: UserId,
  now: number,
): Promise<readonly Membership[]> {
  return (await placesOf(table, user, now)).memberships;
}

export interface OwnPlaces {
  readonly memberships: readonly Membership[];
  /** Where the person waits for an owner. */
  readonly waiting: readonly Organization[];
}

/** Reads as `organizationsOf`. @param now milliseconds since the epoch */
export async function placesOf(table: Table, user: UserId, now: number): Promise<OwnPlaces> {
  const [accounts, synchronizations, naming] = await Promise.all([
    accountsOf(table, user),
    everySynchronization(table),
    organizationsNaming(table, user),
  ]);
  const standings = await standingsOf(table, accounts, synchronizations, now);
  const isStanding = new Set(standings.map(({ synchronization }) => synchronization));
  const byFacts = synchronizations.filter(({ id }) => isStanding.has(id)).map((one) => one.organization);
  const ids: readonly OrganizationId[] = [...new Set([...byFacts, ...naming])];
  const organizations = await findOrganizations(table, ids);
  const persons = await personsIn(
    table,
    user,
    organizations.map(({ id }) => id),
  );
  const places = await Promise.all(
    organizations.map(async (organization, place) => {
      const own = synchronizations.filter((one) => one.organization === organization.id);
      const ownIds = new Set(own.map(({ id }) => id));
      const there = standings.filter(({ synchronization }) => ownIds.has(synchronization));
      const known = { accounts, synchronizations: own, standings: there, person: persons[place] };
      return { organization, ...(await placeOf(table, organization, known, now)) };
    }),
  );
  const present = places
    .flatMap(({ role, ...one }) => (role === undefined ? [] : [{ ...one, role }]))
    .sort((one, other) => (one.organization.slug < other.organization.slug ? -1 : 1));
  return {
    memberships: present
      .filter(({ state }) => state === 'active')
      .map(({ organization, role }) => ({ organization, role })),
    waiting: present.filter(({ state }) => state === 'waiting').map(({ organization }) => organization),
  };
}

/** One read, and two or three more for each place that an account may have only as a collaborator. */
async function standingsOf(
  table: Table,
  accounts: readonly Account[],
  synchronizations: readonly Synchronization[],
  now: number,
): Promise<readonly Standing[]> {
  const places: readonly Place[] = synchronizations.flatMap(({ id, forge, baseUrl }) =>
    accounts
      .filter((account) => account.forge === forge && account.baseUrl === baseUrl)
      .map(({ account }) => ({ synchronization: id, account })),
  );
  const members = await membersAt(table, places, now);
  const standings = await Promise.all(
    places.map(async (place, index) => {
      const role = members[index]?.role ?? ((await collaborates(table, place, now)) ? 'outside' : undefined);
      return role === undefined ? [] : [{ synchronization: place.synchronization, role }];
    }),
  );
  return standings.flat();
}

/** Some forges count outside collaborators among nobody's members: they are known by the repositories alone. */
async function collaborates(
  table: Table,
  { synchronization, account }: Place,
  now: number,
): Promise<boolean> {
  const rows = (await factsOfAccount(table, synchronization, account)).filter(
    ({ fact }) => fact.kind === 'collaborator' && (fact.expiresAt === undefined || fact.expiresAt > now),
  );
  if (rows.length === 0) {
    return false;
  }
  const claims = await loadClaims(table, synchronization);
  return rows.some(({ fact, givenAt }) => !isWithdrawn(claims, fact, givenAt));
}
