import { permissionRows } from '../rights.ts';
import { type Context, ownWorkspaceAt, personAt, type Route, workspaceAt } from './context.ts';
import { forbidden } from './http.ts';
import { listPage, single } from './paging.ts';
import {
  accountShape,
  currentUserShape,
  permissionShape,
  rowShape,
  shapingOf,
  workspaceReference,
} from './shapes.ts';

/** @throws RefusalError 403 for a workspace that the person is no member of */
function membershipAt(context: Context) {
  const account = personAt(context);
  const workspace = workspaceAt(context);
  const member = workspace.members.get(account.uuid);
  if (member === undefined) throw forbidden();
  return { account, workspace, member };
}

const accountScope = ['account'] as const;

/** https://developer.atlassian.com/cloud/bitbucket/rest/api-group-users/ and the calls of CHANGE-3022 */
export const userRoutes: readonly Route[] = [
  {
    ...{ method: 'GET', pattern: '/2.0/user', scopes: accountScope, apiScopes: ['read:user:bitbucket'] },
    handle: (context) => single(context, currentUserShape(shapingOf(context), personAt(context))),
  },
  {
    method: 'GET',
    pattern: '/2.0/users/{account}',
    ...{ scopes: accountScope, apiScopes: ['read:user:bitbucket'] },
    handle(context) {
      const account = context.state.accounts.get(context.params.account ?? '');
      if (account === undefined) throw forbidden();
      return single(context, accountShape(shapingOf(context), account));
    },
  },
  {
    ...{ method: 'GET', pattern: '/2.0/user/emails', scopes: ['email'], apiScopes: ['read:user:bitbucket'] },
    handle(context) {
      const { email } = personAt(context);
      const shape = (address: string) => ({
        ...{ type: 'email', email: address, is_primary: true, is_confirmed: true },
        links: { self: { href: `${context.services.addresses.api}/2.0/user/emails/${address}` } },
      });
      return listPage(context, [email], { shape });
    },
  },
  {
    method: 'GET',
    pattern: '/2.0/user/workspaces',
    ...{ scopes: accountScope, apiScopes: ['read:user:bitbucket', 'read:workspace:bitbucket'] },
    handle(context) {
      const { uuid } = personAt(context);
      const wanted = context.url.searchParams.get('administrator');
      const found = [...context.state.workspaces.values()].flatMap((workspace) => {
        const role = workspace.members.get(uuid)?.role;
        const administrator = role === 'owner';
        const isWanted = wanted === null || wanted === `${administrator}`;
        return role === undefined || !isWanted ? [] : [{ administrator, workspace }];
      });
      return listPage(context, found, {
        isFiltered: true,
        shape: ({ administrator, workspace }) => ({
          ...{ type: 'workspace_access', administrator },
          workspace: workspaceReference(shapingOf(context), workspace),
        }),
      });
    },
  },
  {
    method: 'GET',
    pattern: '/2.0/user/workspaces/{workspace}/permission',
    ...{ scopes: accountScope, apiScopes: ['read:user:bitbucket', 'read:workspace:bitbucket'] },
    people: true,
    handle(context) {
      const { account, workspace, member } = membershipAt(context);
      return single(context, permissionShape(shapingOf(context), workspace, account, member.role));
    },
  },
  {
    method: 'GET',
    pattern: '/2.0/user/workspaces/{workspace}/permissions/repositories',
    scopes: ['account', 'repository'],
    apiScopes: ['read:user:bitbucket', 'read:workspace:bitbucket', 'read:repository:bitbucket'],
    people: true,
    handle(context) {
      const account = personAt(context);
      const workspace = ownWorkspaceAt(context);
      const repositories = [...context.state.repositories.values()].filter(
        (repository) => repository.workspace === workspace.uuid,
      );
      const rows = permissionRows(context, repositories, { projects: true });
      const own = rows.filter((row) => row.account.uuid === account.uuid);
      return listPage(context, own, { isFiltered: true, shape: (row) => rowShape(shapingOf(context), row) });
    },
  },
];
