import type { GraphQLResolveInfo } from 'graphql';
import type { GitHubState, Organization, Permission, Repository, Team, User } from '../../state.ts';
import {
  ancestorsOf,
  descendantsOf,
  findRepository,
  membersOf,
  repositoriesOf,
  type TeamMember,
  teamMembers,
  teamRepositories,
  teamsOf,
} from '../rights.ts';
import { LONG_AGO } from '../shapes-people.ts';
import { connection, type SortKey } from './connection.ts';
import { forbidden, graphqlError, unimplemented } from './errors.ts';
import {
  type Args,
  fieldsOf,
  orderArgument,
  organizationSource,
  type QueryContext,
  repositorySource,
  teamSource,
  textArgument,
  userSource,
} from './sources.ts';

/** GraphQL's names of the five levels. */
export const REPOSITORY_PERMISSION: Readonly<Record<Permission, string>> = {
  pull: 'READ',
  triage: 'TRIAGE',
  push: 'WRITE',
  maintain: 'MAINTAIN',
  admin: 'ADMIN',
};

/** Refuses arguments that would change the answer but are not implemented. */
export function refuseArguments(args: Args, info: GraphQLResolveInfo, ...names: string[]): void {
  for (const name of names) {
    if (args[name] !== undefined && args[name] !== null) {
      throw unimplemented(`the argument \`${name}\` of ${info.parentType.name}.${info.fieldName}`);
    }
  }
}

/** Requires the permission to see the organization's people and teams, and that it is the installation's own. */
function requireMembers(context: QueryContext, organizationId: number): void {
  if (context.viewer.installation?.organizationId !== organizationId || !context.viewer.may('members'))
    throw forbidden();
}

function repositoryKey(field: string | undefined): (repository: Repository) => SortKey {
  switch (field) {
    case 'NAME':
      return ({ name, id }) => [name, id];
    case 'PUSHED_AT':
    case 'UPDATED_AT':
      return ({ pushedAt, id }) => [pushedAt, id];
    case 'CREATED_AT':
      return ({ createdAt, id }) => [createdAt, id];
    case undefined:
      return ({ id }) => [id];
    default:
      throw unimplemented(`order by ${field}`);
  }
}

function repositoryFilter(args: Args): (repository: Repository) => boolean {
  const flag = (name: string, value: boolean) => typeof args[name] !== 'boolean' || args[name] === value;
  return (repository) =>
    flag('isFork', repository.forkOf !== undefined) &&
    flag('isArchived', repository.archived) &&
    flag('isLocked', repository.locked === true) &&
    (typeof args.visibility !== 'string' || args.visibility === repository.visibility.toUpperCase()) &&
    (typeof args.privacy !== 'string' ||
      (args.privacy === 'PUBLIC') === (repository.visibility === 'public'));
}

function teamPage(
  teams: readonly Team[],
  owner: number,
  args: Args,
  context: QueryContext,
  info: GraphQLResolveInfo,
) {
  const order = orderArgument(args.orderBy);
  return connection<Team>(
    {
      items: teams,
      key: order?.field === 'NAME' ? ({ name, id }) => [name, id] : ({ id }) => [id],
      descending: order?.descending ?? false,
      node: teamSource,
      owner,
    },
    args,
    context,
    info,
  );
}

/** Teams that GraphQL shows: its schema has no teams of an enterprise. */
function graphqlTeams(state: GitHubState, organization: Organization): Team[] {
  return teamsOf(state, organization.id).filter(({ enterprise }) => enterprise !== true);
}

function teamBySlug(state: GitHubState, organization: Organization, slug: string): Team | undefined {
  return graphqlTeams(state, organization).find((team) => team.slug === slug.toLowerCase());
}

export const organizationFields = fieldsOf('Organization', {
  id: ({ organization }) => organization.nodeId,
  databaseId: ({ organization }) => organization.id,
  login: ({ organization }) => organization.login,
  name: ({ organization }) => organization.name,
  description: () => null,
  createdAt: () => LONG_AGO,
  updatedAt: () => LONG_AGO,
  url: ({ organization }, _args, { addresses }) => `${addresses.web}/${organization.login}`,
  viewerIsAMember: () => false,
  viewerCanAdminister: () => false,
  membersWithRole: ({ organization }, args, context, info) => {
    requireMembers(context, organization.id);
    return connection<{ user: User; role: 'admin' | 'member' }>(
      {
        items: membersOf(context.state, organization),
        key: ({ user }) => [user.id],
        node: ({ user }) => userSource(user),
        edge: ({ role }) => ({ role: role.toUpperCase() }),
        owner: organization.id,
      },
      args,
      context,
      info,
    );
  },
  pendingMembers: ({ organization }, args, context, info) => {
    requireMembers(context, organization.id);
    const items = [...organization.members].flatMap(([id, { state }]) => {
      const user = context.state.users.get(id);
      return user !== undefined && state === 'pending' ? [user] : [];
    });
    return connection<User>(
      { items, key: ({ id }) => [id], node: userSource, owner: organization.id },
      args,
      context,
      info,
    );
  },
  team: ({ organization }, args, context) => {
    requireMembers(context, organization.id);
    const team = teamBySlug(context.state, organization, textArgument(args.slug) ?? '');
    return team === undefined ? null : teamSource(team);
  },
  teams: ({ organization }, args, context, info) => {
    requireMembers(context, organization.id);
    refuseArguments(args, info, 'ldapMapped', 'notificationSetting', 'role');
    const logins = Array.isArray(args.userLogins)
      ? args.userLogins.map((login) => `${login}`.toLowerCase())
      : undefined;
    const query = textArgument(args.query)?.toLowerCase();
    const teams = graphqlTeams(context.state, organization).filter(
      (team) =>
        (args.rootTeamsOnly !== true || team.parentId === undefined) &&
        (typeof args.privacy !== 'string' || (args.privacy === 'SECRET') === (team.privacy === 'secret')) &&
        (query === undefined || team.name.toLowerCase().includes(query)) &&
        (logins === undefined ||
          [...team.members.keys()].some((id) =>
            logins.includes(context.state.users.get(id)?.login.toLowerCase() ?? ''),
          )),
    );
    return teamPage(teams, organization.id, args, context, info);
  },
  repository: ({ organization }, args, context) => {
    const name = `${organization.login}/${textArgument(args.name)}`;
    const found = findRepository(context.state, name);
    const hidden = found?.former === true && args.followRenames === false;
    if (found === undefined || hidden || !context.viewer.sees(found.repository)) {
      throw graphqlError('NOT_FOUND', `Could not resolve to a Repository with the name '${name}'.`);
    }
    return repositorySource(found.repository);
  },
  repositories: ({ organization }, args, context, info) => {
    refuseArguments(args, info, 'affiliations', 'hasIssuesEnabled');
    const order = orderArgument(args.orderBy);
    return connection<Repository>(
      {
        items: repositoriesOf(context.state, organization.id)
          .filter(context.viewer.sees)
          .filter(repositoryFilter(args)),
        key: repositoryKey(order?.field),
        descending: order?.descending ?? false,
        node: repositorySource,
        owner: organization.id,
      },
      args,
      context,
      info,
    );
  },
});

