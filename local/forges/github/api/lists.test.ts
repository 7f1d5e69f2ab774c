import { isObjectType } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commitText, importRepository, removeRepository } from '../../git/test-repository.ts';
import { servedFields } from './graphql/execute.ts';
import { githubSchema } from './graphql/schema.ts';
import { apiRoutes } from './server.ts';
import {
  acme,
  addRepository,
  addTeam,
  addUser,
  emptyState,
  graphql,
  installation,
  makeJwt,
  rest,
  startApi,
  type TestApi,
} from './test-world.ts';

/** More than one page of each kind. */
const MANY = 104;
const state = emptyState();
let api: TestApi;
let token: string;
let userToken: string;
let gitDirectory: string;

const numbers = (from: number) => Array.from({ length: MANY }, (_, index) => from + index);

beforeAll(async () => {
  for (const id of numbers(1)) addUser(state, id, `user-${id}`, 'member');
  for (const id of numbers(1001)) {
    addUser(state, id, `invited-${id}`);
    acme(state).members.set(id, { role: 'member', state: 'pending' });
  }
  // A chain of teams: the last has all others as ancestors, the first all others as descendants.
  for (const id of numbers(2001)) addTeam(state, id, `team-${id}`, id === 2001 ? undefined : id - 1);
  for (const id of numbers(3001)) addRepository(state, id, `repository-${id}`);
  const [team, busy] = [state.teams.get(2001), state.repositories.get(3001)];
  for (const id of numbers(1)) team?.members.set(id, 'member');
  for (const id of numbers(3001)) team?.repositories.set(id, 'pull');
  // Given to the root team, which all these people are in.
  const role = { id: 6001, name: 'auditors', base: 'pull' as const, isPredefined: false };
  acme(state).roles = new Map([[6001, { ...role, users: new Set([1]), teams: new Set([2001]) }]]);
  for (const id of numbers(1001)) busy?.collaborators.set(id, 'pull');
  for (const id of numbers(5001)) state.installations.set(id, { ...installation(state), id });
  state.installations.delete(5001);
  for (const id of numbers(100_000_000_001)) {
    state.deliveries.push({
      id,
      guid: `${id}`,
      event: 'push',
      deliveredAt: new Date().toISOString(),
      redelivery: false,
      status: 'OK',
      statusCode: 200,
      durationMs: 1,
      body: '{}',
    });
  }
  const tags = numbers(1).map((number) => `reset refs/tags/v${number}\nfrom :1\n\n`);
  gitDirectory = await importRepository(
    commitText('refs/heads/main', 1_700_000_000, { a: 'b' }, 1) + tags.join(''),
  );
  addRepository(state, 3000, 'tagged', gitDirectory);
  api = await startApi(state);
  token = api.token();
  userToken = api.userToken(1);
});
afterAll(async () => {
  await api.stop();
  await removeRepository(gitDirectory);
});

interface Connection {
  readonly open: string;
  /** Arguments besides those of the page. */
  readonly more?: string;
  /** The field that identifies an item. */
  readonly key?: string;
  readonly total?: number;
  /** Whether cursors are counts, as those of refs: base64 of any number is one. */
  readonly counting?: boolean;
}
const organization = 'organization(login:"acme")';
const team = (slug: string) => `organization(login:"acme") { team(slug:"${slug}")`;

/** Every connection that the simulator serves. */
const connections: Readonly<Record<string, Connection>> = {
  'Organization.membersWithRole': { open: organization },
  'Organization.pendingMembers': { open: organization },
  'Organization.teams': { open: organization },
  'Organization.repositories': { open: organization, total: MANY + 1 },
  'Team.members': { open: team('team-2001') },
  'Team.repositories': { open: team('team-2001') },
  'Team.ancestors': { open: team(`team-${2000 + MANY}`), total: MANY - 1 },
  'Team.childTeams': { open: team('team-2001'), more: 'immediateOnly:false', total: MANY - 1 },
  'Repository.collaborators': {
    open: 'repository(owner:"acme",name:"repository-3001")',
    more: 'affiliation:DIRECT',
  },
  'Repository.refs': {
    open: 'repository(owner:"acme",name:"tagged")',
    more: 'refPrefix:"refs/tags/"',
    key: 'name',
    counting: true,
  },
};

