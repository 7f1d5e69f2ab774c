import { describe, expect, it } from 'vitest';
import { asId, type SynchronizationId } from '../../../shared/domain/ids.ts';
import { ForgeError } from '../../../shared/forge/errors.ts';
import { auditLog } from '../../../shared/store/audit-log.ts';
import { noteDelivered, noteRefused } from '../../../shared/store/delivery-history.ts';
import { addSecond, secondSynchronization } from '../../../test/support/api-organization-examples.ts';
import { type ApiWorld, createApiWorld } from '../../../test/support/api-world.ts';
import { organizationId, synchronizationId } from '../../../test/support/synchronized.ts';

const path = '/organizations/acme/webhooks';
const attempts = `${path}/${synchronizationId}/attempts`;

const delivered = (
  world: ApiWorld,
  count: number,
  by: 'webhook' | 'log' = 'webhook',
  id: SynchronizationId = synchronizationId,
) =>
  world.table.transact(
    Array.from({ length: count }, (_, place) =>
      noteDelivered(id, {
        delivery: `${by}-${place}`,
        event: 'push',
        at: world.now() - (count - place) * 1000,
        by,
      }),
    ),
  );
const redeliver = (world: ApiWorld, id: string) =>
  world.ask('owner', { method: 'POST', path: `${attempts}/${id}/redelivery` });

describe('the webhooks of an organization', () => {
  it('say what came last, what was recovered and when one was refused', async () => {
    const world = await createApiWorld();
    await addSecond(world);
    await delivered(world, 3);
    await delivered(world, 2, 'log');
    await noteRefused(world.table, 'github', world.now() - 60_000);
    const { body } = await world.ask('owner', { path });
    expect(body.items).toEqual([
      {
        ...{
          synchronization: synchronizationId,
          login: 'acme',
          forge: 'github',
          baseUrl: 'https://github.com',
        },
        lastDelivery: { at: '2026-11-22T11:59:59.000Z', event: 'push' },
        recovered: 2,
        refusedAt: '2026-11-22T11:59:00.000Z',
        hasLog: true,
      },
      expect.objectContaining({ synchronization: secondSynchronization, recovered: 0 }),
    ]);
    expect(body.items[1]).not.toHaveProperty('lastDelivery');
  });

  it('list what was received, newest first, in pages', async () => {
    const world = await createApiWorld();
    await delivered(world, 3);
    const list = `${path}/${synchronizationId}/deliveries`;
    const first = await world.ask('owner', { path: `${list}?limit=2` });
    const second = await world.ask('owner', { path: `${list}?limit=2&cursor=${first.body.next}` });
    expect([...first.body.items, ...second.body.items].map(({ delivery }) => delivery)).toEqual([
      'webhook-2',
      'webhook-1',
      'webhook-0',
    ]);
    expect(first.body.items[0]).toEqual({
      delivery: 'webhook-2',
      event: 'push',
      at: '2026-11-22T11:59:59.000Z',
      by: 'webhook',
    });
  });

  it('show of the log of the App what is the organization’s own', async () => {
    const world = await createApiWorld();
    const { body } = await world.ask('owner', { path: attempts });
    expect(body.items).toEqual([
      {
        ...{ id: '1', delivery: 'event-1', event: 'push', at: '2026-11-22T11:30:00.000Z' },
        ...{ arrived: false, status: 502, isRedelivery: false },
      },
    ]);
    expect((await world.ask('owner', { path: `${attempts}?cursor=${body.next}` })).body).toEqual({
      items: [],
    });
  });

  it('are delivered again, and those of others are not there', async () => {
    const world = await createApiWorld();
    const [other, unknown] = [await redeliver(world, '2'), await redeliver(world, '3')];
    expect([other.status, other.body]).toEqual([404, unknown.body]);
    expect((await redeliver(world, '1')).status).toBe(202);
    expect(world.forges.redelivered).toEqual(['1']);
    expect(await auditLog(world.table, organizationId, 2)).toMatchObject([
      { act: 'redeliver', subject: 'acme', after: { delivery: 'event-1', event: 'push' } },
    ]);
  });

  it('are those of the organization in the path', async () => {
    const world = await createApiWorld();
    await addSecond(world);
    const theirs = asId<SynchronizationId>('sync3');
    expect((await world.ask('owner', { path: `${path}/${theirs}/attempts` })).status).toBe(404);
  });

  it('ask the code host ten times in a minute for an organization', async () => {
    const world = await createApiWorld();
    for (let count = 0; count < 10; count += 1) {
      expect((await world.ask('owner', { path: attempts })).status).toBe(200);
    }
    const { status, headers } = await world.ask('operator', { path: attempts });
    expect([status, headers['retry-after']]).toEqual([429, '60']);
    expect((await redeliver(world, '1')).status).toBe(429);
    expect(world.forges.redelivered).toEqual([]);
    world.advance(60_000);
    expect((await redeliver(world, '1')).status).toBe(202);
  });

  it('say so when the code host does not answer', async () => {
    const world = await createApiWorld();
    const { open } = world.forges;
    world.forges.open = async (to) => ({
      ...(await open(to)),
      attemptLog: {
        page: () =>
          Promise.reject(new ForgeError('rate-limited', 'too many', { notBefore: world.now() + 60_000 })),
        attempt: () => Promise.reject(new ForgeError('unavailable', 'down')),
        redeliver: () => Promise.reject(new ForgeError('unavailable', 'down')),
      },
    });
    const { status, headers } = await world.ask('owner', { path: attempts });
    expect([status, headers['retry-after']]).toEqual([409, '60']);
    expect((await redeliver(world, '1')).status).toBe(409);
  });
});
