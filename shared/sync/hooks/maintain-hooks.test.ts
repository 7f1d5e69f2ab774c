import { randomBytes } from 'node:crypto';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { createMemoryDataKeys } from '../../../test/support/memory-data-keys.ts';
import { aFact } from '../../../test/support/memory-forge.ts';
import { createMemoryHooks, type MemoryHooks } from '../../../test/support/memory-hooks.ts';
import { createMemoryTable, type MemoryTable } from '../../../test/support/memory-table.ts';
import { createRecordingQueue } from '../../../test/support/recording-queue.ts';
import {
  addSynchronized,
  gitHubHost,
  organizationId,
  synchronizationId,
} from '../../../test/support/synchronized.ts';
import { asId } from '../../domain/ids.ts';
import type { HookPlace } from '../../forge/hooks.ts';
import { createEnvelopeCipher } from '../../runtime/cipher.ts';
import { putFact } from '../../store/fact-store.ts';
import { hookCareOf } from '../../store/hook-care-store.ts';
import { findHook, hooksOf } from '../../store/hook-store.ts';
import { keys } from '../../store/keys.ts';
import { requestWork } from '../../store/work.ts';
import { hooksWork } from '../../store/work-items.ts';
import { type MaintainHooksDependencies, maintainHooks } from './maintain-hooks.ts';

const start = Date.parse('2026-11-22T12:00:00Z');
const minuteMs = 60_000;
const organization: HookPlace = { on: 'organization' };
const repository = (id: number): HookPlace => ({ on: 'repository', repository: asId(id) });
const address = 'https://console.example/webhooks/github/';

let table: MemoryTable;
let world: MemoryHooks;
let now: number;
let reads = 0;
const warn = vi.fn();
let dependencies: MaintainHooksDependencies;

beforeEach(async () => {
  warn.mockClear();
  table = createMemoryTable();
  await addSynchronized(table);
  world = createMemoryHooks();
  now = start;
  let leases = 0;
  dependencies = {
    ...{ table, randomBytes, workQueue: createRecordingQueue() },
    clock: { now: () => now },
    cipher: createEnvelopeCipher(createMemoryDataKeys()),
    logger: { info: () => {}, warn },
    newLeaseId: () => `lease-${++leases}`,
    consoleBaseUrl: 'https://console.example',
    openHooks: async () => world.port(),
  };
});

/** A repository with a package. */
async function addPackage(id: number, pushedAt?: string, archived = false): Promise<void> {
  const link = { synchronization: synchronizationId, repository: String(id), directory: '' };
  await table.transact([
    putFact(synchronizationId, aFact.repository(id, { pushedAt, archived }), ++reads),
    {
      put: keys.package(organizationId, id),
      item: { number: id, name: `acme/package-${id}`, state: 'available', ...link },
    },
  ]);
}

/** One turn. @returns what was asked of the forge */
async function turn(): Promise<string[]> {
  const before = world.requests.length;
  await table.transact([requestWork(hooksWork(organizationId, synchronizationId), now)]);
  await maintainHooks(dependencies, synchronizationId);
  return world.requests.slice(before);
}

const care = () => hookCareOf(table, synchronizationId);

/** The secrets that deliveries of the hook at the place are accepted with. */
async function accepted(place: HookPlace): Promise<readonly string[] | undefined> {
  const [hook] = world.at(place);
  const source = hook?.url.slice(address.length) ?? '';
  return (await findHook(dependencies, { forge: gitHubHost.forge, source }))?.secrets;
}

