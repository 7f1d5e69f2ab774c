import { randomBytes } from 'node:crypto';
import { beforeEach, expect, it, vi } from 'vitest';
import { createMemoryDataKeys } from '../../../test/support/memory-data-keys.ts';
import { createMemoryHooks, type MemoryHooks } from '../../../test/support/memory-hooks.ts';
import { createMemoryTable, type MemoryTable } from '../../../test/support/memory-table.ts';
import { createRecordingQueue } from '../../../test/support/recording-queue.ts';
import {
  addSynchronized,
  forgeOrganizationId,
  gitHubHost,
  organizationId,
  synchronizationId,
} from '../../../test/support/synchronized.ts';
import { asId, type ConnectionId } from '../../domain/ids.ts';
import type { HookPlace } from '../../forge/hooks.ts';
import { createEnvelopeCipher } from '../../runtime/cipher.ts';
import { Secret } from '../../runtime/secret.ts';
import { storeCredential } from '../../store/credential-store.ts';
import { endHooks, findEndedHooks } from '../../store/ended-hooks-store.ts';
import { hooksOf } from '../../store/hook-store.ts';
import { keys, ranges } from '../../store/keys.ts';
import { findSynchronization } from '../../store/synchronization-store.ts';
import { requestWork } from '../../store/work.ts';
import { hooksWork } from '../../store/work-items.ts';
import { type EndHooksDependencies, removeEndedHooks } from './end-hooks.ts';
import { maintainHooks } from './maintain-hooks.ts';

const start = Date.parse('2026-11-22T12:00:00Z');
const hourMs = 3600_000;
const organization: HookPlace = { on: 'organization' };
const connection = { kind: 'oauth-grant', id: asId<ConnectionId>('connection1') } as const;

let table: MemoryTable;
let world: MemoryHooks;
let now: number;
const warn = vi.fn();
let dependencies: EndHooksDependencies & {
  readonly logger: { info(): void; warn: ReturnType<typeof vi.fn> };
};

/** A synchronization with a hook is ended. */
beforeEach(async () => {
  table = createMemoryTable();
  await addSynchronized(table, 'all', { ...gitHubHost, forgeOrganization: forgeOrganizationId, connection });
  world = createMemoryHooks();
  world.hasOrganizationHooks = true;
  now = start;
  let leases = 0;
  const cipher = createEnvelopeCipher(createMemoryDataKeys());
  dependencies = {
    ...{ table, randomBytes, cipher, workQueue: createRecordingQueue() },
    clock: { now: () => now },
    logger: { info: () => {}, warn },
    newLeaseId: () => `lease-${++leases}`,
    consoleBaseUrl: 'https://console.example',
    openHooks: async () => world.port(),
  };
  const secret = { secret: new Secret('grant'), validUntil: undefined };
  await storeCredential({ table, cipher, clock: dependencies.clock }, connection.id, secret);
  await table.transact([requestWork(hooksWork(organizationId, synchronizationId), now)]);
  await maintainHooks(dependencies, synchronizationId);
  const synchronization = await findSynchronization(table, synchronizationId);
  if (synchronization === undefined) throw new Error('there is no synchronization');
  await table.transact([endHooks(synchronization, await hooksOf(table, synchronizationId), now)]);
});

const run = () => removeEndedHooks(dependencies, synchronizationId);
const credential = () => table.get(keys.credential(connection.id));

it('its hooks are removed from the forge, and then its credential', async () => {
  await world.port().ensure(organization, { url: 'https://chat.example', secret: new Secret('') });
  await run();
  expect(world.hooks.map(({ url }) => url)).toEqual(['https://chat.example']);
  expect(await credential()).toBeUndefined();
  const { pk, sk } = ranges.grantRevocations();
  expect(await table.query(pk, sk)).toEqual([expect.objectContaining({ connection: connection.id })]);
  expect(await findEndedHooks(table, synchronizationId)).toBeUndefined();
  expect(await hooksOf(table, synchronizationId)).toEqual([]);
  const asked = world.requests.length;
  await run();
  expect(world.requests).toHaveLength(asked);
});

it('an outage is waited for, for a day', async () => {
  world.refuse('unavailable');
  await run();
  expect(await credential()).toBeDefined();
  await run();
  expect(world.requests.filter((one) => one.startsWith('remove'))).toHaveLength(1);
  now += hourMs;
  world.before = () => {};
  await run();
  expect(world.hooks).toEqual([]);
  expect(await credential()).toBeUndefined();
});

it('what the forge does not let us remove in a day stays there, and is said', async () => {
  world.refuse('unavailable');
  now += 25 * hourMs;
  await run();
  expect(world.hooks).toHaveLength(1);
  expect(await credential()).toBeUndefined();
  expect(warn).toHaveBeenCalledOnce();
});

it('one that the credential may not remove stays there, and is not tried again', async () => {
  world.refuse('insufficient-scope', /remove/);
  await run();
  expect(world.hooks).toHaveLength(1);
  expect(await hooksOf(table, synchronizationId)).toEqual([]);
  expect(await credential()).toBeUndefined();
});

it('a credential that does not work is not tried again', async () => {
  world.refuse('credential-rejected');
  await run();
  expect(await credential()).toBeUndefined();
  expect(await findEndedHooks(table, synchronizationId)).toBeUndefined();
});
