import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { BLOB, type PermissionScene, permissionNames, startPermissionScene } from './permission-scene.ts';
import { apiRoutes } from './server.ts';
import { makeJwt, rest } from './test-world.ts';

let scene: PermissionScene;
beforeAll(async () => {
  scene = await startPermissionScene();
});
afterAll(() => scene.stop());
afterEach(() => scene.restore());

const jwt = () => {
  const seconds = Math.floor(Date.now() / 1000);
  return makeJwt({ iss: scene.state.app.id, iat: seconds - 30, exp: seconds + 540 });
};

interface RouteRule {
  readonly path: string;
  /** The answer is 403 without any one of these permissions. */
  readonly needs: readonly string[];
  /** The status for a token with all permissions. */
  readonly status?: number;
  /** The status for the token of another organization's installation. */
  readonly foreign?: number;
  /** Only the app's own credential is accepted. */
  readonly app?: true;
}

/** By the route's path after the part that exists by name and by id. */
const organization: Readonly<Record<string, Omit<RouteRule, 'path'>>> = {
  // Anybody may see an organization; what its settings need is tested below.
  '': { needs: [], foreign: 200 },
  '/members': { needs: ['members'] },
  '/memberships/ann': { needs: ['members'] },
  '/organization-roles': { needs: ['organization_custom_org_roles'] },
  '/organization-roles/70/users': { needs: ['members'] },
  '/organization-roles/70/teams': { needs: ['members'] },
  '/outside_collaborators': { needs: ['members'] },
  '/teams': { needs: ['members'] },
};
const team: typeof organization = {
  '': { needs: ['members'] },
  '/members': { needs: ['members'] },
  '/repos': { needs: ['members'] },
  '/teams': { needs: ['members'] },
};
const repository: typeof organization = {
  '': { needs: [] },
  '/collaborators': { needs: ['members'] },
  '/collaborators/ann/permission': { needs: [] },
  '/zipball': { needs: ['contents'], status: 302 },
  '/zipball/main': { needs: ['contents'], status: 302 },
  '/contents': { needs: ['contents'] },
  '/contents/composer.json': { needs: ['contents'] },
  [`/git/blobs/${BLOB}`]: { needs: ['contents'] },
  '/git/trees/main': { needs: ['contents'] },
  '/git/matching-refs/tags': { needs: ['contents'] },
  '/git/refs/heads': { needs: ['contents'] },
  '/commits/main': { needs: ['contents'] },
  '/tags': { needs: ['contents'] },
};
const below = (prefixes: readonly string[], rules: typeof organization): RouteRule[] =>
  prefixes.flatMap((prefix) =>
    Object.entries(rules).map(([rest, rule]) => ({ path: prefix + rest, ...rule })),
  );

const rules: Readonly<Record<'GET' | 'POST' | 'DELETE', readonly RouteRule[]>> = {
  GET: [
    ...below(['/orgs/acme', '/organizations/501'], organization),
    ...below(['/orgs/acme/teams/backend', '/organizations/501/team/60'], team),
    ...below(['/repos/acme/billing', '/repositories/900'], repository),
    { path: '/app', needs: [], app: true },
    { path: '/app/installations', needs: [], app: true },
    { path: '/app/installations/42', needs: [], app: true },
    { path: '/app/hook/deliveries', needs: [], app: true },
    { path: '/app/hook/deliveries/5', needs: [], app: true },
    { path: '/installation/repositories', needs: [], foreign: 200 },
    { path: '/rate_limit', needs: [], foreign: 200 },
    // An account is visible to everybody.
    { path: '/user/1', needs: [], foreign: 200 },
  ],
  POST: [
    { path: '/app/installations/42/access_tokens', needs: [], app: true, status: 201 },
    { path: '/app/hook/deliveries/5/attempts', needs: [], app: true, status: 202 },
    // Its code is the credential.
    { path: '/app-manifests/none/conversions', needs: [], status: 404, foreign: 404 },
  ],
  DELETE: [{ path: '/installation/token', needs: [], status: 204, foreign: 204 }],
};
const table = Object.entries(rules).flatMap(([method, some]) => some.map((rule) => ({ method, ...rule })));

