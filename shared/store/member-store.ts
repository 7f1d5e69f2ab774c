/** Who is a member where, for whoever asks about one person in several synchronizations. */
import { z } from 'zod';
import type { PersonState } from '../domain/access.ts';
import { type Claim, isWithdrawn } from '../domain/claim.ts';
import type { MemberFact } from '../domain/facts.ts';
import {
  asId,
  type ForgeAccountId,
  type OrganizationId,
  type SynchronizationId,
  type UserId,
} from '../domain/ids.ts';
import { parseFact } from '../forge/fact-schema.ts';
import { all, type Condition, equal, missing, present } from './condition.ts';
import { keys } from './keys.ts';
import type { Item, Operation, Table } from './table.ts';

export interface Place {
  readonly synchronization: SynchronizationId;
  readonly account: ForgeAccountId;
}

const FactItem = z.object({
  fact: z.unknown(),
  removed: z.literal(true).optional(),
  givenAt: z.number().default(0),
});
const ClaimItem = z.object({ number: z.number().default(Number.POSITIVE_INFINITY), at: z.number() });

/**
 * The memberships that hold now, in the order of the places. What an event withdrew does not hold before a read gives it again, and one
 * that has ended by its time does not either. One read for each 50 places.
 *
 * @param now milliseconds since the epoch
 */
export async function membersAt(
  table: Table,
  places: readonly Place[],
  now: number,
): Promise<readonly (MemberFact | undefined)[]> {
  const items = await table.getMany(places.flatMap(memberKeys));
  return places.map((_, place) => memberOf(items[2 * place], items[2 * place + 1], now));
}

/** What `memberOf` is made of, in its order. */
export const memberKeys = ({ synchronization, account }: Place) => [
  keys.fact(synchronization, `member#${account}`),
  keys.claim(synchronization, `member#${account}`),
];

export function memberOf(factItem: Item | undefined, claimItem: Item | undefined, now: number) {
  if (factItem === undefined) {
    return undefined;
  }
  const { fact: stored, removed, givenAt } = FactItem.parse(factItem);
  const fact = removed === true ? undefined : parseFact(stored);
  if (fact?.kind !== 'member' || (fact.expiresAt !== undefined && fact.expiresAt <= now)) {
    return undefined;
  }
  const claims: Claim[] =
    claimItem === undefined
      ? []
      : [{ key: `member#${fact.account}`, expect: 'gone', ...ClaimItem.parse(claimItem) }];
  return isWithdrawn(claims, fact, givenAt) ? undefined : fact;
}

const PersonItem = z.object({
  owner: z.literal(true).optional(),
  member: z.literal(true).optional(),
  off: z.literal(true).optional(),
  waiting: z.literal(true).optional(),
  activated: z.literal(true).optional(),
});

/** What an organization itself says of a person, whatever code hosts say. */
export interface Person {
  /** An owner put into the table by hand; counts where no primary synchronization says who the owners are. */
  readonly isOwner: boolean;
  /** A member put into the table by hand; counts as long as owners by hand do. */
  readonly isMember?: boolean | undefined;
  /** Switched off: belongs to the organization no more. */
  readonly isOff: boolean;
  /** Has to be activated first. */
  readonly isWaiting?: boolean | undefined;
  /** An owner has said that the person may use his rights: he does not wait as a new member. */
  readonly isActivated?: boolean | undefined;
}

/** Of somebody whom the organization does not name. */
export const nothingSaid: Person = { isOwner: false, isOff: false };

export const parsePerson = (item: Item | undefined): Person => {
  const { owner, member, off, waiting, activated } = PersonItem.parse(item ?? {});
  return {
    isOwner: owner === true,
    isOff: off === true,
    ...(member ? { isMember: true } : {}),
    ...(waiting ? { isWaiting: true } : {}),
    ...(activated ? { isActivated: true } : {}),
  };
};

/** Whether it depends on the person's being new (new-member-store.ts) whether he waits: nothing said here decides it. */
export const mayBeNew = ({ isOwner, isMember, isOff, isWaiting, isActivated }: Person): boolean =>
  !isOff && !isOwner && ![isMember, isWaiting, isActivated].includes(true);

/**
 * Whether the person may use and read anything of the organization.
 *
 * @param isNew whether he waits if nothing is said here
 */
export function stateOf(person: Person, isNew = false): PersonState {
  if (person.isOff) {
    return 'off';
  }
  return person.isWaiting === true || (isNew && mayBeNew(person)) ? 'waiting' : 'active';
}

