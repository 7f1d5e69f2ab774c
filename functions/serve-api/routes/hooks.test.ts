/** The webhooks that are installed for a synchronization, with their states and their logs. */
import { beforeEach, describe, expect, it } from 'vitest';
import { asId, type ConnectionId, type ForgeOrganizationId } from '../../../shared/domain/ids.ts';
import { ForgeError } from '../../../shared/forge/errors.ts';
import type { DeliveryAttempt } from '../../../shared/forge/forge.ts';
import type { HookLog } from '../../../shared/forge/hooks.ts';
import type { ForgeClient } from '../../../shared/forge/module.ts';
import { modules } from '../../../shared/forge/modules.ts';
import { auditLog } from '../../../shared/store/audit-log.ts';
import { putFact } from '../../../shared/store/fact-store.ts';
import { keys } from '../../../shared/store/keys.ts';
import { addSynchronization } from '../../../shared/store/synchronization-store.ts';
import { secondSynchronization } from '../../../test/support/api-organization-examples.ts';
import { type ApiWorld, createApiWorld } from '../../../test/support/api-world.ts';
import { aFact } from '../../../test/support/memory-forge.ts';
import { createMemoryHooks } from '../../../test/support/memory-hooks.ts';
import { organizationId } from '../../../test/support/synchronized.ts';

const path = '/organizations/acme/webhooks';
const ofSecond = `${path}/${secondSynchronization}`;
const module = modules.find(({ installsHooks }) => installsHooks);
const host = { forge: module?.id ?? '', baseUrl: 'https://git.example' };
const attempt: DeliveryAttempt = {
  ...{ id: '31', deliveryId: 'key-1', event: 'push_hooks', installation: undefined },
  ...{ at: Date.parse('2026-11-22T11:00:00Z'), arrived: false, status: 502, isRedelivery: false },
};

let world: ApiWorld;
let resent: string[];
let opened: unknown[];

beforeEach(async () => {
  world = await createApiWorld();
  [resent, opened] = [[], []];
  await world.table.transact(
    addSynchronization({
      ...{ id: secondSynchronization, organization: organizationId, createdAt: world.now(), ...host },
      ...{ forgeOrganization: asId<ForgeOrganizationId>(7), login: 'labs', choice: 'all' },
      connection: { kind: 'oauth-grant', id: asId<ConnectionId>('c1') },
    }),
  );
  const log: HookLog = {
    page: async (cursor) =>
      cursor === undefined ? { attempts: [attempt], next: '2' } : { attempts: [], next: undefined },
    async redeliver(id) {
      if (id !== attempt.id) throw new ForgeError('not-found', 'no such event');
      resent.push(id);
    },
  };
  const integration = { forge: host.forge, settings: { baseUrl: host.baseUrl }, secrets: {} };
  world.forges.integrations = async () => ({ valid: [integration], invalid: [] });
  world.forges.open = async (to) => {
    opened.push(to.connection);
    const hooks = { ...createMemoryHooks().port(), log: async () => log };
    return { hooks } as unknown as ForgeClient;
  };
});

/** A hook that was installed. */
const addHook = (source: string, rest: object = {}) =>
  world.table.transact([
    {
      put: keys.hookOf(secondSynchronization, host.forge, source),
      item: { forge: host.forge, source, forgeHook: '5', state: 'working', stateSince: world.now(), ...rest },
    },
  ]);
const note = (care: object) =>
  world.table.transact([{ put: keys.hooks(secondSynchronization), item: { ...care } }]);
const get = async (where: string) => world.ask('owner', { path: where });
const stateOf = async () => (await get(path)).body.items[1];

describe('the hooks of a synchronization', () => {
  it('are counted, and what keeps some from being installed is said with a way out', async () => {
    await addHook('one', { repository: '4' });
    await addHook('two', { repository: '5', state: 'disabled' });
    const problem = { code: 'insufficient-scope', message: 'It needs more.', since: world.now() };
    await note({ on: 'repositories', missing: 3, problem });
    expect(await stateOf()).toMatchObject({
      hasLog: true,
      hooks: {
        ...{ on: 'repositories', working: 1, notWorking: 1, missing: 2 },
        problem: {
          code: 'insufficient-scope',
          message: expect.stringMatching(/^It needs more\. Replace the connection/),
          since: '2026-11-22T12:00:00.000Z',
        },
      },
    });
    const status = await get('/organizations/acme/status');
    expect(status.body.synchronizations[1].hooks).toEqual((await stateOf()).hooks);
  });

  it('are no matter where the code host delivers to an App', async () => {
    const { items } = (await get(path)).body;
    expect(items[0]).not.toHaveProperty('hooks');
    expect(items[1]).toMatchObject({ hasLog: false, hooks: { working: 0, notWorking: 0, missing: 0 } });
    expect((await get(`${path}/${items[0].synchronization}/hooks`)).body).toEqual({ items: [] });
  });

  it('are listed in pages, with their repositories', async () => {
    await world.table.transact([putFact(secondSynchronization, aFact.repository(4), 1)]);
    await addHook('one', { repository: '4' });
    await addHook('three', { forgeHook: undefined, state: undefined, stateSince: undefined });
    await addHook('two', { state: 'paused' });
    const first = (await get(`${ofSecond}/hooks?limit=2`)).body;
    expect(first.items).toEqual([
      {
        ...{ hook: 'one', state: 'working', since: '2026-11-22T12:00:00.000Z' },
        repository: { id: '4', name: aFact.repository(4).fullName },
      },
      { hook: 'three', state: 'installing' },
    ]);
    const { items, next } = (await get(`${ofSecond}/hooks?limit=2&cursor=${first.next}`)).body;
    expect([items[0].hook, items[0].state, next]).toEqual(['two', 'paused', undefined]);
  });
});

describe('the log of a hook', () => {
  it('is that of the only one, read with the connection', async () => {
    await addHook('one');
    const { body } = await get(`${ofSecond}/attempts`);
    expect(body.items).toEqual([
      {
        ...{ id: 'one-31', delivery: 'key-1', event: 'push_hooks', at: '2026-11-22T11:00:00.000Z' },
        ...{ arrived: false, status: 502, isRedelivery: false },
      },
    ]);
    expect((await get(`${ofSecond}/attempts?cursor=${body.next}`)).body).toEqual({ items: [] });
    expect(opened).toEqual([
      { kind: 'oauth-grant', id: 'c1' },
      { kind: 'oauth-grant', id: 'c1' },
    ]);
  });

  it('of several has to be named, and none is shown of another synchronization', async () => {
    await addHook('one', { repository: '4' });
    await addHook('two', { repository: '5' });
    expect((await get(`${ofSecond}/attempts`)).status).toBe(422);
    expect((await get(`${ofSecond}/attempts?hook=two`)).body.items).toMatchObject([{ id: 'two-31' }]);
    expect((await get(`${ofSecond}/attempts?hook=three`)).status).toBe(404);
    expect((await get(`${path}/sync1/attempts?hook=two`)).status).toBe(409);
  });

  it('has an event delivered again, which the history says once the code host has accepted it', async () => {
    await addHook('one');
    const again = (id: string) =>
      world.ask('owner', { method: 'POST', path: `${ofSecond}/attempts/${id}/redelivery` });
    expect((await again('one-31')).status).toBe(202);
    expect(resent).toEqual(['31']);
    expect((await again('one-32')).status).toBe(404);
    expect((await again('two-31')).status).toBe(404);
    expect(await auditLog(world.table, organizationId, 2)).toMatchObject([
      { act: 'redeliver', after: { hook: 'one', attempt: '31' } },
    ]);
  });
});
