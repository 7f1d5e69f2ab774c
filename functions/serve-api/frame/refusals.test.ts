import { describe, expect, it } from 'vitest';
import { refusalAct } from '../../../shared/store/audit-log.ts';
import { keys } from '../../../shared/store/keys.ts';
import { integrationKey } from '../../../test/support/api-forges.ts';
import { operations } from '../../../test/support/api-operations.ts';
import {
  type ApiRequest,
  type ApiWorld,
  createApiWorld,
  otherOrganization,
  type Sender,
  userOf,
} from '../../../test/support/api-world.ts';
import { pageVisitor } from '../../../test/support/page-visitor.ts';

const settings = '/organizations/acme/settings';
const stop: ApiRequest = { method: 'POST', path: '/organizations/acme/stop-access', body: { why: 'leak' } };
const refused = async (world: ApiWorld, path = '/organizations/acme/history', by: Sender = 'owner') => {
  await world.signIn('owner');
  return (await world.ask(by, { path: `${path}?act=${refusalAct}` })).body.items;
};

/** A key that has expired. */
async function expired(world: ApiWorld): Promise<Sender> {
  const body = { description: 'ci', scopes: ['read'], expiresAt: '2026-11-22T13:00:00Z' };
  const path = '/organizations/acme/api-keys';
  const { secret } = (await world.ask('owner', { method: 'POST', path, body })).body;
  world.advance(3_600_000);
  return { secret };
}

/** Signs out, and goes on with the cookies of that session. */
async function signedOut(world: ApiWorld): Promise<Sender> {
  const cookie = (await world.ask('owner', { path: '/me/sessions' })).body.items[0].id;
  await world.table.transact([{ delete: keys.session(userOf('owner'), cookie) }]);
  return 'owner';
}

describe('the history of the organization', () => {
  it.each<[string, (world: ApiWorld) => Promise<Sender>, ApiRequest, object]>([
    [
      'a member who wants what is for owners',
      async () => 'member',
      { path: settings },
      {
        ...{ subject: 'readSettings', why: 'Your role does not allow this.', count: 1 },
        actor: { kind: 'user', id: userOf('member') },
        from: { address: '198.51.100.7' },
      },
    ],
    [
      'a key without the scope',
      (world) => world.machine(['packages']),
      { path: settings },
      { subject: 'readSettings', why: 'This key needs the scope read.', actor: { kind: 'key' } },
    ],
    [
      'a key where no key may',
      (world) => world.machine(['packages']),
      { path: '/me' },
      { subject: 'readMe', why: 'API keys cannot use this operation; sign in.' },
    ],
    ['a key that has expired', expired, { path: settings }, { actor: { kind: 'key', name: 'ci' } }],
    ['a session that has ended', signedOut, stop, { subject: 'stopAccess', actor: { kind: 'user' } }],
    [
      'a page of another site',
      async () => 'owner',
      { ...stop, headers: { origin: 'https://evil.example' } },
      { subject: 'stopAccess', why: expect.stringContaining('needs the header Origin') },
    ],
    [
      'somebody whose sign-in is too old',
      async (world) => {
        await world.signIn('owner', world.now() - 3_600_000);
        return 'owner';
      },
      stop,
      { why: 'Sign in again: this needs a sign-in within the last 15 minutes.' },
    ],
  ])('has what was refused to %s', async (_, prepare, request, entry) => {
    const world = await createApiWorld();
    const sender = await prepare(world);
    expect([401, 403]).toContain((await world.ask(sender, request)).status);
    expect(await refused(world)).toMatchObject([{ act: refusalAct, ...entry }]);
  });

  it('has nothing of whoever is not known, or does not belong to it, and nothing twice', async () => {
    const world = await createApiWorld();
    const senders: readonly Sender[] = ['nobody', { secret: 'rprt_k_' }, { secret: 'wrong' }, 'stranger'];
    const other = await world.machine(['read'], otherOrganization);
    for (const sender of [...senders, other]) {
      for (const request of [{ path: settings }, { ...stop, headers: { origin: 'null' } }]) {
        expect((await world.ask(sender, request)).status).toBeGreaterThan(400);
      }
    }
    expect(await refused(world)).toEqual([]);
    expect([...world.table.dump().values()].filter(({ act }) => act === refusalAct)).toEqual([]);
  });
});

it('the history of the installation has what was refused to whoever is no administrator', async () => {
  const world = await createApiWorld();
  await world.ask('member', { path: '/installation/settings' });
  await world.ask(await world.machine(['read']), { path: '/installation/settings' });
  expect(await refused(world, '/installation/history', 'administrator')).toMatchObject([
    { subject: 'readInstallationSettings', count: 1 },
    { subject: 'readInstallationSettings', count: 1 },
  ]);
});

