/** Resolves whom tokens speak for to current names, for display. */
import { parsePrincipal, userPrincipal } from '../domain/ids.ts';
import type { Organization } from '../domain/organization.ts';
import { findFacts } from '../store/fact-store.ts';
import { findOwnTeam } from '../store/own-team-store.ts';
import type { Table } from '../store/table.ts';
import { readUsers } from '../store/user-store.ts';

/** The login, team or slug of each principal, as far as it is known. */
export async function holderNames(
  table: Table,
  { id, slug }: Pick<Organization, 'id' | 'slug'>,
  principals: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const all = [...new Set(principals)].map((principal) => ({ principal, holder: parsePrincipal(principal) }));
  const users = all.flatMap(({ holder }) => (holder.kind === 'user' ? [holder.user] : []));
  const loggedIn = (await readUsers(table, users)).flatMap((user, at) => {
    const asked = users[at];
    return user === undefined || asked === undefined ? [] : [[userPrincipal(asked), user.login] as const];
  });
  const others = await Promise.all(
    all.map(async ({ principal, holder }) => {
      switch (holder.kind) {
        case 'user':
          return [];
        case 'organization':
          return [[principal, slug] as const];
        case 'own-team': {
          const team = await findOwnTeam(table, id, holder.team);
          return team === undefined ? [] : [[principal, team.name] as const];
        }
        case 'team': {
          const { synchronization, team } = holder;
          const [fact] = await findFacts(table, synchronization, [`team#${team}`]);
          return fact?.kind === 'team' ? [[principal, fact.slug] as const] : [];
        }
      }
    }),
  );
  return new Map<string, string>([...loggedIn, ...others.flat()]);
}
