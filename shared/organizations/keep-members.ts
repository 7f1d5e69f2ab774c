/** Members of a synchronization that ends stay in the organization, by hand. */
import { unlessChanged } from '../domain/conflict-error.ts';
import { newId, type UserId } from '../domain/ids.ts';
import type { Organization } from '../domain/organization.ts';
import type { Synchronization } from '../domain/synchronization.ts';
import type { Clock } from '../runtime/clock.ts';
import { type AccountHolder, holdersOf } from '../store/account-holder-store.ts';
import { loadFacts } from '../store/fact-store.ts';
import { putPerson } from '../store/member-store.ts';
import type { Owner, UnknownOwner } from '../store/owner-store.ts';
import type { Operation, Table } from '../store/table.ts';
import { type Account, accountIn, makeUser } from '../store/user-store.ts';
import { areWaiting } from './waiting-accounts.ts';

interface Keeping extends AccountHolder {
  readonly account: Account;
  readonly login: string;
}

/**
 * The members, each once: no owners, no outside collaborators, and nobody who waits for an owner.
 *
 * @param now milliseconds since the epoch
 */
export async function membersToKeep(
  table: Table,
  organization: Organization,
  synchronization: Synchronization,
  owners: readonly (Owner | UnknownOwner)[],
  now: number,
): Promise<readonly Keeping[]> {
  const owning = new Set(owners.map(({ user }) => user));
  const facts = (await loadFacts(table, synchronization.id, 'member')).filter(
    ({ role }) => role === 'member',
  );
  const accounts = facts.map(({ account }) => accountIn(synchronization, account));
  const holders = await holdersOf(table, organization.id, accounts, {
    synchronization: synchronization.id,
    now,
  });
  const isWaiting = await areWaiting(table, organization, [synchronization], accounts, now);
  const kept = new Map<string, Keeping>();
  for (const [place, account] of accounts.entries()) {
    const [holder, fact] = [holders[place], facts[place]];
    // What an event withdrew is still a fact, and does not count.
    const isOwner = holder?.user !== undefined && owning.has(holder.user);
    const isMember = holder?.member?.role === 'member' && isWaiting[place] !== true;
    if (holder !== undefined && fact !== undefined && isMember && !isOwner) {
      kept.set(holder.user ?? JSON.stringify(account), { ...holder, account, login: fact.login });
    }
  }
  return [...kept.values()];
}

/** Four operations each: within a transaction's limit. */
const atOnce = 20;

/**
 * An account that nobody has signed in with gets a user. Whoever is switched off stays so.
 *
 * @returns the users
 * @throws CallerError `conflict` when one of them changed at the same moment
 */
export async function belongByHand(
  {
    table,
    clock,
    randomBytes,
  }: { readonly table: Table; readonly clock: Clock; readonly randomBytes: (count: number) => Uint8Array },
  { id }: Pick<Organization, 'id'>,
  members: readonly Keeping[],
): Promise<ReadonlySet<UserId>> {
  const users = new Set<UserId>();
  for (let start = 0; start < members.length; start += atOnce) {
    const operations = members.slice(start, start + atOnce).flatMap((member): readonly Operation[] => {
      const user = member.user ?? newId<UserId>(randomBytes);
      users.add(user);
      const made = member.user === undefined ? makeUser(user, member.account, member.login, clock.now()) : [];
      return [...made, ...putPerson(id, user, { ...member.person, isMember: true }, member.person)];
    });
    await unlessChanged('a member changed at the same moment; try again', () => table.transact(operations));
  }
  return users;
}
