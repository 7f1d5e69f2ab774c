import { describe, expect, it, vi } from 'vitest';
import { startSession } from '../../shared/sessions/session.ts';
import { type ApiRequest, consoleBaseUrl, createApiWorld, userOf } from '../../test/support/api-world.ts';

describe('me', () => {
  it('is who is signed in, with accounts and organizations', async () => {
    const world = await createApiWorld();
    const { status, body } = await world.ask('owner', { path: '/me' });
    expect(status).toBe(200);
    expect(body).toEqual({
      id: userOf('owner'),
      login: 'owner-login',
      accounts: [{ forge: 'github', baseUrl: 'https://github.com', account: '1', name: 'GitHub' }],
      organizations: [{ slug: 'acme', name: 'Acme', role: 'owner' }],
      isAdministrator: false,
      authenticatedAt: '2026-11-22T12:00:00.000Z',
      freshForSeconds: 900,
    });
    const administrator = await world.ask('administrator', { path: '/me' });
    expect(administrator.body).toMatchObject({ organizations: [], isAdministrator: true });
  });
});

describe('every request', () => {
  const refused: readonly (readonly [string, ApiRequest, number])[] = [
    ['past the CDN', { path: '/me', headers: { 'x-repertoire-origin': undefined } }, 403],
    ['with another secret', { path: '/me', headers: { 'x-repertoire-origin': 'origin-secreT' } }, 403],
    ['from nowhere', { path: '/me', headers: { 'x-repertoire-viewer': undefined } }, 403],
    ['to no route', { path: '/nothing' }, 404],
    ['to the root', { path: '' }, 404],
    ['with a slash at the end', { path: '/me/' }, 404],
    ['with an escaped slash', { path: '/organizations%2Facme%2F..' }, 404],
    ['escaped twice', { path: '/organizations/%252e%252e' }, 404],
    ['up and down again', { path: '/me/../me' }, 404],
    ['with a backslash', { path: '/organizations/..%5Cme' }, 404],
    ['with an octet that is no text', { path: '/me%ff' }, 404],
    ['with a method that the address does not take', { method: 'POST', path: '/me' }, 405],
    ['with a method that nobody knows', { method: 'TRACE', path: '/me' }, 405],
    ['as a preflight', { method: 'OPTIONS', path: '/me', headers: { origin: 'https://evil.example' } }, 405],
    ['with a large body', { method: 'PATCH', path: '/me', body: { a: 'x'.repeat(256 * 1024) } }, 413],
  ];

  it.each(refused)('is refused %s', async (_, request, status) => {
    const world = await createApiWorld();
    const before = world.table.dump();
    const answer = await world.ask('owner', request);
    expect(answer.status).toBe(status);
    expect(answer.headers['content-type']).toBe('application/problem+json');
    expect(answer.body).toMatchObject({ status, title: expect.any(String), detail: expect.any(String) });
    expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
    expect(world.table.dump()).toEqual(before);
  });

  it('is logged when it is refused, with who sent it and from where', async () => {
    const world = await createApiWorld();
    const info = vi.spyOn(world.dependencies.logger, 'info').mockImplementation(() => {});
    const stop = { method: 'POST', path: '/organizations/acme/stop-access', body: { why: 'x' } };
    await world.ask('nobody', { path: '/me' });
    await world.ask({ secret: 'rprt_k_guess' }, { path: '/organizations/acme' });
    await world.ask('member', stop);
    const [method, path, address] = ['GET', '/api/v1/organizations/acme', '198.51.100.7'];
    const message = 'a request was refused';
    expect(info.mock.calls).toEqual([
      [message, { method, path, address, code: 'unauthenticated', caller: 'nobody' }],
      [
        message,
        {
          ...{ method: 'POST', path: `/api/v1${stop.path}`, address, code: 'forbidden' },
          caller: `user ${userOf('member')}`,
        },
      ],
    ]);
  });

  it('is answered so that no cache keeps it and no page frames it', async () => {
    const world = await createApiWorld();
    for (const path of ['/me', '/nothing', '/openapi.json']) {
      const { headers } = await world.ask('owner', { path });
      expect(headers).toMatchObject({
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'strict-transport-security': 'max-age=31536000; includeSubDomains',
        'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      });
    }
  });

  it('is refused, and no error of the table, where its body has half of a surrogate pair', async () => {
    const world = await createApiWorld();
    const body = '{"description":"\\ud800"}';
    const answer = await world.ask('member', { method: 'POST', path: '/me/tokens', body });
    expect(answer).toMatchObject({ status: 400, body: { code: 'malformed' } });
  });

  it('names the methods that the address takes', async () => {
    const world = await createApiWorld();
    const { headers } = await world.ask('owner', { method: 'DELETE', path: '/me' });
    expect(headers.allow).toBe('GET, HEAD');
  });

  it('gives HEAD the headers of GET', async () => {
    const world = await createApiWorld();
    const head = await world.ask('owner', { method: 'HEAD', path: '/me' });
    expect([head.status, head.text]).toEqual([200, '']);
  });

  it('is counted for the person, and refused for the rest of the minute after 300', async () => {
    const world = await createApiWorld();
    const first = await world.ask('owner', { path: '/me' });
    expect(first.headers).toMatchObject({
      'ratelimit-policy': '"user";q=300;w=60',
      ratelimit: '"user";r=299;t=60',
    });
    for (let count = 1; count < 300; count++) {
      await world.ask('owner', { path: '/me' });
    }
    const refused = await world.ask('owner', { path: '/me' });
    expect(refused.status).toBe(429);
    expect(refused.headers).toMatchObject({ 'retry-after': '60', ratelimit: '"user";r=0;t=60' });
    expect((await world.ask('member', { path: '/me' })).status).toBe(200);
    world.advance(60_000);
    expect((await world.ask('owner', { path: '/me' })).status).toBe(200);
  });

  it('is counted for the person also where no page of ours sent it', async () => {
    const world = await createApiWorld();
    const request = {
      method: 'DELETE',
      path: '/me/sessions/one',
      headers: { origin: 'https://evil.example' },
    };
    for (let count = 0; count < 300; count++) {
      expect((await world.ask('owner', request)).status).toBe(403);
    }
    expect((await world.ask('owner', request)).status).toBe(429);
  });

  it('is counted for the address where nobody is known, whatever it shows', async () => {
    const world = await createApiWorld();
    const unknown = await world.machine(['read']);
    for (let count = 0; count < 120; count++) {
      const secret = `${unknown.secret}${count}`;
      await world.ask({ secret }, { path: '/me' });
    }
    expect((await world.ask('nobody', { path: '/me' })).status).toBe(429);
    expect((await world.ask('owner', { path: '/me' })).status).toBe(200);
    const elsewhere = { 'x-repertoire-viewer': '2001:db8::1' };
    expect((await world.ask('nobody', { path: '/me', headers: elsewhere })).status).toBe(401);
  });
});

describe('a session', () => {
  it('is accepted from cookies only', async () => {
    const world = await createApiWorld();
    const { setCookies } = await startSession(world.dependencies, {
      user: userOf('owner'),
      authenticatedAt: world.now(),
      address: '198.51.100.7',
      userAgent: 'test',
    });
    const pairs = setCookies.map((cookie) => cookie.split(';')[0] ?? '');
    expect((await world.ask('nobody', { path: '/me', headers: { cookie: pairs.join('; ') } })).status).toBe(
      200,
    );
    for (const pair of pairs) {
      const [name = '', value = ''] = pair.split('=');
      const shown: readonly ApiRequest[] = [
        { path: '/me', headers: { authorization: `Bearer ${value}` } },
        { path: '/me', headers: { authorization: `Basic ${btoa(`token:${value}`)}` } },
        { path: '/me', headers: { [name.toLowerCase()]: value } },
        { path: `/me?${new URLSearchParams({ [name]: value })}` },
        { path: `/me?${new URLSearchParams({ access_token: value })}` },
      ];
      for (const request of shown) {
        expect((await world.ask('nobody', request)).status, JSON.stringify(request)).toBe(401);
      }
    }
  });
});

describe('the documentation', () => {
  it('is an OpenAPI 3.1 document that names every operation', async () => {
    const world = await createApiWorld();
    const { body } = await world.ask('nobody', { path: '/openapi.json' });
    expect(body).toMatchObject({ openapi: '3.1.0', servers: [{ url: consoleBaseUrl }] });
    const scan = body.paths['/api/v1/organizations/{slug}/repositories/{id}/scan'].post;
    expect(scan.responses['202'].headers).toHaveProperty('Location');
    expect(body.paths['/api/v1/me'].get).toMatchObject({ operationId: 'readMe', 'x-access': 'user' });
  });

  it('is a page without scripts that hides nothing in its markup', async () => {
    const world = await createApiWorld();
    const { headers, text } = await world.ask('nobody', { path: '/docs' });
    expect(headers).toMatchObject({ 'content-type': 'text/html; charset=utf-8' });
    expect(headers['content-security-policy']).toMatch(/^default-src 'none'; style-src 'sha256-/);
    expect(text).toContain('/api/v1/me');
    expect(text).toContain('<code>X-Repertoire-Request: 1</code>');
    expect(text).not.toContain('`');
    for (const [, id] of text.matchAll(/href="#([^"]+)"/g)) {
      expect(text).toContain(`id="${id}"`);
    }
    expect(text).not.toMatch(/<script|\bon\w+=|undefined|\[object/);
  });
});
