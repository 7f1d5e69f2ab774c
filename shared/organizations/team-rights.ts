/** Owners leave rights to a team, or take them back. */
import { unlessChanged } from '../domain/conflict-error.ts';
import { type DelegatedRight, delegatedRights } from '../domain/delegated-right.ts';
import { type Principal, parsePrincipal } from '../domain/ids.ts';
import type { Organization } from '../domain/organization.ts';
import type { Clock } from '../runtime/clock.ts';
import { ownTeamIsThere } from '../store/own-team-store.ts';
import type { Table } from '../store/table.ts';
import { setTeamRights, type TeamRights } from '../store/team-rights-store.ts';
import { type Accountable, ownerAct } from './owner-act.ts';

export interface TeamDependencies {
  readonly table: Table;
  readonly clock: Clock;
  readonly randomBytes: (count: number) => Uint8Array;
}

/**
 * The team has these rights from now on, and no others.
 *
 * @param team one of the organization's
 * @param before as they were read
 * @throws CallerError when somebody changed them at the same moment
 */
export async function changeTeamRights(
  dependencies: TeamDependencies,
  { id }: Organization,
  team: { readonly id: Principal; readonly name: string },
  before: TeamRights,
  asked: readonly DelegatedRight[],
  accountable: Accountable,
): Promise<readonly DelegatedRight[]> {
  const { table } = dependencies;
  const rights = delegatedRights.filter((right) => asked.includes(right));
  const parts = parsePrincipal(team.id);
  await unlessChanged('somebody changed the rights of the team at the same moment', () =>
    table.transact([
      setTeamRights(id, team.id, rights, before),
      ...(parts.kind === 'own-team' ? [ownTeamIsThere(id, parts.team)] : []),
      ownerAct(dependencies, id, accountable, 'set-team-rights', team.name, {
        before: { rights: [...before.rights] },
        after: { rights, team: team.id },
      }),
    ]),
  );
  return rights;
}
