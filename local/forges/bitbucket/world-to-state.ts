import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import type { HistoryPerson } from '../git/history.ts';
import type {
  WorldBitbucketPermissions,
  WorldBitbucketRepository,
  WorldBitbucketWorkspace,
} from '../world/bitbucket-workspace.ts';
import { buildRepositories, type RepositoryToBuild } from '../world/build-repositories.ts';
import type { BitbucketWorld, WorldUser } from '../world/world.ts';
import { existing, findAccount } from './find.ts';
import { gracePeriodMs } from './rights.ts';
import type { Account, BitbucketState, Grants, Project, ProjectPermission, Workspace } from './state.ts';
import { gitDirectoryOf } from './state-schema.ts';
import type { Variant } from './variants.ts';

export interface WorldToStateOptions {
  /** Folder for the bare repositories. */
  readonly gitRoot: string;
  /** ISO 8601 time of memberships and workspaces. */
  readonly now: string;
  readonly variant: Variant;
}

/**
 * Creates the state that a world describes, and its git repositories. UUIDs are made of what they stand for, so that the same world has the
 * same ones everywhere.
 */
export async function worldToState(
  world: BitbucketWorld,
  options: WorldToStateOptions,
): Promise<BitbucketState> {
  const state = emptyState(options.variant);
  for (const user of world.users) addAccount(state, user, options.now);
  const repositories = world.organizations.flatMap((workspace) => addWorkspace(state, workspace, options));
  await mkdir(options.gitRoot, { recursive: true });
  await buildRepositories(repositories, options.now);
  return state;
}

/** A Bitbucket without anybody. */
export function emptyState(variant: Variant): BitbucketState {
  return {
    variant,
    accounts: new Map(),
    workspaces: new Map(),
    projects: new Map(),
    repositories: new Map(),
    hooks: new Map(),
    consumers: new Map(),
    grants: [],
    apiTokens: new Map(),
    accessTokens: new Map(),
    deliveries: [],
    nextId: 1,
  };
}

/** The name and e-mail address that a person commits with. */
export function personOf(account: Account | undefined): HistoryPerson {
  return {
    name: account?.displayName ?? 'Former user',
    email: account?.email ?? 'former@users.noreply.bitbucket.example',
  };
}

/** The slug of a group: https://support.atlassian.com/bitbucket-cloud/docs/groups-endpoint/ */
export const groupSlug = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');

/** A UUID with braces. @param bytes 16 or more, from which it is made */
export function uuidOf(bytes: Uint8Array): string {
  const hex = Buffer.from(bytes).toString('hex');
  return `{${[hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-')}}`;
}

const uuidFor = (...parts: readonly string[]): string =>
  uuidOf(createHash('sha256').update(parts.join('\n')).digest());

function addAccount(state: BitbucketState, described: WorldUser, now: string): void {
  const { login, name = login, email = `${login}@users.noreply.bitbucket.example`, suspended } = described;
  const uuid = uuidFor('account', login.toLowerCase());
  state.accounts.set(uuid, {
    uuid,
    accountId: `557058:${uuidFor('atlassian account', login.toLowerCase()).slice(1, -1)}`,
    nickname: login,
    displayName: name,
    email,
    ...(suspended && { deactivatedAt: new Date(Date.parse(now) - gracePeriodMs).toISOString() }),
    createdOn: now,
  });
}

function addWorkspace(
  state: BitbucketState,
  described: WorldBitbucketWorkspace,
  { gitRoot, now }: WorldToStateOptions,
): RepositoryToBuild[] {
  const { slug, name = slug, members = {}, groups = [], projects = [] } = described;
  const account = (login: string): string => existing(findAccount(state, login), login).uuid;
  const workspace: Workspace = {
    uuid: uuidFor('workspace', slug),
    ...{ slug, name, createdOn: now },
    members: new Map(
      Object.entries(members).map(([login, role]) => [account(login), { role, addedOn: now }]),
    ),
    groups: new Map(
      groups.map(({ name: groupName, members: logins = [] }) => [
        groupSlug(groupName),
        { slug: groupSlug(groupName), name: groupName, members: new Set(logins.map(account)) },
      ]),
    ),
  };
  state.workspaces.set(workspace.uuid, workspace);
  const owner = Object.entries(members).find(([, role]) => role === 'owner')?.[0];
  return projects.flatMap(({ key, name: projectName = key, permissions, repositories = [] }) => {
    const project: Project = {
      uuid: uuidFor('project', slug, key),
      ...{ workspace: workspace.uuid, key, name: projectName, createdOn: now },
      ...grantsOf(permissions, account),
    };
    state.projects.set(project.uuid, project);
    return repositories.map((repository) =>
      addRepository(state, { described: repository, workspace, project, owner, gitRoot, now, account }),
    );
  });
}

function grantsOf<Permission extends ProjectPermission>(
  permissions: WorldBitbucketPermissions<Permission> | undefined,
  account: (login: string) => string,
): Grants<Permission> {
  const { users = {}, groups = {} } = permissions ?? {};
  return {
    users: new Map(Object.entries<Permission>(users).map(([login, given]) => [account(login), given])),
    groups: new Map(Object.entries<Permission>(groups).map(([name, given]) => [groupSlug(name), given])),
  };
}

function addRepository(
  state: BitbucketState,
  at: {
    readonly described: WorldBitbucketRepository;
    readonly workspace: Workspace;
    readonly project: Project;
    /** Login of the first owner. */
    readonly owner: string | undefined;
    readonly gitRoot: string;
    readonly now: string;
    account(login: string): string;
  },
): RepositoryToBuild {
  const { described, workspace, now } = at;
  const { slug, name = slug, description = '', forkOf } = described;
  const uuid = uuidFor('repository', workspace.slug, slug);
  const repository = {
    ...{ uuid, workspace: workspace.uuid, project: at.project.uuid, slug, name, description },
    isPrivate: described.private ?? true,
    ...(forkOf !== undefined && { parent: forkOf }),
    ...grantsOf(described.permissions, at.account),
    defaultBranch: described.defaultBranch ?? 'main',
    gitDirectory: gitDirectoryOf(at.gitRoot, uuid),
    ...{ createdOn: now, updatedOn: now },
  };
  state.repositories.set(uuid, repository);
  return {
    gitDirectory: repository.gitDirectory,
    described,
    person: (login = at.owner) => personOf(findAccount(state, login ?? '')),
    built({ defaultBranch, createdAt, pushedAt }) {
      Object.assign(repository, { defaultBranch, createdOn: createdAt, updatedOn: pushedAt });
    },
  };
}