async function page(name: string, boundaries: string, selection?: string) {
  const { open, more = '', key = 'databaseId' } = connections[name] ?? { open: '' };
  const field = name.split('.')[1] ?? '';
  const whole = `totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor } edges { cursor node { ${key} } } nodes { ${key} }`;
  const query = `{ ${open} { list: ${field}(${more} ${boundaries}) { ${selection ?? whole} } } ${'}'.repeat(open.split('{').length)}`;
  const { body } = await graphql(api, query, {}, token);
  const root = Object.values<Record<string, { list?: unknown }>>(body.data ?? {})[0];
  // biome-ignore lint/suspicious/noExplicitAny: each test asserts on the shape itself
  const list: any = root?.list ?? root?.team?.list;
  return { list, errors: body.errors, keys: list?.nodes?.map((node: Record<string, unknown>) => node[key]) };
}

describe.each(Object.entries(connections))('%s', (name, { total = MANY, counting = false }) => {
  it.each([100, 17])('shows every item once, %i at a time, with the total on each page', async (size) => {
    const forwards: unknown[] = [];
    for (let after = '', more = true; more; ) {
      const { list, keys, errors } = await page(name, `first:${size} ${after}`);
      expect(errors).toBeUndefined();
      expect(list.totalCount).toBe(total);
      expect(list.pageInfo.hasPreviousPage).toBe(forwards.length > 0);
      expect(list.edges.map(({ node }: { node: object }) => Object.values(node)[0])).toEqual(keys);
      expect(list.edges[0].cursor).toBe(list.pageInfo.startCursor);
      expect(list.edges.at(-1).cursor).toBe(list.pageInfo.endCursor);
      forwards.push(...keys);
      expect(keys).toHaveLength(Math.min(size, total - forwards.length + keys.length));
      more = list.pageInfo.hasNextPage;
      after = `after:"${list.pageInfo.endCursor}"`;
    }
    expect(new Set(forwards).size).toBe(total);
    expect(forwards).toHaveLength(total);
    if (size === 17) return;

    const backwards: unknown[] = [];
    for (let before = '', more = true; more; ) {
      const { list, keys } = await page(name, `last:${size} ${before}`);
      backwards.unshift(...keys);
      more = list.pageInfo.hasPreviousPage;
      before = `before:"${list.pageInfo.startCursor}"`;
    }
    expect(backwards).toEqual(forwards);
  });

  it('refuses a page size of more than a hundred, below zero, or missing', async () => {
    for (const boundary of ['first', 'last']) {
      const { errors, list } = await page(name, `${boundary}:101`);
      expect(errors).toMatchObject([{ type: 'EXCESSIVE_PAGINATION' }]);
      expect(list ?? null).toBeNull();
      expect((await page(name, `${boundary}:-1`)).errors).toMatchObject([{ type: 'EXCESSIVE_PAGINATION' }]);
      expect((await page(name, `${boundary}:100`)).keys).toHaveLength(100);
    }
    const { errors } = await page(name, 'after:null');
    expect(errors).toMatchObject([{ type: 'MISSING_PAGINATION_BOUNDARIES' }]);
    expect((await page(name, 'after:null', 'totalCount')).list).toEqual({ totalCount: total });
    const none = await page(name, 'first:0');
    expect(none.list).toMatchObject({
      totalCount: total,
      nodes: [],
      edges: [],
      pageInfo: { hasNextPage: true },
    });
  });

  it('refuses a cursor that it never issued', async () => {
    const base64 = (text: string) => Buffer.from(text).toString('base64');
    const bad = [
      'xyz',
      '',
      base64('cursor:v2:'),
      base64('cursor:v2:{}'),
      base64('cursor:v2:[null]'),
      base64('-1'),
    ];
    for (const cursor of counting ? bad : [...bad, base64('5')]) {
      for (const boundaries of [`first:5 after:"${cursor}"`, `last:5 before:"${cursor}"`]) {
        const { errors, list } = await page(name, boundaries);
        expect([cursor, errors?.[0]?.type, list ?? null]).toEqual([cursor, 'INVALID_CURSOR_ARGUMENTS', null]);
      }
    }
  });
});

