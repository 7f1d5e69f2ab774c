import { z } from 'zod';
import { ReadablePackage } from '../../../shared/console-api/access.ts';
import { Team, TeamId, TeamMember } from '../../../shared/console-api/people.ts';
import { teamPrincipal } from '../../../shared/domain/ids.ts';
import { packagesReadBy } from '../../../shared/organizations/explain-access.ts';
import { membersOfTeam, teamIn, teamsPage } from '../../../shared/organizations/list-teams.ts';
import { cursorFor, limitOf, pageOf, pageQuery, placeOf } from '../frame/pages.ts';
import { defineRoute, type Route } from '../frame/route.ts';
import { pageOfPackages } from './access.ts';

const common = { method: 'get', tag: 'Teams', access: 'owner', scope: 'members' } as const;
const path = '/organizations/{slug}/teams';
const params = z.object({ id: TeamId });

const listTeams = defineRoute(
  {
    ...common,
    name: 'listTeams',
    path,
    summary: 'Teams, each with the one above it',
    query: z.strictObject(pageQuery),
    answer: { status: 200, schema: pageOf(Team), description: 'A page of teams.' },
  },
  async ({ table }, { organization, query: { cursor, ...asked } }) => {
    const list = { route: 'listTeams', filter: organization.id };
    const { teams, next } = await teamsPage(table, organization, {
      limit: limitOf(asked),
      after: placeOf(list, cursor),
    });
    return { body: { items: teams.map((team) => ({ ...team })), next: cursorFor(list, next) } };
  },
);

const readTeam = defineRoute(
  {
    ...common,
    name: 'readTeam',
    path: `${path}/{id}`,
    summary: 'One team',
    params,
    answer: { status: 200, schema: Team, description: 'The team.' },
  },
  async ({ table }, { organization, params: { id } }) => ({
    body: { ...(await teamIn(table, organization, id)).team },
  }),
);

const listMembersOfTeam = defineRoute(
  {
    ...common,
    name: 'listMembersOfTeam',
    path: `${path}/{id}/members`,
    summary: 'Members of a team, and where each membership comes from',
    params,
    query: z.strictObject(pageQuery),
    answer: { status: 200, schema: pageOf(TeamMember), description: 'Members by login.' },
  },
  async ({ table }, { organization, params: { id }, query: { cursor, ...asked } }) => {
    const list = { route: 'listMembersOfTeam', filter: [organization.id, id] };
    const found = await teamIn(table, organization, id);
    const all = await membersOfTeam(table, found);
    const start = Number(placeOf(list, cursor) ?? 0);
    const end = start + limitOf(asked);
    const items = all.slice(start, end).map(({ account, login, level, via, team }) => ({
      account,
      login,
      level,
      inheritedFrom:
        via === undefined || via === team ? undefined : teamPrincipal(found.reader.synchronization, via),
    }));
    return { body: { items, next: cursorFor(list, end < all.length ? String(end) : undefined) } };
  },
);

const listAccessOfTeam = defineRoute(
  {
    ...common,
    name: 'listAccessOfTeam',
    path: `${path}/{id}/access`,
    summary: 'What a team may install, and where each right comes from',
    params,
    query: z.strictObject(pageQuery),
    answer: { status: 200, schema: pageOf(ReadablePackage), description: 'Packages by name.' },
  },
  async ({ table, clock }, { organization, params: { id }, query }) => {
    const found = await teamIn(table, organization, id);
    const all = await packagesReadBy(table, organization.id, found, clock.now());
    return { body: pageOfPackages({ route: 'listAccessOfTeam', filter: [organization.id, id] }, all, query) };
  },
);

export const teamRoutes: readonly Route[] = [listTeams, readTeam, listMembersOfTeam, listAccessOfTeam];
