import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { HistoryPerson } from '../git/history.ts';
import { buildRepositories, type RepositoryToBuild } from '../world/build-repositories.ts';
import {
  flattenTeams,
  predefinedRoles,
  teamSlug,
  type WorldGitHubOrganization,
  type WorldInstallation,
  type WorldRepository,
  type WorldTeam,
} from '../world/github-organization.ts';
import type { GitHubWorld, WorldUser } from '../world/world.ts';
import { grantedPermissions } from './app-identity.ts';
import {
  type App,
  type GitHubState,
  nodeId,
  type Organization,
  type Repository,
  type User,
} from './state.ts';

/**
 * Creates the state that a world describes, and its git repositories. Ids count up from 1001 in the order of the file: users,
 * organizations, teams, repositories, installations, roles; ids that the file gives are skipped.
 *
 * @param options.gitRoot - folder for the bare repositories, `<id>.git` each.
 * @param options.now - ISO 8601 time of the installation.
 */
export async function worldToState(
  world: GitHubWorld,
  options: { readonly app: App; readonly gitRoot: string; readonly now: string },
): Promise<GitHubState> {
  const nextId = idCounter(world);
  const state: GitHubState = {
    app: options.app,
    users: new Map(),
    organizations: new Map(),
    teams: new Map(),
    repositories: new Map(),
    installations: new Map(),
    deliveries: [],
    formerNames: new Map(),
    nextId: 0,
  };
  for (const user of world.users) addUser(state, user, user.id ?? nextId());
  const userIds = new Map([...state.users.values()].map((user) => [user.login.toLowerCase(), user.id]));
  const userId = (login: string): number => found(userIds.get(login.toLowerCase()), login);
  const organizationIds = world.organizations.map((organization) => {
    const id = organization.id ?? nextId();
    addOrganization(state, world, organization, id, userId);
    return id;
  });

  world.organizations.forEach((organization, index) => {
    addTeams(state, organization, organizationIds[index] ?? 0, nextId, userId);
  });
  const repositories = world.organizations.flatMap((organization, index) => {
    const ids = { organizationId: organizationIds[index] ?? 0, nextId, userId };
    return addRepositories(state, organization, ids, options.gitRoot);
  });
  world.organizations.forEach((organization, index) => {
    const { installation } = organization;
    if (installation === undefined) return;
    const ids = { id: installation.id ?? nextId(), organizationId: organizationIds[index] ?? 0 };
    addInstallation(state, organization, installation, ids, options.now);
  });
  world.organizations.forEach((organization, index) => {
    addRoles(state, organization, organizationIds[index] ?? 0, nextId, userId);
  });
  state.nextId = nextId();
  await mkdir(options.gitRoot, { recursive: true });
  await buildRepositories(repositories, options.now);
  return state;
}

/** The name and e-mail that a user commits with. */
export function personOf(user: User | undefined): HistoryPerson {
  const login = user?.login ?? 'ghost';
  return { name: user?.name ?? login, email: user?.email ?? `${login}@users.noreply.github.com` };
}

function idCounter(world: GitHubWorld): () => number {
  const taken = new Set(
    [
      ...world.users,
      ...world.organizations,
      ...world.organizations.flatMap(({ teams }) => flattenTeams(teams).map(({ team }) => team)),
      ...world.organizations.flatMap(({ repositories = [] }) => repositories),
      ...world.organizations.flatMap(({ installation }) => installation ?? []),
    ].flatMap(({ id }) => id ?? []),
  );
  let last = 1000;
  return () => {
    do last += 1;
    while (taken.has(last));
    return last;
  };
}

function addUser(state: GitHubState, { login, name, email, suspended }: WorldUser, id: number): void {
  state.users.set(id, {
    id,
    nodeId: nodeId('U', id),
    login,
    type: 'User',
    ...(name !== undefined && { name }),
    ...(email !== undefined && { email }),
    ...(suspended !== undefined && { suspended }),
  });
}

function addOrganization(
  state: GitHubState,
  world: GitHubWorld,
  { login, name, basePermission, members }: WorldGitHubOrganization,
  id: number,
  userId: (login: string) => number,
): void {
  state.organizations.set(id, {
    id,
    nodeId: nodeId('O', id),
    login,
    name: name ?? login,
    ...(world.enterprise !== undefined && { enterprise: world.enterprise }),
    defaultRepositoryPermission: basePermission ?? 'none',
    members: new Map(
      Object.entries(members ?? {}).map(([member, role]) => [
        userId(member),
        { role: role === 'owner' ? 'admin' : 'member', state: role === 'pending' ? 'pending' : 'active' },
      ]),
    ),
  });
}

