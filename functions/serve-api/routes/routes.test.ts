/** What single routes do beyond what holds for all of them. */
import { describe, expect, it, vi } from 'vitest';
import { asId, type ForgeAccountId } from '../../../shared/domain/ids.ts';
import { putFact } from '../../../shared/store/fact-store.ts';
import { putPerson } from '../../../shared/store/member-store.ts';
import { changeUser, giveAccount } from '../../../shared/store/user-store.ts';
import { createApiWorld, userOf } from '../../../test/support/api-world.ts';
import { aFact } from '../../../test/support/memory-forge.ts';
import { gitHubHost, organizationId, synchronizationId } from '../../../test/support/synchronized.ts';
import { defineRoute } from '../frame/route.ts';

const settings = '/installation/settings';

describe('settings of the installation', () => {
  it('change only for whoever read what is there', async () => {
    const world = await createApiWorld();
    const change = (etag: string | undefined, body: unknown = { signIn: 'anyone' }) =>
      world.ask('administrator', { method: 'PATCH', path: settings, body, headers: { 'if-match': etag } });
    const { headers } = await world.ask('administrator', { path: settings });
    const { etag = '' } = headers;
    expect((await change(undefined)).body).toMatchObject({ status: 428, code: 'precondition-required' });
    expect((await change(`W/${etag}`)).status).toBe(412);
    const changed = await change(etag);
    expect(changed.body).toMatchObject({ signIn: 'anyone', administrators: [userOf('administrator')] });
    expect(changed.headers.etag).not.toBe(etag);
    expect((await change(etag)).body).toMatchObject({ status: 412, code: 'precondition-failed' });
  });

  it('name each field that is wrong', async () => {
    const world = await createApiWorld();
    const { body } = await world.ask('administrator', {
      method: 'PATCH',
      path: settings,
      body: { signIn: 'nobody', 'a/b': 1, allowList: [{ forge: 'x', baseUrl: 'y', account: '#' }] },
      headers: { 'if-match': '"1"' },
    });
    expect(body).toMatchObject({ status: 422, code: 'invalid' });
    const pointers = body.errors.map(({ pointer }: { pointer: string }) => pointer).sort();
    expect(pointers).toEqual(['/allowList/0/account', '/a~1b', '/signIn']);
  });

  it('take nobody as administrator who never signed in', async () => {
    const world = await createApiWorld();
    const body = { administrators: [userOf('administrator'), 'nobody'] };
    const request = { method: 'PATCH', path: settings, body, headers: { 'if-match': '"1"' } };
    expect((await world.ask('administrator', request)).status).toBe(422);
  });
});

describe('the history', () => {
  it('goes on with its cursor, and not with that of another list', async () => {
    const world = await createApiWorld();
    for (const act of ['stop-access', 'allow-access']) {
      const body = { why: 'a leak' };
      await world.ask('operator', { method: 'POST', path: `/organizations/acme/${act}`, body });
      world.advance(1000);
    }
    const path = '/organizations/acme/history';
    const first = await world.ask('owner', { path: `${path}?limit=1` });
    const cursor = encodeURIComponent(first.body.next);
    const second = await world.ask('owner', { path: `${path}?limit=1&cursor=${cursor}` });
    expect([first.body.items[0].act, second.body.items[0].act]).toEqual(['allow-access', 'stop-access']);
    expect(second.body.items[0]).toMatchObject({
      by: 'operator',
      why: 'a leak',
      actor: { kind: 'operator' },
      from: { address: '198.51.100.7' },
    });
    for (const wrong of [
      `${path}?limit=1&act=stop-access&cursor=${cursor}`,
      `${path}/export?cursor=${cursor}`,
      `${path}?cursor=${Buffer.from('["","ORG"]').toString('base64url')}`,
      `${path}?cursor=x`,
    ]) {
      const { body } = await world.ask('owner', { path: wrong });
      expect(body).toMatchObject({ status: 422, errors: [{ parameter: 'cursor' }] });
    }
    const lines = (await world.ask('owner', { path: `${path}/export` })).text.trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line).act)).toEqual(['allow-access', 'stop-access']);
  });
});

