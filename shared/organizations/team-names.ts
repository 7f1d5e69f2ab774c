/** The names of teams, for whoever is told through which he reads what. */
import type { TeamFact } from '../domain/facts.ts';
import {
  type ForgeTeamId,
  type OrganizationId,
  ownTeamPrincipal,
  type Principal,
  type SynchronizationId,
  teamPrincipal,
} from '../domain/ids.ts';
import { isVcsSynchronization } from '../domain/vcs-repository.ts';
import { loadFacts } from '../store/fact-store.ts';
import { ownTeamsOf } from '../store/own-team-store.ts';
import { synchronizationsOf } from '../store/synchronization-store.ts';
import type { Table } from '../store/table.ts';

export interface NamedTeam {
  readonly id: Principal;
  readonly name: string;
}

export interface TeamNames {
  of(synchronization: SynchronizationId, team: ForgeTeamId): NamedTeam;
  /** Of a team by hand too. */
  named(team: Principal): NamedTeam;
  /** The teams above the first, the last of which is the other; undefined where it is not above. */
  between(
    synchronization: SynchronizationId,
    team: ForgeTeamId,
    other: ForgeTeamId,
  ): readonly NamedTeam[] | undefined;
}

/** Of these synchronizations; of all, and of teams by hand, where repositories at a URL are among them. */
export async function teamNames(
  table: Table,
  organization: OrganizationId,
  ids: readonly SynchronizationId[],
): Promise<TeamNames> {
  const found = new Map<Principal, TeamName>();
  const isOfVcs = ids.some(isVcsSynchronization);
  const others = isOfVcs ? (await synchronizationsOf(table, organization)).map(({ id }) => id) : ids;
  for (const { id, name } of isOfVcs ? await ownTeamsOf(table, organization) : []) {
    found.set(ownTeamPrincipal(id), { name, parent: undefined });
  }
  for (const id of new Set(others)) {
    for (const team of await loadFacts(table, id, 'team')) {
      found.set(teamPrincipal(id, team.team), team);
    }
  }
  return namesIn(found);
}

/** The names of one synchronization's teams, which were read already. */
export const teamNamesOf = (id: SynchronizationId, teams: readonly TeamFact[]): TeamNames =>
  namesIn(new Map(teams.map((team) => [teamPrincipal(id, team.team), team])));

type TeamName = Pick<TeamFact, 'name' | 'parent'>;

function namesIn(teams: ReadonlyMap<Principal, TeamName>): TeamNames {
  const of: TeamNames['of'] = (synchronization, team) => {
    const id = teamPrincipal(synchronization, team);
    return { id, name: teams.get(id)?.name ?? team };
  };
  return {
    of,
    named: (id) => ({ id, name: teams.get(id)?.name ?? 'a team that is gone' }),
    between(synchronization, team, other) {
      const above: ForgeTeamId[] = [];
      // Each parent once: a code host's answer may have a circle.
      for (
        let at = teams.get(teamPrincipal(synchronization, team))?.parent;
        at !== undefined && !above.includes(at);
        at = teams.get(teamPrincipal(synchronization, at))?.parent
      ) {
        above.push(at);
        if (at === other) {
          return above.map((one) => of(synchronization, one));
        }
      }
      return undefined;
    },
  };
}
