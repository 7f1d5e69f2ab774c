import { z } from 'zod';
import { PersonId } from '../../../shared/console-api/access.ts';
import { Id } from '../../../shared/console-api/common.ts';
import { OwnTeamNames, Team, TeamId } from '../../../shared/console-api/people.ts';
import { asId, type UserId } from '../../../shared/domain/ids.ts';
import { ownTeamIn, shownOwnTeam, teamIn } from '../../../shared/organizations/list-teams.ts';
import {
  addToTeam,
  createOwnTeam,
  deleteTeam,
  removeFromTeam,
  renameTeam,
} from '../../../shared/organizations/own-teams.ts';
import { personIn } from '../../../shared/organizations/people.ts';
import { checkUnchanged, taggedAs } from '../frame/etag.ts';
import { defineRoute, type Route } from '../frame/route.ts';
import { shownTeam } from './teams.ts';

const common = { tag: 'Teams', access: 'owner', scope: 'members', isDangerous: false } as const;
const path = '/organizations/{slug}/teams';
const params = z.object({ id: TeamId });
const onlyOwn = '409 for a team of a code host.';

const create = defineRoute(
  {
    ...common,
    name: 'createTeam',
    method: 'post',
    path,
    summary: 'Make a team by hand, for what no code host knows',
    description: 'It reads no repository of a code host: who may, the code host says alone.',
    body: OwnTeamNames,
    act: 'create-team',
    idempotency: 'key',
    answer: { status: 201, schema: Team, description: 'The team, without members.' },
  },
  async (dependencies, { organization, body, accountable }) => {
    const team = await createOwnTeam(dependencies, organization, body.name, await accountable());
    return { body: shownTeam(shownOwnTeam(team)) };
  },
);

const change = defineRoute(
  {
    ...common,
    name: 'changeTeam',
    method: 'patch',
    path: `${path}/{id}`,
    summary: 'Rename a team that was made by hand',
    description: onlyOwn,
    params,
    ifMatch: 'optional',
    body: OwnTeamNames,
    act: 'rename-team',
    idempotency: 'natural',
    answer: { status: 200, schema: Team, description: 'The team as it is now.' },
  },
  async (dependencies, { organization, params: { id }, headers, body, accountable }) => {
    const read = async () => shownTeam((await teamIn(dependencies.table, organization, id)).team);
    const team = await ownTeamIn(dependencies.table, organization, id);
    checkUnchanged(headers, { ...(await read()), name: team.name, slug: team.slug });
    await renameTeam(dependencies, organization, team, body.name, await accountable());
    const renamed = await read();
    return { body: renamed, headers: taggedAs(renamed) };
  },
);

const remove = defineRoute(
  {
    ...common,
    name: 'deleteTeam',
    method: 'delete',
    path: `${path}/{id}`,
    scope: 'danger',
    isDangerous: true,
    summary: 'Delete a team that was made by hand',
    description: `Its tokens are revoked, and what owners left to it ends. ${onlyOwn}`,
    params,
    act: 'delete-team',
    idempotency: 'natural',
    repeated: 404,
    answer: { status: 204, description: 'The team is deleted.' },
  },
  async (dependencies, { organization, params: { id }, accountable }) => {
    const team = await ownTeamIn(dependencies.table, organization, id);
    await deleteTeam(dependencies, organization, team, await accountable());
    return {};
  },
);

const member = {
  ...common,
  path: `${path}/{id}/members/{person}`,
  description: onlyOwn,
  params: params.extend({ person: PersonId }),
  idempotency: 'natural',
} as const;

const add = defineRoute(
  {
    ...member,
    name: 'addTeamMember',
    method: 'put',
    summary: 'Put a person of the organization into a team that was made by hand',
    act: 'add-team-member',
    answer: {
      status: 200,
      schema: z.object({ person: z.string().meta({ description: 'The id of the user.' }) }),
      description: 'Who is in the team now.',
    },
  },
  async (dependencies, { organization, params: { id, person }, accountable }) => {
    const { table } = dependencies;
    const team = await ownTeamIn(table, organization, id);
    const found = await personIn(table, organization, person);
    return {
      body: { person: await addToTeam(dependencies, organization, team, found, await accountable()) },
    };
  },
);

const removeMember = defineRoute(
  {
    ...member,
    name: 'removeTeamMember',
    method: 'delete',
    summary: 'Take a person out of a team that was made by hand',
    params: params.extend({ person: Id }),
    act: 'remove-team-member',
    answer: { status: 204, description: 'The person is not in the team now.' },
  },
  async (dependencies, { organization, params: { id, person }, accountable }) => {
    const team = await ownTeamIn(dependencies.table, organization, id);
    await removeFromTeam(dependencies, organization, team, asId<UserId>(person), await accountable());
    return {};
  },
);

export const ownTeamRoutes: readonly Route[] = [create, change, remove, add, removeMember];
