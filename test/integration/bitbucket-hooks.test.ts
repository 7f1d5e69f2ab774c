/** Hooks in the simulated Bitbucket: what is kept and told where it does not show them. */
import { randomBytes } from 'node:crypto';
import { afterEach, expect, test } from 'vitest';
import { createEnvelopeCipher } from '../../shared/runtime/cipher.ts';
import { putFact } from '../../shared/store/fact-store.ts';
import { hookCareOf } from '../../shared/store/hook-care-store.ts';
import { findHook, hooksOf } from '../../shared/store/hook-store.ts';
import { keys } from '../../shared/store/keys.ts';
import { requestWork } from '../../shared/store/work.ts';
import { hooksWork } from '../../shared/store/work-items.ts';
import { maintainHooks } from '../../shared/sync/hooks/maintain-hooks.ts';
import { type Bitbucket, known, startBitbucket } from '../contracts/bitbucket-fixture.ts';
import { createMemoryDataKeys } from '../support/memory-data-keys.ts';
import { aFact } from '../support/memory-forge.ts';
import { createMemoryTable, type MemoryTable } from '../support/memory-table.ts';
import { createRecordingQueue } from '../support/recording-queue.ts';
import { addSynchronized, organizationId, synchronizationId } from '../support/synchronized.ts';

const cipher = createEnvelopeCipher(createMemoryDataKeys());
let at: Bitbucket;
let table: MemoryTable;
afterEach(() => at.close());

async function connect(): Promise<void> {
  at = await startBitbucket();
  table = createMemoryTable();
  const { integration, organization: forgeOrganization, connection } = at;
  const { baseUrl } = integration.settings;
  await addSynchronized(table, 'some', { forge: 'bitbucket', baseUrl, forgeOrganization, connection });
}

let leases = 0;
/** A turn of the hooks, as a reconcile requests it. */
async function turn(): Promise<void> {
  const { clock } = at;
  await table.transact([requestWork(hooksWork(organizationId, synchronizationId), clock.now())]);
  const logger = { info: () => {}, warn: () => {} };
  await maintainHooks(
    {
      ...{ table, cipher, clock, randomBytes, logger, workQueue: createRecordingQueue() },
      ...{ newLeaseId: () => `lease-${++leases}`, consoleBaseUrl: 'https://console.example' },
      openHooks: async () => (await at.open()).hooks,
    },
    synchronizationId,
  );
}
const hooks = () => [...at.simulator.state.hooks.values()];
/** Secrets that the deliveries of the hook are accepted with. */
async function accepted(): Promise<readonly string[] | undefined> {
  const [hook] = await hooksOf(table, synchronizationId);
  return (await findHook({ table, cipher, clock: at.clock }, known(hook)))?.secrets;
}

test.each([
  ['while Bitbucket finds nothing of what is there', 'false-not-found', undefined],
  ['while the grant may not see them', 'rate-limit', 'insufficient-scope'],
] as const)(
  'the hook of a workspace is kept, and its deliveries are accepted, %s',
  async (_, kind, problem) => {
    await connect();
    await turn();
    const [hook] = hooks();
    expect(hook).toMatchObject({ secret: expect.any(String), active: true });
    at.simulator.faults.add(kind === 'rate-limit' ? { kind, status: 403 } : { kind });
    await turn();
    expect((await hookCareOf(table, synchronizationId))?.problem?.code).toBe(problem);
    expect(await accepted()).toEqual([hook?.secret]);
    at.simulator.faults.remove();
    await turn();
    expect(hooks()).toEqual([hook]);
    expect(await hookCareOf(table, synchronizationId)).toMatchObject({ on: 'organization', missing: 0 });
  },
);

test('one that an owner has removed or switched off is there again, with its secret', async () => {
  await connect();
  await turn();
  const [hook] = hooks();
  known(hook).active = false;
  await turn();
  expect(hooks()).toMatchObject([{ url: hook?.url, active: true }]);
  at.simulator.state.hooks.clear();
  await turn();
  expect(hooks()).toMatchObject([{ url: hook?.url, secret: hook?.secret, active: true }]);
});

test('repositories have one each where the account does not administer the workspace, but them', async () => {
  await connect();
  const { changes } = at.simulator;
  await changes.run('set-member', { user: 'ann', role: 'owner' });
  await changes.run('set-member', { user: 'alice', role: 'member' });
  const repository = at.cloud.repository('acme/money').uuid;
  await changes.run('set-repository-permission', {
    ...{ repository: 'acme/money', user: 'alice', permission: 'admin' },
  });
  const link = { synchronization: synchronizationId, repository, directory: '' };
  await table.transact([
    putFact(synchronizationId, aFact.repository(repository), 1),
    {
      put: keys.package(organizationId, 1),
      item: { number: 1, name: 'acme/money', state: 'available', ...link },
    },
  ]);
  await turn();
  expect(hooks()).toMatchObject([{ repository }]);
  expect(await hookCareOf(table, synchronizationId)).toMatchObject({ on: 'repositories', missing: 0 });

  await changes.run('set-member', { user: 'alice', role: 'owner' });
  await turn();
  expect(hooks()).toHaveLength(1);
  expect(hooks()[0]).not.toHaveProperty('repository');
});