describe('where organizations have hooks', () => {
  beforeEach(() => {
    world.hasOrganizationHooks = true;
  });

  it('one is installed, at an address of its own and with a secret of its own', async () => {
    await addPackage(1);
    await turn();
    expect(world.hooks).toHaveLength(1);
    const [hook] = world.at(organization);
    expect(hook?.url).toMatch(new RegExp(`^${address}[a-z2-9]{16}$`));
    expect(await accepted(organization)).toEqual([hook?.secret]);
    expect(await care()).toMatchObject({ on: 'organization', missing: 0 });
  });

  it('costs one request while nothing changes, and writes nothing about hooks', async () => {
    await turn();
    const before = await hooksOf(table, synchronizationId);
    expect(await turn()).toEqual(['list organization']);
    expect(await hooksOf(table, synchronizationId)).toEqual(before);
  });

  it('takes the place of those on repositories, once it is there', async () => {
    world.hasOrganizationHooks = false;
    await addPackage(1);
    await turn();
    world.hasOrganizationHooks = true;
    world.refuse('unavailable', /ensure organization/);
    await turn();
    expect(world.at(repository(1))).toHaveLength(1);
    world.before = () => {};
    await turn();
    expect(world.hooks.map(({ place }) => place)).toEqual(['organization']);
    expect(await hooksOf(table, synchronizationId)).toHaveLength(1);
  });

  it('R22: one that was changed, paused, disabled or removed is repaired with its secret', async () => {
    await turn();
    const secrets = await accepted(organization);
    for (const change of [
      { isAsWanted: false },
      { state: 'paused' },
      { state: 'disabled' },
      { place: 'nowhere' },
    ] as const) {
      world.change(world.at(organization)[0]?.id ?? '', change);
      await turn();
      expect(world.at(organization)).toMatchObject([{ state: 'working', isAsWanted: true }]);
      expect(await accepted(organization)).toEqual(secrets);
      expect([world.at(organization)[0]?.secret]).toEqual(secrets);
    }
  });

  it('gets a new secret when its address was changed, and deliveries with the old one are still accepted', async () => {
    await turn();
    const [first] = world.at(organization);
    world.change(first?.id ?? '', { url: 'https://elsewhere.example' });
    // The worker dies before the forge has the new one.
    world.refuse('unavailable', /ensure/);
    await turn();
    world.change(first?.id ?? '', { url: first?.url ?? '' });
    expect(await accepted(organization)).toEqual([
      expect.not.stringMatching(first?.secret ?? ''),
      first?.secret,
    ]);
    world.before = () => {};
    await turn();
    const [second] = world.at(organization);
    expect(second?.secret).not.toBe(first?.secret);
    expect(await accepted(organization)).toEqual([second?.secret, first?.secret]);
    expect(await turn()).toEqual(['list organization']);
  });

  it('is found again by its address when the worker died after it was installed', async () => {
    await turn();
    const [hook] = await hooksOf(table, synchronizationId);
    await table.update({
      key: keys.hookOf(synchronizationId, 'github', hook?.source ?? ''),
      remove: ['forgeHook', 'state', 'stateSince'],
    });
    await turn();
    expect(world.hooks).toHaveLength(1);
    expect(await hooksOf(table, synchronizationId)).toMatchObject([{ forgeHook: hook?.forgeHook }]);
  });

  it.each([true, false])(
    'R22: while none are shown, as when a plan has ended, its deliveries are accepted, and it is the same afterwards; still there: %s',
    async (isStillThere) => {
      await addPackage(1);
      await turn();
      const [hook] = world.at(organization);
      const secrets = await accepted(organization);
      world.hasOrganizationHooks = false;
      expect(await turn()).toEqual(['list organization', 'list repository 1', 'ensure repository 1']);
      expect(await accepted(organization)).toEqual(secrets);
      expect(await care()).toMatchObject({ on: 'repositories', missing: 0 });
      const states = (await hooksOf(table, synchronizationId)).map(({ repository: on, state }) => [
        on,
        state,
      ]);
      expect(states).toEqual(
        expect.arrayContaining([
          [undefined, undefined],
          ['1', 'working'],
        ]),
      );

      if (!isStillThere) world.hooks = world.hooks.filter((one) => one !== hook);
      world.hasOrganizationHooks = true;
      await turn();
      expect(world.hooks).toMatchObject([{ place: 'organization', url: hook?.url, secret: hook?.secret }]);
      expect(await hooksOf(table, synchronizationId)).toMatchObject([{ state: 'working' }]);
      expect(warn).not.toHaveBeenCalled();
    },
  );

  it("is the only one of ours: older ones are removed, and others' stay", async () => {
    const secret = world.port().newSecret(randomBytes(32));
    const urls = [
      `${address}left`,
      `${address}too/deep`,
      'https://chat.example/hook',
      'https://console.example/webhooks/github',
    ];
    for (const url of urls) await world.port().ensure(organization, { url, secret });
    await table.transact([
      {
        put: keys.hook('github', 'elsewhere'),
        item: { synchronization: 'another', baseUrl: '', secret: 'x', version: 1 },
      },
    ]);
    await turn();
    expect(world.hooks.map(({ url }) => url)).toEqual([...urls.slice(1), expect.stringMatching(address)]);
  });
});

