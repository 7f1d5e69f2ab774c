/** Facts of one kind in pages. */
import type { Fact } from '../domain/facts.ts';
import type { SynchronizationId } from '../domain/ids.ts';
import { parseFact } from '../forge/fact-schema.ts';
import { keys, nameInKey } from './keys.ts';
import type { Table } from './table.ts';

type PagedKind = 'member' | 'collaborator' | 'team';

/**
 * One read. Collaborators have a row for each repository, and a page ends with the last row of an account.
 *
 * @param after `next` of the page before
 */
export async function factPage<Kind extends PagedKind>(
  table: Table,
  synchronization: SynchronizationId,
  kind: Kind,
  { limit, after }: { readonly limit: number; readonly after?: string | undefined },
): Promise<{ readonly facts: readonly Extract<Fact, { kind: Kind }>[]; readonly next: string | undefined }> {
  const { pk, sk } = keys.fact(synchronization, `${kind}#`);
  const items = await table.query(pk, sk, {
    limit,
    after: after === undefined ? undefined : `${sk}${after}`,
  });
  const facts = items
    .filter(({ removed }) => removed !== true)
    .map((item) => parseFact(item.fact))
    .filter((fact): fact is Extract<Fact, { kind: Kind }> => fact.kind === kind);
  const last = items.length < limit ? undefined : items.at(-1);
  // The account or the team stands first in every key; a collaborator's repository after it.
  const [, id = ''] = last === undefined ? [] : nameInKey(last.sk).split('#');
  // `~` comes after every character of an id.
  return { facts, next: last && (kind === 'collaborator' ? `${id}#~` : id) };
}