/** Whether the organization says anything of the user. One read. */
export const isNamed = async (table: Table, organization: OrganizationId, user: UserId): Promise<boolean> =>
  (await table.get(keys.person(organization, user))) !== undefined;

/** What the organization says of the user. One read. */
export async function findPerson(table: Table, organization: OrganizationId, user: UserId): Promise<Person> {
  return parsePerson(await table.get(keys.person(organization, user)));
}

const personItem = ({ isOwner, isMember, isOff, isWaiting, isActivated }: Person) => ({
  owner: isOwner || undefined,
  member: isMember || undefined,
  off: isOff || undefined,
  waiting: isWaiting || undefined,
  activated: isActivated || undefined,
});

/**
 * Says of the user what stands here, and nothing else any more.
 *
 * @param before what was said when it was read: the transaction fails if something else is said by now
 */
export function putPerson(
  organization: OrganizationId,
  user: UserId,
  person: Person,
  before?: Person,
): readonly Operation[] {
  return [
    {
      put: keys.person(organization, user),
      item: personItem(person),
      ...(before && { when: saysStill(before) }),
    },
    { put: keys.personIn(user, organization), item: { organization } },
  ];
}

/** The organization says nothing of the user any more. @param before as it was read: the transaction fails if something else is said by now */
export const forgetPerson = (
  organization: OrganizationId,
  user: UserId,
  before: Person,
): readonly Operation[] => [
  { delete: keys.person(organization, user), when: saysStill(before) },
  { delete: keys.personIn(user, organization) },
];

/** Condition that the organization says of the user what it said when it was read. */
export const isStillSaid = (organization: OrganizationId, user: UserId, before: Person): Operation => ({
  check: keys.person(organization, user),
  when: saysStill(before),
});

/** Whether the organization names the user as an owner or a member, which counts only where no code host says who they are. */
export const belongsByHand = ({ isOwner, isMember }: Person): boolean => isOwner || isMember === true;

/** Condition that the user is an owner by hand, and active. */
export const isStillOwner = (organization: OrganizationId, user: UserId): Operation => ({
  check: keys.person(organization, user),
  when: all(equal('owner', true), missing('off'), missing('waiting')),
});

/** The user is no owner by hand any more, or neither that nor a member; everything else that the organization says of him stays. */
export const endByHand = (
  organization: OrganizationId,
  user: UserId,
  what: readonly ('owner' | 'member')[],
): Operation => ({
  update: { key: keys.person(organization, user), remove: what },
  when: present,
});

const saysStill = (before: Person): Condition =>
  all(
    ...Object.entries(personItem(before)).map(([name, value]) =>
      value === undefined ? missing(name) : equal(name, value),
    ),
  );

/** The organizations that say something of the user. One read. */
export async function organizationsNaming(table: Table, user: UserId): Promise<readonly OrganizationId[]> {
  const { pk, sk } = keys.personIn(user, '');
  return (await table.query(pk, sk)).map((item) => asId<OrganizationId>(String(item.organization)));
}

/** What each of the organizations says of the user, in their order. One read for each 100. */
export async function personsIn(
  table: Table,
  user: UserId,
  organizations: readonly OrganizationId[],
): Promise<readonly Person[]> {
  const items = await table.getMany(organizations.map((id) => keys.person(id, user)));
  return items.map(parsePerson);
}

/** What the organization says of each of the users, in their order. One read for each 100. */
export async function personsOfUsers(
  table: Table,
  organization: OrganizationId,
  users: readonly UserId[],
): Promise<readonly Person[]> {
  const items = await table.getMany(users.map((user) => keys.person(organization, user)));
  return items.map(parsePerson);
}

/** Everybody of whom the organization says something, with what it says. */
export async function personsOf(
  table: Table,
  organization: OrganizationId,
): Promise<readonly (Person & { readonly user: UserId })[]> {
  const { pk, sk } = keys.person(organization, '');
  const items = await table.query(pk, sk);
  return items.map((item) => ({
    ...parsePerson(item),
    user: asId<UserId>(String(item.sk).slice(sk.length)),
  }));
}

/** Part of those of whom the organization says something, by id. One read. @param after only those beyond this id */
export async function personPage(
  table: Table,
  organization: OrganizationId,
  { limit, after }: { readonly limit: number; readonly after?: string | undefined },
): Promise<readonly (Person & { readonly user: UserId })[]> {
  const { pk, sk } = keys.person(organization, '');
  const items = await table.query(pk, sk, {
    limit,
    after: after === undefined ? undefined : `${sk}${after}`,
  });
  return items.map((item) => ({
    ...parsePerson(item),
    user: asId<UserId>(String(item.sk).slice(sk.length)),
  }));
}