/** A person's token may what the person may; permissions of the app play no part in these routes. */
const isOfAnApp = ({ auth }: (typeof apiRoutes)[number]): boolean => auth !== 'user' && auth !== 'client';

const ask = (rule: (typeof table)[number], token: string) =>
  rest(scene.api, rule.path, token, { method: rule.method });

describe('permissions in REST', () => {
  it('are listed for every route that is served', () => {
    const patterns = apiRoutes.filter(isOfAnApp).map(({ method, pattern }) => ({
      name: `${method} ${pattern}`,
      expression: new RegExp(
        `^${method} ${pattern.replace(/\{\+\w+\}/g, '.+').replace(/\{\w+\}/g, '[^/]+')}$`,
      ),
    }));
    // The more specific of two patterns comes first in the table of routes, so each path counts for one.
    const listed = table.map(
      ({ method, path }) => patterns.find(({ expression }) => expression.test(`${method} ${path}`))?.name,
    );
    expect(listed).not.toContain(undefined);
    expect([...new Set(listed)].sort()).toEqual(patterns.map(({ name }) => name).sort());
  });

  it.each(table.filter(({ app }) => app !== true))(
    '$method $path needs $needs and nothing else',
    async (rule) => {
      expect((await ask(rule, scene.api.token())).status).toBe(rule.status ?? 200);
      for (const name of permissionNames) {
        for (const tokenWithout of scene.tokensWithout(name)) {
          const { status, headers, body } = await ask(rule, tokenWithout());
          scene.restore();
          if (!rule.needs.includes(name)) {
            expect([name, status]).toEqual([name, rule.status ?? 200]);
            continue;
          }
          expect([name, status, body.message]).toEqual([name, 403, 'Resource not accessible by integration']);
          expect(headers.get('x-accepted-github-permissions')).toContain(`${name}=read`);
        }
      }
    },
  );

  it.each(table.filter(({ app }) => app === true))(
    '$method $path accepts only the app itself',
    async (rule) => {
      expect((await ask(rule, jwt())).status).toBe(rule.status ?? 200);
      for (const token of [scene.api.token(), scene.foreignToken(), ''])
        expect((await ask(rule, token)).status).toBe(401);
    },
  );

  it.each(apiRoutes.filter((route) => !isOfAnApp(route)))(
    '$method $pattern accepts only $auth',
    async ({ method, pattern }) => {
      const path = pattern.replace('{installation_id}', '42').replace('{client_id}', 'Iv23liTEST');
      const status = async (token: string) => (await rest(scene.api, path, token, { method })).status;
      expect([await status(''), await status(jwt()), await status(scene.api.token())]).toEqual([
        401, 403, 403,
      ]);
      if (method === 'GET') expect(await status(scene.api.userToken(1))).toBe(200);
    },
  );

  it('without organization_administration the settings are left out, and nothing else indicates that', async () => {
    const settings = async (token: string) => {
      const { status, body } = await rest(scene.api, '/orgs/acme', token);
      return [status, body.default_repository_permission];
    };
    expect(await settings(scene.api.token())).toEqual([200, 'read']);
    expect(await settings(scene.foreignToken())).toEqual([200, undefined]);
    for (const name of permissionNames) {
      for (const tokenWithout of scene.tokensWithout(name)) {
        const shown = name === 'organization_administration' ? undefined : 'read';
        expect([name, await settings(tokenWithout())]).toEqual([name, [200, shown]]);
        scene.restore();
      }
    }
  });
});

describe('the token of another organization in REST', () => {
  it.each(table.filter(({ app }) => app !== true))('$method $path', async (rule) => {
    const { status, body } = await ask(rule, scene.foreignToken());
    expect(status).toBe(rule.foreign ?? 404);
    if (status === 404) expect(body.message).toBe('Not Found');
    expect(JSON.stringify(body)).not.toContain('billing');
  });
});