describe('the history of the installation', () => {
  const ofInstallation = (world: ApiWorld) => refused(world, '/installation/history', 'administrator');

  it('has what a person is refused of his own, and a key nothing of', async () => {
    const world = await createApiWorld();
    await world.signIn('member', world.now() - 3_600_000);
    const request = { method: 'POST', path: '/me/tokens', body: { description: 'ci' } };
    expect((await world.ask('member', request)).status).toBe(403);
    await world.ask(await world.machine(['tokens']), request);
    expect(await ofInstallation(world)).toMatchObject([
      { subject: 'createOwnToken', actor: { kind: 'user', id: userOf('member') }, count: 1 },
    ]);
    expect(await refused(world)).toMatchObject([{ subject: 'createOwnToken', actor: { kind: 'key' } }]);
  });

  it('has nothing of a page that learns that the code host has to be asked first', async () => {
    const world = await createApiWorld();
    const path = `/me/forge-organizations?integration=${integrationKey}`;
    expect((await world.ask('owner', { path })).body.code).toBe('reauthentication-required');
    expect(await ofInstallation(world)).toEqual([]);
  });

  it('has forms of the plain pages that are refused, and counts them', async () => {
    const world = await createApiWorld();
    const visitor = await pageVisitor(world, userOf('member'));
    for (let sent = 0; sent < 10; sent++) {
      expect((await visitor.post('/tokens', { 'form-token': 'of another session' })).status).toBe(403);
    }
    world.advance(15 * 60_000);
    expect((await visitor.post('/tokens', { description: 'ci' })).status).toBe(403);
    const common = { subject: 'form /tokens', actor: { kind: 'user', id: userOf('member') } };
    expect(await ofInstallation(world)).toMatchObject([
      { ...common, why: 'The sign-in was more than 15 minutes ago.', count: 1 },
      { ...common, why: 'The form is of no page that this session was shown.', count: 10 },
    ]);
  });

  it('leaves to an organization the forms of its own pages, sent by its people', async () => {
    const world = await createApiWorld();
    const form = { 'form-token': 'of another session' };
    await (await pageVisitor(world, userOf('owner'))).post('/connected/acme', form);
    await (await pageVisitor(world, userOf('stranger'))).post('/connected/acme', form);
    expect(await refused(world)).toMatchObject([
      { subject: 'form /connected', actor: { id: userOf('owner') } },
    ]);
    expect(await ofInstallation(world)).toMatchObject([{ actor: { id: userOf('stranger') } }]);
  });
});

describe('a flood of refused requests', () => {
  /** Refused requests, and how often the history was written. */
  async function flood(world: ApiWorld, sender: Sender, requests: number): Promise<number> {
    const { table } = world;
    const [transact, update] = [table.transact, table.update];
    let writes = 0;
    table.transact = (operations) => {
      writes += 1;
      return transact(operations);
    };
    table.update = (change, when) => {
      writes += change.key.pk.startsWith(keys.rate('', 0).pk) ? 0 : 1;
      return update(change, when);
    };
    for (let sent = 0; sent < requests; sent++) {
      await world.ask(sender, { path: settings });
    }
    Object.assign(table, { transact, update });
    return writes;
  }

  it('costs three writes for 250 of one key, and one entry in an hour', async () => {
    const world = await createApiWorld();
    const key = await world.machine(['packages']);
    expect(await flood(world, key, 250)).toBe(3);
    expect(await refused(world)).toMatchObject([{ count: 100 }]);
    world.advance(3_600_000);
    expect(await flood(world, key, 9)).toBe(1);
    expect(await refused(world)).toMatchObject([{ count: 1 }, { count: 100 }]);
  });

  it('of invented organizations, by a stranger to all, hides nothing that is refused to others', async () => {
    const world = await createApiWorld();
    for (let sent = 0; sent < 1000; sent++) {
      if (sent % 250 === 0) {
        world.advance(60_000);
      }
      const path = `/organizations/invented-${sent}/stop-access`;
      const answer = await world.ask('stranger', { ...stop, path, headers: { origin: 'null' } });
      expect(answer.status).toBe(403);
    }
    await world.ask('member', { path: settings });
    expect(await refused(world)).toMatchObject([{ subject: 'readSettings', count: 1 }]);
  });

  it('at many operations is 20 entries of a caller, and one for all others', async () => {
    const world = await createApiWorld();
    const key = await world.machine(['packages']);
    const paths = operations
      .filter(({ method }) => method === 'GET')
      .map(({ path }) => path.replace('{slug}', 'acme').replaceAll(/\{\w+\}/g, 'x1'));
    const statuses: number[] = [];
    for (const path of paths) {
      statuses.push((await world.ask(key, { path })).status);
    }
    expect(statuses.filter((status) => status === 403).length).toBeGreaterThan(21);
    const entries: readonly { subject: string; count: number }[] = await refused(world);
    expect(entries.filter(({ subject }) => subject !== 'other-operations')).toHaveLength(20);
    expect(entries).toHaveLength(21);
  });

  it('costs none of who is not known', async () => {
    const world = await createApiWorld();
    expect(await flood(world, { secret: 'rprt_k_' }, 100)).toBe(0);
  });

  it('is answered as before where the history cannot be written', async () => {
    const world = await createApiWorld();
    const { transact } = world.table;
    world.table.transact = () => Promise.reject(new Error('the table is gone'));
    expect((await world.ask('member', { path: settings })).status).toBe(403);
    world.table.transact = transact;
    // Nor does that hide the next one for an hour.
    await world.ask('member', { path: settings });
    expect(await refused(world)).toMatchObject([{ subject: 'readSettings', count: 1 }]);
  });
});
