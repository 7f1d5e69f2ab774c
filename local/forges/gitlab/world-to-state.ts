import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { HistoryPerson } from '../git/history.ts';
import { buildRepositories, type RepositoryToBuild } from '../world/build-repositories.ts';
import {
  accessRow,
  flattenGroups,
  type WorldAccess,
  type WorldGitLabGroup,
  type WorldGitLabProject,
  type WorldGitLabSubgroup,
} from '../world/gitlab-group.ts';
import type { GitLabWorld, WorldUser } from '../world/world.ts';
import { levelNumbers } from './levels.ts';
import { findGroup, findUser, topLevelOf } from './paths.ts';
import type { GitLabState, Group, GroupLink, Member, Project, Source, User } from './state.ts';
import type { Variant } from './variants.ts';

export interface WorldToStateOptions {
  /** Folder for the bare repositories, `<id>.git` each. */
  readonly gitRoot: string;
  /** ISO 8601 time of memberships and groups. */
  readonly now: string;
  readonly variant: Variant;
}

/**
 * Creates the state that a world describes, and its git repositories. Ids count up from 2001 in the order of the file: users, then groups with
 * their subgroups, projects, custom roles; ids that the file gives are skipped. They differ from the simulated GitHub's, so that a mix-up
 * shows.
 */
export async function worldToState(world: GitLabWorld, options: WorldToStateOptions): Promise<GitLabState> {
  const nextId = idCounter(world);
  const state: GitLabState = {
    variant: options.variant,
    users: new Map(),
    groups: new Map(),
    projects: new Map(),
    hooks: new Map(),
    tokens: new Map(),
    applications: new Map(),
    grants: [],
    deliveries: [],
    formerPaths: new Map(),
    nextId: 0,
  };
  const context = { state, nextId, ...options };
  for (const user of world.users) addUser(context, user);
  const placed = world.organizations.flatMap((top) => addGroups(context, top));
  const repositories = placed.flatMap(({ described, group, owner }) =>
    (described.projects ?? []).map((project) => addProject(context, project, group, owner)),
  );
  for (const { described, group } of placed) addPeople(context, described, group);
  for (const { described, project } of repositories) addPeople(context, described, project);
  state.nextId = nextId();
  await mkdir(options.gitRoot, { recursive: true });
  await buildRepositories(
    repositories.map(({ toBuild }) => toBuild),
    options.now,
  );
  return state;
}

/** The name and e-mail that a user commits with. */
export function personOf(user: User | undefined): HistoryPerson {
  return { name: user?.name ?? 'Ghost User', email: user?.email ?? 'ghost@users.noreply.gitlab.example' };
}

interface Building extends WorldToStateOptions {
  readonly state: GitLabState;
  nextId(): number;
}

function idCounter(world: GitLabWorld): () => number {
  const groups = world.organizations.flatMap((top) => flattenGroups(top).map(({ group }) => group));
  const described = [...world.users, ...groups, ...groups.flatMap(({ projects = [] }) => projects)];
  const taken = new Set(described.flatMap(({ id }) => id ?? []));
  let last = 2000;
  return () => {
    do last += 1;
    while (taken.has(last));
    return last;
  };
}

function addUser({ state, nextId, now }: Building, described: WorldUser): void {
  const { login, name = login, email = `${login}@users.noreply.gitlab.example`, suspended } = described;
  const id = described.id ?? nextId();
  state.users.set(id, {
    id,
    username: login,
    name,
    email,
    state: suspended ? 'blocked' : (described.state ?? 'active'),
    external: described.external ?? false,
    admin: described.admin ?? false,
    kind: described.bot ?? 'human',
    createdAt: now,
  });
}

interface PlacedInState {
  readonly described: WorldGitLabSubgroup;
  readonly group: Group;
  /** Login of the first owner of the top-level group. */
  readonly owner: string | undefined;
}

