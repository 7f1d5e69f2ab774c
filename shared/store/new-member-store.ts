/** Who waits for an owner, of those whom synchronizations bring: read from the facts, not noted by each synchronization. */

import { isNewMember } from '../domain/new-member.ts';
import type { Organization } from '../domain/organization.ts';
import { primaryOf } from '../domain/primary.ts';
import type { Synchronization } from '../domain/synchronization.ts';
import { factsOfAccount } from './access-fact-store.ts';
import { areKnown } from './known-account-store.ts';
import { membersAt, type Place } from './member-store.ts';
import type { Table } from './table.ts';
import type { Account } from './user-store.ts';

/** What decides whether new members wait. */
export type WaitingRule = Pick<Organization, 'id' | 'newMembers' | 'primarySynchronization'>;

/**
 * Whether each person is new and waits, in their order. No read where new members do not wait; otherwise one for each 100 accounts, one for each
 * 50 places of those that are not known, and one for each place of those who are no members.
 *
 * @param people each with all accounts
 * @param now milliseconds since the epoch
 */
export async function areNewMembers(
  table: Table,
  organization: WaitingRule,
  synchronizations: readonly Synchronization[],
  people: readonly (readonly Account[])[],
  now: number,
): Promise<readonly boolean[]> {
  const wait = organization.newMembers === 'waiting';
  if (!wait) {
    return people.map(() => false);
  }
  const sizes = people.map((accounts) => accounts.length);
  const known = grouped(await areKnown(table, organization.id, people.flat()), sizes);
  const isKnown = known.map((own) => own.includes(true));
  const places = people.map((accounts, person) =>
    isKnown[person] ? [] : placesOf(accounts, synchronizations),
  );
  const placeCounts = places.map((own) => own.length);
  const members = grouped(await membersAt(table, places.flat(), now), placeCounts);
  const primary = primaryOf(organization, synchronizations)?.id;
  return Promise.all(
    places.map(async (own, person) => {
      const found = own.flatMap(({ synchronization }, place) => {
        const role = members[person]?.[place]?.role;
        return role === undefined ? [] : [{ synchronization, role }];
      });
      const appearances = found.length > 0 ? found : await collaborationsAt(table, own);
      return isNewMember({ wait, primary }, { isKnown: isKnown[person] ?? false, appearances });
    }),
  );
}

/** Consecutive parts of these sizes. */
function grouped<Value>(values: readonly Value[], sizes: readonly number[]): readonly (readonly Value[])[] {
  let end = 0;
  return sizes.map((size) => {
    end += size;
    return values.slice(end - size, end);
  });
}

const placesOf = (
  accounts: readonly Account[],
  synchronizations: readonly Synchronization[],
): readonly Place[] =>
  synchronizations.flatMap(({ id, forge, baseUrl }) =>
    accounts
      .filter((account) => account.forge === forge && account.baseUrl === baseUrl)
      .map(({ account }) => ({ synchronization: id, account })),
  );

async function collaborationsAt(table: Table, places: readonly Place[]) {
  const rows = await Promise.all(
    places.map(({ synchronization, account }) => factsOfAccount(table, synchronization, account)),
  );
  return places.flatMap(({ synchronization }, place) =>
    (rows[place] ?? []).length === 0 ? [] : [{ synchronization, role: 'outside' as const }],
  );
}