function addTeams(
  state: GitHubState,
  organization: WorldGitHubOrganization,
  organizationId: number,
  nextId: () => number,
  userId: (login: string) => number,
): void {
  const ids = new Map<WorldTeam, number>();
  for (const { team, parent } of flattenTeams(organization.teams)) {
    const id = team.id ?? nextId();
    ids.set(team, id);
    const parentId = parent && ids.get(parent);
    state.teams.set(id, {
      id,
      nodeId: nodeId('T', organizationId, id),
      organizationId,
      slug: teamSlug(team.name),
      name: team.name,
      ...(team.description !== undefined && { description: team.description }),
      privacy: team.secret ? 'secret' : 'closed',
      ...(team.enterprise && { enterprise: true as const }),
      ...(parentId !== undefined && { parentId }),
      members: new Map([
        ...(team.members ?? []).map((login) => [userId(login), 'member'] as const),
        ...(team.maintainers ?? []).map((login) => [userId(login), 'maintainer'] as const),
      ]),
      repositories: new Map(),
    });
  }
}

/** An organization with a list of roles, even an empty one, has the predefined ones too. */
function addRoles(
  state: GitHubState,
  { roles }: WorldGitHubOrganization,
  organizationId: number,
  nextId: () => number,
  userId: (login: string) => number,
): void {
  const organization = state.organizations.get(organizationId);
  if (roles === undefined || organization === undefined) return;
  const teams = [...state.teams.values()].filter((team) => team.organizationId === organizationId);
  const made: Organization['roles'] = new Map();
  const names = new Set([...Object.keys(predefinedRoles), ...roles.map(({ name }) => name)]);
  for (const name of names) {
    const described = roles.find((role) => role.name === name);
    const base = described?.base ?? predefinedRoles[name];
    const id = nextId();
    made.set(id, {
      id,
      name,
      ...(base !== undefined && { base }),
      isPredefined: name in predefinedRoles,
      users: new Set(described?.members?.map(userId)),
      teams: new Set(
        described?.teams?.map((team) => found(teams.find((other) => other.name === team)?.id, team)),
      ),
    });
  }
  organization.roles = made;
}

/** @returns the git repositories to create on disk */
function addRepositories(
  state: GitHubState,
  organization: WorldGitHubOrganization,
  ids: { readonly organizationId: number; nextId(): number; userId(login: string): number },
  gitRoot: string,
): RepositoryToBuild[] {
  const { organizationId, userId } = ids;
  const owner = Object.entries(organization.members ?? {}).find(([, role]) => role === 'owner')?.[0];
  const repositoryIds = new Map<string, number>();
  const added = (organization.repositories ?? []).map((described): RepositoryToBuild => {
    const id = described.id ?? ids.nextId();
    repositoryIds.set(described.name, id);
    const repository = describeRepository(described, id, organizationId, gitRoot);
    for (const [login, permission] of Object.entries(described.collaborators ?? {})) {
      repository.collaborators.set(userId(login), permission);
    }
    state.repositories.set(id, repository);
    return {
      gitDirectory: repository.gitDirectory,
      described,
      person: (login = owner) => personOf(state.users.get(userId(login ?? ''))),
      built: (result) => void Object.assign(repository, result),
    };
  });
  addTeamRepositories(state, organization, organizationId, repositoryIds);
  return added;
}

function addInstallation(
  state: GitHubState,
  { login, roles }: WorldGitHubOrganization,
  { repositories, suspended }: WorldInstallation,
  ids: { readonly id: number; readonly organizationId: number },
  now: string,
): void {
  const own = [...state.repositories.values()].filter(
    (repository) => repository.organizationId === ids.organizationId,
  );
  const named = (name: string): number =>
    found(own.find((repository) => repository.name === name)?.id, `${login}/${name}`);
  state.installations.set(ids.id, {
    ...ids,
    repositorySelection: repositories === 'all' ? 'all' : 'selected',
    repositoryIds: new Set(repositories === 'all' ? [] : repositories.map(named)),
    permissions: grantedPermissions({ roles }, state.app),
    createdAt: now,
    ...(suspended && { suspendedAt: now }),
  });
}

function addTeamRepositories(
  state: GitHubState,
  organization: WorldGitHubOrganization,
  organizationId: number,
  repositoryIds: ReadonlyMap<string, number>,
): void {
  const teams = [...state.teams.values()].filter((team) => team.organizationId === organizationId);
  for (const { team } of flattenTeams(organization.teams)) {
    const rows = teams.find((candidate) => candidate.name === team.name)?.repositories;
    for (const [name, permission] of Object.entries(team.repositories ?? {})) {
      rows?.set(found(repositoryIds.get(name), name), permission);
    }
  }
}

function describeRepository(
  described: WorldRepository,
  id: number,
  organizationId: number,
  gitRoot: string,
): Repository {
  return {
    id,
    nodeId: nodeId('R', id),
    organizationId,
    name: described.name,
    ...(described.description !== undefined && { description: described.description }),
    visibility: described.visibility ?? 'private',
    ...(described.forkOf !== undefined && { forkOf: described.forkOf }),
    archived: described.archived ?? false,
    disabled: described.disabled ?? false,
    ...(described.issues === false && { withoutIssues: true }),
    defaultBranch: described.defaultBranch ?? 'main',
    gitDirectory: join(gitRoot, `${id}.git`),
    createdAt: '',
    pushedAt: '',
    collaborators: new Map(),
  };
}

/** For names that the check of the world has already found. */
function found(id: number | undefined, name: string): number {
  if (id === undefined) throw new Error(`the world names "${name}", which it does not describe`);
  return id;
}