function addGroups({ state, nextId, now }: Building, top: WorldGitLabGroup): PlacedInState[] {
  const ids = new Map<WorldGitLabSubgroup, number>();
  const owner = Object.entries(top.members ?? {}).find(
    ([, access]) => accessRow(access).level === 'owner',
  )?.[0];
  return flattenGroups(top).map(({ group: described, parent }) => {
    const id = described.id ?? nextId();
    ids.set(described, id);
    const parentId = parent && ids.get(parent);
    const group: Group = {
      kind: 'group',
      id,
      ...sourceOf(described, now),
      ...(parentId !== undefined && { parentId }),
      shareWithGroupLock: described.shareWithGroupLock ?? false,
    };
    if (described === top && top.roles !== undefined) {
      group.memberRoles = new Map(
        top.roles.map(({ name, base, readCode = false }) => {
          const roleId = nextId();
          return [roleId, { id: roleId, name, baseLevel: levelNumbers[base], readCode }];
        }),
      );
    }
    state.groups.set(id, group);
    return { described, group, owner };
  });
}

function sourceOf(described: WorldGitLabSubgroup | WorldGitLabProject, now: string): Omit<Source, 'id'> {
  const { path, name = path, description, visibility = 'private' } = described;
  return {
    path,
    name,
    ...(description !== undefined && { description }),
    visibility,
    members: new Map(),
    sharedWith: new Map(),
    createdAt: now,
  };
}

function addProject(
  { state, nextId, now, gitRoot }: Building,
  described: WorldGitLabProject,
  group: Group,
  owner: string | undefined,
): { described: WorldGitLabProject; project: Project; toBuild: RepositoryToBuild } {
  const id = described.id ?? nextId();
  const project: Project & { createdAt: string } = {
    kind: 'project',
    id,
    ...sourceOf(described, now),
    groupId: group.id,
    repositoryAccess: described.repositoryAccessLevel ?? 'enabled',
    ...(described.forkOf !== undefined && { forkOf: described.forkOf }),
    archived: described.archived ?? false,
    ...(described.issues === false && { withoutIssues: true as const }),
    defaultBranch: described.defaultBranch ?? 'main',
    gitDirectory: join(gitRoot, `${id}.git`),
    lastActivityAt: now,
  };
  state.projects.set(id, project);
  const toBuild: RepositoryToBuild = {
    gitDirectory: project.gitDirectory,
    described,
    person: (login = owner) => personOf(findUser(state, login ?? '')),
    built({ defaultBranch, createdAt, pushedAt }) {
      Object.assign(project, { defaultBranch, createdAt, lastActivityAt: pushedAt });
    },
  };
  return { described, project, toBuild };
}

function linkOf(access: WorldAccess): GroupLink {
  const { level, expires } = accessRow(access);
  return { level: levelNumbers[level], ...(expires !== undefined && { expiresAt: expires }) };
}

/** Adds members and invited groups. */
function addPeople(
  { state, now }: Building,
  described: WorldGitLabSubgroup | WorldGitLabProject,
  source: Group | Project,
): void {
  const roles = [...(topLevelOf(state, source).memberRoles?.values() ?? [])];
  for (const [login, access] of Object.entries(described.members ?? {})) {
    const { role, awaiting } = accessRow(access);
    const roleId = roles.find(({ name }) => name === role)?.id;
    const member: Member = {
      ...linkOf(access),
      createdAt: now,
      ...(roleId !== undefined && { roleId }),
      ...(awaiting && { awaiting: true }),
    };
    source.members.set(found(findUser(state, login), login).id, member);
  }
  for (const [path, access] of Object.entries(described.sharedWithGroups ?? {})) {
    source.sharedWith.set(found(findGroup(state, path), path).id, linkOf(access));
  }
}

/** For names that the check of the world has already found. */
function found<Thing>(thing: Thing | undefined, name: string): Thing {
  if (thing === undefined) throw new Error(`the world names "${name}", which it does not describe`);
  return thing;
}
