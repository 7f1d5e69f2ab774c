/** Resolves whom tokens speak for to current names, for display. */
import { z } from 'zod';
import { type OrganizationId, type PrincipalParts, parsePrincipal } from '../domain/ids.ts';
import type { Organization } from '../domain/organization.ts';
import { parseFact } from '../forge/fact-schema.ts';
import { type Key, keys } from '../store/keys.ts';
import type { Item, Table } from '../store/table.ts';

/** The login, team or slug of each principal, as far as it is known. One read for each 100. */
export async function holderNames(
  table: Table,
  { id, slug }: Pick<Organization, 'id' | 'slug'>,
  principals: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const all = [...new Set(principals)].map((principal) => ({ principal, holder: parsePrincipal(principal) }));
  const named = all.flatMap(({ principal, holder }) => {
    const key = keyOf(id, holder);
    return key === undefined ? [] : [{ principal, holder, key }];
  });
  const items = await table.getMany(named.map(({ key }) => key));
  const names = new Map(all.map(({ principal }) => [principal, slug]));
  for (const [place, { principal, holder }] of named.entries()) {
    const name = items[place] === undefined ? undefined : nameIn(holder, items[place]);
    if (name === undefined) {
      names.delete(principal);
    } else {
      names.set(principal, name);
    }
  }
  return names;
}

/** Where the name stands; undefined for an organization, whose slug is known. */
function keyOf(organization: OrganizationId, holder: PrincipalParts): Key | undefined {
  switch (holder.kind) {
    case 'organization':
      return undefined;
    case 'user':
      return keys.user(holder.user);
    case 'own-team':
      return keys.ownTeam(organization, holder.team);
    case 'team':
      return keys.fact(holder.synchronization, `team#${holder.team}`);
  }
}

const UserItem = z.object({ login: z.string() });
const OwnTeamItem = z.object({ name: z.string() });

function nameIn({ kind }: PrincipalParts, item: Item): string | undefined {
  if (kind === 'user') {
    return UserItem.parse(item).login;
  }
  if (kind === 'own-team') {
    return OwnTeamItem.parse(item).name;
  }
  const fact = item.removed === true ? undefined : parseFact(item.fact);
  return fact?.kind === 'team' ? fact.slug : undefined;
}
