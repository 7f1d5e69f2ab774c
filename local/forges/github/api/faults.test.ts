import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commitText, gitIn, importRepository, removeRepository } from '../../git/test-repository.ts';
import {
  addRepository,
  addTeam,
  addUser,
  emptyState,
  graphql,
  rest,
  startApi,
  type TestApi,
} from './test-world.ts';

const state = emptyState();
let api: TestApi;
let gitDirectory: string;

beforeAll(async () => {
  for (let id = 1; id <= 5; id++) addUser(state, id, `user-${id}`, 'member');
  for (const id of [60, 61]) addTeam(state, id, `team-${id}`).members.set(1, 'member').set(2, 'member');
  gitDirectory = await importRepository(commitText('refs/heads/main', 1_700_000_000, { a: 'b' }));
  addRepository(state, 900, 'shop', gitDirectory);
  api = await startApi(state);
});
afterAll(async () => {
  await api.stop();
  await removeRepository(gitDirectory);
});

const TEAMS = `query Teams { organization(login:"acme") { login teams(first:10) { totalCount nodes { databaseId
  members(first:10) { totalCount pageInfo { hasNextPage } nodes { databaseId } } } } } }`;

describe('faults', () => {
  it('strike any request: server errors, secondary limits, rejected credentials, broken connections', async () => {
    api.faults.add('server-error', { path: '/orgs/acme' }, { status: 503 });
    expect((await rest(api, '/orgs/acme')).status).toBe(503);

    api.faults.add('server-error', { operation: 'Teams' });
    const timeout = await graphql(api, TEAMS);
    expect([timeout.status, timeout.body.data]).toEqual([502, null]);

    api.faults.add('secondary-limit', {}, { status: 429, retryAfter: 30 });
    const limited = await rest(api, '/orgs/acme');
    expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '30']);
    expect(limited.body.message).toContain('secondary rate limit');

    api.faults.add('bad-credential', {});
    expect((await graphql(api, TEAMS)).status).toBe(401);

    api.faults.add('drop-connection', {});
    await expect(rest(api, '/orgs/acme')).rejects.toThrow();

    api.faults.add('slow', {}, { delayMs: 60 });
    const start = performance.now();
    expect((await rest(api, '/orgs/acme')).status).toBe(200);
    expect(performance.now() - start).toBeGreaterThan(50);
  });

  it('strike one page of a list in REST', async () => {
    api.faults.add('failing-page', { list: '/orgs/{org}/members', page: '2' });
    api.faults.add('short-page', { list: '/orgs/{org}/members', page: '1' }, { drop: 1 });
    const first = await rest(api, '/orgs/acme/members?per_page=3');
    expect(first.body).toHaveLength(2);
    expect(first.headers.get('link')).toContain('rel="next"');
    expect((await rest(api, '/orgs/acme/members?per_page=3&page=2')).status).toBe(502);
    expect((await rest(api, '/orgs/acme/members?per_page=3&page=2')).body).toHaveLength(2);
  });

  it('shorten the list of one team, while its total stays', async () => {
    api.faults.add('short-page', { list: 'Team.members', owner: '61', operation: 'Teams' }, { drop: 1 });
    const { body } = await graphql(api, TEAMS);
    expect(body.errors).toBeUndefined();
    expect(body.data.organization.teams.nodes).toMatchObject([
      { members: { totalCount: 2, nodes: [{ databaseId: 1 }, { databaseId: 2 }] } },
      { members: { totalCount: 2, pageInfo: { hasNextPage: false }, nodes: [{ databaseId: 1 }] } },
    ]);
  });

  it('fail one page of a list in GraphQL, with an error without a type', async () => {
    api.faults.add('failing-page', { list: 'Organization.teams', page: '1' });
    const { status, body } = await graphql(api, TEAMS);
    expect([status, body.data]).toEqual([200, { organization: null }]);
    expect(body.errors[0].type).toBeUndefined();
    expect(body.errors[0].message).toContain('Something went wrong');
  });

  it('cause partial data, with an error that has the path', async () => {
    api.faults.add('resource-limits', { list: 'Team.members', owner: '60' });
    const { status, body } = await graphql(api, TEAMS);
    expect(status).toBe(200);
    expect(body.data.organization.teams).toMatchObject({ totalCount: 2, nodes: [null, { databaseId: 61 }] });
    expect(body.errors).toMatchObject([
      {
        type: 'RESOURCE_LIMITS_EXCEEDED',
        path: ['organization', 'teams', 'nodes', 0, 'members'],
        message: 'Resource limits for this query exceeded.',
      },
    ]);
    expect(api.requests.at(-1)).toMatchObject({
      operation: 'Teams',
      errorTypes: ['RESOURCE_LIMITS_EXCEEDED'],
    });
  });

  it('answer with past state: people and refs', async () => {
    const refs =
      'query Refs { repository(owner:"acme",name:"shop") { refs(refPrefix:"refs/tags/") { totalCount } } }';
    expect((await graphql(api, refs)).body.data.repository.refs.totalCount).toBe(0);
    api.past.state = structuredClone(state);
    state.teams.get(60)?.members.clear();
    await gitIn(gitDirectory, 'update-ref', 'refs/tags/v1', 'refs/heads/main');

    api.faults.add('lagging-read', { operation: 'Teams' });
    const old = await graphql(api, TEAMS);
    expect(old.body.data.organization.teams.nodes[0].members.totalCount).toBe(2);
    expect((await graphql(api, TEAMS)).body.data.organization.teams.nodes[0].members.totalCount).toBe(0);

    api.faults.add('lagging-read', { operation: 'Refs' }, { seconds: 1 });
    expect((await graphql(api, refs)).body.data.repository.refs.totalCount).toBe(0);
    expect((await graphql(api, refs)).body.data.repository.refs.totalCount).toBe(1);
  });

  it('break a download on its own host', async () => {
    const location = (await rest(api, '/repos/acme/shop/zipball')).headers.get('location') ?? '';
    api.faults.add('server-error', { surface: 'codeload' }, { status: 500 });
    expect((await fetch(location)).status).toBe(500);
    expect((await fetch(location)).status).toBe(200);
  });
});
