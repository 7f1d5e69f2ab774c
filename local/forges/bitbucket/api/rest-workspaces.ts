import { existing, findAccount, findRepository } from '../find.ts';
import { isListed, type PermissionRow, permissionRows } from '../rights.ts';
import type { Account, Repository, Workspace } from '../state.ts';
import { differences } from '../variants.ts';
import {
  administeredWorkspaceAt,
  administers,
  type Context,
  ownWorkspaceAt,
  type Route,
  workspaceAt,
} from './context.ts';
import { permissionOf } from './credentials.ts';
import { forbidden, noRepository, notFound } from './http.ts';
import { listPage, single } from './paging.ts';
import { membershipShape, permissionShape, rowShape, shapingOf, workspaceShape } from './shapes.ts';

/** Members of all roles; a deactivated account for 14 days. */
function membersOf({ state, now }: Context, workspace: Workspace): readonly Account[] {
  return [...workspace.members.keys()]
    .map((uuid) => existing(state.accounts.get(uuid), uuid))
    .filter((account) => isListed(account, now()));
}

/** Without collaborators, who are no members. */
const properMembers = (context: Context, workspace: Workspace): readonly Account[] =>
  membersOf(context, workspace).filter(({ uuid }) => workspace.members.get(uuid)?.role !== 'collaborator');

/** E-mail addresses are shown to administrators, and only those that were asked for. */
function listMembers(context: Context) {
  const workspace = ownWorkspaceAt(context);
  const query = context.url.searchParams.get('q') ?? '';
  const showsEmail = administers(context, workspace) && query.includes('user.email');
  const shaping = shapingOf(context);
  const shape = (account: Account) => {
    const membership = membershipShape(shaping, workspace, account);
    if (!showsEmail) return membership;
    return { ...membership, user: { ...membership.user, email: account.email } };
  };
  return listPage(context, properMembers(context, workspace), { isFiltered: true, shape });
}

function showMember(context: Context) {
  const workspace = ownWorkspaceAt(context);
  const account = findAccount(context.state, context.params.member ?? '');
  if (account === undefined || !properMembers(context, workspace).includes(account)) throw notFound();
  return single(context, membershipShape(shapingOf(context), workspace, account));
}

/** Owners see everybody's permission, others their own. */
function listPermissions(context: Context) {
  const workspace = ownWorkspaceAt(context);
  const isOwner = administers(context, workspace);
  const rows = membersOf(context, workspace).flatMap((account) => {
    const role = workspace.members.get(account.uuid)?.role;
    const isShown =
      role !== undefined &&
      (role !== 'collaborator' || differences.listsCollaborators(context.state.variant)) &&
      (isOwner || account === context.credential?.account);
    return isShown ? [{ account, role }] : [];
  });
  return listPage(context, rows, {
    isFiltered: true,
    shape: ({ account, role }) => permissionShape(shapingOf(context), workspace, account, role),
  });
}

function listRows(context: Context, repositories: readonly Repository[], rows: readonly PermissionRow[]) {
  const wanted = new Set(repositories);
  return listPage(
    context,
    rows.filter(({ repository }) => wanted.has(repository)),
    { isFiltered: true, shape: (row) => rowShape(shapingOf(context), row) },
  );
}

/** All rows of a workspace. */
function rowsOf(context: Context, workspace: Workspace): readonly PermissionRow[] {
  const { state, services } = context;
  return services.remember(state, `permissions of ${workspace.uuid}`, () =>
    permissionRows(context, repositoriesOf(context, workspace), {
      projects: differences.listsProjectGrants(state.variant),
    }),
  );
}

const repositoriesOf = ({ state }: Context, { uuid }: Workspace): readonly Repository[] =>
  [...state.repositories.values()].filter(({ workspace }) => workspace === uuid);

function listRepositoryPermissions(context: Context) {
  const workspace = administeredWorkspaceAt(context);
  return listRows(context, repositoriesOf(context, workspace), rowsOf(context, workspace));
}

function listPermissionsOfRepository(context: Context) {
  const { state, credential, params } = context;
  const workspace = workspaceAt(context);
  const repository = findRepository(state, workspace, params.repository ?? '');
  const permission = repository && permissionOf(state, credential, repository);
  if (repository === undefined || permission === undefined) throw noRepository();
  if (permission !== 'admin') throw forbidden();
  return listRows(context, [repository], rowsOf(context, workspace));
}

/** https://developer.atlassian.com/cloud/bitbucket/rest/api-group-workspaces/ */
export const workspaceRoutes: readonly Route[] = [
  {
    method: 'GET',
    pattern: '/2.0/workspaces/{workspace}',
    ...{ scopes: ['account'], apiScopes: ['read:workspace:bitbucket'] },
    handle: (context) => single(context, workspaceShape(shapingOf(context), ownWorkspaceAt(context))),
  },
  {
    method: 'GET',
    pattern: '/2.0/workspaces/{workspace}/members',
    ...{ scopes: ['account'], apiScopes: ['read:workspace:bitbucket'] },
    handle: listMembers,
  },
  {
    method: 'GET',
    pattern: '/2.0/workspaces/{workspace}/members/{member}',
    ...{ scopes: ['account'], apiScopes: ['read:workspace:bitbucket'] },
    handle: showMember,
  },
  {
    method: 'GET',
    pattern: '/2.0/workspaces/{workspace}/permissions',
    ...{ scopes: ['account'], apiScopes: ['read:workspace:bitbucket'] },
    people: true,
    handle: listPermissions,
  },
  {
    method: 'GET',
    pattern: '/2.0/workspaces/{workspace}/permissions/repositories',
    ...{ scopes: ['account'], apiScopes: ['read:workspace:bitbucket', 'read:repository:bitbucket'] },
    people: true,
    handle: listRepositoryPermissions,
  },
  {
    method: 'GET',
    pattern: '/2.0/workspaces/{workspace}/permissions/repositories/{repository}',
    ...{ scopes: ['repository'], apiScopes: ['read:workspace:bitbucket', 'read:repository:bitbucket'] },
    people: true,
    handle: listPermissionsOfRepository,
  },
];
