import { beforeEach, expect, it } from 'vitest';
import { createMemoryTable, type MemoryTable } from '../../test/support/memory-table.ts';
import { createRecordingQueue } from '../../test/support/recording-queue.ts';
import { organizationId, synchronizationId } from '../../test/support/synchronized.ts';
import { modules } from '../forge/modules.ts';
import { keys } from '../store/keys.ts';
import { requestHooks } from './request-hooks.ts';

let table: MemoryTable;
beforeEach(() => {
  table = createMemoryTable();
});

/** What is requested for a synchronization with a forge of that kind. */
async function requested(installsHooks: boolean): Promise<readonly unknown[]> {
  const forge = modules.find((one) => (one.installsHooks ?? false) === installsHooks)?.id ?? '';
  const workQueue = createRecordingQueue();
  const synchronization = { forge, organization: organizationId, id: synchronizationId };
  await requestHooks({ table, workQueue, clock: { now: () => 0 } }, synchronization);
  return workQueue.sent.map(({ message }) => message);
}

it('a hook is requested at once where the forge needs any', async () => {
  expect(await requested(true)).toEqual([{ kind: 'hooks', synchronization: synchronizationId }]);
  expect(await requested(false)).toEqual([]);
});

it('none is where one of the organization is there already', async () => {
  await table.transact([{ put: keys.hooks(synchronizationId), item: { on: 'organization', missing: 0 } }]);
  expect(await requested(true)).toEqual([]);
  await table.transact([{ put: keys.hooks(synchronizationId), item: { on: 'repositories', missing: 0 } }]);
  expect(await requested(true)).toHaveLength(1);
});
