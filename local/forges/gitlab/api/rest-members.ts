import { OWNER } from '../levels.ts';
import { allMembers, directMembers, type MemberRow } from '../members.ts';
import { effectiveLevel } from '../rights.ts';
import type { Group, Project } from '../state.ts';
import { type Context, groupAt, projectAt, type Route, requireUser } from './context.ts';
import { forbidden, notFound, type Reply } from './http.ts';
import { offsetPage } from './paging.ts';
import { memberShape } from './shapes-people.ts';

type Find = (context: Context) => Group | Project;
type Rows = (context: Context, source: Group | Project) => readonly MemberRow[];

/** Who sees a private group only because he is in one of its projects does not see its members (app/policies/group_policy.rb). */
function groupWithMembers(context: Context): Group {
  const group = groupAt(context);
  const isStranger =
    effectiveLevel(context, group, context.user) === 0 && !group.members.has(context.user?.id ?? 0);
  if (group.visibility === 'private' && isStranger) throw forbidden();
  return group;
}

/** Of projects everybody who sees them sees the members. */
function routesOf(kind: 'groups' | 'projects', find: Find): Route[] {
  const shapeOf = (context: Context, source: Group | Project) => {
    const isOwner = effectiveLevel(context, source, context.user) >= OWNER;
    return (row: MemberRow) => memberShape(context.state, context.services.addresses, row, isOwner);
  };
  const list = (rows: Rows) => (context: Context) => {
    requireUser(context);
    const source = find(context);
    const query = context.url.searchParams.get('query')?.toLowerCase();
    const state = context.url.searchParams.get('state');
    const found = rows(context, source).filter(
      ({ user, awaiting }) =>
        (query === undefined || `${user.name} ${user.username}`.toLowerCase().includes(query)) &&
        (state === null || (state === 'awaiting') === awaiting),
    );
    return offsetPage(context, found, shapeOf(context, source));
  };
  const one =
    (rows: Rows) =>
    (context: Context): Reply => {
      requireUser(context);
      const source = find(context);
      const found = rows(context, source).find(({ user }) => `${user.id}` === context.params.user);
      if (found === undefined) throw notFound();
      return { status: 200, json: shapeOf(context, source)(found) };
    };
  const all: Rows = (context, source) => allMembers(context, source, context.user);
  return [
    { method: 'GET', pattern: `/${kind}/{id}/members`, handle: list(directMembers) },
    { method: 'GET', pattern: `/${kind}/{id}/members/all`, handle: list(all) },
    { method: 'GET', pattern: `/${kind}/{id}/members/all/{user}`, handle: one(all) },
    { method: 'GET', pattern: `/${kind}/{id}/members/{user}`, handle: one(directMembers) },
  ];
}

/** https://docs.gitlab.com/api/members/ */
export const memberRoutes: readonly Route[] = [
  ...routesOf('groups', groupWithMembers),
  ...routesOf('projects', (context) => projectAt(context).project),
];
