/** Users, and their accounts on forges. */
import { z } from 'zod';
import { asId, type ForgeAccountId, type UserId } from '../domain/ids.ts';
import type { Synchronization } from '../domain/synchronization.ts';
import { absent } from './condition.ts';
import { keys } from './keys.ts';
import type { Operation, Table } from './table.ts';

/** An account is identified by forge, host and the forge's immutable id; never by login or e-mail. */
const Account = z.object({
  forge: z.string(),
  baseUrl: z.string(),
  account: z.string().transform((text) => asId<ForgeAccountId>(text)),
});
export type Account = z.infer<typeof Account>;

const UserItem = z.object({ accounts: z.array(Account) });

/** The accounts of the user; none when there is no such user. */
export async function accountsOf(table: Table, user: UserId): Promise<readonly Account[]> {
  const item = await table.get(keys.user(user));
  return item === undefined ? [] : UserItem.parse(item).accounts;
}

/** The user of an account, if one has signed in with it or was given a token. */
export async function findUser(table: Table, account: Account): Promise<UserId | undefined> {
  const item = await table.get(keys.account(account.forge, account.baseUrl, account.account));
  return item === undefined ? undefined : asId<UserId>(String(item.user));
}

/** The users of accounts, in their order. */
export async function findUsers(
  table: Table,
  accounts: readonly Account[],
): Promise<readonly (UserId | undefined)[]> {
  const items = await table.getMany(
    accounts.map(({ forge, baseUrl, account }) => keys.account(forge, baseUrl, account)),
  );
  return items.map((item) => (item === undefined ? undefined : asId<UserId>(String(item.user))));
}

/** The forge account of a member of the synchronization. */
export function accountIn(
  { forge, baseUrl }: Pick<Synchronization, 'forge' | 'baseUrl'>,
  account: ForgeAccountId,
): Account {
  return { forge, baseUrl, account };
}

/** Creates a user with this account; fails the transaction when another one was created meanwhile. */
export function makeUser(user: UserId, account: Account, login: string, now: number): readonly Operation[] {
  return [
    { put: keys.user(user), item: { id: user, login, accounts: [account], createdAt: now }, when: absent },
    { put: keys.account(account.forge, account.baseUrl, account.account), item: { user }, when: absent },
  ];
}

/** What people call the user; undefined when there is no such user. One read. */
export async function findUserName(table: Table, user: UserId): Promise<string | undefined> {
  const item = await table.get(keys.user(user));
  return item === undefined ? undefined : NamedUser.parse(item).login;
}

const NamedUser = z.object({ login: z.string().optional() });
