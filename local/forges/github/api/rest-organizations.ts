import type { GitHubState, Organization, User } from '../state.ts';
import { type Context, organizationRoutes, type Route, teamRoutes } from './context.ts';
import { NOT_FOUND, RefusalError, type Reply } from './http.ts';
import { paged } from './paging.ts';
import {
  findUser,
  membersOf,
  outsideCollaboratorsOf,
  permissionFlags,
  roleName,
  teamMembers,
  teamRepositories,
  teamsOf,
} from './rights.ts';
import type { Schema } from './schemas.ts';
import {
  fullOrganizationShape,
  fullTeamShape,
  organizationShape,
  publicUserShape,
  teamShape,
  userShape,
} from './shapes-people.ts';
import { repositoryShape } from './shapes-repository.ts';

function byId(a: { id: number }, b: { id: number }): number {
  return a.id - b.id;
}

function userPage(context: Context, users: readonly User[]): Reply {
  const { items, headers } = paged(context, [...users].sort(byId));
  return { status: 200, headers, json: items.map((user) => userShape(context.services.addresses, user)) };
}

function showOrganization({ services, state, viewer }: Context, organization: Organization): Reply {
  const withSettings =
    viewer.installation?.organizationId === organization.id && viewer.may('organization_administration');
  return { status: 200, json: fullOrganizationShape(services.addresses, state, organization, withSettings) };
}

/** Parses `role`; refuses a value that GitHub does not know. */
function roleOf(query: URLSearchParams, roles: readonly string[]): string {
  const role = query.get('role') ?? 'all';
  if (role !== 'all' && !roles.includes(role))
    throw new RefusalError({ status: 422, message: 'Validation Failed' });
  return role;
}

function listMembers(context: Context, organization: Organization): Reply {
  const wanted = roleOf(context.url.searchParams, ['admin', 'member']);
  const members = membersOf(context.state, organization).filter(
    ({ role }) => wanted === 'all' || role === wanted,
  );
  return userPage(
    context,
    members.map(({ user }) => user),
  );
}

function showMembership({ services, state, params }: Context, organization: Organization): Reply {
  const user = findUser(state, params.login ?? '');
  const membership = user && organization.members.get(user.id);
  if (user === undefined || membership === undefined) throw new RefusalError(NOT_FOUND);
  const { addresses } = services;
  const json: Schema<'org-membership'> = {
    url: `${addresses.api}/orgs/${organization.login}/memberships/${user.login}`,
    state: membership.state,
    role: membership.role,
    direct_membership: true,
    enterprise_teams_providing_indirect_membership: [],
    organization_url: `${addresses.api}/orgs/${organization.login}`,
    organization: organizationShape(addresses, organization),
    user: userShape(addresses, user),
  };
  return { status: 200, json };
}

function listTeams(context: Context, organization: Organization): Reply {
  const { services, state } = context;
  const type = context.url.searchParams.get('team_type') ?? 'all';
  const teams = teamsOf(state, organization.id).filter(
    ({ enterprise }) => type === 'all' || (type === 'enterprise') === (enterprise === true),
  );
  const { items, headers } = paged(context, teams.sort(byId));
  return { status: 200, headers, json: items.map((team) => teamShape(services.addresses, state, team)) };
}

type TeamOf = Parameters<Parameters<typeof teamRoutes>[1]>[1];

/** Includes members of child teams: "Team members will include the members of child teams." */
function listTeamMembers(context: Context, { team }: TeamOf): Reply {
  const wanted = roleOf(context.url.searchParams, ['member', 'maintainer']);
  const all = teamMembers(context.state, team)
    .filter(({ role }) => wanted === 'all' || role === wanted)
    .sort((a, b) => byId(a.user, b.user));
  const { items, headers } = paged(context, all);
  const { addresses } = context.services;
  return {
    status: 200,
    headers,
    json: items.map(({ user, role, inherited }) => ({ ...userShape(addresses, user), role, inherited })),
  };
}

/** Lists only repositories that the token may see; the counts of the team itself include all. */
function listTeamRepositories(context: Context, { team }: TeamOf): Reply {
  const { services, state, viewer } = context;
  const all = [...teamRepositories(state, team)].flatMap(([id, permission]) => {
    const repository = state.repositories.get(id);
    return repository !== undefined && viewer.sees(repository) ? [{ repository, permission }] : [];
  });
  const { items, headers } = paged(
    context,
    all.sort((a, b) => byId(a.repository, b.repository)),
  );
  return {
    status: 200,
    headers,
    json: items.map(({ repository, permission }) => ({
      ...repositoryShape(services.addresses, state, repository),
      permissions: permissionFlags(permission),
      role_name: roleName(permission),
    })),
  };
}

function listChildTeams(context: Context, { team }: TeamOf): Reply {
  const { services, state } = context;
  const children = childrenOf(state, team.id).sort(byId);
  const { items, headers } = paged(context, children);
  return { status: 200, headers, json: items.map((child) => teamShape(services.addresses, state, child)) };
}

function childrenOf(state: GitHubState, teamId: number) {
  return [...state.teams.values()].filter(({ parentId }) => parentId === teamId);
}

/** Shows a user by id to any credential: https://docs.github.com/en/rest/users/users#get-a-user-using-their-id */
function showUser({ services, state, params, viewer }: Context): Reply {
  if (viewer.credential.kind === 'anonymous')
    throw new RefusalError({ status: 401, message: 'Requires authentication' });
  const user = state.users.get(Number(params.account_id));
  if (user === undefined) throw new RefusalError(NOT_FOUND);
  return { status: 200, json: publicUserShape(services.addresses, user) };
}

/** Routes of organizations, their teams and their people. */
export const organizationAndTeamRoutes: readonly Route[] = [
  { method: 'GET', pattern: '/user/{account_id}', auth: 'installation', handle: showUser },
  ...organizationRoutes('', undefined, showOrganization),
  ...organizationRoutes('/members', 'members', listMembers),
  ...organizationRoutes('/memberships/{login}', 'members', showMembership),
  ...organizationRoutes('/outside_collaborators', 'members', (context, organization) =>
    userPage(context, outsideCollaboratorsOf(context.state, organization)),
  ),
  ...organizationRoutes('/teams', 'members', listTeams),
  ...teamRoutes('', ({ services, state }, { team, organization }) => ({
    status: 200,
    json: fullTeamShape(services.addresses, state, team, organization),
  })),
  ...teamRoutes('/members', listTeamMembers),
  ...teamRoutes('/repos', listTeamRepositories),
  ...teamRoutes('/teams', listChildTeams),
];
