import { z } from 'zod';
import { ReadableByTeam } from '../../../shared/console-api/access.ts';
import { Team, TeamId, TeamMember, TeamRights } from '../../../shared/console-api/people.ts';
import {
  packagesReadBy,
  pageOfReadable,
  repositoriesOf,
} from '../../../shared/organizations/explain-access.ts';
import {
  type ListedTeam,
  teamIn,
  teamMembersPage,
  teamsPage,
} from '../../../shared/organizations/list-teams.ts';
import { changeTeamRights } from '../../../shared/organizations/team-rights.ts';
import { type TeamRights as StoredRights, teamRightsOf } from '../../../shared/store/team-rights-store.ts';
import { checkUnchanged, taggedAs } from '../frame/etag.ts';
import { cursorFor, limitOf, pageOf, pageQuery, placeOf } from '../frame/pages.ts';
import { defineRoute, type Route } from '../frame/route.ts';
import { shownPage } from './access.ts';

const common = { tag: 'Teams', access: 'owner' } as const;
const reads = { ...common, method: 'get', scope: 'members' } as const;
const path = '/organizations/{slug}/teams';
const params = z.object({ id: TeamId });

export const shownTeam = (team: ListedTeam) => ({ ...team, rights: [...team.rights] });

const listTeams = defineRoute(
  {
    ...reads,
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
    return { body: { items: teams.map(shownTeam), next: cursorFor(list, next) } };
  },
);

const readTeam = defineRoute(
  {
    ...reads,
    name: 'readTeam',
    path: `${path}/{id}`,
    summary: 'One team',
    hasETag: true,
    params,
    answer: { status: 200, schema: Team, description: 'The team.' },
  },
  async ({ table }, { organization, params: { id } }) => {
    const body = shownTeam((await teamIn(table, organization, id)).team);
    return { body, headers: taggedAs(body) };
  },
);

const rightsOfTeam = { ...common, path: `${path}/{id}/rights`, params } as const;

const readRights = defineRoute(
  {
    ...rightsOfTeam,
    name: 'readTeamRights',
    method: 'get',
    scope: 'members',
    orScopes: ['danger'],
    summary: 'What owners delegated to a team',
    hasETag: true,
    answer: { status: 200, schema: TeamRights, description: 'What the team may do, with its ETag.' },
  },
  async ({ table }, { organization, params: { id } }) => {
    const { team } = await teamIn(table, organization, id);
    return shownRights(await teamRightsOf(table, organization.id, team.id));
  },
);

const shownRights = ({ rights }: Pick<StoredRights, 'rights'>) => ({
  body: { rights: [...rights] },
  headers: taggedAs(rights),
});

const setRights = defineRoute(
  {
    ...rightsOfTeam,
    name: 'setTeamRights',
    method: 'put',
    scope: 'danger',
    summary: 'Delegate rights to a team, or take them back',
    description:
      'They count for each member on the repositories that they read through this very team, as long as they do; not for teams below it, and not on what is public alone.',
    ifMatch: 'optional',
    body: TeamRights,
    act: 'set-team-rights',
    isDangerous: true,
    idempotency: 'natural',
    answer: { status: 200, schema: TeamRights, description: 'What the team may do now.' },
  },
  async (dependencies, { organization, params: { id }, headers, body, accountable }) => {
    const { team } = await teamIn(dependencies.table, organization, id);
    const before = await teamRightsOf(dependencies.table, organization.id, team.id);
    checkUnchanged(headers, before.rights);
    const by = await accountable();
    const rights = await changeTeamRights(dependencies, organization, team, before, body.rights, by);
    return shownRights({ rights });
  },
);

const listMembersOfTeam = defineRoute(
  {
    ...reads,
    name: 'listMembersOfTeam',
    path: `${path}/{id}/members`,
    summary: 'Members of a team, and where each membership comes from',
    params,
    query: z.strictObject(pageQuery),
    answer: { status: 200, schema: pageOf(TeamMember), description: 'A page of members.' },
  },
  async ({ table }, { organization, params: { id }, query: { cursor, ...asked } }) => {
    const list = { route: 'listMembersOfTeam', filter: [organization.id, id] };
    const page = { limit: limitOf(asked), after: placeOf(list, cursor) };
    const { members, next } = await teamMembersPage(table, organization, id, page);
    return { body: { items: members.map((one) => ({ ...one })), next: cursorFor(list, next) } };
  },
);

const listAccessOfTeam = defineRoute(
  {
    ...reads,
    name: 'listAccessOfTeam',
    path: `${path}/{id}/access`,
    summary: 'What a team may install, of which repositories, and where each right comes from',
    params,
    query: z.strictObject(pageQuery),
    answer: { status: 200, schema: pageOf(ReadableByTeam), description: 'Packages by name.' },
  },
  async ({ table, clock }, { organization, params: { id }, query }) => {
    const found = await teamIn(table, organization, id);
    const all = await packagesReadBy(table, organization.id, found, clock.now());
    const list = { route: 'listAccessOfTeam', filter: [organization.id, id] };
    const page = pageOfReadable(all, { limit: limitOf(query), after: placeOf(list, query.cursor) });
    const repositories = await repositoriesOf(table, page.packages);
    const { items, next } = shownPage(list, page);
    return {
      body: { items: items.map((item, place) => ({ ...item, repository: repositories[place] })), next },
    };
  },
);

export const teamRoutes: readonly Route[] = [
  listTeams,
  readTeam,
  readRights,
  setRights,
  listMembersOfTeam,
  listAccessOfTeam,
];
