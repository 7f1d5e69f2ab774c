/** Whom accounts belong to, and what an organization says of these people. */
import type { MemberFact } from '../domain/facts.ts';
import type { OrganizationId, SynchronizationId, UserId } from '../domain/ids.ts';
import { keys } from './keys.ts';
import { memberKeys, memberOf, nothingSaid, type Person, parsePerson } from './member-store.ts';
import type { Table } from './table.ts';
import { type Account, parseAccounts, userOfAccount } from './user-store.ts';

export interface AccountHolder {
  /** Undefined where nobody has signed in with the account. */
  readonly user: UserId | undefined;
  /** All of the person, this one too. */
  readonly accounts: readonly Account[];
  readonly person: Person;
  /** Whether the account was there when new members began to wait. */
  readonly isKnown: boolean;
  /** The membership that holds now, where it was asked for. */
  readonly member: MemberFact | undefined;
}

/** The memberships that are asked for, too. */
export interface MembershipsAsked {
  readonly synchronization: SynchronizationId;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** In the order of the accounts. Two reads, for thousands one more for each hundred items. */
export async function holdersOf(
  table: Table,
  organization: OrganizationId,
  accounts: readonly Account[],
  memberships?: MembershipsAsked,
): Promise<readonly AccountHolder[]> {
  const first = await table.getMany([
    ...accounts.map(({ forge, baseUrl, account }) => keys.account(forge, baseUrl, account)),
    ...(memberships === undefined
      ? []
      : accounts.flatMap(({ account }) => memberKeys({ ...memberships, account }))),
  ]);
  const users = accounts.map((_, place) => userOfAccount(first[place]));
  const memberAt = (place: number): MemberFact | undefined => {
    const [fact, claim] = first.slice(accounts.length + 2 * place, accounts.length + 2 * place + 2);
    return memberships && memberOf(fact, claim, memberships.now);
  };
  const known = accounts.map(({ account, ...host }) => keys.knownAccount(organization, host, account));
  const ofUsers = users.flatMap((user) =>
    user === undefined ? [] : [keys.user(user), keys.person(organization, user)],
  );
  const items = await table.getMany([...known, ...ofUsers]);
  let at = known.length;
  return accounts.map((account, place) => {
    const user = users[place];
    const isKnown = items[place] !== undefined;
    if (user === undefined) {
      return { user, accounts: [account], person: nothingSaid, isKnown, member: memberAt(place) };
    }
    const [ofUser, ofPerson] = [items[at], items[at + 1]];
    at += 2;
    return {
      user,
      accounts: parseAccounts(ofUser),
      person: parsePerson(ofPerson),
      isKnown,
      member: memberAt(place),
    };
  });
}