describe('sessions', () => {
  it('are renewed by the refresh cookie alone, also where the answer is a refusal', async () => {
    const world = await createApiWorld();
    world.advance(6 * 60_000);
    const { status, cookies } = await world.ask('owner', { path: '/organizations/other' });
    expect(status).toBe(404);
    expect(cookies.map((cookie) => cookie.split('=')[0])).toEqual(['__Host-session', '__Host-refresh']);
  });

  it('are forgotten by the browser that signs itself out, and change nothing any more', async () => {
    const world = await createApiWorld();
    const { body } = await world.ask('owner', { path: '/me/sessions' });
    expect(body.items).toMatchObject([{ isCurrent: true, address: '198.51.100.7' }]);
    const out = { method: 'DELETE', path: `/me/sessions/${body.items[0].id}` };
    const { status, cookies } = await world.ask('owner', out);
    expect([status, cookies.length]).toEqual([204, 2]);
    expect(cookies.every((cookie) => cookie.includes('Max-Age=0'))).toBe(true);
    expect((await world.ask('owner', out)).status).toBe(401);
  });

  it('are nobody else’s to end', async () => {
    const world = await createApiWorld();
    const { body } = await world.ask('owner', { path: '/me/sessions' });
    const answer = await world.ask('member', { method: 'DELETE', path: `/me/sessions/${body.items[0].id}` });
    expect(answer.status).toBe(404);
  });
});

describe('a key', () => {
  it('lasts 90 days where nobody says how long, and beside cookies it alone counts', async () => {
    const world = await createApiWorld();
    const path = '/organizations/acme/api-keys';
    const made = await world.ask('owner', {
      method: 'POST',
      path,
      body: { description: 'ci', scopes: ['read'] },
    });
    expect(Date.parse(made.body.expiresAt) - world.now()).toBe(90 * 24 * 3600_000);
    const { secret } = made.body;
    expect((await world.ask({ secret }, { path: '/organizations/acme' })).body).toMatchObject({
      role: 'owner',
      url: 'https://registry.example/acme',
    });
    const both = { authorization: `Bearer ${secret}` };
    expect((await world.ask('owner', { path: '/me', headers: both })).status).toBe(403);
  });

  it('counts only while the person who made it owns the organization, and so do its tokens', async () => {
    const world = await createApiWorld();
    const { secret } = (
      await world.ask('owner', {
        method: 'POST',
        path: '/organizations/acme/api-keys',
        body: { description: 'ci', scopes: ['read', 'members', 'tokens', 'danger'] },
      })
    ).body;
    const make = { for: { kind: 'organization' }, description: 'deploy' };
    const path = '/organizations/acme/tokens';
    const made = await world.ask({ secret }, { method: 'POST', path, body: make });
    expect(made.body.madeBy).toEqual({ kind: 'user', id: userOf('owner'), name: 'owner-login' });
    const older = await world.machine(['tokens']);
    const ask = async (key: { readonly secret: string }) => (await world.ask(key, { path })).status;
    const right = { changedAt: world.now(), gives: true };
    const status: number[] = [];
    for (const [number, role] of (['member', 'owner'] as const).entries()) {
      await world.table.transact([putFact(synchronizationId, aFact.member(1, role), number + 2, right)]);
      status.push(await ask({ secret }), await ask(older));
    }
    expect(status).toEqual([401, 200, 200, 200]);
    await world.table.transact(putPerson(organizationId, userOf('owner'), { isOwner: false, isOff: true }));
    expect([await ask({ secret }), await ask(older)]).toEqual([401, 200]);
  });

  it('goes on when the person who made it becomes another user', async () => {
    const world = await createApiWorld();
    const body = { description: 'ci', scopes: ['read'] };
    const made = await world.ask('owner', { method: 'POST', path: '/organizations/acme/api-keys', body });
    const account = { ...gitHubHost, account: asId<ForgeAccountId>(1) };
    const [into, merged] = [userOf('stranger'), userOf('owner')];
    await world.table.transact([
      changeUser({ id: into, version: 0 }, { accounts: [account] }),
      changeUser({ id: merged, version: 0 }, { accounts: [], mergedInto: into }),
      giveAccount(account, into, [account], merged),
    ]);
    const { secret } = made.body;
    expect((await world.ask({ secret }, { path: '/organizations/acme' })).status).toBe(200);
  });
});

it('an error of ours says nothing of itself', async () => {
  const broken = defineRoute(
    {
      name: 'break',
      method: 'get',
      path: '/break',
      tag: 'Test',
      summary: 'Fails',
      access: 'user',
      scope: 'none',
      answer: { status: 204, description: 'Never.' },
    },
    async () => {
      throw new Error('the table is gone');
    },
  );
  const world = await createApiWorld([broken]);
  const log = vi.spyOn(world.dependencies.logger, 'error').mockImplementation(() => {});
  const { status, headers, text } = await world.ask('owner', { path: '/break' });
  expect([status, headers['content-type']]).toEqual([500, 'application/problem+json']);
  expect(text).not.toContain('table');
  expect(log).toHaveBeenCalledWith('a request failed', expect.objectContaining({ path: '/api/v1/break' }));
  expect(headers['cache-control']).toBe('no-store');
});
