import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  acme,
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

beforeAll(async () => {
  for (let id = 1; id <= 101; id++) addUser(state, id, `user-${id}`, id <= 2 ? 'admin' : 'member');
  for (let id = 201; id <= 301; id++) {
    addTeam(state, id, `team-${id}`).members.set(1, 'member');
    addRepository(state, id + 1000, `repository-${id}`).collaborators.set(5, 'admin');
  }
  api = await startApi(state);
});
afterAll(() => api.stop());

const MEMBERS =
  'query Members($first:Int,$after:String,$last:Int,$before:String) { organization(login:"acme") { membersWithRole(first:$first,after:$after,last:$last,before:$before) { totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor } nodes { databaseId } } } }';

async function members(variables: Record<string, unknown>) {
  const { body } = await graphql(api, MEMBERS, variables);
  const { pageInfo, nodes, totalCount } = body.data.organization.membersWithRole;
  return { ids: nodes.map((node: { databaseId: number }) => node.databaseId), totalCount, ...pageInfo };
}

describe('lists of 101', () => {
  it('need two pages in GraphQL, each with the total', async () => {
    const first = await members({ first: 100 });
    expect([first.ids.length, first.totalCount, first.hasNextPage]).toEqual([100, 101, true]);
    const second = await members({ first: 100, after: first.endCursor });
    expect(second).toMatchObject({ ids: [101], totalCount: 101, hasNextPage: false, hasPreviousPage: true });
  });

  it('go backwards too', async () => {
    const end = await members({ last: 3 });
    expect(end).toMatchObject({ ids: [99, 100, 101], hasNextPage: false, hasPreviousPage: true });
    const before = await members({ last: 2, before: end.startCursor });
    expect(before).toMatchObject({ ids: [97, 98], hasNextPage: true });
  });

  it('skip and repeat nobody when someone leaves between two pages', async () => {
    const first = await members({ first: 50 });
    const membership = acme(state).members.get(10);
    acme(state).members.delete(10);
    const second = await members({ first: 100, after: first.endCursor });
    if (membership) acme(state).members.set(10, membership);
    expect(second.ids).toEqual(Array.from({ length: 51 }, (_, index) => index + 51));
  });

  it('are followed by the real client in REST, on links by id', async () => {
    const iterator = api.octokit.request('GET /orgs/{org}/members', { org: 'acme', per_page: 100 });
    const { data, headers } = await iterator;
    expect(data).toHaveLength(100);
    const next = /<([^>]+)>; rel="next"/.exec(headers.link ?? '')?.[1] ?? '';
    expect(next).toContain('/organizations/501/members?per_page=100&page=2');
    const last = await rest(api, next);
    expect(last.body.map(({ id }: { id: number }) => id)).toEqual([101]);
    expect(last.headers.get('link')).not.toContain('rel="next"');

    const names: string[] = [];
    await api.app.eachRepository(({ repository }) => void names.push(repository.name));
    expect(names).toHaveLength(101);
  });

  it('have thirty items per page by default and never more than a hundred', async () => {
    expect((await rest(api, '/orgs/acme/teams')).body).toHaveLength(30);
    expect((await rest(api, '/orgs/acme/teams?per_page=1000')).body).toHaveLength(100);
    expect((await rest(api, '/orgs/acme/teams?per_page=100&page=9')).body).toEqual([]);
    expect((await rest(api, '/orgs/acme/members?role=admin')).body).toHaveLength(2);
  });
});

