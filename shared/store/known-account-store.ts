/** The accounts that were there when owners of an organization decided that new members wait. */
import type { OrganizationId } from '../domain/ids.ts';
import type { Synchronization } from '../domain/synchronization.ts';
import { loadFacts } from './fact-store.ts';
import { keys } from './keys.ts';
import { type Table, transactionItemsMax } from './table.ts';
import type { Account } from './user-store.ts';

const keyOf = (organization: OrganizationId, { forge, baseUrl, account }: Account) =>
  keys.knownAccount(organization, { forge, baseUrl }, account);

/** Whether each was there, in their order. One read for each 100. */
export async function areKnown(
  table: Table,
  organization: OrganizationId,
  accounts: readonly Account[],
): Promise<readonly boolean[]> {
  const items = await table.getMany(accounts.map((account) => keyOf(organization, account)));
  return items.map((item) => item !== undefined);
}

/** Several transactions at once, so that thousands are noted within a request. */
const together = 4;

/** Everybody whom the synchronization knows: they do not wait, whatever comes later. */
export async function noteEverybody(
  table: Table,
  { id, organization, forge, baseUrl }: Pick<Synchronization, 'id' | 'organization' | 'forge' | 'baseUrl'>,
): Promise<void> {
  const facts = await Promise.all([loadFacts(table, id, 'member'), loadFacts(table, id, 'collaborator')]);
  const accounts = new Set(facts.flat().map(({ account }) => account));
  await noteKnown(
    table,
    organization,
    [...accounts].map((account) => ({ forge, baseUrl, account })),
  );
}

async function noteKnown(
  table: Table,
  organization: OrganizationId,
  accounts: readonly Account[],
): Promise<void> {
  const operations = accounts.map((account) => ({ put: keyOf(organization, account), item: {} }));
  for (let start = 0; start < operations.length; ) {
    const parts = Array.from({ length: together }, (_, place) =>
      operations.slice(start + place * transactionItemsMax, start + (place + 1) * transactionItemsMax),
    );
    await Promise.all(parts.filter((part) => part.length > 0).map((part) => table.transact(part)));
    start += together * transactionItemsMax;
  }
}
