import type { GitHubState, Organization, Permission, Team, User } from '../state.ts';
import type { Addresses } from './ports.ts';
import {
  descendantsOf,
  permissionFlags,
  repositoriesOf,
  roleName,
  teamMembers,
  teamRepositories,
} from './rights.ts';
import type { Schema } from './schemas.ts';

/** Creation time of simulated accounts and teams; any fixed time will do. */
export const LONG_AGO = '2020-01-01T00:00:00Z';

function account(addresses: Addresses, login: string) {
  const url = `${addresses.api}/users/${login}`;
  return {
    avatar_url: `${addresses.web}/avatars/${login}`,
    gravatar_id: '',
    url,
    html_url: `${addresses.web}/${login}`,
    followers_url: `${url}/followers`,
    following_url: `${url}/following{/other_user}`,
    gists_url: `${url}/gists{/gist_id}`,
    starred_url: `${url}/starred{/owner}{/repo}`,
    subscriptions_url: `${url}/subscriptions`,
    organizations_url: `${url}/orgs`,
    repos_url: `${url}/repos`,
    events_url: `${url}/events{/privacy}`,
    received_events_url: `${url}/received_events`,
    site_admin: false,
    user_view_type: 'public',
  };
}

/** A user in lists. */
export function userShape(addresses: Addresses, user: User): Schema<'simple-user'> {
  return {
    login: user.login,
    id: user.id,
    node_id: user.nodeId,
    type: user.type,
    ...account(addresses, user.login),
  };
}

/** A user shown alone. */
export function publicUserShape(addresses: Addresses, user: User): Schema<'public-user'> {
  return {
    ...userShape(addresses, user),
    name: user.name ?? null,
    company: null,
    blog: null,
    location: null,
    email: null,
    hireable: null,
    bio: null,
    public_repos: 0,
    public_gists: 0,
    followers: 0,
    following: 0,
    created_at: LONG_AGO,
    updated_at: LONG_AGO,
  };
}

/** An organization in the form of an account, as owners are shown. */
export function ownerShape(addresses: Addresses, organization: Organization): Schema<'simple-user'> {
  const { login, id, nodeId } = organization;
  return { login, id, node_id: nodeId, type: 'Organization', ...account(addresses, login) };
}

/** An organization as memberships show it. */
export function organizationShape(
  addresses: Addresses,
  organization: Organization,
): Schema<'organization-simple'> {
  const { login, id, nodeId } = organization;
  const url = `${addresses.api}/orgs/${login}`;
  return {
    login,
    id,
    node_id: nodeId,
    url,
    repos_url: `${url}/repos`,
    events_url: `${url}/events`,
    hooks_url: `${url}/hooks`,
    issues_url: `${url}/issues`,
    members_url: `${url}/members{/member}`,
    public_members_url: `${url}/public_members{/member}`,
    avatar_url: `${addresses.web}/avatars/${login}`,
    description: null,
  };
}

/** The organization itself; its settings only for those who may see them. */
export function fullOrganizationShape(
  addresses: Addresses,
  state: GitHubState,
  organization: Organization,
  withSettings: boolean,
): Schema<'organization-full'> {
  const repositories = repositoriesOf(state, organization.id);
  const publicRepositories = repositories.filter(({ visibility }) => visibility === 'public').length;
  return {
    ...organizationShape(addresses, organization),
    name: organization.name,
    html_url: `${addresses.web}/${organization.login}`,
    type: 'Organization',
    is_verified: false,
    has_organization_projects: true,
    has_repository_projects: true,
    public_repos: publicRepositories,
    public_gists: 0,
    followers: 0,
    following: 0,
    created_at: LONG_AGO,
    updated_at: LONG_AGO,
    archived_at: null,
    ...(withSettings
      ? {
          total_private_repos: repositories.length - publicRepositories,
          owned_private_repos: repositories.length - publicRepositories,
          default_repository_permission: organization.defaultRepositoryPermission,
          default_repository_branch: 'main',
          members_can_create_repositories: true,
          two_factor_requirement_enabled: false,
        }
      : {}),
  };
}

/** A world has only one enterprise. */
const ENTERPRISE_ID = 1;

/** A team where another object refers to it. */
export function simpleTeam(addresses: Addresses, state: GitHubState, team: Team): Schema<'team-simple'> {
  const login = state.organizations.get(team.organizationId)?.login ?? 'ghost';
  const url = `${addresses.api}/organizations/${team.organizationId}/team/${team.id}`;
  return {
    id: team.id,
    node_id: team.nodeId,
    url,
    html_url: `${addresses.web}/orgs/${login}/teams/${team.slug}`,
    members_url: `${url}/members{/member}`,
    repositories_url: `${url}/repos`,
    name: team.name,
    slug: team.slug,
    description: team.description ?? null,
    // The deprecated default for future repositories, always `pull`; not the team's current permission.
    permission: 'pull',
    privacy: team.privacy,
    notification_setting: 'notifications_enabled',
    ...(team.enterprise
      ? { type: 'enterprise', enterprise_id: ENTERPRISE_ID }
      : { type: 'organization', organization_id: team.organizationId }),
  };
}

function parentShape(
  addresses: Addresses,
  state: GitHubState,
  team: Team,
): Schema<'nullable-team-simple'> | null {
  const parent = team.parentId === undefined ? undefined : state.teams.get(team.parentId);
  return parent === undefined ? null : simpleTeam(addresses, state, parent);
}

/** A team as lists show it. */
export function teamShape(addresses: Addresses, state: GitHubState, team: Team) {
  return {
    ...simpleTeam(addresses, state, team),
    access_source: 'direct',
    parent: parentShape(addresses, state, team),
  } satisfies Omit<Schema<'team'>, 'parent'> & { parent: Schema<'team'>['parent'] | null };
}

/** The team itself, with its counts. */
export function fullTeamShape(
  addresses: Addresses,
  state: GitHubState,
  team: Team,
  organization: Organization,
) {
  return {
    ...simpleTeam(addresses, state, team),
    privacy: team.privacy,
    notification_setting: 'notifications_enabled',
    parent: parentShape(addresses, state, team),
    members_count: teamMembers(state, team).length,
    repos_count: teamRepositories(state, team).size,
    child_teams_count: descendantsOf(state, team).length,
    created_at: LONG_AGO,
    updated_at: LONG_AGO,
    organization: fullOrganizationShape(addresses, state, organization, false),
  };
}

/** A collaborator with his effective permission. */
export function collaboratorShape(
  addresses: Addresses,
  user: User,
  permission: Permission | undefined,
): Schema<'collaborator'> {
  return {
    ...userShape(addresses, user),
    permissions: permissionFlags(permission),
    role_name: roleName(permission),
  };
}
