import { OWNER } from '../levels.ts';
import { invitedGroups } from '../members.ts';
import { descendantsOf, fullPath, groupsAbove, projectsOf } from '../paths.ts';
import { effectiveLevel, projectAccess, seesGroup } from '../rights.ts';
import type { Group, Project } from '../state.ts';
import { type Context, groupAt, type Route } from './context.ts';
import { flagOf, numberOf, offsetPage } from './paging.ts';
import { groupDetail, groupShape, projectShape, simpleProject } from './shapes-groups.ts';

const ordered = (context: Context, groups: readonly Group[]): Group[] => {
  const { searchParams } = context.url;
  const byId = searchParams.get('order_by') === 'id';
  const sign = searchParams.get('sort') === 'desc' ? -1 : 1;
  return [...groups].sort(
    (a, b) => sign * (byId ? a.id - b.id : a.name.localeCompare(b.name) || a.id - b.id),
  );
};

/**
 * Groups that the requester is a member of, or all that he sees with `all_available`. Whom a group only reaches through another group is
 * missing with `owned` and `min_access_level`.
 */
function listGroups(context: Context, groups: readonly Group[], isOwn: boolean) {
  const { user } = context;
  const least = flagOf(context, 'owned') ? OWNER : numberOf(context, 'min_access_level', 0);
  const isTopLevel = flagOf(context, 'top_level_only') === true;
  const search = context.url.searchParams.get('search')?.toLowerCase();
  const directly = (group: Group): number =>
    Math.max(
      0,
      ...groupsAbove(context.state, group).map(({ members }) => members.get(user?.id ?? 0)?.level ?? 0),
    );
  const isShown = (group: Group): boolean => {
    if (!seesGroup(context, group, user)) return false;
    if (isTopLevel && group.parentId !== undefined) return false;
    if (search !== undefined && !fullPath(context.state, group).toLowerCase().includes(search)) return false;
    if (user === undefined) return group.visibility === 'public';
    if (least > 0) return directly(group) >= least && effectiveLevel(context, group, user) >= least;
    return !isOwn || user.admin || flagOf(context, 'all_available') !== false || directly(group) > 0;
  };
  return offsetPage(context, ordered(context, groups.filter(isShown)), (group) => groupShape(context, group));
}

/** https://docs.gitlab.com/api/groups/#list-projects */
function listProjects(context: Context) {
  const group = groupAt(context);
  const own = projectsOf(context.state, group, flagOf(context, 'include_subgroups') === true);
  const shared =
    flagOf(context, 'with_shared') === false
      ? []
      : [...context.state.projects.values()].filter(
          (project) =>
            !own.includes(project) && invitedGroups(context, project).some((each) => each.group === group),
        );
  return listOf(context, [...own, ...shared], false);
}

/** Filters and orders projects as every list of projects does. */
export function selectProjects(context: Context, projects: readonly Project[]): Project[] {
  const { searchParams } = context.url;
  const archived = flagOf(context, 'archived');
  const least = flagOf(context, 'owned') ? OWNER : numberOf(context, 'min_access_level', 0);
  const visibility = searchParams.get('visibility');
  const search = searchParams.get('search')?.toLowerCase();
  const orderBy = searchParams.get('order_by') ?? 'created_at';
  const sign = (searchParams.get('sort') ?? 'desc') === 'asc' ? 1 : -1;
  const key = (project: Project): string | number => {
    if (orderBy === 'id') return project.id;
    if (orderBy === 'name' || orderBy === 'path') return project[orderBy];
    return Date.parse(orderBy === 'created_at' ? project.createdAt : project.lastActivityAt);
  };
  return projects
    .filter((project) => {
      const access = projectAccess(context, project, context.user);
      return (
        access.sees &&
        (archived === undefined || project.archived === archived) &&
        (least === 0 || access.level >= least) &&
        (visibility === null || project.visibility === visibility) &&
        (search === undefined || project.name.toLowerCase().includes(search))
      );
    })
    .sort((a, b) => {
      const [left, right] = [key(a), key(b)];
      return sign * (left < right ? -1 : left > right ? 1 : a.id - b.id);
    });
}

function listOf(context: Context, projects: readonly Project[], hasKeyset: boolean) {
  const shape = flagOf(context, 'simple') ? simpleProject : projectShape;
  return offsetPage(context, selectProjects(context, projects), (project) => shape(context, project), {
    hasKeyset,
  });
}

function listInvited(context: Context) {
  const group = groupAt(context);
  const invited = invitedGroups(context, group).flatMap((each) =>
    seesGroup(context, each.group, context.user) ? [each.group] : [],
  );
  return offsetPage(context, invited, (each) => groupShape(context, each));
}

/** https://docs.gitlab.com/api/groups/ */
export const groupRoutes: readonly Route[] = [
  {
    method: 'GET',
    pattern: '/groups',
    open: true,
    handle: (context) => listGroups(context, [...context.state.groups.values()], true),
  },
  {
    method: 'GET',
    pattern: '/groups/{id}',
    open: true,
    handle: (context) => ({ status: 200, json: groupDetail(context, groupAt(context)) }),
  },
  {
    method: 'GET',
    pattern: '/groups/{id}/subgroups',
    open: true,
    handle(context) {
      const { id } = groupAt(context);
      const children = [...context.state.groups.values()].filter(({ parentId }) => parentId === id);
      return listGroups(context, children, false);
    },
  },
  {
    method: 'GET',
    pattern: '/groups/{id}/descendant_groups',
    open: true,
    handle: (context) => listGroups(context, descendantsOf(context.state, groupAt(context)), false),
  },
  { method: 'GET', pattern: '/groups/{id}/projects', open: true, handle: listProjects },
  { method: 'GET', pattern: '/groups/{id}/invited_groups', open: true, handle: listInvited },
];