function membersIn(state: GitHubState, team: Team, membership: unknown): TeamMember[] {
  const all = teamMembers(state, team);
  if (membership === 'IMMEDIATE') return all.filter(({ inherited }) => !inherited);
  if (membership !== 'CHILD_TEAM') return all;
  // Somebody in both the team and a child team belongs in this list too.
  const below = new Set(descendantsOf(state, team).flatMap(({ members }) => [...members.keys()]));
  return all.filter(({ user }) => below.has(user.id));
}

export const teamFields = fieldsOf('Team', {
  id: ({ team }) => team.nodeId,
  databaseId: ({ team }) => team.id,
  slug: ({ team }) => team.slug,
  name: ({ team }) => team.name,
  description: ({ team }) => team.description ?? null,
  privacy: ({ team }) => (team.privacy === 'secret' ? 'SECRET' : 'VISIBLE'),
  combinedSlug: ({ team }, _args, { state }) =>
    `${state.organizations.get(team.organizationId)?.login}/${team.slug}`,
  createdAt: () => LONG_AGO,
  updatedAt: () => LONG_AGO,
  url: ({ team }, _args, { state, addresses }) =>
    `${addresses.web}/orgs/${state.organizations.get(team.organizationId)?.login}/teams/${team.slug}`,
  organization: ({ team }, _args, { state }) => {
    const organization = state.organizations.get(team.organizationId);
    return organization === undefined ? null : organizationSource(organization);
  },
  parentTeam: ({ team }, _args, { state }) => {
    const parent = team.parentId === undefined ? undefined : state.teams.get(team.parentId);
    return parent === undefined ? null : teamSource(parent);
  },
  ancestors: ({ team }, args, context, info) =>
    teamPage(ancestorsOf(context.state, team), team.id, args, context, info),
  childTeams: ({ team }, args, context, info) => {
    refuseArguments(args, info, 'userLogins');
    const below = descendantsOf(context.state, team);
    const teams = args.immediateOnly === false ? below : below.filter(({ parentId }) => parentId === team.id);
    return teamPage(teams, team.id, args, context, info);
  },
  members: ({ team }, args, context, info) => {
    refuseArguments(args, info, 'query');
    const order = orderArgument(args.orderBy);
    const role = textArgument(args.role)?.toLowerCase();
    return connection<TeamMember>(
      {
        items: membersIn(context.state, team, args.membership).filter(
          (member) => role === undefined || member.role === role,
        ),
        key: order?.field === 'LOGIN' ? ({ user }) => [user.login, user.id] : ({ user }) => [user.id],
        descending: order?.descending ?? false,
        node: ({ user }) => userSource(user),
        edge: (member) => ({ role: member.role.toUpperCase() }),
        owner: team.id,
      },
      args,
      context,
      info,
    );
  },
  repositories: ({ team }, args, context, info) => {
    refuseArguments(args, info, 'query');
    const order = orderArgument(args.orderBy);
    const items = [...teamRepositories(context.state, team)].flatMap(([id, permission]) => {
      const repository = context.state.repositories.get(id);
      return repository !== undefined && context.viewer.sees(repository) ? [{ repository, permission }] : [];
    });
    const key = repositoryKey(order?.field);
    return connection<{ repository: Repository; permission: Permission }>(
      {
        items,
        key: ({ repository }) => key(repository),
        descending: order?.descending ?? false,
        node: ({ repository }) => repositorySource(repository),
        edge: ({ permission }) => ({ permission: REPOSITORY_PERMISSION[permission] }),
        owner: team.id,
      },
      args,
      context,
      info,
    );
  },
});

export const userFields = fieldsOf('User', {
  id: ({ user }) => user.nodeId,
  databaseId: ({ user }) => user.id,
  login: ({ user }) => user.login,
  name: ({ user }) => user.name ?? null,
  email: ({ user }) => user.email ?? '',
  createdAt: () => LONG_AGO,
  url: ({ user }, _args, { addresses }) => `${addresses.web}/${user.login}`,
  isViewer: () => false,
});
