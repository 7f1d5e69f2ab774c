import { describe, expect, it } from 'vitest';
import { asId, asPrincipal, type UserId, userPrincipal } from '../../shared/domain/ids.ts';
import { ObjectConflictError } from '../../shared/publish/object-writer.ts';
import { publishPackage } from '../../shared/publish/publish-package.ts';
import { keys } from '../../shared/store/keys.ts';
import { createSlugReader } from '../../shared/store/organization-store.ts';
import { requestWork, takeLease } from '../../shared/store/work.ts';
import { grantsWork, packageWork, principalWork } from '../../shared/store/work-items.ts';
import { useLocalServices } from '../support/local-services.ts';
import { aFact } from '../support/memory-forge.ts';
import { createMemoryTable } from '../support/memory-table.ts';
import { members, one, publishedRegistry, tokenOf } from '../support/published.ts';
import { memoryServices } from '../support/registry-fixture.ts';
import { registryBaseUrl } from '../support/registry-world.ts';
import { organizationId } from '../support/synchronized.ts';

const newServices = useLocalServices();

describe('files', () => {
  it('change within one second only once: Last-Modified grows with every body', async () => {
    const registry = await publishedRegistry();
    const at = async (): Promise<number> =>
      (await registry.published()).objects.get('acme/1/dev.json')?.lastModified ?? 0;
    for (const commit of ['c', 'd', 'e']) {
      const before = await at();
      registry.contents.set(5, { ...one, branches: { main: commit } });
      await registry.pushed(5);
      await registry.settle();
      expect(await at()).toBeGreaterThan(before);
    }
    const outcomes = registry.handled.map(({ outcome }) => outcome);
    expect(outcomes).toContain('too-early');
  });

  it('that are removed and come back have later times than before', async () => {
    const registry = await publishedRegistry();
    const at = async (): Promise<number> =>
      (await registry.published()).objects.get('acme/1/plain.json')?.lastModified ?? 0;
    const before = await at();
    await registry.change(members, 'repositories');
    await registry.drain();
    expect(await at()).toBe(0);
    await registry.change([...members, aFact.repository(5)], 'repositories');
    expect(await registry.settle()).toBe(0);
    expect(await at()).toBeGreaterThan(before);
  });

  it('with the same bytes are not written again', async () => {
    const services = { ...newServices(), table: createMemoryTable() };
    const registry = await publishedRegistry(services);
    await tokenOf(registry);
    services.gateway.forget();
    registry.written.length = 0;
    const workItem = packageWork(organizationId, 1);
    await registry.table.transact([requestWork(workItem, registry.clock.now())]);
    await registry.workQueue.send([workItem.message]);
    await registry.ask('repositories');
    await registry.pushed(5);
    expect(await registry.settle()).toBe(0);
    const operations = services.gateway.recorded().map(({ operation }) => operation);
    expect(operations).toContain('HeadObject');
    expect(operations).not.toContain('PutObject');
    expect(operations).not.toContain('UpdateKeys');
    expect(registry.written).toEqual([]);
  });

  it('are written by one of two concurrent publishers', async () => {
    const services = { ...newServices(), table: createMemoryTable() };
    const registry = await publishedRegistry(services);
    await registry.clock.advance(2000);
    const { table } = registry;
    await table.transact([
      {
        update: {
          key: keys.version(organizationId, 1, '1.0.0.0'),
          set: { time: '2020-01-01T00:00:00+00:00' },
        },
      },
      requestWork(packageWork(organizationId, 1), registry.clock.now()),
    ]);
    services.gateway.forget();
    let leases = 0;
    const publisher = () =>
      publishPackage(
        {
          table,
          objects: services.objects,
          workQueue: registry.workQueue,
          clock: registry.clock,
          newLeaseId: () => `publisher-${++leases}`,
          registryBaseUrl,
          slugOf: createSlugReader(table),
        },
        organizationId,
        1,
      );
    expect((await Promise.all([publisher(), publisher()])).sort()).toEqual(['busy', 'done']);
    const puts = services.gateway.recorded().filter(({ operation }) => operation === 'PutObject');
    expect(puts).toMatchObject([{ count: 1 }]);
    expect(await publisher()).toBe('idle');
  });
});