it('no connection is served that is not tested above', () => {
  const served = Object.entries(servedFields).flatMap(([type, fields]) => {
    const found = githubSchema().getType(type);
    const all = isObjectType(found) ? found.getFields() : {};
    return Object.keys(fields)
      .filter((name) => /Connection!?$/.test(`${all[name]?.type}`))
      .map((name) => `${type}.${name}`);
  });
  expect(served.sort()).toEqual(Object.keys(connections).sort());
});

/** Every paged list in REST: a path that has more than one page, and the field that identifies its items. */
interface PagedRoute {
  readonly path: string;
  readonly total?: number;
  readonly within?: string;
  readonly key?: 'name' | 'url';
  /** Asked by the app itself, or by a person, `user-1`; otherwise by the installation. */
  readonly by?: 'app' | 'user';
}
const pagedRoutes: Readonly<Record<string, PagedRoute>> = {
  '/app/installations': { path: '/app/installations', by: 'app' },
  '/installation/repositories': {
    path: '/installation/repositories',
    total: MANY + 1,
    within: 'repositories',
  },
  '/orgs/{org}/members': { path: '/orgs/acme/members' },
  '/orgs/{org}/organization-roles/{role_id}/users': { path: '/orgs/acme/organization-roles/6001/users' },
  '/orgs/{org}/organization-roles/{role_id}/teams': { path: '/orgs/acme/organization-roles/6001/teams' },
  '/orgs/{org}/outside_collaborators': { path: '/orgs/acme/outside_collaborators' },
  '/orgs/{org}/teams': { path: '/orgs/acme/teams' },
  '/orgs/{org}/teams/{team_slug}/members': { path: '/orgs/acme/teams/team-2001/members' },
  '/orgs/{org}/teams/{team_slug}/repos': { path: '/orgs/acme/teams/team-2001/repos' },
  '/orgs/{org}/teams/{team_slug}/teams': { path: '/orgs/acme/teams/team-2001/teams', total: 1 },
  '/repos/{owner}/{repo}/collaborators': {
    path: '/repos/acme/repository-3001/collaborators?affiliation=direct',
  },
  '/repos/{owner}/{repo}/tags': { path: '/repos/acme/tagged/tags', key: 'name' },
  '/app/hook/deliveries': { path: '/app/hook/deliveries', by: 'app' },
  '/user/installations': { path: '/user/installations', within: 'installations', by: 'user' },
  '/user/installations/{installation_id}/repositories': {
    path: '/user/installations/42/repositories',
    total: MANY + 1,
    within: 'repositories',
    by: 'user',
  },
  '/user/memberships/orgs': { path: '/user/memberships/orgs', key: 'url', total: 1, by: 'user' },
};
/** Lists that are always one answer, whatever their size: https://docs.github.com/en/rest/git/refs#list-matching-references */
const wholeRoutes = [
  '/orgs/{org}/organization-roles',
  '/repos/{owner}/{repo}/contents',
  '/repos/{owner}/{repo}/contents/{+path}',
  '/repos/{owner}/{repo}/git/matching-refs/{+ref}',
  '/repos/{owner}/{repo}/git/refs/{+ref}',
];
const single = [
  '/app',
  '/app/installations/{installation_id}',
  '/app/hook/deliveries/{delivery_id}',
  '/orgs/{org}',
  '/orgs/{org}/memberships/{login}',
  '/orgs/{org}/teams/{team_slug}',
  '/rate_limit',
  '/repos/{owner}/{repo}',
  '/repos/{owner}/{repo}/collaborators/{username}/permission',
  '/repos/{owner}/{repo}/commits/{+ref}',
  '/repos/{owner}/{repo}/git/blobs/{sha}',
  // Has no pages: what it leaves out it says by `truncated`.
  '/repos/{owner}/{repo}/git/trees/{sha}',
  '/repos/{owner}/{repo}/zipball',
  '/repos/{owner}/{repo}/zipball/{+ref}',
  '/user',
  '/user/{account_id}',
];

