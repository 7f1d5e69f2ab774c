import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { commitText, importRepository, removeRepository } from '../../git/test-repository.ts';
import {
  addRepository,
  emptyState,
  graphql,
  INSTALLATION_ID,
  installation,
  makeJwt,
  PERMISSIONS,
  rest,
  startApi,
  type TestApi,
} from './test-world.ts';

const state = emptyState();
let api: TestApi;
let gitDirectory: string;

beforeAll(async () => {
  gitDirectory = await importRepository(commitText('refs/heads/main', 1_700_000_000, { a: 'b' }));
  addRepository(state, 900, 'billing', gitDirectory);
  addRepository(state, 901, 'shop');
  addRepository(state, 902, 'blog').visibility = 'public';
  state.organizations.set(777, {
    id: 777,
    nodeId: 'O_other',
    login: 'other',
    name: 'Other',
    defaultRepositoryPermission: 'read',
    members: new Map(),
  });
  addRepository(state, 950, 'secret').organizationId = 777;
  const open = addRepository(state, 951, 'open');
  open.organizationId = 777;
  open.visibility = 'public';
  api = await startApi(state);
});
afterAll(async () => {
  await api.stop();
  await removeRepository(gitDirectory);
});
beforeEach(() => {
  Object.assign(installation(state), { repositorySelection: 'all', permissions: { ...PERMISSIONS } });
  delete installation(state).suspendedAt;
  api.clock.ahead = 0;
});

const seconds = () => Math.floor(Date.now() / 1000);
const good = () => ({ iss: state.app.id, iat: seconds() - 30, exp: seconds() + 540 });
const basic = (token: string) => `Basic ${Buffer.from(`x-access-token:${token}`).toString('base64')}`;

describe('the app itself', () => {
  it('authenticates with a JWT under its id or its client id', async () => {
    expect((await rest(api, '/app', makeJwt(good()))).body).toMatchObject({
      id: 7001,
      slug: 'repertoire-test',
    });
    expect((await rest(api, '/app', makeJwt({ ...good(), iss: state.app.clientId }))).status).toBe(200);
    const { data } = await api.app.octokit.request('GET /app/installations');
    expect(data).toMatchObject([{ id: INSTALLATION_ID, account: { login: 'acme', type: 'Organization' } }]);
  });

  it.each([
    ['another app', { iss: 1 }, 404, 'Integration not found'],
    ['an end in the past', { exp: seconds() - 10 }, 401, /future time at which/],
    ['more than ten minutes', { exp: seconds() + 660 }, 401, /too far in the future/],
    ['a start in the future', { iat: seconds() + 120 }, 401, /Issued at/],
  ])('is refused for %s', async (_name, change, status, message) => {
    const { status: actual, body } = await rest(api, '/app', makeJwt({ ...good(), ...change }));
    expect(actual).toBe(status);
    expect(body.message).toMatch(message);
  });

  it('is refused with a key of its own choice, and without a credential', async () => {
    const { privateKey } = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
      publicKeyEncoding: { type: 'spki', format: 'pem' },
    });
    expect((await rest(api, '/app', makeJwt(good(), privateKey))).status).toBe(401);
    expect((await rest(api, '/app', '')).status).toBe(401);
    expect((await rest(api, '/app')).status).toBe(401);
  });

  it('is accepted with the real client although its clock is wrong, since the client reads the date of the refusal', async () => {
    api.clock.ahead = -5 * 60_000;
    expect((await api.app.octokit.request('GET /app')).status).toBe(200);
    api.clock.ahead = 20 * 60_000;
    expect((await api.app.octokit.request('GET /app')).status).toBe(200);
  });
});

