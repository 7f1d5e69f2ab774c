/** Users, and their accounts on forges. */
import { z } from 'zod';
import { asId, type ForgeAccountId, type UserId } from '../domain/ids.ts';
import type { Synchronization } from '../domain/synchronization.ts';
import { absent, all, equal, missing, present } from './condition.ts';
import { keys } from './keys.ts';
import type { Item, Operation, Table } from './table.ts';

/** An account is identified by forge, host and the forge's immutable id; never by login or e-mail. */
const Account = z.object({
  forge: z.string(),
  baseUrl: z.string(),
  account: z.string().transform((text) => asId<ForgeAccountId>(text)),
});
export type Account = z.infer<typeof Account>;

const LinkedAccount = Account.extend({
  /** As the code host last said. */
  login: z.string().optional(),
  /** Milliseconds since the epoch; missing for one that was given a token and never signed in. */
  lastSignInAt: z.number().optional(),
});
export type LinkedAccount = z.infer<typeof LinkedAccount>;

const UserItem = z.object({
  id: z.string().transform((text) => asId<UserId>(text)),
  /** Of the account that signed in last, as are the name and the picture. */
  login: z.string(),
  name: z.string().optional(),
  avatarUrl: z.string().optional(),
  accounts: z.array(LinkedAccount),
  createdAt: z.number(),
  /** Counts the changes; 0 before the first. */
  version: z.number().default(0),
  /** The user who has all that this one had. */
  mergedInto: z
    .string()
    .transform((text) => asId<UserId>(text))
    .optional(),
});
export type User = Readonly<z.infer<typeof UserItem>>;

/** The user, one who was merged into another too. */
export async function readUser(table: Table, user: UserId): Promise<User | undefined> {
  const item = await table.get(keys.user(user));
  return item === undefined ? undefined : UserItem.parse(item);
}

/** The users, in the order of the ids. One read for each 100. */
export async function readUsers(
  table: Table,
  users: readonly UserId[],
): Promise<readonly (User | undefined)[]> {
  const items = await table.getMany(users.map((user) => keys.user(user)));
  return items.map((item) => (item === undefined ? undefined : UserItem.parse(item)));
}

/** Who is the person now that the user was: the user itself, unless it was merged into another. One read for each. */
export async function survivorOf(table: Table, user: UserId): Promise<UserId> {
  const passed = new Set<UserId>();
  for (let at = user; !passed.has(at); ) {
    passed.add(at);
    const next = (await readUser(table, at))?.mergedInto;
    if (next === undefined) {
      return at;
    }
    at = next;
  }
  return user;
}

const AccountsItem = z.object({ accounts: z.array(Account) });

/** The accounts of the user; none when there is no such user. */
export async function accountsOf(table: Table, user: UserId): Promise<readonly Account[]> {
  return parseAccounts(await table.get(keys.user(user)));
}

/** Those of a user's item. */
export const parseAccounts = (item: Item | undefined): readonly Account[] =>
  item === undefined ? [] : AccountsItem.parse(item).accounts;

/** The user of an account, if one has signed in with it or was given a token. */
export async function findUser(table: Table, account: Account): Promise<UserId | undefined> {
  const item = await table.get(keys.account(account.forge, account.baseUrl, account.account));
  return item === undefined ? undefined : asId<UserId>(String(item.user));
}

/**
 * Notes under which login an account signed in, so that people can be named by it. What it leads to is checked: a login is no key of a person,
 * and passes to others.
 */
export const noteLogin = ({ forge, baseUrl, login = '' }: LinkedAccount, user: UserId): Operation => ({
  put: keys.login(forge, baseUrl, login.toLowerCase()),
  item: { user },
});

/**
 * Who signed in last under the login on that host, if it is still what the account was called at its own last sign-in, and that is not older than
 * `since`. Two reads.
 *
 * @param since milliseconds since the epoch
 */
