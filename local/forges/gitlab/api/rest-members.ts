import type { Reply } from '../../server/reply.ts';
import { OWNER } from '../levels.ts';
import { allMembers, directMembers, type MemberRow, membershipId, waitingMembers } from '../members.ts';
import { effectiveLevel } from '../rights.ts';
import type { Group, Project } from '../state.ts';
import { differences } from '../variants.ts';
import { type Context, groupAt, projectAt, type Route, requireUser } from './context.ts';
import { forbidden, invalid, notFound } from './http.ts';
import { offsetPage } from './paging.ts';
import { memberShape, pendingShape } from './shapes-people.ts';

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

/** Whoever waits somewhere in a top-level group, for its owners: ee/lib/ee/api/members.rb */
function listPending(context: Context) {
  const { state, services } = context;
  if (!differences.isEnterprise(state.variant)) throw notFound();
  const group = groupAt(context);
  if (group.parentId !== undefined || effectiveLevel(context, group, context.user) < OWNER) {
    throw invalid('Bad request');
  }
  return offsetPage(context, waitingMembers(context, group), (row) =>
    pendingShape(services.addresses, { id: membershipId(row), user: row.user }),
  );
}

/** https://docs.gitlab.com/api/members/ */
export const memberRoutes: readonly Route[] = [
  { method: 'GET', pattern: '/groups/{id}/pending_members', handle: listPending },
  ...routesOf('groups', groupWithMembers),
  ...routesOf('projects', (context) => projectAt(context).project),
];