describe('where only repositories have hooks', () => {
  it('each with a package gets one; those without, and archived ones, get none', async () => {
    await addPackage(1);
    await addPackage(2, undefined, true);
    await table.transact([putFact(synchronizationId, aFact.repository(3), ++reads)]);
    await turn();
    expect(world.hooks.map(({ place }) => place)).toEqual(['repository 1']);
    expect(await care()).toMatchObject({ on: 'repositories', missing: 0 });
    await addPackage(3);
    await turn();
    expect(world.at(repository(3))).toHaveLength(1);
    expect(new Set(world.hooks.map(({ secret }) => secret)).size).toBe(2);
  });

  it('one whose package is gone is removed', async () => {
    await addPackage(1);
    await addPackage(2);
    await turn();
    await table.update({ key: keys.package(organizationId, 1), set: { state: 'unreadable' } });
    await turn();
    expect(world.hooks.map(({ place }) => place)).toEqual(['repository 2']);
    expect(await hooksOf(table, synchronizationId)).toHaveLength(1);
  });

  it('those that are not wanted and that the credential may not remove are tried again a day later, and are accepted until then', async () => {
    for (let id = 1; id <= 3; id += 1) await addPackage(id);
    await turn();
    for (const id of [1, 2]) {
      await table.update({ key: keys.package(organizationId, id), set: { state: 'deleted' } });
    }
    const removals = async () => (await turn()).filter((asked) => asked.startsWith('remove')).sort();
    world.refuse('insufficient-scope', /remove/);
    expect(await removals()).toEqual(['remove repository 1', 'remove repository 2']);
    now += 23 * 60 * minuteMs;
    expect(await removals()).toEqual([]);
    for (const id of [1, 2]) expect(await accepted(repository(id))).toHaveLength(1);
    expect(await care()).not.toHaveProperty('problem');

    world.refuse('insufficient-scope', /remove repository 1/);
    now += 60 * minuteMs;
    expect(await removals()).toEqual(['remove repository 1', 'remove repository 2']);
    expect(world.hooks.map(({ place }) => place).sort()).toEqual(['repository 1', 'repository 3']);
    expect(await hooksOf(table, synchronizationId)).toHaveLength(1);
  });

  it('of a repository that is gone only the records are removed', async () => {
    await addPackage(1);
    await turn();
    await table.update({ key: keys.package(organizationId, 1), set: { state: 'deleted' } });
    world.refuse('not-found', /remove/);
    await turn();
    expect(await hooksOf(table, synchronizationId)).toEqual([]);
  });

  it('500 that nothing happens to cost 30 requests in ten minutes, and each is checked within three hours', async () => {
    for (let id = 1; id <= 500; id += 1) await addPackage(id);
    await turn();
    const seen = new Set<string>();
    for (let minutes = 10; minutes <= 180; minutes += 10) {
      now = start + minutes * minuteMs;
      const asked = await turn();
      expect(asked.length).toBeLessThanOrEqual(30);
      for (const one of asked) seen.add(one);
    }
    // And the organization, which may get another plan.
    expect(seen.size).toBe(501);
  });

  it('500 in which something happens cost 85, and each is checked within an hour', async () => {
    const pushedAt = new Date(start).toISOString();
    for (let id = 1; id <= 500; id += 1) await addPackage(id, pushedAt);
    await turn();
    const seen = new Set<string>();
    for (let minutes = 10; minutes <= 60; minutes += 10) {
      now = start + minutes * minuteMs;
      const asked = await turn();
      expect(asked.length).toBeLessThanOrEqual(85);
      for (const one of asked) seen.add(one);
    }
    expect(seen.size).toBe(501);
  });

  it('all of them are told when the address of the installation has changed, and keep their secrets', async () => {
    for (let id = 1; id <= 60; id += 1) await addPackage(id);
    await turn();
    const secrets = world.hooks.map(({ secret }) => secret).sort();
    dependencies = { ...dependencies, consoleBaseUrl: 'https://packages.example' };
    await turn();
    expect(world.hooks.every(({ url }) => url.startsWith('https://packages.example/webhooks/'))).toBe(true);
    expect(world.hooks.map(({ secret }) => secret).sort()).toEqual(secrets);
    expect(await turn()).toEqual(['list organization']);
  });

  it('a turn that takes too long is continued by another', async () => {
    for (let id = 1; id <= 5; id += 1) await addPackage(id);
    world.before = () => {
      now += 40_000;
    };
    const { workQueue } = dependencies;
    for (let turns = 0; world.hooks.length < 5; turns += 1) {
      expect(turns).toBeLessThan(5);
      await (turns === 0 ? turn() : maintainHooks(dependencies, synchronizationId));
    }
    expect(workQueue).toMatchObject({ sent: [{ queue: 'sync', message: { kind: 'hooks' } }, {}] });
    expect(await care()).toMatchObject({ missing: 0 });
  });
});

