/** Users and their accounts: the first sign-in, further accounts, and their ends. An account is known by its id alone, never by login or e-mail. */
import { CallerError } from '../domain/caller-error.ts';
import { type AuditEntryId, newId, type UserId } from '../domain/ids.ts';
import type { Organization } from '../domain/organization.ts';
import type { PersonIdentity } from '../forge/sign-in.ts';
import { againOnConflict } from '../store/again-on-conflict.ts';
import { addAuditEntry } from '../store/audit-log.ts';
import { organizationsNaming, personsIn } from '../store/member-store.ts';
import { changeOwners } from '../store/organization-store.ts';
import type { RequestOrigin } from '../store/session-store.ts';
import { addSignIn, type SignInEntry } from '../store/sign-in-log.ts';
import type { Operation } from '../store/table.ts';
import {
  type Account,
  accountAlone,
  changeUser,
  findUser,
  giveAccount,
  isSameAccount,
  type LinkedAccount,
  makeUser,
  noteAccounts,
  noteLogin,
  readUser,
  releaseAccount,
  type User,
} from '../store/user-store.ts';
import { lostOwnerships } from './lost-ownerships.ts';
import { changeAccounts, type ViewDependencies } from './views-of-user.ts';

export interface UserDependencies extends ViewDependencies {
  readonly randomBytes: (count: number) => Uint8Array;
}

/** An account that its person has just proved to have, with what the code host says of the person. */
export interface ProvenAccount {
  readonly account: Account;
  readonly identity: Omit<PersonIdentity, 'account'>;
}

/** One person has a few. */
const accountsMax = 20;

/** What is known of an account after its sign-in. */
const signedIn = ({ account, identity }: ProvenAccount, now: number): LinkedAccount => ({
  ...accountAlone(account),
  login: identity.login,
  lastSignInAt: now,
});

const shown = ({ login, name, avatarUrl }: ProvenAccount['identity']) => ({ login, name, avatarUrl });

/**
 * The user of the account, who is made by the first sign-in; one whose account was given a token before is there already.
 *
 * @param others operations that belong into the same transaction, such as making the user an administrator
 */
export async function signInUser(
  dependencies: UserDependencies,
  proven: ProvenAccount,
  others: (user: UserId) => readonly Operation[] = () => [],
): Promise<UserId> {
  const { table, clock, randomBytes } = dependencies;
  return againOnConflict(async () => {
    const now = clock.now();
    const known = await findUser(table, proven.account);
    const user = known === undefined ? undefined : await readUser(table, known);
    if (user === undefined) {
      const made = newId<UserId>(randomBytes);
      const operations = makeUser(
        made,
        signedIn(proven, now),
        proven.identity.login,
        now,
        shown(proven.identity),
      );
      await table.transact([...operations, noteLogin(signedIn(proven, now), made), ...others(made)]);
      return made;
    }
    await table.transact([
      noteSignIn(user, proven, now),
      noteLogin(signedIn(proven, now), user.id),
      // Earlier versions did not.
      ...noteAccounts(user.id, [proven.account], user.accounts),
      ...others(user.id),
    ]);
    return user.id;
  });
}

const noteSignIn = (user: User, proven: ProvenAccount, now: number): Operation =>
  changeUser(user, {
    ...shown(proven.identity),
    accounts: user.accounts.map((one) => (isSameAccount(one, proven.account) ? signedIn(proven, now) : one)),
  });

export type LinkOutcome =
  | { readonly kind: 'linked' | 'linked-already' }
  /** Another user has it: nothing was changed. The two can be merged. */
  | { readonly kind: 'taken'; readonly by: User };

/**
 * Gives the user a further account. One that belongs to somebody else stays there.
 *
 * @throws CallerError when the user is gone, or has too many accounts
 */
export async function linkAccount(
  dependencies: UserDependencies,
  user: UserId,
  proven: ProvenAccount,
  origin: RequestOrigin,
): Promise<LinkOutcome> {
  const { table, clock } = dependencies;
  return againOnConflict(async () => {
    const [before, owner] = [await presentUser(dependencies, user), await findUser(table, proven.account)];
    if (owner === user) {
      await table.transact([
        noteSignIn(before, proven, clock.now()),
        noteLogin(signedIn(proven, clock.now()), user),
      ]);
      return { kind: 'linked-already' };
    }
    const by = owner === undefined ? undefined : await readUser(table, owner);
    if (by !== undefined) {
      return { kind: 'taken', by };
    }
    if (before.accounts.length >= accountsMax) {
      throw new CallerError('conflict', `a person can have ${accountsMax} accounts`);
    }
    const accounts = [...before.accounts, signedIn(proven, clock.now())];
    await changeAccounts(
      dependencies,
      [user],
      [
        changeUser(before, { accounts }),
        giveAccount(proven.account, user, accounts),
        ...noteAccounts(user, before.accounts, accounts),
        noteLogin(signedIn(proven, clock.now()), user),
        entry(dependencies, 'account-linked', { user, account: accountOf(proven), ...origin }),
      ],
      { user, accounts: [proven.account] },
      [proven.account],
    );
    return { kind: 'linked' };
  });
}

