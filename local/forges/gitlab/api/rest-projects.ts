import type { Reply } from '../../server/reply.ts';
import { invitedGroups } from '../members.ts';
import { groupsAbove } from '../paths.ts';
import { seesGroup } from '../rights.ts';
import { type Context, projectAt, type Route } from './context.ts';
import { flagOf, keysetPage, numberOf, offsetPage } from './paging.ts';
import { selectProjects } from './rest-groups.ts';
import { groupShape, permissionsShape, projectShape, simpleProject } from './shapes-groups.ts';

/** https://docs.gitlab.com/api/projects/#list-all-projects; by keyset only in the order of ids. */
function listProjects(context: Context): Promise<Reply> {
  const { searchParams } = context.url;
  const isMember = flagOf(context, 'membership') === true;
  const projects = selectProjects(context, [...context.state.projects.values()]).filter(
    (project) => !isMember || permissionsOf(context, project),
  );
  const shape = flagOf(context, 'simple') ? simpleProject : projectShape;
  if (searchParams.get('pagination') !== 'keyset') {
    return offsetPage(context, projects, (project) => shape(context, project), { hasKeyset: true });
  }
  const isAscending = searchParams.get('sort') === 'asc';
  const after = numberOf(context, 'id_after', 0);
  const before = numberOf(context, 'id_before', Number.POSITIVE_INFINITY);
  return keysetPage(
    context,
    {
      rest: projects.filter(({ id }) => id > after && id < before),
      next: ({ id }) => ({ [isAscending ? 'id_after' : 'id_before']: `${id}` }),
    },
    (project) => shape(context, project),
  );
}

function permissionsOf(context: Context, project: Parameters<typeof permissionsShape>[1]): boolean {
  const { permissions } = permissionsShape(context, project);
  return permissions.project_access !== null || permissions.group_access !== null;
}

/** https://docs.gitlab.com/api/projects/ */
export const projectRoutes: readonly Route[] = [
  { method: 'GET', pattern: '/projects', open: true, handle: listProjects },
  {
    method: 'GET',
    pattern: '/projects/{id}',
    open: true,
    handle(context) {
      const { project } = projectAt(context);
      const permissions = context.user === undefined ? {} : permissionsShape(context, project);
      return { status: 200, json: { ...projectShape(context, project), ...permissions } };
    },
  },
  {
    method: 'GET',
    pattern: '/projects/{id}/groups',
    open: true,
    handle(context) {
      const groups = groupsAbove(context.state, projectAt(context).project);
      return offsetPage(context, groups, (group) => groupShape(context, group));
    },
  },
  {
    method: 'GET',
    pattern: '/projects/{id}/invited_groups',
    open: true,
    handle(context) {
      const invited = invitedGroups(context, projectAt(context).project).flatMap(({ group }) =>
        seesGroup(context, group, context.user) ? [group] : [],
      );
      return offsetPage(context, invited, (group) => groupShape(context, group));
    },
  },
];