export async function findUserByLogin(
  table: Table,
  { forge, baseUrl, login }: Pick<Account, 'forge' | 'baseUrl'> & { readonly login: string },
  since: number,
): Promise<User | undefined> {
  const name = login.toLowerCase();
  const item = await table.get(keys.login(forge, baseUrl, name));
  const user = item && (await readUser(table, asId<UserId>(String(item.user))));
  const isSo = user?.accounts.some(
    (one) =>
      one.forge === forge &&
      one.baseUrl === baseUrl &&
      one.login?.toLowerCase() === name &&
      (one.lastSignInAt ?? 0) >= since,
  );
  return isSo ? user : undefined;
}

/** The users of accounts, in their order. */
export async function findUsers(
  table: Table,
  accounts: readonly Account[],
): Promise<readonly (UserId | undefined)[]> {
  const items = await table.getMany(
    accounts.map(({ forge, baseUrl, account }) => keys.account(forge, baseUrl, account)),
  );
  return items.map(userOfAccount);
}

/** All accounts of the person whose account it is, by its item; undefined where an earlier version stored it. */
export const accountsOfHolder = (item: Item): readonly Account[] | undefined =>
  item.accounts === undefined ? undefined : AccountsItem.parse(item).accounts;

/** Whose an account is, by its item. */
export const userOfAccount = (item: Item | undefined): UserId | undefined =>
  item === undefined ? undefined : asId<UserId>(String(item.user));

/** The forge account of a member of the synchronization. */
export function accountIn(
  { forge, baseUrl }: Pick<Synchronization, 'forge' | 'baseUrl'>,
  account: ForgeAccountId,
): Account {
  return { forge, baseUrl, account };
}

/**
 * Creates a user with this one account. Fails the transaction when somebody created one meanwhile.
 *
 * @param shown what else is known of the person
 */
export function makeUser(
  user: UserId,
  account: LinkedAccount,
  login: string,
  now: number,
  shown: Partial<Pick<User, 'name' | 'avatarUrl'>> = {},
): readonly Operation[] {
  return [
    {
      put: keys.user(user),
      item: { ...shown, id: user, login, accounts: [account], createdAt: now },
      when: absent,
    },
    giveAccount(account, user, [account]),
  ];
}

/** Condition that the user exists, and was not merged into another. */
export const userIsThere = (user: UserId): Operation => ({
  check: keys.user(user),
  when: all(present, missing('mergedInto')),
});

/** Whether both are the same account. */
export const isSameAccount = (one: Account, other: Account): boolean =>
  one.forge === other.forge && one.baseUrl === other.baseUrl && one.account === other.account;

/** The key of the account without what is known of it. */
export const accountAlone = ({ forge, baseUrl, account }: Account): Account => ({ forge, baseUrl, account });

/**
 * Changes a user; an attribute set to undefined is removed. Fails when somebody changed the user since `before` was read.
 *
 * @param before as it was read
 */
export function changeUser(
  before: Pick<User, 'id' | 'version'>,
  change: Partial<Pick<User, 'login' | 'name' | 'avatarUrl' | 'accounts' | 'mergedInto'>>,
): Operation {
  return {
    update: { key: keys.user(before.id), set: { ...change, version: before.version + 1 } },
    when: all(
      present,
      missing('mergedInto'),
      before.version === 0 ? missing('version') : equal('version', before.version),
    ),
  };
}

/**
 * The account belongs to the user from now on.
 *
 * @param all accounts that the user then has; lists of accounts read them here
 * @param from whose it is so far; undefined: nobody's
 */
export const giveAccount = (
  account: Account,
  to: UserId,
  all: readonly Account[],
  from?: UserId,
): Operation => ({
  put: keys.account(account.forge, account.baseUrl, account.account),
  item: { user: to, accounts: all.map(accountAlone) },
  when: from === undefined ? absent : equal('user', from),
});

/** Notes with each of the accounts which ones the user has. @param of those that the user had and keeps */
export const noteAccounts = (
  user: UserId,
  of: readonly Account[],
  all: readonly Account[],
): readonly Operation[] =>
  of.map((account) => ({
    update: {
      key: keys.account(account.forge, account.baseUrl, account.account),
      set: { accounts: all.map(accountAlone) },
    },
    when: equal('user', user),
  }));

/** The account belongs to nobody from now on. */
export const releaseAccount = (account: Account, from: UserId): Operation => ({
  delete: keys.account(account.forge, account.baseUrl, account.account),
  when: equal('user', from),
});