/**
 * Takes an account from the user, with all rights that come from it. Whoever has the account may sign in with it as somebody new. The
 * caller ends the other sessions of the user: it is not known which began by that account.
 *
 * @throws CallerError when the user has no such account, or no other, or is the last owner of an organization by it, or an organization has switched the
 *  user off: under another name the same person would be back
 */
export async function unlinkAccount(
  dependencies: UserDependencies,
  user: UserId,
  account: Account,
  origin: RequestOrigin,
): Promise<void> {
  await againOnConflict(async () => {
    const before = await presentUser(dependencies, user);
    const taken = before.accounts.find((one) => isSameAccount(one, account));
    if (taken === undefined) {
      throw new CallerError('not-found', 'there is no such account of yours');
    }
    if (before.accounts.length === 1) {
      throw new CallerError(
        'conflict',
        'the last account cannot be taken away: nobody could sign in any more',
      );
    }
    const persons = await personsIn(
      dependencies.table,
      user,
      await organizationsNaming(dependencies.table, user),
    );
    if (persons.some(({ isOff }) => isOff)) {
      throw new CallerError(
        'conflict',
        'an organization has switched you off: no account can be taken away until it is over',
      );
    }
    const { lastSignInAt: _, ...named } = taken;
    const accounts = before.accounts.filter((one) => one !== taken);
    const lost = await lostOwnerships(dependencies.table, before, taken, accounts, dependencies.clock.now());
    if (lost.length > lostMax) {
      throw new CallerError(
        'conflict',
        `by this account you own ${lost.length} organizations, and can cease to own ${lostMax} at once: give up others first`,
      );
    }
    const record = (one: Organization) => ownsNoMore(dependencies, one, before, named, origin);
    await changeAccounts(
      dependencies,
      [user],
      [
        changeUser(before, { accounts }),
        releaseAccount(account, user),
        ...noteAccounts(user, accounts, accounts),
        entry(dependencies, 'account-unlinked', { user, account: named, ...origin }),
        ...lost.map((one) => changeOwners(one)),
        ...lost.slice(0, recordedAtOnce).map(record),
      ],
      undefined,
      [account],
    );
    for (const one of lost.slice(recordedAtOnce)) {
      await dependencies.table.transact([record(one)]);
    }
  });
}

/**
 * So many ownerships end with an account at most: all in the one transaction that takes it, which holds 100 operations, `accountsMax` of them for the
 * accounts. In another one, two owners could both cease to be one.
 */
const lostMax = 60;
/** So many are recorded in that transaction; others right after it. */
const recordedAtOnce = 15;

/** The entry in the organization's history. */
const ownsNoMore = (
  { clock, randomBytes }: UserDependencies,
  organization: Organization,
  { id, login }: User,
  taken: LinkedAccount,
  { address }: RequestOrigin,
): Operation =>
  addAuditEntry(
    organization.id,
    {
      ...{ at: clock.now(), by: login, act: 'unlink-account', subject: taken.login ?? taken.account },
      why: 'the account is the person’s no more',
      ...{ actor: { kind: 'user', id, name: login }, from: { address } },
      before: { person: id, role: 'owner' },
    },
    newId<AuditEntryId>(randomBytes),
  );

/** @throws CallerError when the user is gone, or was merged into another */
export async function presentUser({ table }: Pick<UserDependencies, 'table'>, id: UserId): Promise<User> {
  const user = await readUser(table, id);
  if (user === undefined || user.mergedInto !== undefined) {
    throw new CallerError('not-found', 'there is no such user any more');
  }
  return user;
}

/** The entry of the history, for the transaction that does what it tells of. */
export function entry(
  { clock, randomBytes }: Pick<UserDependencies, 'clock' | 'randomBytes'>,
  act: SignInEntry['act'],
  about: Omit<SignInEntry, 'at' | 'act'>,
): Operation {
  return addSignIn({ ...about, at: clock.now(), act }, newId<AuditEntryId>(randomBytes));
}

/** The account as the history names it. */
export const accountOf = ({ account, identity }: ProvenAccount) => ({
  ...accountAlone(account),
  login: identity.login,
});
