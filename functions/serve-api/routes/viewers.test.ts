import { describe, expect, it } from 'vitest';
import { ForgeError } from '../../../shared/forge/errors.ts';
import { requestPreview } from '../../../shared/organizations/previews.ts';
import { runPreview } from '../../../shared/organizations/run-preview.ts';
import { auditLog } from '../../../shared/store/audit-log.ts';
import { findPreview } from '../../../shared/store/preview-store.ts';
import { findSynchronization } from '../../../shared/store/synchronization-store.ts';
import {
  addWithViewers,
  synchronizationWithViewers,
} from '../../../test/support/api-organization-examples.ts';
import { type ApiWorld, createApiWorld } from '../../../test/support/api-world.ts';
import { meanwhile } from '../../../test/support/meanwhile.ts';
import type { createRecordingQueue } from '../../../test/support/recording-queue.ts';
import { organizationId, synchronizationId } from '../../../test/support/synchronized.ts';

const path = '/organizations/acme/synchronizations';

describe('people who may view code, but not download it', () => {
  const viewers = `${path}/${synchronizationWithViewers}/viewers`;
  const put = (world: ApiWorld, install: boolean, at = viewers) =>
    world.ask('owner', { method: 'PUT', path: at, body: { install } });
  const queueOf = (world: ApiWorld) =>
    world.dependencies.workQueue as ReturnType<typeof createRecordingQueue>;
  const shown = async (world: ApiWorld) =>
    (await world.ask('owner', { path: `${path}/${synchronizationWithViewers}` })).body.viewersInstall;

  it('install nothing unless an owner allows it, and everything is read anew then', async () => {
    const world = await createApiWorld();
    await addWithViewers(world);
    expect(await shown(world)).toBe(false);
    queueOf(world).take();
    expect((await put(world, true)).status).toBe(204);
    expect(await shown(world)).toBe(true);
    expect(queueOf(world).take()).toMatchObject([{ queue: 'sync', message: { scope: 'settings' } }]);
    const [entry] = await auditLog(world.table, organizationId, 1);
    expect(entry).toMatchObject({ act: 'set-viewers', before: { install: false }, after: { install: true } });
    expect((await put(world, true)).status).toBe(204);
    expect(queueOf(world).take()).toEqual([]);
  });

  it('are unknown to other code hosts', async () => {
    const world = await createApiWorld();
    const at = `${path}/${synchronizationId}`;
    expect((await put(world, true, `${at}/viewers`)).status).toBe(422);
    const preview = { method: 'POST', path: `${at}/previews?viewersInstall=true` };
    expect((await world.ask('owner', preview)).status).toBe(422);
    expect((await world.ask('owner', { path: at })).body).not.toHaveProperty('viewersInstall');
  });

  it('are previewed as if they were allowed to install, by one preview at a time', async () => {
    const world = await createApiWorld();
    await addWithViewers(world);
    const ask = (query: string) =>
      world.ask('owner', { method: 'POST', path: `${path}/${synchronizationWithViewers}/previews${query}` });
    expect((await ask('?viewersInstall=true')).status).toBe(202);
    expect((await ask('?viewersInstall=true')).status).toBe(202);
    expect((await ask('')).body).toMatchObject({ status: 409, code: 'too-early' });
    const read: unknown[] = [];
    const { dependencies, table } = world;
    await runPreview(
      {
        ...{
          table,
          clock: dependencies.clock,
          workQueue: dependencies.workQueue,
          newLeaseId: () => 'preview',
        },
        openReader: async ({ viewersInstall }) => {
          read.push(viewersInstall);
          throw new ForgeError('unavailable', 'it is down');
        },
      },
      synchronizationWithViewers,
    );
    expect([read, await shown(world)]).toEqual([[true], false]);
    expect((await ask('')).status).toBe(202);
  });

  it('are not previewed with other settings by a request at the same moment', async () => {
    const world = await createApiWorld();
    await addWithViewers(world);
    const { dependencies, table } = world;
    const found = (await findSynchronization(table, synchronizationWithViewers)) ?? expect.fail();
    const act = { by: 'owner', why: '' };
    const during = meanwhile(table, () => requestPreview(dependencies, found, act, { viewersInstall: true }));
    await expect(requestPreview({ ...dependencies, table: during }, found, act)).rejects.toThrow(
      'with other settings',
    );
    expect(await findPreview(table, found.id)).toMatchObject({ wanted: 1, viewersInstall: true });
  });
});