it('no list is served in REST that is not tested here', () => {
  const byName = apiRoutes
    .filter(({ method, pattern }) => method === 'GET' && !/^\/(organizations|repositories)\//.test(pattern))
    .map(({ pattern }) => pattern);
  expect([...Object.keys(pagedRoutes), ...wholeRoutes, ...single].sort()).toEqual(byName.sort());
});

describe.each(Object.entries(pagedRoutes))(
  'GET %s',
  (pattern, { path, total = MANY, within, key = 'id', by }) => {
    const ask = async (query: Record<string, string | number>) => {
      const url = new URL(path, api.url);
      for (const [name, value] of Object.entries(query)) url.searchParams.set(name, `${value}`);
      return read(url.href);
    };
    const read = async (address: string) => {
      const seconds = Math.floor(Date.now() / 1000);
      const jwt = () => makeJwt({ iss: state.app.id, iat: seconds - 30, exp: seconds + 540 });
      const { status, headers, body } = await rest(
        api,
        address,
        by === 'app' ? jwt() : by === 'user' ? userToken : token,
      );
      const items: Record<string, number | string>[] = within === undefined ? body : body[within];
      const links = Object.fromEntries(
        [...(headers.get('link') ?? '').matchAll(/<([^>]+)>; rel="(\w+)"/g)].map(([, href, rel]) => [
          rel,
          href,
        ]),
      );
      if (within !== undefined) expect(body.total_count).toBe(total);
      return { status, links, ids: Array.isArray(items) ? items.map((item) => item[key]) : [] };
    };

    it.each([100, 37])('shows every item once, %i at a time, when its links are followed', async (size) => {
      const all: unknown[] = [];
      let answer = await ask({ per_page: size });
      for (;;) {
        all.push(...answer.ids);
        if (answer.links.next === undefined) break;
        expect(answer.ids).toHaveLength(size);
        answer = await read(answer.links.next);
      }
      expect(all).toHaveLength(total);
      expect(new Set(all).size).toBe(total);
    });

    it('shows thirty items by default, and never more than a hundred', async () => {
      for (const [asked, shown] of [
        [101, 100],
        [100_000, 100],
        [0, 30],
        [-5, 30],
        ['many', 30],
        [7, 7],
      ] as const) {
        expect([asked, (await ask({ per_page: asked })).ids.length]).toEqual([asked, Math.min(shown, total)]);
      }
      expect((await ask({})).ids).toHaveLength(Math.min(30, total));
    });

    if (pattern === '/app/hook/deliveries') {
      it('refuses a cursor that it never issued', async () => {
        for (const cursor of ['xyz', '', 'v1_', 'v2_5', '12']) {
          expect([cursor, (await ask({ cursor })).status]).toEqual([cursor, 400]);
        }
      });
    } else {
      it('is empty beyond its end, and links back', async () => {
        const { status, ids, links } = await ask({ per_page: 100, page: 9 });
        expect([status, ids, links.next]).toEqual([200, [], undefined]);
        expect(new URL(links.first ?? '').searchParams.get('page')).toBe('1');
        const last = Math.ceil(total / 100);
        expect(new URL(links.prev ?? '').searchParams.get('page')).toBe(`${last}`);
        expect((await ask({ page: 'x' })).ids).toEqual((await ask({})).ids);
      });
    }
  },
);