describe('what keeps hooks from being installed is shown, and tried again with few requests', () => {
  it('a credential that may not', async () => {
    for (let id = 1; id <= 5; id += 1) await addPackage(id);
    world.refuse('insufficient-scope', /ensure/);
    await turn();
    expect(await care()).toMatchObject({
      ...{ missing: 5, problem: { code: 'insufficient-scope', message: world.port().needs, since: start } },
    });
    now += 10 * minuteMs;
    expect(await turn()).toHaveLength(7);
    expect(await care()).toMatchObject({ problem: { since: start } });
    expect(warn, 'the operator is told once').toHaveBeenCalledOnce();
    world.before = () => {};
    await turn();
    expect(world.hooks).toHaveLength(5);
    expect(await care()).toMatchObject({ missing: 0 });
    expect(await care()).not.toHaveProperty('problem');
  });

  it('a credential that may on one of many repositories: it gets there in a few turns', async () => {
    for (let id = 1; id <= 9; id += 1) await addPackage(id);
    world.refuse('insufficient-scope', /ensure repository [^8]/);
    for (let turns = 1; turns <= 4; turns += 1) {
      expect((await turn()).length).toBeLessThanOrEqual(9);
      now += 10 * minuteMs;
    }
    expect(world.at(repository(8))).toHaveLength(1);
    expect(await care()).toMatchObject({ missing: 8, problem: { code: 'insufficient-scope' } });
  });

  it('a credential that may not see those of the organization: the hook is kept, and its deliveries are accepted', async () => {
    world.hasOrganizationHooks = true;
    await turn();
    const secrets = await accepted(organization);
    world.refuse('insufficient-scope', /list organization/);
    expect(await turn()).toEqual(['list organization']);
    expect(await care()).toMatchObject({
      problem: { code: 'insufficient-scope', message: world.port().needs },
    });
    expect(await accepted(organization)).toEqual(secrets);
    world.before = () => {};
    await turn();
    expect(await care()).not.toHaveProperty('problem');
  });

  it('a forge that takes no more of them', async () => {
    for (let id = 1; id <= 9; id += 1) await addPackage(id);
    world.refuse('unexpected', /ensure/);
    expect(await turn()).toHaveLength(7);
    expect(await care()).toMatchObject({ missing: 9, problem: { code: 'refused' } });
  });

  it('an installation without an address', async () => {
    await addPackage(1);
    dependencies = { ...dependencies, consoleBaseUrl: 'https://console.invalid' };
    expect(await turn()).toEqual([]);
    expect(await care()).toMatchObject({ problem: { code: 'no-address' } });
  });

  it('an outage or a limit is no such state: the next turn goes on', async () => {
    for (let id = 1; id <= 3; id += 1) await addPackage(id);
    world.refuse('rate-limited', /ensure repository 2/);
    await turn();
    expect(await care()).not.toHaveProperty('problem');
    expect(world.hooks).toHaveLength(1);
    world.before = () => {};
    await turn();
    expect(world.hooks).toHaveLength(3);
  });
});
