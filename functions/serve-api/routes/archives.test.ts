import { expect, it } from 'vitest';
import { auditLog } from '../../../shared/store/audit-log.ts';
import { createApiWorld } from '../../../test/support/api-world.ts';
import type { createRecordingQueue } from '../../../test/support/recording-queue.ts';
import { organizationId, synchronizationId } from '../../../test/support/synchronized.ts';

const path = `/organizations/acme/synchronizations/${synchronizationId}`;

it('archives are stored before anybody asks for them unless an owner says no, and the work is requested either way', async () => {
  const world = await createApiWorld();
  const queue = world.dependencies.workQueue as ReturnType<typeof createRecordingQueue>;
  const put = (store: boolean) =>
    world.ask('owner', { method: 'PUT', path: `${path}/archives`, body: { store } });
  const shown = async () => (await world.ask('owner', { path })).body.storesArchives;
  expect(await shown()).toBe(true);
  for (const store of [false, true]) {
    queue.take();
    expect((await put(store)).status).toBe(204);
    expect(await shown()).toBe(store);
    expect(queue.take()).toMatchObject([
      { queue: 'scan', message: { kind: 'archives', synchronization: synchronizationId } },
    ]);
  }
  expect((await put(true)).status).toBe(204);
  expect(queue.take()).toEqual([]);
  const entries = (await auditLog(world.table, organizationId, 9)).filter(
    ({ act }) => act === 'set-archives',
  );
  expect(entries.map(({ after }) => after)).toEqual(
    expect.arrayContaining([{ store: false }, { store: true }]),
  );
  expect(entries).toHaveLength(2);
});
