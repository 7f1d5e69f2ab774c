import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { copyRepository, createBareRepository, setDefaultBranch } from '../world/bare-repository.ts';
import { type HistoryPerson, tagNames, writeHistory } from '../world/git-history.ts';
import { runGit } from '../world/run-git.ts';
import {
  flattenTeams,
  predefinedRoles,
  teamSlug,
  type World,
  type WorldOrganization,
  type WorldRepository,
  type WorldTeam,
} from '../world/world.ts';
import { grantedPermissions } from './app-identity.ts';
import {
  type App,
  type GitHubState,
  nodeId,
  type Organization,
  type Repository,
  type User,
} from './state.ts';

/** The first commit of the first repository of a world. */
const firstCommitAt = Date.UTC(2024, 0, 8, 9);
/** No commit is later, however long a history is. */
const lastCommitBefore = Date.UTC(2026, 0, 1);
const dayMs = 24 * 60 * 60 * 1000;
/** How many gits run at the same time. */
const parallelGits = 4;

/**
 * Makes the state that a world describes and its git repositories.
 *
 * Ids count up from 1001 in the order of the file: users, organizations, teams, repositories, installations, roles; ids that the
 * file gives are left out of the count.
 *
 * @param options.gitRoot - folder for the bare repositories, `<id>.git` each.
 * @param options.now - ISO 8601 time of the installation.
 */
export async function worldToState(
  world: World,
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
  for (const { login, name, email, suspended, id: givenId } of world.users) {
    const id = givenId ?? nextId();
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
  const jobs: (() => Promise<void>)[] = [];
  world.organizations.forEach((organization, index) => {
    const organizationId = organizationIds[index] ?? 0;
    const owner = Object.entries(organization.members ?? {}).find(([, role]) => role === 'owner')?.[0];
    const repositoryIds = new Map<string, number>();
    for (const described of organization.repositories ?? []) {
      const id = described.id ?? nextId();
      repositoryIds.set(described.name, id);
      const repository = describeRepository(described, id, organizationId, options.gitRoot);
      for (const [login, permission] of Object.entries(described.collaborators ?? {})) {
        repository.collaborators.set(userId(login), permission);
      }
      state.repositories.set(id, repository);
      const startAt = firstCommitAt + (jobs.length % 365) * dayMs;
      const person = (login = owner): HistoryPerson => personOf(state.users.get(userId(login ?? '')));
      jobs.push(() => buildRepository(repository, described, { startAt, person, now: options.now }));
    }
    addTeamRepositories(state, organization, organizationId, repositoryIds);
  });
  world.organizations.forEach(({ login, installation, roles }, index) => {
    if (installation === undefined) return;
    const id = installation.id ?? nextId();
    const organizationId = organizationIds[index] ?? 0;
    const selected = installation.repositories === 'all' ? [] : installation.repositories;
    const own = [...state.repositories.values()].filter(
      (repository) => repository.organizationId === organizationId,
    );
    const named = (name: string): number =>
      found(own.find((repository) => repository.name === name)?.id, `${login}/${name}`);
    state.installations.set(id, {
      id,
      organizationId,
      repositorySelection: installation.repositories === 'all' ? 'all' : 'selected',
      repositoryIds: new Set(selected.map(named)),
      permissions: grantedPermissions({ roles }),
      createdAt: options.now,
      ...(installation.suspended && { suspendedAt: options.now }),
    });
  });
  world.organizations.forEach((organization, index) => {
    addRoles(state, organization, organizationIds[index] ?? 0, nextId, userId);
  });
  state.nextId = nextId();
  await mkdir(options.gitRoot, { recursive: true });
  await Promise.all(
    Array.from({ length: parallelGits }, async () => {
      for (let job = jobs.shift(); job !== undefined; job = jobs.shift()) await job();
    }),
  );
  return state;
}

/** How a user signs commits. */
export function personOf(user: User | undefined): HistoryPerson {
  const login = user?.login ?? 'ghost';
  return { name: user?.name ?? login, email: user?.email ?? `${login}@users.noreply.github.com` };
}

function idCounter(world: World): () => number {
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

function addOrganization(
  state: GitHubState,
  world: World,
  { login, name, basePermission, members }: WorldOrganization,
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
  organization: WorldOrganization,
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

/** An organization of which a role is described, or an empty list of them, has the predefined ones too. */
function addRoles(
  state: GitHubState,
  { roles }: WorldOrganization,
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

function addTeamRepositories(
  state: GitHubState,
  organization: WorldOrganization,
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

async function buildRepository(
  repository: Repository,
  described: WorldRepository,
  options: { startAt: number; person: (login?: string) => HistoryPerson; now: string },
): Promise<void> {
  const directory = repository.gitDirectory;
  if (described.git !== undefined) {
    repository.defaultBranch = await copyRepository(described.git, directory);
    if (described.defaultBranch !== undefined) {
      repository.defaultBranch = described.defaultBranch;
      await setDefaultBranch(directory, described.defaultBranch);
    }
    repository.pushedAt = (await newestDate(directory)) ?? options.now;
    repository.createdAt = described.createdAt ?? repository.pushedAt;
    return;
  }
  await createBareRepository(directory, repository.defaultBranch);
  const firstCommitAt = isoSeconds(options.startAt);
  repository.createdAt = described.createdAt ?? firstCommitAt;
  const steps = described.history ?? [];
  if (steps.length === 0) {
    repository.pushedAt = firstCommitAt;
    return;
  }
  const commits = steps.reduce((sum, step) => sum + Math.max(1, tagNames(step.tags).length), 0);
  const lastAt = await writeHistory(
    {
      directory,
      defaultBranch: repository.defaultBranch,
      person: options.person,
      startAt: options.startAt,
      interval: Math.min(dayMs, Math.floor((lastCommitBefore - options.startAt) / commits)),
      refs: new Map(),
    },
    steps,
  );
  repository.pushedAt = isoSeconds(lastAt);
}

async function newestDate(directory: string): Promise<string | undefined> {
  const seconds = await runGit([
    '--git-dir',
    directory,
    'for-each-ref',
    '--sort=-creatordate',
    '--count=1',
    '--format=%(creatordate:unix)',
    'refs/heads',
    'refs/tags',
  ]);
  return seconds.trim() === '' ? undefined : isoSeconds(Number(seconds) * 1000);
}

/** ISO 8601 without fractions, as GitHub writes times. */
export function isoSeconds(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
}

/** For names that the check of the world has found to exist. */
function found(id: number | undefined, name: string): number {
  if (id === undefined) throw new Error(`the world names "${name}", which it does not describe`);
  return id;
}