describe('installation tokens', () => {
  const make = (body: object = {}, headers: Record<string, string> = {}) =>
    rest(api, `/app/installations/${INSTALLATION_ID}/access_tokens`, makeJwt(good()), {
      method: 'POST',
      body: JSON.stringify(body),
      headers,
    });

  it('have the long form, and the classic one on request', async () => {
    const long = (await make()).body.token;
    expect(long).toMatch(/^ghs_7001_[\w-]+\.[\w-]+\.[\w-]+$/);
    expect(long.length).toBeGreaterThan(480);
    expect(long.length).toBeLessThan(560);
    const classic = (await make({}, { 'x-github-stateless-s2s-token': 'disabled' })).body.token;
    expect(classic).toMatch(/^ghs_[A-Za-z0-9]{36}$/);
    for (const token of [long, classic])
      expect((await rest(api, '/installation/repositories', token)).status).toBe(200);
  });

  it('may be limited to some repositories and fewer permissions', async () => {
    const { status, body } = await make({ repository_ids: [900], permissions: { contents: 'read' } });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      permissions: { contents: 'read', metadata: 'read' },
      repository_selection: 'selected',
      repositories: [{ id: 900 }],
    });
    const { body: listed } = await rest(api, '/installation/repositories', body.token);
    expect(listed).toMatchObject({ total_count: 1, repositories: [{ full_name: 'acme/billing' }] });
    expect((await rest(api, '/repos/acme/shop', body.token)).status).toBe(404);
    expect((await rest(api, '/orgs/acme/members', body.token)).status).toBe(403);
  });

  it('are refused for what the installation does not have', async () => {
    expect((await make({ repository_ids: [950] })).status).toBe(422);
    expect((await make({ repositories: ['none'] })).status).toBe(422);
    expect((await make({ permissions: { issues: 'read' } })).status).toBe(422);
    expect((await make({ permissions: { contents: 'write' } })).status).toBe(422);
    expect(
      (await rest(api, '/app/installations/1/access_tokens', makeJwt(good()), { method: 'POST' })).status,
    ).toBe(404);
  });

  it('expire after an hour, and end while the installation is suspended, when it is deleted, and when revoked', async () => {
    const token = api.token();
    const status = async () => (await rest(api, '/installation/repositories', token)).status;
    expect(await status()).toBe(200);
    installation(state).suspendedAt = '2026-01-01T00:00:00Z';
    expect(await status()).toBe(403);
    expect((await make()).body.message).toBe('This installation has been suspended');
    delete installation(state).suspendedAt;
    expect(await status()).toBe(200);

    const kept = installation(state);
    state.installations.delete(INSTALLATION_ID);
    expect(await status()).toBe(401);
    state.installations.set(INSTALLATION_ID, kept);
    api.clock.ahead = 61 * 60_000;
    expect(await status()).toBe(401);
    api.clock.ahead = 0;
    expect((await rest(api, '/installation/token', token, { method: 'DELETE' })).status).toBe(204);
    const { status: after, body } = await rest(api, '/installation/repositories', token);
    expect([after, body]).toEqual([
      401,
      { message: 'Bad credentials', documentation_url: 'https://docs.github.com/rest', status: '401' },
    ]);
  });

  it('give access by git to the repositories that they are for', () => {
    const token = api.token({ repositoryIds: [900] });
    const right = (id: number, header: string | undefined) => api.tokens.authorizeGit(state, header, id);
    expect(right(900, basic(token))).toBe('read');
    expect(right(901, basic(token))).toBe('none');
    expect(right(902, basic(token))).toBe('read');
    expect(right(902, undefined)).toBe('read');
    expect(right(900, undefined)).toBe('none');
    expect(right(900, basic('ghs_wrong'))).toBe('bad-credential');
    expect(right(900, basic(api.token({ permissions: { members: 'read' } })))).toBe('none');
    installation(state).permissions.contents = 'write';
    expect(right(900, basic(api.token()))).toBe('write');
  });
});

describe('what a token may see', () => {
  it('is its installation and what is public, in REST', async () => {
    expect((await rest(api, '/repos/other/secret')).body.message).toBe('Not Found');
    expect((await rest(api, '/repositories/950')).status).toBe(404);
    expect((await rest(api, '/repos/other/open')).body).toMatchObject({ id: 951, visibility: 'public' });
    expect((await rest(api, '/repos/acme/blog', '')).status).toBe(200);
    expect((await rest(api, '/repos/acme/billing', '')).status).toBe(404);
    expect((await rest(api, '/orgs/other/members')).status).toBe(404);
    expect((await rest(api, '/orgs/other')).body.default_repository_permission).toBeUndefined();
  });

  it('is its installation and what is public, in GraphQL', async () => {
    const { body } = await graphql(
      api,
      `{ hidden: repository(owner:"other",name:"secret") { id } open: repository(owner:"other",name:"open") { databaseId owner { login } }
        organization(login:"other") { login } node(id:"R_950") { id } nodes(ids:["R_900","R_none","O_other"]) { id } }`,
    );
    expect(body.data).toEqual({
      hidden: null,
      open: { databaseId: 951, owner: { login: 'other' } },
      organization: null,
      node: null,
      nodes: [{ id: 'R_900' }, null, null],
    });
    const found = body.errors.map(({ type, path }: { type: string; path: unknown }) => [type, path]);
    expect(found).toEqual([
      ['NOT_FOUND', ['hidden']],
      ['NOT_FOUND', ['organization']],
      ['NOT_FOUND', ['node']],
      ['NOT_FOUND', ['nodes', 1]],
      ['NOT_FOUND', ['nodes', 2]],
    ]);
    expect(body.errors[0].message).toBe("Could not resolve to a Repository with the name 'other/secret'.");
  });

  it('is only what is selected', async () => {
    Object.assign(installation(state), { repositorySelection: 'selected', repositoryIds: new Set([901]) });
    const { body } = await graphql(
      api,
      '{ organization(login:"acme") { repositories(first:10) { totalCount nodes { name } } } }',
    );
    expect(body.data.organization.repositories).toEqual({
      totalCount: 2,
      nodes: [{ name: 'shop' }, { name: 'blog' }],
    });
    expect((await rest(api, '/repos/acme/billing')).status).toBe(404);
  });

  it('is nothing in GraphQL without a token', async () => {
    const response = await fetch(`${api.url}/graphql`, {
      method: 'POST',
      body: '{"query":"{ rateLimit { cost } }"}',
    });
    expect(response.status).toBe(401);
  });
});
