/** The people of an organization that no code host knows, in pages: those who belong to it, then those who are invited. */
import type { PersonState } from '../domain/access.ts';
import type { OrganizationId } from '../domain/ids.ts';
import { endOf, offerIdOf } from '../store/invitation-store.ts';
import {
  belongsByHand,
  nothingSaid,
  type Person,
  personPage,
  personsOfUsers,
  stateOf,
} from '../store/member-store.ts';
import type { Table } from '../store/table.ts';
import { readUsers } from '../store/user-store.ts';
import { type FoundOffer, openOffersOf, type RoleByHand } from './invite.ts';

export interface PersonByHand {
  /** Of the user; of what is offered to somebody whom an owner named by a login. */
  readonly id: string;
  readonly login: string;
  readonly role: RoleByHand;
  readonly isKnown: true;
  readonly state: ListedState;
  /** Of an invitation; milliseconds since the epoch. */
  readonly endsAt?: number;
}

/** Also those who are invited, and belong to the organization once they accept. */
export type ListedState = PersonState | 'invited';

interface Page {
  readonly people: readonly PersonByHand[];
  readonly next: string | undefined;
}

interface Asked {
  readonly limit: number;
  readonly after?: string | undefined;
}

/** What the places of those who are invited begin with; ids have no space. */
const invitedPart = 'invited ';

/**
 * A page of those who belong to the organization by hand or are invited; it may be short before the last. Three reads.
 *
 * @param now milliseconds since the epoch
 */
export async function peopleByHandPage(
  table: Table,
  organization: OrganizationId,
  { limit, after }: Asked,
  now: number,
): Promise<Page> {
  if (after?.startsWith(invitedPart)) {
    const offers = await openOffersOf(table, organization, now);
    const begin = { limit, after: after.slice(invitedPart.length) };
    return invitedPage(offers, begin, (users) => personsOfUsers(table, organization, users));
  }
  const persons = await personPage(table, organization, { limit, after });
  const here = persons.filter(belongsByHand);
  const users = await readUsers(
    table,
    here.map(({ user }) => user),
  );
  const people = here.map((person, place) => ({
    ...{ id: person.user, login: users[place]?.login ?? person.user, isKnown: true as const },
    ...{ role: person.isOwner ? ('owner' as const) : ('member' as const), state: stateOf(person) },
  }));
  if (persons.length === limit) {
    return { people, next: persons.at(-1)?.user };
  }
  if (after !== undefined) {
    return { people, next: invitedPart };
  }
  // Everybody is read already.
  const said = new Map(persons.map((person) => [person.user, person]));
  const offers = await openOffersOf(table, organization, now);
  const invited = await invitedPage(offers, { limit: limit - people.length, after: '' }, async (asked) =>
    asked.map((user) => said.get(user) ?? nothingSaid),
  );
  return { people: [...people, ...invited.people], next: invited.next };
}

/** @param persons what the organization says of users: earlier versions kept invitations of members */
async function invitedPage(
  offers: readonly FoundOffer[],
  { limit, after = '' }: Asked,
  persons: (users: readonly FoundOffer['user'][]) => Promise<readonly Person[]>,
): Promise<Page> {
  const rest = offers
    .map(({ user, offer }) => ({ user, offer, id: offerIdOf(user, offer) }))
    .filter(({ id }) => id > after)
    .sort((one, other) => (one.id < other.id ? -1 : 1));
  const page = rest.slice(0, limit);
  const said = await persons(page.map(({ user }) => user));
  return {
    people: page
      .filter((_, place) => !belongsByHand(said[place] ?? nothingSaid))
      .map(({ id, user, offer: { role, named, ...offer } }) => ({
        ...{ id, login: named?.login ?? user, role, isKnown: true, state: 'invited' },
        endsAt: endOf({ role, ...offer }),
      })),
    next: rest.length > limit ? `${invitedPart}${page.at(-1)?.id ?? ''}` : undefined,
  };
}
