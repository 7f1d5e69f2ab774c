import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAppJwt, type SimulatorFixture, startFixture } from './simulator-fixture.ts';

let fixture: SimulatorFixture;
beforeAll(async () => {
  fixture = await startFixture();
});
afterAll(() => fixture.close());

async function ask(method: string, path: string, body?: unknown, headers?: Record<string, string>) {
  const response = await fetch(fixture.simulator.addresses.control + path, {
    method,
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
  });
  return { status: response.status, body: await response.json() };
}

describe('the control route', () => {
  it('shows the state by names', async () => {
    const { status, body } = await ask('GET', '/state');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      organizations: [
        {
          login: 'acme',
          basePermission: 'none',
          members: { alice: { role: 'admin' }, ann: { role: 'member' } },
          teams: [
            { slug: 'engineering', parent: null, repositories: { money: 'pull' } },
            { slug: 'payments', parent: 'engineering', members: { ann: 'member' } },
          ],
        },
        { login: 'other' },
      ],
      repositories: [
        { fullName: 'acme/money', branches: 1, tags: 2, collaborators: { olga: 'pull' } },
        { fullName: 'acme/billing', tags: 0 },
      ],
      installations: [{ organization: 'acme', repositories: 'all' }],
    });
    expect(JSON.stringify(body)).not.toContain(fixture.simulator.state.app.webhookSecret);
  });

  it('makes changes, shows their deliveries and sends one again', async () => {
    const made = await ask('POST', '/changes', { type: 'create-team', name: 'Ops' });
    expect(made).toMatchObject({ status: 200, body: { id: expect.any(Number) } });
    await ask('POST', '/idle', {});
    const { body: deliveries } = await ask('GET', '/deliveries');
    expect(deliveries).toMatchObject([{ event: 'team', action: 'created', status: 'OK' }]);
    const { id } = fixture.simulator.state.deliveries[0] ?? {};
    expect((await ask('GET', `/deliveries/${id}`)).body).toMatchObject({
      payload: { team: { name: 'Ops' } },
    });
    expect((await ask('POST', `/deliveries/${id}/redeliver`, {})).status).toBe(202);
    await fixture.simulator.idle();
    expect(fixture.receiver.events()).toEqual(['team.created', 'team.created']);
  });

  it('injects faults into the API and removes them', async () => {
    const api = fixture.simulator.addresses.api;
    const headers = { authorization: `Bearer ${createAppJwt(fixture.simulator.state.app)}` };
    const added = await ask('POST', '/faults', {
      kind: 'server-error',
      status: 503,
      match: { path: '/app' },
    });
    expect(added).toMatchObject({ status: 201, body: { id: 1, kind: 'server-error', struck: 0 } });
    expect((await fetch(`${api}/app`, { headers })).status).toBe(503);
    expect((await ask('GET', '/faults')).body).toMatchObject([{ struck: 1 }]);
    expect(await ask('DELETE', '/faults/1')).toEqual({ status: 200, body: { removed: 1 } });
    expect(await ask('DELETE', '/faults')).toEqual({ status: 200, body: { removed: 0 } });
    expect((await fetch(`${api}/app`, { headers })).status).toBe(200);
  });

  it('counts requests to the API', async () => {
    await ask('DELETE', '/requests');
    const headers = { authorization: `Bearer ${createAppJwt(fixture.simulator.state.app)}` };
    for (const query of ['', '?per_page=1']) {
      await fetch(`${fixture.simulator.addresses.api}/app/installations${query}`, { headers });
    }
    const { body } = await ask('GET', '/requests');
    expect(body).toMatchObject({
      total: 2,
      counts: { 'GET /app/installations': 2 },
      requests: [{ status: 200 }, {}],
    });
    expect(JSON.stringify(body)).not.toContain(headers.authorization.slice(7));
  });

  it('lets the API answer with past state', async () => {
    const { changes, state, addresses, faults } = fixture.simulator;
    const [installation] = state.installations.values();
    const token = await fetch(`${addresses.api}/app/installations/${installation?.id}/access_tokens`, {
      method: 'POST',
      headers: { authorization: `Bearer ${createAppJwt(state.app)}` },
    }).then((response) => response.json());
    const credential =
      typeof token === 'object' && token !== null && 'token' in token ? `token ${token.token}` : '';
    const teams = async (): Promise<unknown> => {
      const response = await fetch(`${addresses.api}/orgs/acme/teams`, {
        headers: { authorization: credential },
      });
      const body: unknown = await response.json();
      return Array.isArray(body) ? body.map((team) => team.slug) : body;
    };
    await ask('POST', '/faults', { kind: 'lagging-read', seconds: 60 });
    await changes.run('create-team', { name: 'Fresh' });
    expect(await teams()).not.toContain('fresh');
    faults.remove();
    expect(await teams()).toContain('fresh');
  });

  it.each<[string, string, unknown, number, string]>([
    ['POST', '/changes', '{', 400, 'the body is not JSON'],
    ['POST', '/changes', {}, 400, 'type: Invalid input'],
    [
      'POST',
      '/changes',
      { type: 'fly' },
      400,
      'there is no change "fly"; there are: add-organization-member',
    ],
    ['POST', '/changes', { type: 'delete-team', team: 'x' }, 400, 'there is no team "x" in acme'],
    ['POST', '/faults', { kind: 'rain' }, 400, 'kind: Invalid option: expected one of "slow"'],
    ['POST', '/faults', { kind: 'slow', delay: 3 }, 400, 'Unrecognized key: "delay"'],
    ['DELETE', '/faults/99', undefined, 404, 'there is no fault 99'],
    ['GET', '/deliveries/5', undefined, 404, 'there is no delivery 5'],
    ['POST', '/deliveries/5/redeliver', {}, 404, 'there is no delivery 5'],
    ['GET', '/nothing', undefined, 404, 'there is no GET /nothing; there are: GET /state'],
  ])('%s %s %j: %i', async (method, path, body, status, message) => {
    const answer = await ask(method, path, body);
    expect(answer).toEqual({ status, body: { error: expect.stringContaining(message) } });
  });

  it('refuses what a web page could send', async () => {
    const form = await ask('POST', '/changes', '{"type":"uninstall-app"}', { 'content-type': 'text/plain' });
    expect(form.status).toBe(415);
    const empty = await ask('POST', '/idle', undefined, { origin: 'http://evil.example' });
    expect(empty.status).toBe(403);
    const status = await new Promise((resolve, reject) => {
      const url = new URL('/state', fixture.simulator.addresses.control);
      request(url, { headers: { host: 'evil.example' } }, (response) => resolve(response.statusCode))
        .on('error', reject)
        .end();
    });
    expect(status).toBe(403);
  });
});
