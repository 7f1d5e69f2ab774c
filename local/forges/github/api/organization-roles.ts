/** Organization roles: who holds one, and how. */
import type { GitHubState, Organization, OrganizationRole, Team, User } from '../state.ts';
import { ancestorsOf, isMember, teamsOf } from './rights.ts';

export type Assignment = 'direct' | 'indirect' | 'mixed';

const assignmentOf = (isDirect: boolean, isIndirect: boolean): Assignment | undefined =>
  isDirect ? (isIndirect ? 'mixed' : 'direct') : isIndirect ? 'indirect' : undefined;

/** Teams that were given the role, and their descendants. */
export function teamsWithRole(
  state: GitHubState,
  organization: Organization,
  role: OrganizationRole,
): { team: Team; assignment: Assignment }[] {
  return teamsOf(state, organization.id).flatMap((team) => {
    const isIndirect = ancestorsOf(state, team).some(({ id }) => role.teams.has(id));
    const assignment = assignmentOf(role.teams.has(team.id), isIndirect);
    return assignment === undefined ? [] : [{ team, assignment }];
  });
}

/** Members who were given the role, or are in a team that has it. */
export function usersWithRole(
  state: GitHubState,
  organization: Organization,
  role: OrganizationRole,
): { user: User; assignment: Assignment; inheritedFrom: Team[] }[] {
  const teams = teamsWithRole(state, organization, role).map(({ team }) => team);
  return [...organization.members.keys()].flatMap((id) => {
    const user = state.users.get(id);
    const inheritedFrom = teams.filter(({ members }) => members.has(id));
    const assignment = assignmentOf(role.users.has(id), inheritedFrom.length > 0);
    return user === undefined || assignment === undefined || !isMember(organization, id)
      ? []
      : [{ user, assignment, inheritedFrom }];
  });
}
