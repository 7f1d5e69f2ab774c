/** Facts of one kind in pages. */
import type { Fact, TeamMemberFact } from '../domain/facts.ts';
import type { ForgeTeamId, SynchronizationId } from '../domain/ids.ts';
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
  return { facts, next: last && placeAfter(kind, id) };
}

/** Behind every row of the account or the team. `~` comes after every character of an id. */
const placeAfter = (kind: PagedKind, id: string): string => (kind === 'collaborator' ? `${id}#~` : id);

/** `next` of a page that ends with the fact's account. */
export const afterAccount = ({ kind, account }: Extract<Fact, { kind: 'member' | 'collaborator' }>): string =>
  placeAfter(kind, account);

/**
 * Rows of the members of all teams, by account; with a fact where they are of the team. One read.
 *
 * @param after `place` of the last row before
 */
export async function teamMemberRows(
  table: Table,
  synchronization: SynchronizationId,
  team: ForgeTeamId,
  { limit, after }: { readonly limit: number; readonly after?: string | undefined },
): Promise<readonly { readonly fact: TeamMemberFact | undefined; readonly place: string }[]> {
  const { pk, sk } = keys.fact(synchronization, 'team-member#');
  const items = await table.query(pk, sk, {
    limit,
    after: after === undefined ? undefined : `${sk}${after}`,
  });
  return items.map((item) => {
    const place = String(item.sk).slice(sk.length);
    const isOfTeam = place.split('#')[1] === team && item.removed !== true;
    const fact = isOfTeam ? parseFact(item.fact) : undefined;
    return { fact: fact?.kind === 'team-member' ? fact : undefined, place };
  });
}
