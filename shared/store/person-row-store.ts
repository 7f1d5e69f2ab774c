/** Who the people are that have the accounts of a list, and whether they wait or are switched off: for a page in two reads. */
import type { PersonState } from '../domain/access.ts';
import type { MemberFact } from '../domain/facts.ts';
import type { ForgeAccountId, UserId } from '../domain/ids.ts';
import { isNewMember } from '../domain/new-member.ts';
import { primaryOf } from '../domain/primary.ts';
import type { Synchronization } from '../domain/synchronization.ts';
import { type Key, keys } from './keys.ts';
import { memberKeys, memberOf, parsePerson, stateOf } from './member-store.ts';
import type { WaitingRule } from './new-member-store.ts';
import type { Item, Table } from './table.ts';
import { type Account, accountIn, accountsOfHolder, parseAccounts, userOfAccount } from './user-store.ts';

/** A row of a list: an account, and what the code host says that it is. */
export interface AccountRow {
  readonly account: ForgeAccountId;
  readonly role: MemberFact['role'];
  /** Whether a repository says so, and not the list of members, where the account may stand too. */
  readonly isCollaborator: boolean;
}

export interface RowHolder {
  /** Undefined where nobody has signed in with the account. */
  readonly user: UserId | undefined;
  readonly state: PersonState;
  /** What a collaborator's account is in the list of members. */
  readonly member: MemberFact | undefined;
  /** The person's other accounts on the host of the synchronization, and which members of it they are now. */
  readonly others: readonly { readonly account: ForgeAccountId; readonly member: MemberFact | undefined }[];
}

/** Where the rows are. */
export interface RowsOf {
  readonly organization: WaitingRule;
  readonly synchronizations: readonly Synchronization[];
  readonly synchronization: Synchronization;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** The keys of one read. https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html */
const keysMax = 100;

/**
 * The holders of the first rows: of as many as two reads reach, which are at least one, and all of 100 where nobody has signed in. One read
 * more where an earlier version stored the accounts of a user.
 *
 * @param rows at most 100
 */
export async function holdersOfRows(
  table: Table,
  where: RowsOf,
  rows: readonly AccountRow[],
): Promise<readonly RowHolder[]> {
  const held = await heldRows(table, where, rows);
  const wanted = new Map<string, Key>();
  const reached: HeldRow[] = [];
  for (const row of held) {
    const more = keysOf(where, row).filter((key) => !wanted.has(nameOf(key)));
    if (reached.length > 0 && wanted.size + more.length > keysMax) {
      break;
    }
    for (const key of more) {
      wanted.set(nameOf(key), key);
    }
    reached.push(row);
  }
  const items = await table.getMany([...wanted.values()]);
  const found = new Map([...wanted.keys()].map((name, place) => [name, items[place]]));
  return reached.map((row) => holderOf(where, row, (key) => found.get(nameOf(key))));
}

const nameOf = ({ pk, sk }: Key): string => `${pk}\n${sk}`;

interface HeldRow extends AccountRow {
  readonly user: UserId | undefined;
  /** All of the person, the row's too. */
  readonly accounts: readonly Account[];
}

async function heldRows(
  table: Table,
  { synchronization }: RowsOf,
  rows: readonly AccountRow[],
): Promise<readonly HeldRow[]> {
  const own = rows.map(({ account }) => accountIn(synchronization, account));
  const items = await table.getMany(
    own.map(({ forge, baseUrl, account }) => keys.account(forge, baseUrl, account)),
  );
  const users = items.map(userOfAccount);
  const noted = items.map((item) => item && accountsOfHolder(item));
  const unnoted = users.flatMap((user, place) =>
    user === undefined || noted[place] !== undefined ? [] : [user],
  );
  const read = unnoted.length === 0 ? [] : await table.getMany(unnoted.map((user) => keys.user(user)));
  const ofUser = new Map(unnoted.map((user, place) => [user, parseAccounts(read[place])]));
  return rows.map((row, place) => {
    const user = users[place];
    const accounts = noted[place] ?? (user === undefined ? undefined : ofUser.get(user));
    return { ...row, user, accounts: accounts ?? own.slice(place, place + 1) };
  });
}

const isAt = ({ forge, baseUrl }: Synchronization, account: Account): boolean =>
  account.forge === forge && account.baseUrl === baseUrl;

const othersOf = ({ synchronization }: RowsOf, { account, accounts }: HeldRow): readonly Account[] =>
  accounts.filter((one) => isAt(synchronization, one) && one.account !== account);

const isWaitRule = ({ organization }: RowsOf): boolean => organization.newMembers === 'waiting';

/** The person's accounts on the host of the primary synchronization, whose owners are never new. */
function placesAtPrimary({ organization, synchronizations }: RowsOf, { accounts }: HeldRow) {
  const primary = primaryOf(organization, synchronizations);
  return primary === undefined
    ? []
    : accounts
        .filter((one) => isAt(primary, one))
        .map(({ account }) => ({ synchronization: primary.id, account }));
}

/** What has to be read of a row, besides its account. */
function keysOf(where: RowsOf, row: HeldRow): readonly Key[] {
  const { organization, synchronization } = where;
  const isOther = ({ account }: { readonly account: ForgeAccountId }) => account !== row.account;
  const isElsewhere = primaryOf(organization, where.synchronizations)?.id !== synchronization.id;
  const places = [
    ...othersOf(where, row).map(({ account }) => ({ synchronization: synchronization.id, account })),
    ...(isWaitRule(where) ? placesAtPrimary(where, row).filter((one) => isElsewhere || isOther(one)) : []),
  ];
  return [
    ...(row.user === undefined ? [] : [keys.person(organization.id, row.user)]),
    ...(isWaitRule(where)
      ? row.accounts.map(({ account, ...host }) => keys.knownAccount(organization.id, host, account))
      : []),
    ...(row.isCollaborator ? memberKeys({ synchronization: synchronization.id, account: row.account }) : []),
    ...places.flatMap(memberKeys),
  ];
}

function holderOf(where: RowsOf, row: HeldRow, itemAt: (key: Key) => Item | undefined): RowHolder {
  const { organization, synchronization, now } = where;
  const memberAt = (place: Parameters<typeof memberKeys>[0]): MemberFact | undefined => {
    const [fact, claim] = memberKeys(place).map(itemAt);
    return memberOf(fact, claim, now);
  };
  const person = parsePerson(row.user && itemAt(keys.person(organization.id, row.user)));
  const owns = placesAtPrimary(where, row).filter((place) => memberAt(place)?.role === 'owner');
  const isNew = isNewMember(
    { wait: isWaitRule(where), primary: primaryOf(organization, where.synchronizations)?.id },
    {
      isKnown: row.accounts.some(
        ({ account, ...host }) => itemAt(keys.knownAccount(organization.id, host, account)) !== undefined,
      ),
      appearances: [
        { synchronization: synchronization.id, role: row.role },
        ...owns.map((place) => ({ synchronization: place.synchronization, role: 'owner' as const })),
      ],
    },
  );
  return {
    user: row.user,
    state: stateOf(person, isNew),
    member: row.isCollaborator
      ? memberAt({ synchronization: synchronization.id, account: row.account })
      : undefined,
    others: othersOf(where, row).map(({ account }) => ({
      account,
      member: memberAt({ synchronization: synchronization.id, account }),
    })),
  };
}