describe('a query', () => {
  const errorOf = async (query: string) => {
    const { status, body } = await graphql(api, query);
    expect(status).toBe(200);
    return body.errors[0];
  };

  it('must give a page size, unless it requests only a total', async () => {
    expect(
      await errorOf('{ organization(login:"acme") { membersWithRole { nodes { login } } } }'),
    ).toMatchObject({
      type: 'MISSING_PAGINATION_BOUNDARIES',
      path: ['organization', 'membersWithRole'],
      message:
        'You must provide a `first` or `last` value to properly paginate the `membersWithRole` connection.',
    });
    const { body } = await graphql(api, '{ organization(login:"acme") { membersWithRole { totalCount } } }');
    expect(body).toEqual({ data: { organization: { membersWithRole: { totalCount: 101 } } } });
  });

  it('may not request more than a hundred', async () => {
    expect(
      await errorOf('{ organization(login:"acme") { teams(first:101) { nodes { slug } } } }'),
    ).toMatchObject({
      type: 'EXCESSIVE_PAGINATION',
      message: 'Requesting 101 records on the `teams` connection exceeds the `first` limit of 100 records.',
    });
  });

  it('may not reach half a million nodes', async () => {
    const query = `{ organization(login:"acme") { teams(first:100) { nodes { members(first:100) { nodes { login } }
      repositories(first:100) { nodes { collaborators(first:100) { nodes { login } } } } } } } }`;
    const { body } = await graphql(api, query);
    expect(body).toEqual({
      errors: [
        {
          type: 'MAX_NODE_LIMIT_EXCEEDED',
          message:
            'This query requests up to 1,020,100 possible nodes which exceeds the maximum limit of 500,000.',
        },
      ],
    });
  });

  it('may not name more than a hundred nodes, nor use a cursor that it invented', async () => {
    const ids = Array.from({ length: 101 }, () => '"R_1"').join();
    expect(await errorOf(`{ nodes(ids:[${ids}]) { id } }`)).toMatchObject({ type: 'ARGUMENT_LIMIT' });
    expect(
      await errorOf('{ organization(login:"acme") { teams(first:1, after:"xyz") { nodes { slug } } } }'),
    ).toMatchObject({
      type: 'INVALID_CURSOR_ARGUMENTS',
      message: '`xyz` does not appear to be a valid cursor.',
    });
  });

  it('gets a clear error, never a null, for what is not simulated', async () => {
    expect(
      await errorOf('{ organization(login:"acme") { packages(first:1) { totalCount } } }'),
    ).toMatchObject({
      type: 'UNIMPLEMENTED',
      message: 'The simulated GitHub does not implement Organization.packages.',
    });
    expect(
      await errorOf(
        '{ organization(login:"acme") { repositories(first:1,hasIssuesEnabled:true) { totalCount } } }',
      ),
    ).toMatchObject({
      type: 'UNIMPLEMENTED',
    });
  });

  it('is checked against the published schema', async () => {
    expect((await errorOf('{ organization(login:"acme") { nothing } }')).message).toContain(
      'Cannot query field "nothing"',
    );
    expect((await errorOf('{ organization(login:"acme" ')).message).toContain('Syntax Error');
    expect((await errorOf('query($id:ID!) { node(id:$id) { id } }')).message).toContain('$id');
  });

  it('costs what its connections cost', async () => {
    const inner =
      'members(first:100) { totalCount } repositories(first:100) { totalCount } childTeams(first:1) { totalCount }';
    const { body } = await graphql(
      api,
      `{ rateLimit { cost nodeCount } organization(login:"acme") { teams(first:100) { nodes { ${inner} } } } }`,
    );
    expect(body.data.rateLimit).toEqual({ cost: 3, nodeCount: 100 + 100 * 201 });
  });
});

describe('budgets', () => {
  it('grow with repositories and users over twenty', async () => {
    const { headers } = await rest(api, '/orgs/acme');
    expect(headers.get('x-ratelimit-limit')).toBe(`${Math.min(12_500, 5000 + 50 * 81 + 50 * 81)}`);
    expect(headers.get('x-ratelimit-resource')).toBe('core');
    const { body } = await rest(api, '/rate_limit');
    expect(body.resources.core.used).toBe(Number(headers.get('x-ratelimit-used')));
  });

  it('are not charged for a 304; its entity tag ends with the token', async () => {
    const token = api.token();
    const first = await rest(api, '/orgs/acme', token);
    const etag = first.headers.get('etag') ?? '';
    const again = await rest(api, '/orgs/acme', token, { headers: { 'if-none-match': etag } });
    expect(again.status).toBe(304);
    expect(again.headers.get('x-ratelimit-used')).toBe(first.headers.get('x-ratelimit-used'));
    expect((await rest(api, '/orgs/acme', api.token(), { headers: { 'if-none-match': etag } })).status).toBe(
      200,
    );
  });

  it('refuse REST with 403 once spent, until the hour is over', async () => {
    api.faults.add('rate-limit', {});
    for (let round = 0; round < 2; round++) {
      const { status, headers, body } = await rest(api, '/orgs/acme');
      expect([status, headers.get('x-ratelimit-remaining')]).toEqual([403, '0']);
      expect(body.message).toBe('API rate limit exceeded for installation ID 42.');
    }
    api.clock.ahead += 61 * 60_000;
    expect((await rest(api, '/orgs/acme', api.token())).status).toBe(200);
  });

  it('refuse GraphQL with 200 once spent, with either error type', async () => {
    api.faults.add('rate-limit', { surface: 'graphql' });
    const query = '{ organization(login:"acme") { login } }';
    expect((await graphql(api, query)).body).toEqual({
      errors: [{ type: 'RATE_LIMITED', message: 'API rate limit exceeded for installation ID 42.' }],
    });
    const { status, headers, body } = await graphql(api, query);
    expect([status, headers.get('x-ratelimit-remaining')]).toEqual([200, '0']);
    expect(body.errors).toMatchObject([{ type: 'RATE_LIMIT', code: 'graphql_rate_limit' }]);
    api.clock.ahead += 61 * 60_000;
    expect((await graphql(api, query)).body.data).toEqual({ organization: { login: 'acme' } });
  });
});