describe('a writer', () => {
  it.each(['acme/1/plain.json', 'acme/roots/'])(
    'that finds %s changed meanwhile starts again, and leaves nothing to the sweep',
    async (object) => {
      const services = memoryServices();
      let met = 0;
      const registry = await publishedRegistry({
        ...services,
        objects: {
          ...services.objects,
          async write(key, ...rest) {
            if (key.startsWith(object) && met++ === 0) {
              throw new ObjectConflictError('the object changed since it was read');
            }
            await services.objects.write(key, ...rest);
          },
        },
      });
      const token = await tokenOf(registry);
      expect(met).toBe(2);
      expect(registry.errors).toEqual([]);
      expect(registry.handled.map(({ outcome }) => outcome)).toContain('again');
      expect(await registry.listed(token)).toEqual(['acme/one']);
    },
  );

  it.each([
    ['acme/2/dev.json', packageWork(organizationId, 2)],
    ['acme/roots/', undefined],
  ])(
    'that gets more work while it writes %s does that too, and leaves nothing to the sweep',
    async (object, given) => {
      const services = memoryServices();
      let asked = 0;
      let isArmed = false;
      const registry = await publishedRegistry({
        ...services,
        objects: {
          ...services.objects,
          async write(key, ...rest) {
            await services.objects.write(key, ...rest);
            if (!isArmed || !key.startsWith(object) || asked > 0) return;
            asked += 1;
            const workItem =
              given ?? principalWork(organizationId, asPrincipal(key.slice(object.length, -5)));
            await services.table.transact([requestWork(workItem, services.clock.now())]);
            // The message for it finds the lease taken, so it is as good as lost.
            await expect(
              takeLease(services.table, workItem, { leaseId: 'x', now: services.clock.now(), leaseMs: 1 }),
            ).resolves.toBe('busy');
          },
        },
      });
      const token = await tokenOf(registry);
      // The root with both packages is written last.
      isArmed = true;
      await registry.change([...members, aFact.repository(5), aFact.repository(6)], 'repositories');
      expect(await registry.settle()).toBe(0);
      expect(asked).toBe(1);
      expect(registry.errors).toEqual([]);
      expect(await registry.listed(token)).toEqual(['acme/one', 'acme/two']);
    },
  );

  it('notices in S3 that somebody else wrote or removed what it has read', async () => {
    const { objects } = newServices();
    const key = 'acme/9/plain.json';
    const conflict = (write: Promise<void>) => expect(write).rejects.toThrow(ObjectConflictError);
    expect(await objects.see(key)).toBeUndefined();
    await objects.write(key, undefined, '1', 'no-cache');
    await conflict(objects.write(key, undefined, '2', 'no-cache'));
    const first = await objects.see(key);
    expect([objects.isSame(first, '1'), objects.isSame(first, '2')]).toEqual([true, false]);
    await objects.write(key, first, '2', 'no-cache');
    await conflict(objects.write(key, first, '3', 'no-cache'));
    const second = await objects.see(key);
    expect(objects.isSame(second, '2')).toBe(true);
    await objects.remove(key);
    await conflict(objects.write(key, second, '3', 'no-cache'));
    expect(await objects.see(key)).toBeUndefined();
  });

  it('requests work for every principal, however many there are', async () => {
    const registry = await publishedRegistry();
    const { table, clock } = registry;
    const principals = Array.from({ length: 150 }, (_, place) => userPrincipal(asId<UserId>(`user${place}`)));
    for (let start = 0; start < principals.length; start += 50) {
      const part = principals.slice(start, start + 50);
      await table.transact(part.map((one) => requestWork(principalWork(organizationId, one), clock.now())));
    }
    await registry.settle();
    await table.transact([requestWork(grantsWork(organizationId), clock.now())]);
    await registry.workQueue.send([grantsWork(organizationId).message]);
    await registry.handleNext();
    const items = await table.query(`ORG#${organizationId}`, 'PRINCIPAL#');
    expect(items.map(({ wanted, done }) => Number(wanted) - Number(done))).toEqual(principals.map(() => 1));
    expect(registry.queued()).toHaveLength(150);
  });
});
