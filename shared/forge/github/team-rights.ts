/** Turns GitHub's nested teams into rows: who is in which team, and which team may read what. */
import type { TeamFact, TeamMemberFact, TeamRepositoryFact } from '../../domain/facts.ts';
import type { ForgeRepositoryId, ForgeTeamId } from '../../domain/ids.ts';
import { ForgeError } from '../errors.ts';
import { isStronger } from './roles.ts';
import type { Permission, Team, TeamMember, TeamRepository } from './schema.ts';

/** A team with its complete lists. */
export interface WholeTeam extends TeamAbove, Pick<Team, 'id' | 'slug' | 'name' | 'privacy'> {
  /** Immediate members, not those of child teams. */
  readonly members: readonly TeamMember[];
}

/** A team with what the teams below it inherit. */
export interface TeamAbove extends Pick<Team, 'databaseId' | 'parentTeam'> {
  readonly repositories: readonly TeamRepository[];
}

/**
 * The rows of these teams.
 *
 * A child team has the rights of all its ancestors, so a member needs only the rows of the teams that he is directly in:
 * https://docs.github.com/en/organizations/organizing-members-into-teams/about-teams#nested-teams
 *
 * The result must not depend on whether GitHub's list of a team's repositories includes inherited ones. So a right counts as a team's own
 * only if it is stronger than its ancestors' rights, and otherwise as that of the highest team that gives it.
 *
 * @param above further teams that are ancestors of these
 * @throws ForgeError `incomplete` when a parent is missing from the lists, or teams are their own ancestors
 */
export function teamFacts(
  teams: readonly WholeTeam[],
  above: readonly TeamAbove[] = [],
): (TeamFact | TeamMemberFact | TeamRepositoryFact)[] {
  const byId = new Map<ForgeTeamId, TeamAbove>([...above, ...teams].map((team) => [team.databaseId, team]));
  return teams.flatMap((team) => [
    {
      kind: 'team' as const,
      team: team.databaseId,
      slug: team.slug,
      name: team.name,
      parent: team.parentTeam?.databaseId,
      privacy: team.privacy,
      handle: team.id,
    },
    ...team.members.map(({ node }) => ({
      kind: 'team-member' as const,
      team: team.databaseId,
      account: node.databaseId,
      login: node.login,
    })),
    ...repositoryRows(team.databaseId, lineOf(team, byId)),
  ]);
}

/** The team's ancestors from the highest down, then the team itself. */
function lineOf(team: TeamAbove, byId: ReadonlyMap<ForgeTeamId, TeamAbove>): readonly TeamAbove[] {
  const line = [team];
  for (let parent = team.parentTeam; parent !== null; ) {
    const next = byId.get(parent.databaseId);
    if (next === undefined) {
      throw new ForgeError('incomplete', "a team's parent is missing from GitHub's list of teams");
    }
    if (line.includes(next)) {
      throw new ForgeError('incomplete', "GitHub's team hierarchy has a cycle");
    }
    line.unshift(next);
    parent = next.parentTeam;
  }
  return line;
}

function repositoryRows(team: ForgeTeamId, line: readonly TeamAbove[]): TeamRepositoryFact[] {
  const best = new Map<ForgeRepositoryId, { readonly permission: Permission; readonly via: ForgeTeamId }>();
  for (const giver of line) {
    for (const { permission, node } of giver.repositories) {
      const before = best.get(node.databaseId);
      if (before === undefined || isStronger(permission, before.permission)) {
        best.set(node.databaseId, { permission, via: giver.databaseId });
      }
    }
  }
  return [...best].map(([repository, { permission, via }]) => ({
    kind: 'team-repository',
    team,
    repository,
    permission,
    via,
  }));
}
