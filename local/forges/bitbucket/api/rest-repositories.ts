import { branchesOf } from '../../git/resolve.ts';
import { includes, repositoryPermission } from '../rights.ts';
import type { Repository } from '../state.ts';
import { type Context, type Route, repositoryAt, workspaceAt } from './context.ts';
import { permissionOf } from './credentials.ts';
import { refused } from './http.ts';
import { listPage, single } from './paging.ts';
import { repositoryShape, shapingOf } from './shapes.ts';

const shapeOf = (context: Context) => (repository: Repository) =>
  repositoryShape(
    shapingOf(context),
    repository,
    branchesOf(context.refs(repository)).length === 0,
    context.credential?.account,
  );

const roles = ['member', 'contributor', 'admin', 'owner'] as const;
/** The least permission that a role stands for; members read. */
const leastOf = { member: 'read', contributor: 'write', admin: 'admin', owner: 'admin' } as const;

/** Without `role` all that the requester may read, public ones too; with it those where a permission says so. */
function listRepositories(context: Context) {
  const { state, credential, url } = context;
  const workspace = workspaceAt(context);
  const given = url.searchParams.get('role');
  const role = roles.find((each) => each === given);
  if (given !== null && role === undefined) throw refused(400, `Invalid role: ${given}`);
  const found = [...state.repositories.values()].filter((repository) => {
    if (repository.workspace !== workspace.uuid) return false;
    if (role === undefined || credential?.account === undefined) {
      return permissionOf(state, credential, repository) !== undefined;
    }
    return includes(repositoryPermission(state, repository, credential.account.uuid), leastOf[role]);
  });
  return listPage(context, found, { isFiltered: true, shape: shapeOf(context) });
}

/** https://developer.atlassian.com/cloud/bitbucket/rest/api-group-repositories/ */
export const repositoryRoutes: readonly Route[] = [
  {
    method: 'GET',
    pattern: '/2.0/repositories/{workspace}',
    ...{ scopes: ['repository'], apiScopes: ['read:repository:bitbucket'], open: true },
    handle: listRepositories,
  },
  {
    method: 'GET',
    pattern: '/2.0/repositories/{workspace}/{repository}',
    ...{ scopes: ['repository'], apiScopes: ['read:repository:bitbucket'], open: true },
    handle: (context) => single(context, shapeOf(context)(repositoryAt(context))),
  },
];
