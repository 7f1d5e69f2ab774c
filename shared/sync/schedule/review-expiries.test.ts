import { describe, expect, it } from 'vitest';
import { aFact } from '../../../test/support/memory-forge.ts';
import { createMemoryTable } from '../../../test/support/memory-table.ts';
import { createRegistry, memoryServices, settled } from '../../../test/support/registry-fixture.ts';
import { createSyncWorld, start } from '../../../test/support/sync-world.ts';
import { organizationId, synchronizationId } from '../../../test/support/synchronized.ts';
import type { Fact } from '../../domain/facts.ts';
import { repositoryPart } from '../../domain/scopes.ts';
import { ForgeError } from '../../forge/errors.ts';
import { applyingSince, scopeState } from '../../store/scope-store.ts';
import type { Table } from '../../store/table.ts';
import { grantsWork } from '../../store/work-items.ts';
import { reconcile } from './reconcile.ts';

const hour = 3600_000;

const logger = { info: () => {}, warn: () => {}, error: () => {} };

/** A collaborator of repository 5 until then. */
const until = (expiresAt: number, account = 1): Fact =>
  ({ ...aFact.collaborator(5, account), expiresAt }) as Fact;

describe('a right that expires', () => {
  it.each(['a list', 'a part'])(
    'read with %s expires on time, also while the forge cannot be read',
    async (read) => {
      const services = memoryServices();
      const end = services.clock.now() + hour;
      const facts = [aFact.settings(), aFact.member(1, 'outside'), aFact.repository(5)];
      const registry = await createRegistry(services, read === 'a list' ? [...facts, until(end)] : facts);
      registry.contents.set(5, { name: 'acme/one', branches: { main: 'a' } });
      await settled(registry);
      registry.forge.facts = [...facts, until(end)];
      await registry.ask(repositoryPart(aFact.repository(5).repository));
      await registry.settle();
      const { token } = await registry.issue({ kind: 'member', login: 'user-1' });
      await registry.settle();
      registry.forge.before = () => {
        throw new ForgeError('unavailable', 'the forge is out');
      };
      await services.clock.advance(end - services.clock.now() - 1);
      await reconcile({ ...registry, logger });
      await registry.drain();
      expect(await registry.listed(token)).toEqual(['acme/one']);
      await services.clock.advance(1);
      await reconcile({ ...registry, logger });
      await registry.drain();
      expect(await registry.listed(token)).toEqual([]);
    },
  );

  const twoEnds = [
    aFact.settings(),
    ...[5, 6].map((id) => aFact.repository(id)),
    until(start + hour),
    { ...aFact.collaborator(6, 1), expiresAt: start + 3 * hour } as Fact,
  ];
  async function createWorld() {
    const table = createMemoryTable();
    const world = await createSyncWorld(table, twoEnds);
    await world.syncAll();
    const grants = grantsWork(organizationId).key;
    return {
      ...world,
      next: async () => (await scopeState(table, synchronizationId, 'repositories'))?.nextExpiryAt,
      reconcile: (through: Table = table) => reconcile({ ...world, table: through, logger }),
      reviews: async () => Number((await table.get(grants))?.wanted ?? 0),
    };
  }

  it('is reviewed once, and then the next one', async () => {
    const world = await createWorld();
    expect(await world.next()).toBe(start + hour);
    const before = await world.reviews();
    for (const hours of [0.9, 1, 2]) {
      world.clock.time = start + hours * hour;
      await world.reconcile();
    }
    expect(await world.next()).toBe(start + 3 * hour);
    expect(await world.reviews()).toBe(before + 1);
    world.clock.time = start + 3 * hour;
    await world.reconcile();
    expect(await world.next()).toBeUndefined();
    expect(await world.reviews()).toBe(before + 2);
  });

  it('is reviewed while its scope waits for a rate limit', async () => {
    const world = await createWorld();
    world.forge.before = () => {
      throw new ForgeError('rate-limited', 'wait', { notBefore: start + 6 * hour });
    };
    await world.sync('repositories');
    const before = await world.reviews();
    world.clock.time = start + hour;
    await world.reconcile();
    expect(await world.reviews()).toBe(before + 1);
  });

  it('is reviewed again when a read happened during the review', async () => {
    const world = await createWorld();
    world.clock.time = start + hour;
    let isRead = false;
    const through: Table = {
      ...world.table,
      async transact(operations) {
        const isOfScope = operations.some(
          (one) => 'update' in one && 'nextExpiryAt' in (one.update.set ?? {}),
        );
        if (isOfScope && !isRead) {
          isRead = true;
          const row = { ...aFact.collaborator(6, 2), expiresAt: start + 2 * hour } as Fact;
          world.forge.facts = [...twoEnds, row];
          await world.sync(repositoryPart(aFact.repository(6).repository));
        }
        await world.table.transact(operations);
      },
    };
    await world.reconcile(through);
    expect(isRead).toBe(true);
    await world.reconcile();
    expect(await world.next()).toBe(start + 2 * hour);
  });

  it('is scheduled also by a stored plan that another worker finished', async () => {
    const rows = Array.from({ length: 120 }, (_, id) => until(start + hour, id + 1));
    const world = await createSyncWorld(createMemoryTable(), [
      aFact.settings(),
      aFact.repository(5),
      ...rows,
    ]);
    let isDead = false;
    const dying: Table = {
      ...world.table,
      async transact(operations) {
        isDead ||= operations.some((one) => 'update' in one && 'readBegunAt' in (one.update.set ?? {}));
        if (isDead) {
          throw new Error('the process died');
        }
        await world.table.transact(operations);
      },
    };
    await world.ask('repositories');
    await expect(world.run('repositories', dying)).rejects.toThrow();
    expect(await applyingSince(world.table, synchronizationId)).toBeDefined();
    world.clock.time += 331_000;
    world.forge.before = () => {
      throw new ForgeError('unavailable', 'the forge is out');
    };
    await world.run('repositories');
    expect(await applyingSince(world.table, synchronizationId)).toBeUndefined();
    const state = await scopeState(world.table, synchronizationId, 'repositories');
    expect(state?.nextExpiryAt).toBe(start + hour);
  });

  it('is removed however much of a list expires at once, without asking an owner', async () => {
    const rows = [1, 2, 3, 4, 5, 6, 7].map(
      (id) => ({ ...aFact.collaborator(5, id), expiresAt: start + hour }) as Fact,
    );
    const world = await createSyncWorld(createMemoryTable(), [
      aFact.settings(),
      aFact.repository(5),
      ...rows,
    ]);
    await world.syncAll();
    world.forge.facts = [aFact.settings(), aFact.repository(5)];
    world.clock.time = start + hour;
    await world.sync('repositories');
    expect(await world.facts('repositories')).toEqual(['repository#5']);
  });
});
