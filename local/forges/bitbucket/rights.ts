/**
 * Who may do what with repositories. https://support.atlassian.com/bitbucket-cloud/docs/configure-project-permissions-for-users-and-groups/:
 * the levels of a project include each other, apply to all of its repositories, and `create-repo` includes to write.
 */
import { existing, projectOf, workspaceOf } from './find.ts';
import type {
  Account,
  BitbucketState,
  Grants,
  Project,
  ProjectPermission,
  Repository,
  RepositoryPermission,
  Workspace,
} from './state.ts';

export interface RightsContext {
  readonly state: BitbucketState;
  /** Milliseconds. */
  now(): number;
}

const heights: Readonly<Record<ProjectPermission, number>> = {
  read: 1,
  write: 2,
  'create-repo': 3,
  admin: 4,
};

/** The higher of two permissions. */
export function higher<Permission extends ProjectPermission>(
  a: Permission | undefined,
  b: Permission | undefined,
): Permission | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return heights[a] >= heights[b] ? a : b;
}

/** Whether a permission is at least as high as another. */
export const includes = (given: ProjectPermission | undefined, wanted: ProjectPermission): boolean =>
  given !== undefined && heights[given] >= heights[wanted];

/** What a project's permission is on its repositories. */
const onRepositories = (permission: ProjectPermission | undefined): RepositoryPermission | undefined =>
  permission === 'create-repo' ? 'write' : permission;

/** A deactivated account is deleted after so long; until then it is still listed, with its permissions. */
export const gracePeriodMs = 14 * 24 * 60 * 60 * 1000;

export function isActive({ deactivatedAt, spam }: Account): boolean {
  return deactivatedAt === undefined && spam === undefined;
}

/** Whether lists still have the account. https://support.atlassian.com/atlassian-account/docs/delete-your-atlassian-account/ */
export function isListed({ deactivatedAt }: Account, now: number): boolean {
  return deactivatedAt === undefined || now < Date.parse(deactivatedAt) + gracePeriodMs;
}

function granted<Permission extends ProjectPermission>(
  { users, groups }: Grants<Permission>,
  workspace: Workspace,
  account: string,
): Permission | undefined {
  let best = users.get(account);
  for (const [slug, permission] of groups) {
    if (workspace.groups.get(slug)?.members.has(account)) best = higher(best, permission);
  }
  return best;
}

const isOwner = (workspace: Workspace, account: string): boolean =>
  workspace.members.get(account)?.role === 'owner';

/** @param account UUID */
export function projectPermission(
  state: BitbucketState,
  project: Project,
  account: string,
): ProjectPermission | undefined {
  const workspace = workspaceOf(state, project);
  return isOwner(workspace, account) ? 'admin' : granted(project, workspace, account);
}

/** The permission from grants and ownership; the visibility of public repositories is no permission. @param account UUID */
export function repositoryPermission(
  state: BitbucketState,
  repository: Repository,
  account: string,
  counts: { readonly projects: boolean } = { projects: true },
): RepositoryPermission | undefined {
  const workspace = workspaceOf(state, repository);
  if (isOwner(workspace, account)) return 'admin';
  const own = granted(repository, workspace, account);
  if (!counts.projects) return own;
  return higher(own, onRepositories(granted(projectOf(state, repository), workspace, account)));
}

export interface PermissionRow {
  readonly account: Account;
  readonly repository: Repository;
  readonly permission: RepositoryPermission;
}

/** One row for each account and repository of some repositories, where there is a permission. */
export function permissionRows(
  { state, now }: RightsContext,
  repositories: readonly Repository[],
  counts: { readonly projects: boolean },
): readonly PermissionRow[] {
  return repositories.flatMap((repository) =>
    [...candidates(state, repository)].flatMap((uuid) => {
      const account = existing(state.accounts.get(uuid), uuid);
      const permission = repositoryPermission(state, repository, uuid, counts);
      return permission === undefined || !isListed(account, now())
        ? []
        : [{ account, repository, permission }];
    }),
  );
}

/** Everybody whom a grant may concern, each once. */
function candidates(state: BitbucketState, repository: Repository): ReadonlySet<string> {
  const workspace = workspaceOf(state, repository);
  return new Set([
    ...workspace.members.keys(),
    ...[repository, projectOf(state, repository)].flatMap(({ users }) => [...users.keys()]),
  ]);
}
