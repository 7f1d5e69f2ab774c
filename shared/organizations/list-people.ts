/** The people of an organization in pages, over all its synchronizations: members first, then collaborators who are no members. */
import type { CollaboratorFact, MemberFact } from '../domain/facts.ts';
import type { ForgeAccountId, SynchronizationId } from '../domain/ids.ts';
import { isNewMember } from '../domain/new-member.ts';
import { primaryOf } from '../domain/primary.ts';
import type { Synchronization } from '../domain/synchronization.ts';
import { factsOfAccount } from '../store/access-fact-store.ts';
import { type AccountHolder, holdersOf } from '../store/account-holder-store.ts';
import { factPage } from '../store/fact-page.ts';
import { mayBeNew, membersAt, stateOf } from '../store/member-store.ts';
import { areNewMembers, type WaitingRule } from '../store/new-member-store.ts';
import { synchronizationsOf } from '../store/synchronization-store.ts';
import type { Table } from '../store/table.ts';
import { accountIn } from '../store/user-store.ts';
import { type PersonId, personIdOf } from './people.ts';
import { type ListedState, peopleByHandPage } from './people-by-hand.ts';

export interface ListedPerson {
  readonly id: PersonId;
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
}

export interface PeopleQuery {
  readonly limit: number;
  readonly after?: string | undefined;
  readonly state?: ListedState | undefined;
}

const kinds = ['member', 'collaborator'] as const;

/**
 * A page of people, which may be short before the last, or empty where a state is asked for. Three reads besides the list of synchronizations:
 * who there is, which user each is, and what is known of each. Users with further accounts on the code host, and new members outside the primary
 * synchronization, cost more. A user with accounts in several synchronizations stands in each under the same id, and once in each.
 *
 * @param after `next` of the page before
 * @param state only people in this state
 */
export async function peoplePage(
  table: Table,
  organization: WaitingRule,
  { limit, after, state }: PeopleQuery,
  now: number,
): Promise<{ readonly people: readonly ListedPerson[]; readonly next: string | undefined }> {
  const synchronizations = await synchronizationsOf(table, organization.id);
  const parts = synchronizations.flatMap((synchronization) =>
    kinds.map((kind) => ({ synchronization, kind, name: `${synchronization.id} ${kind}` })),
  );
  const [name = parts[0]?.name, place] = splitPlace(after);
  const at = parts.findIndex((part) => part.name === name);
  const part = parts[at];
  if (parts.length === 0) {
    const { people, next } = await peopleByHandPage(table, organization.id, { limit, after });
    return { people: people.filter((one) => state === undefined || one.state === state), next };
  }
  if (part === undefined) {
    return { people: [], next: undefined };
  }
  const { synchronization, kind } = part;
  const { facts, next } = await factPage(table, synchronization.id, kind, { limit, after: place });
  const rows = [...new Map(facts.map((fact) => [fact.account, fact])).values()];
  const following = parts[at + 1]?.name;
  const people = await listed(table, { organization, synchronizations, synchronization }, rows, now);
  return {
    people: state === undefined ? people : people.filter((one) => one.state === state),
    next: next === undefined ? following : `${part.name} ${next}`,
  };
}

function splitPlace(after: string | undefined): readonly [string | undefined, string | undefined] {
  const [synchronization, kind, place] = (after ?? '').split(' ');
  return kind === undefined ? [undefined, undefined] : [`${synchronization} ${kind}`, place];
}

interface Where {
  readonly organization: WaitingRule;
  readonly synchronizations: readonly Synchronization[];
  readonly synchronization: Synchronization;
}

type Row = MemberFact | CollaboratorFact;

async function listed(
  table: Table,
  where: Where,
  all: readonly Row[],
  now: number,
): Promise<readonly ListedPerson[]> {
  const { organization, synchronization } = where;
  const accounts = all.map(({ account }) => accountIn(synchronization, account));
  const memberships = { synchronization: synchronization.id, now };
  const holders = await holdersOf(table, organization.id, accounts, memberships);
  const rows: HeldRow[] = [];
  for (const [place, fact] of all.entries()) {
    const holder = holders[place];
    // Collaborators who are members stand among those.
    const isElsewhere = fact.kind === 'collaborator' && holder?.member !== undefined;
    if (holder === undefined || isElsewhere) {
      continue;
    }
    if (await standsForUser(table, synchronization, fact, holder, now)) {
      rows.push({ fact, holder });
    }
  }
  const isNew = await newAmong(table, where, rows, now);
  return rows.map(({ fact, holder: { user, person } }, place) => ({
    id: personIdOf(user, synchronization.id, fact.account),
    synchronization: synchronization.id,
    account: fact.account,
    login: fact.login,
    role: roleOf(fact),
    forgeRole: fact.kind === 'member' ? fact.forgeRole : fact.permission,
    isKnown: user !== undefined,
    state: stateOf(person, isNew[place]),
  }));
}

interface HeldRow {
  readonly fact: Row;
  readonly holder: AccountHolder;
}

const roleOf = (fact: Row): MemberFact['role'] => (fact.kind === 'member' ? fact.role : 'outside');

/** Of a user's accounts there the one with most rights, then the one with the first id, stands for all. */
async function standsForUser(
  table: Table,
  { id, forge, baseUrl }: Synchronization,
  fact: Row,
  { accounts }: AccountHolder,
  now: number,
): Promise<boolean> {
  const others = accounts
    .filter((one) => one.forge === forge && one.baseUrl === baseUrl && one.account !== fact.account)
    .map(({ account }) => ({ synchronization: id, account }));
  if (others.length === 0) {
    return true;
  }
  const members = await membersAt(table, others, now);
  const places = await Promise.all(
    others.map(async ({ account }, place) => {
      const member = members[place];
      const [row] = member === undefined ? await factsOfAccount(table, id, account) : [];
      return member ?? (row?.fact.kind === 'collaborator' ? row.fact : undefined);
    }),
  );
  const own = rankOf(fact);
  return places.every((other) => other === undefined || own < rankOf(other));
}

const rankOf = (fact: Row): string =>
  `${fact.kind === 'member' ? ranks.indexOf(fact.role) : ranks.length} ${fact.account}`;
const ranks = ['owner', 'member', 'outside'] as const;

/** Whether each person is new: decided by what was read already, where the synchronization is the primary one and the account the only one. */
async function newAmong(
  table: Table,
  { organization, synchronizations, synchronization }: Where,
  rows: readonly HeldRow[],
  now: number,
): Promise<readonly boolean[]> {
  const wait = organization.newMembers === 'waiting';
  const primary = primaryOf(organization, synchronizations)?.id;
  const mayWait = ({ holder }: HeldRow): boolean => wait && !holder.isKnown && mayBeNew(holder.person);
  const isPlain = ({ holder }: HeldRow): boolean =>
    synchronization.id === primary && holder.accounts.length === 1;
  const others = rows.filter((row) => mayWait(row) && !isPlain(row));
  const people = others.map(({ holder }) => holder.accounts);
  const areNew =
    others.length === 0 ? [] : await areNewMembers(table, organization, synchronizations, people, now);
  return rows.map((row) => {
    const appearances = [{ synchronization: synchronization.id, role: roleOf(row.fact) }];
    const isPlainNew = isNewMember({ wait, primary }, { isKnown: row.holder.isKnown, appearances });
    return mayWait(row) && (isPlain(row) ? isPlainNew : areNew[others.indexOf(row)] === true);
  });
}
