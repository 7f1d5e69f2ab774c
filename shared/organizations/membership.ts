/**
 * Who belongs to an organization, and as what. Code hosts say so by the memberships of a person's accounts; where an organization has no
 * synchronization, it says so itself.
 */
import { isWithdrawn } from '../domain/claim.ts';
import type { OrganizationId, SynchronizationId, UserId } from '../domain/ids.ts';
import type { Organization } from '../domain/organization.ts';
import { ownersByHandCount, primaryOf } from '../domain/primary.ts';
import type { Synchronization } from '../domain/synchronization.ts';
import { factsOfAccount } from '../store/access-fact-store.ts';
import { loadClaims } from '../store/claim-store.ts';
import {
  membersAt,
  organizationsNaming,
  type Person,
  type Place,
  personsIn,
  stateOf,
} from '../store/member-store.ts';
import { findOrganization, findOrganizations } from '../store/organization-store.ts';
import { everySynchronization, synchronizationsOf } from '../store/synchronization-store.ts';
import type { Table } from '../store/table.ts';
import { type Account, accountsOf } from '../store/user-store.ts';

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
 */
export function roleIn(
  organization: Pick<Organization, 'primarySynchronization'>,
  synchronizations: readonly Pick<Synchronization, 'id' | 'createdAt' | 'lastSuccessAt'>[],
  standings: readonly Standing[],
  person: Person,
): Role | undefined {
  if (stateOf(person) !== 'active') {
    return undefined;
  }
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
  const [accounts, [person], synchronizations] = await Promise.all([
    accountsOf(table, user),
    personsIn(table, user, [organization.id]),
    synchronizationsOf(table, organization.id),
  ]);
  const standings = await standingsOf(table, accounts, synchronizations, now);
  const role = roleIn(organization, synchronizations, standings, person ?? nothingSaid);
  return role && { organization, role };
}

/** Whether the user owns the organization. Six reads. @param now milliseconds since the epoch */
export async function isOwner(table: Table, id: OrganizationId, user: UserId, now: number): Promise<boolean> {
  const organization = await findOrganization(table, id);
  return organization !== undefined && (await membershipOf(table, user, organization, now))?.role === 'owner';
}

const nothingSaid: Person = { isOwner: false, isOff: false };

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
  return organizations
    .flatMap((organization, place) => {
      const own = synchronizations.filter((one) => one.organization === organization.id);
      const ownIds = new Set(own.map(({ id }) => id));
      const there = standings.filter(({ synchronization }) => ownIds.has(synchronization));
      const role = roleIn(organization, own, there, persons[place] ?? nothingSaid);
      return role === undefined ? [] : [{ organization, role }];
    })
    .sort((one, other) => (one.organization.slug < other.organization.slug ? -1 : 1));
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
