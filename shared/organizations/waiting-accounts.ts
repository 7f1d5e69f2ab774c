/** Which accounts belong to people who wait as new members. */
import type { Synchronization } from '../domain/synchronization.ts';
import { holdersOf } from '../store/account-holder-store.ts';
import { areKnown } from '../store/known-account-store.ts';
import { mayBeNew } from '../store/member-store.ts';
import { areNewMembers, type WaitingRule } from '../store/new-member-store.ts';
import type { Table } from '../store/table.ts';
import type { Account } from '../store/user-store.ts';

/**
 * In the order of the accounts. No read where new members do not wait, and one for each 100 accounts where none is new.
 *
 * @param now milliseconds since the epoch
 */
export async function areWaiting(
  table: Table,
  organization: WaitingRule,
  synchronizations: readonly Synchronization[],
  accounts: readonly Account[],
  now: number,
): Promise<readonly boolean[]> {
  if (organization.newMembers !== 'waiting') {
    return accounts.map(() => false);
  }
  const known = await areKnown(table, organization.id, accounts);
  const unknown = accounts.filter((_, place) => known[place] !== true);
  const holders = unknown.length === 0 ? [] : await holdersOf(table, organization.id, unknown);
  const unsaid = holders.filter(({ person }) => mayBeNew(person));
  const people = unsaid.map((holder) => holder.accounts);
  const isNew = await areNewMembers(table, organization, synchronizations, people, now);
  const waiting = new Set(
    unknown.filter((_, place) => {
      const holder = holders[place];
      return holder !== undefined && isNew[unsaid.indexOf(holder)] === true;
    }),
  );
  return accounts.map((account) => waiting.has(account));
}
