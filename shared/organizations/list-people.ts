/** The people of an organization in pages, over all its synchronizations: members first, then collaborators who are no members. */
import type { CollaboratorFact, MemberFact } from '../domain/facts.ts';
import type { ForgeAccountId, SynchronizationId } from '../domain/ids.ts';
import type { Synchronization } from '../domain/synchronization.ts';
import { afterAccount, factPage } from '../store/fact-page.ts';
import type { WaitingRule } from '../store/new-member-store.ts';
import { holdersOfRows, type RowHolder } from '../store/person-row-store.ts';
import type { Table } from '../store/table.ts';
import { type PersonId, personIdOf } from './people.ts';
import { type ListedState, peopleByHandPage } from './people-by-hand-page.ts';

export interface ListedPerson {
  /** That of an offer, where somebody is invited by a login. */
  readonly id: PersonId | string;
  /** Undefined for somebody added by hand. */
  readonly synchronization?: SynchronizationId;
  readonly account?: ForgeAccountId;
  readonly login: string;
  readonly role: MemberFact['role'];
  /** The code host's own term. */
  readonly forgeRole?: string | undefined;
  /** Whether somebody has signed in with the account, or was given a token. */
  readonly isKnown: boolean;
  readonly state: ListedState;
  /** When an invitation ends; milliseconds since the epoch. */
  readonly endsAt?: number;
}

export interface PeopleQuery {
  readonly limit: number;
  readonly after?: string | undefined;
  readonly state?: ListedState | undefined;
  /** Part of the login, in lower case. */
  readonly name?: string | undefined;
}

/** Rows that one read looks through for a name, with less than 1 MB. */
const searchedMax = 3000;

const kinds = ['member', 'collaborator'] as const;

/**
 * A page of people, which may be short before the last, or empty where a state or a name is asked for. Three reads, as far as which it goes: who there
 * is, which user each is, and what is known of each. A user with accounts in several synchronizations stands in each under the same id, and
 * once among the members of each.
 *
 * @param after `next` of the page before
 * @param state only people in this state
 */
export async function peoplePage(
  table: Table,
  organization: WaitingRule,
  synchronizations: readonly Synchronization[],
  { limit, after, state, name }: PeopleQuery,
  now: number,
): Promise<{ readonly people: readonly ListedPerson[]; readonly next: string | undefined }> {
  const parts = synchronizations.flatMap((synchronization) =>
    kinds.map((kind) => ({ synchronization, kind, name: `${synchronization.id} ${kind}` })),
  );
  const fits = fitting(state, name);
  const [begin = parts[0]?.name, place] = splitPlace(after);
  const at = parts.findIndex((part) => part.name === begin);
  const part = parts[at];
  if (parts.length === 0) {
    const { people, next } = await peopleByHandPage(table, organization.id, { limit, after }, now);
    return { people: people.filter(fits), next };
  }
  if (part === undefined) {
    return { people: [], next: undefined };
  }
  const { synchronization, kind } = part;
  const asked = { limit: name === undefined ? limit : searchedMax, after: place };
  const { facts, next } = await factPage(table, synchronization.id, kind, asked);
  const found = facts.filter(({ login }) => hasName(login, name));
  const all = [...new Map(found.map((fact) => [fact.account, fact])).values()];
  const rows = all.slice(0, limit);
  const where = { organization, synchronizations, synchronization, now };
  const holders = await holdersOfRows(table, where, rows.map(asRow));
  const people = rows
    .slice(0, holders.length)
    .flatMap((fact, index) => shown(synchronization, fact, holders[index]));
  const last = holders.length < all.length ? rows[holders.length - 1] : undefined;
  const goesOn = last === undefined ? next : afterAccount(last);
  return {
    people: people.filter(fits),
    next: goesOn === undefined ? parts[at + 1]?.name : `${part.name} ${goesOn}`,
  };
}

const fitting =
  (state: ListedState | undefined, name: string | undefined) =>
  (one: Pick<ListedPerson, 'login' | 'state'>): boolean =>
    (state === undefined || one.state === state) && hasName(one.login, name);

const hasName = (login: string, name: string | undefined): boolean =>
  name === undefined || login.toLowerCase().includes(name);

function splitPlace(after: string | undefined): readonly [string | undefined, string | undefined] {
  const [synchronization, kind, place] = (after ?? '').split(' ');
  return kind === undefined ? [undefined, undefined] : [`${synchronization} ${kind}`, place];
}

type Row = MemberFact | CollaboratorFact;

const asRow = (fact: Row) => ({
  account: fact.account,
  role: roleOf(fact),
  isCollaborator: fact.kind === 'collaborator',
});

const roleOf = (fact: Row): MemberFact['role'] => (fact.kind === 'member' ? fact.role : 'outside');

/** Nothing where the person stands elsewhere: as a member, or under another account. */
function shown(
  synchronization: Synchronization,
  fact: Row,
  holder: RowHolder | undefined,
): readonly ListedPerson[] {
  if (holder === undefined || holder.member !== undefined || !standsForUser(fact, holder)) {
    return [];
  }
  const { user, state } = holder;
  return [
    {
      id: personIdOf(user, synchronization.id, fact.account),
      synchronization: synchronization.id,
      account: fact.account,
      login: fact.login,
      role: roleOf(fact),
      forgeRole: fact.kind === 'member' ? fact.forgeRole : fact.permission,
      isKnown: user !== undefined,
      state,
    },
  ];
}

/** Of a user's accounts there the one with most rights, then the one with the first id, stands for all. */
const standsForUser = (fact: Row, { others }: RowHolder): boolean =>
  others.every(({ member }) => member === undefined || rankOf(fact) < rankOf(member));

const rankOf = (fact: Row): string =>
  `${fact.kind === 'member' ? ranks.indexOf(fact.role) : ranks.length} ${fact.account}`;
const ranks = ['owner', 'member', 'outside'] as const;
