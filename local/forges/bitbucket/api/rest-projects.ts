import { existing, findProject, workspaceOf } from '../find.ts';
import { isListed, projectPermission } from '../rights.ts';
import type { Grants, Project, ProjectPermission, Repository } from '../state.ts';
import { type Context, ownWorkspaceAt, type Route, repositoryAt } from './context.ts';
import type { Held } from './held.ts';
import { forbidden, notFound } from './http.ts';
import { listPage, single } from './paging.ts';
import { accountShape, groupShape, projectShape, repositoryReference, shapingOf } from './shapes.ts';

/** @throws RefusalError 404 for one that the requester may not see */
function projectAt(context: Context): Project {
  const workspace = ownWorkspaceAt(context);
  const project = findProject(context.state, workspace, context.params.project ?? '');
  if (project === undefined) throw notFound(`No project with key '${context.params.project}'.`);
  return project;
}

/** A project that the requester administers. @throws RefusalError 403 */
function administeredProjectAt(context: Context): Project {
  const project = projectAt(context);
  const { account } = context.credential ?? {};
  if (account === undefined || projectPermission(context.state, project, account.uuid) !== 'admin') {
    throw forbidden();
  }
  return project;
}

/** Explicit permissions of people. The list takes no `q`. */
function listUsers(context: Context, of: Repository | Project, prefix: string, more: object) {
  const { state, now } = context;
  const rows = [...of.users].flatMap(([uuid, permission]) => {
    const account = existing(state.accounts.get(uuid), uuid);
    return isListed(account, now()) ? [{ account, permission }] : [];
  });
  return listPage(context, rows, {
    shape: ({ account, permission }) =>
      ({
        ...more,
        type: `${prefix}_user_permission`,
        permission,
        user: accountShape(shapingOf(context), account),
        links: { self: { href: `${selfOf(context)}/${encodeURIComponent(account.uuid)}` } },
      }) satisfies Held<'project_user_permission', 'project'>,
  });
}

/** Explicit permissions of groups. The list takes no `q`. */
function listGroups(
  context: Context,
  of: (Repository | Project) & Pick<Grants<ProjectPermission>, 'groups'>,
  prefix: string,
  more: object,
) {
  const workspace = workspaceOf(context.state, of);
  const rows = [...of.groups].flatMap(([slug, permission]) => {
    const group = workspace.groups.get(slug);
    return group === undefined ? [] : [{ group, permission }];
  });
  return listPage(context, rows, {
    shape: ({ group, permission }) =>
      ({
        ...more,
        type: `${prefix}_group_permission`,
        permission,
        group: groupShape(shapingOf(context), workspace, group),
        links: { self: { href: `${selfOf(context)}/${group.slug}` } },
      }) satisfies Held<'project_group_permission', 'project' | 'group'>,
  });
}

const selfOf = ({ services, url }: Context): string => `${services.addresses.api}${url.pathname}`;

/** https://developer.atlassian.com/cloud/bitbucket/rest/api-group-projects/ and the explicit permissions of repositories */
export const projectRoutes: readonly Route[] = [
  {
    method: 'GET',
    pattern: '/2.0/workspaces/{workspace}/projects',
    ...{ scopes: ['project'], apiScopes: ['read:project:bitbucket'] },
    handle(context) {
      const { uuid } = ownWorkspaceAt(context);
      const projects = [...context.state.projects.values()].filter(({ workspace }) => workspace === uuid);
      const shape = (project: Project) => projectShape(shapingOf(context), project);
      return listPage(context, projects, { isFiltered: true, shape });
    },
  },
  {
    method: 'GET',
    pattern: '/2.0/workspaces/{workspace}/projects/{project}',
    ...{ scopes: ['project'], apiScopes: ['read:project:bitbucket'] },
    handle: (context) => single(context, projectShape(shapingOf(context), projectAt(context))),
  },
  {
    method: 'GET',
    pattern: '/2.0/workspaces/{workspace}/projects/{project}/permissions-config/users',
    ...{ scopes: ['project:admin'], apiScopes: ['admin:project:bitbucket', 'read:permission:bitbucket'] },
    people: true,
    handle(context) {
      const project = administeredProjectAt(context);
      return listUsers(context, project, 'project', { project: projectShape(shapingOf(context), project) });
    },
  },
  {
    method: 'GET',
    pattern: '/2.0/workspaces/{workspace}/projects/{project}/permissions-config/groups',
    ...{ scopes: ['project:admin'], apiScopes: ['admin:project:bitbucket', 'read:permission:bitbucket'] },
    people: true,
    handle(context) {
      const project = administeredProjectAt(context);
      return listGroups(context, project, 'project', { project: projectShape(shapingOf(context), project) });
    },
  },
  {
    method: 'GET',
    pattern: '/2.0/repositories/{workspace}/{repository}/permissions-config/users',
    ...{
      scopes: ['repository:admin'],
      apiScopes: ['admin:repository:bitbucket', 'read:permission:bitbucket'],
    },
    people: true,
    handle(context) {
      const repository = repositoryAt(context, 'admin');
      const reference = repositoryReference(shapingOf(context), repository);
      return listUsers(context, repository, 'repository', { repository: reference });
    },
  },
  {
    method: 'GET',
    pattern: '/2.0/repositories/{workspace}/{repository}/permissions-config/groups',
    ...{
      scopes: ['repository:admin'],
      apiScopes: ['admin:repository:bitbucket', 'read:permission:bitbucket'],
    },
    people: true,
    handle(context) {
      const repository = repositoryAt(context, 'admin');
      const reference = repositoryReference(shapingOf(context), repository);
      return listGroups(context, repository, 'repository', { repository: reference });
    },
  },
];
