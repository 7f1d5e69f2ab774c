/** The people of an organization in pages, over all its synchronizations: members first, then collaborators who are no members. */
import type { PersonState } from '../domain/access.ts';
import type { CollaboratorFact, MemberFact } from '../domain/facts.ts';
import type { ForgeAccountId, SynchronizationId, UserId } from '../domain/ids.ts';
import type { Organization } from '../domain/organization.ts';
import type { Synchronization } from '../domain/synchronization.ts';
import { factPage } from '../store/fact-page.ts';
import { membersAt, personsFor, stateOf } from '../store/member-store.ts';
import { synchronizationsOf } from '../store/synchronization-store.ts';
import type { Table } from '../store/table.ts';
import { accountIn, findUsers } from '../store/user-store.ts';
import { type PersonId, personIdOf } from './people.ts';
import { peopleByHandPage } from './people-by-hand.ts';

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
  readonly state: PersonState;
}

const kinds = ['member', 'collaborator'] as const;

/**
 * A page of people, which may be short before the last. Three reads besides the list of synchronizations: who there is, which user each is,
 * and what the organization says of each. A user with accounts in several synchronizations stands in each under the same id.
 *
 * @param after `next` of the page before
 */
export async function peoplePage(
  table: Table,
  { id: organization }: Pick<Organization, 'id'>,
  { limit, after }: { readonly limit: number; readonly after?: string | undefined },
  now: number,
): Promise<{ readonly people: readonly ListedPerson[]; readonly next: string | undefined }> {
  const synchronizations = await synchronizationsOf(table, organization);
  const parts = synchronizations.flatMap((synchronization) =>
    kinds.map((kind) => ({ synchronization, kind, name: `${synchronization.id} ${kind}` })),
  );
  const [name = parts[0]?.name, place] = splitPlace(after);
  const at = parts.findIndex((part) => part.name === name);
  const part = parts[at];
  if (parts.length === 0) {
    return peopleByHandPage(table, organization, { limit, after });
  }
  if (part === undefined) {
    return { people: [], next: undefined };
  }
  const { synchronization, kind } = part;
  const { facts, next } = await factPage(table, synchronization.id, kind, { limit, after: place });
  const rows = await withoutMembers(table, synchronization, facts, now);
  const following = parts[at + 1]?.name;
  return {
    people: await listed(table, organization, synchronization, rows),
    next: next === undefined ? following : `${part.name} ${next}`,
  };
}

function splitPlace(after: string | undefined): readonly [string | undefined, string | undefined] {
  const [synchronization, kind, place] = (after ?? '').split(' ');
  return kind === undefined ? [undefined, undefined] : [`${synchronization} ${kind}`, place];
}

/** One row for each account; of collaborators only those who are not listed as members. */
async function withoutMembers(
  table: Table,
  { id }: Synchronization,
  facts: readonly (MemberFact | CollaboratorFact)[],
  now: number,
): Promise<readonly (MemberFact | CollaboratorFact)[]> {
  const byAccount = new Map(facts.map((fact) => [fact.account, fact]));
  if (facts[0]?.kind !== 'collaborator') {
    return [...byAccount.values()];
  }
  const places = [...byAccount.keys()].map((account) => ({ synchronization: id, account }));
  const members = await membersAt(table, places, now);
  return [...byAccount.values()].filter((_, place) => members[place] === undefined);
}

async function listed(
  table: Table,
  organization: Organization['id'],
  synchronization: Synchronization,
  rows: readonly (MemberFact | CollaboratorFact)[],
): Promise<readonly ListedPerson[]> {
  const users = await findUsers(
    table,
    rows.map(({ account }) => accountIn(synchronization, account)),
  );
  const known = users.filter((user): user is UserId => user !== undefined);
  const persons = await personsFor(table, organization, known);
  return rows.map((fact, place) => {
    const { account, login } = fact;
    const user = users[place];
    const person = user === undefined ? undefined : persons.get(user);
    return {
      id: personIdOf(user, synchronization.id, account),
      synchronization: synchronization.id,
      account,
      login,
      role: fact.kind === 'member' ? fact.role : 'outside',
      forgeRole: fact.kind === 'member' ? fact.forgeRole : fact.permission,
      isKnown: user !== undefined,
      state: person === undefined ? 'active' : stateOf(person),
    };
  });
}
