/** People of an organization: users, and accounts on code hosts whose people never signed in. */
import { CallerError } from '../domain/caller-error.ts';
import { asId, type ForgeAccountId, isId, type SynchronizationId, type UserId } from '../domain/ids.ts';
import type { Organization } from '../domain/organization.ts';
import type { Synchronization } from '../domain/synchronization.ts';
import { integrationKeyOf } from '../forge/integration-key.ts';
import type { Reader } from '../publish/effective-rights.ts';
import { loadRowsOfAccount } from '../store/access-fact-store.ts';
import { findFact, loadFacts } from '../store/fact-store.ts';
import { isNamed } from '../store/member-store.ts';
import { synchronizationsOf } from '../store/synchronization-store.ts';
import type { Table } from '../store/table.ts';
import { accountIn, findUser, readUser } from '../store/user-store.ts';

/**
 * A person as the API names one: a user by id, or `<synchronization>.<account>` where nobody has signed in with the account.
 */
export type PersonId = string;

export const personIdOf = (
  user: UserId | undefined,
  synchronization: SynchronizationId,
  account: ForgeAccountId,
): PersonId => user ?? `${synchronization}.${account}`;

/** Whose rights are asked for. */
export interface FoundPerson {
  readonly id: PersonId;
  readonly reader: Reader;
  readonly user: UserId | undefined;
  /** For display. */
  readonly name: string;
  /** Where the person is called so: several code hosts may have the name. Undefined for somebody added by hand. */
  readonly synchronization?: SynchronizationId;
}

/**
 * Finds somebody who belongs to the organization, or did so a day ago.
 *
 * @throws CallerError when it is nobody of the organization
 */
export async function personIn(table: Table, organization: Organization, id: PersonId): Promise<FoundPerson> {
  const [synchronization, account, rest] = id.split('.');
  const isUser = account === undefined && isId(id);
  const found = isUser
    ? await userIn(table, organization, asId<UserId>(id))
    : rest === undefined && isId(synchronization ?? '') && isId(account ?? '')
      ? await accountInOrganization(table, organization, asId(synchronization ?? ''), asId(account ?? ''))
      : undefined;
  if (found === undefined) {
    throw new CallerError('not-found', 'the organization has no such person');
  }
  return found;
}

/**
 * Finds somebody by what the code host calls the account now: a login passes to others, so nothing keeps it. Members are read whole, and
 * collaborators where no member is called so.
 *
 * @param integration key of the code host, as in `integrationKeyOf`
 * @throws CallerError when nobody is called so there
 */
export async function personCalled(
  table: Table,
  organization: Organization,
  synchronizations: readonly Synchronization[],
  login: string,
  integration: string,
): Promise<FoundPerson> {
  const there = synchronizations.filter((one) => integrationKeyOf(one) === integration);
  for (const kind of ['member', 'collaborator'] as const) {
    for (const { id } of there) {
      const row = (await loadFacts(table, id, kind)).find(
        (fact) => fact.login.toLowerCase() === login.toLowerCase(),
      );
      if (row !== undefined) {
        return personIn(table, organization, `${id}.${row.account}`);
      }
    }
  }
  throw new CallerError('not-found', 'the organization has no such person');
}

async function userIn(
  table: Table,
  organization: Organization,
  id: UserId,
): Promise<FoundPerson | undefined> {
  const user = await readUser(table, id);
  const synchronizations = await synchronizationsOf(table, organization.id);
  const places = (user?.accounts ?? []).flatMap(({ forge, baseUrl, account }) =>
    synchronizations
      .filter((one) => one.forge === forge && one.baseUrl === baseUrl)
      .map((one) => ({ synchronization: one.id, account })),
  );
  const logins = await Promise.all(
    places.map(({ synchronization, account }) => loginIn(table, synchronization, account)),
  );
  const here = places.filter((_, place) => logins[place] !== undefined);
  const named = places.find((_, place) => logins[place] === user?.login) ?? here[0];
  const isKnown = here.length > 0 || (await isNamed(table, organization.id, id));
  return user !== undefined && isKnown
    ? {
        ...{ id, reader: { kind: 'user', user: id }, user: id, name: user.login },
        ...(named !== undefined && { synchronization: named.synchronization }),
      }
    : undefined;
}

async function accountInOrganization(
  table: Table,
  organization: Organization,
  id: SynchronizationId,
  account: ForgeAccountId,
): Promise<FoundPerson | undefined> {
  const synchronization = (await synchronizationsOf(table, organization.id)).find((one) => one.id === id);
  const login = synchronization && (await loginIn(table, synchronization.id, account));
  if (synchronization === undefined || login === undefined) {
    return undefined;
  }
  const user = await findUser(table, accountIn(synchronization, account));
  const reader: Reader =
    user === undefined
      ? { kind: 'account', synchronization: synchronization.id, account }
      : { kind: 'user', user };
  return {
    ...{ id: personIdOf(user, synchronization.id, account), reader, user, name: login },
    synchronization: synchronization.id,
  };
}

/** What the account is called there; undefined when the synchronization does not know it. */
async function loginIn(
  table: Table,
  synchronization: SynchronizationId,
  account: ForgeAccountId,
): Promise<string | undefined> {
  const member = await findFact(table, synchronization, `member#${account}`);
  if (member?.kind === 'member') {
    return member.login;
  }
  const rows = await loadRowsOfAccount(table, synchronization, account);
  return rows.flatMap((row) => ('login' in row && 'account' in row ? [row.login] : []))[0];
}
