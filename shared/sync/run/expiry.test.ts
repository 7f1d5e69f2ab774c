import { describe, expect, it } from 'vitest';
import { aFact } from '../../../test/support/memory-forge.ts';
import { createRegistry, memoryServices, settled } from '../../../test/support/registry-fixture.ts';
import { createSyncWorld, start } from '../../../test/support/sync-world.ts';
import { synchronizationId } from '../../../test/support/synchronized.ts';
import { useTables } from '../../../test/support/table.ts';
import type { Fact } from '../../domain/facts.ts';
import { repositoryPart } from '../../domain/scopes.ts';
import { ForgeError } from '../../forge/errors.ts';
import { scopeState } from '../../store/scope-store.ts';

const newTable = useTables();
const hour = 3600_000;

/** Somebody on repository 5 until then. */
const until = (expiresAt: number): Fact => ({ ...aFact.collaborator(5, 1), expiresAt }) as Fact;

describe('a right that ends', () => {
  it.each(['a list', 'a part'])(
    'read with %s ends by itself, also while the forge cannot be read',
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
      await registry.ask('repositories');
      await registry.drain();
      expect(await registry.listed(token)).toEqual(['acme/one']);
      await services.clock.advance(hour);
      await registry.ask('repositories');
      await registry.drain();
      expect(await registry.listed(token)).toEqual([]);
    },
  );

  it('is looked at once, and then the next one', async () => {
    const table = await newTable();
    const other = { ...aFact.collaborator(6, 1), expiresAt: start + 3 * hour } as Fact;
    const world = await createSyncWorld(table, [
      aFact.settings(),
      ...[5, 6].map((id) => aFact.repository(id)),
      until(start + hour),
      other,
    ]);
    const next = async () => (await scopeState(table, synchronizationId, 'repositories'))?.nextExpiryAt;
    await world.syncAll();
    expect(await next()).toBe(start + hour);
    world.clock.time = start + 2 * hour;
    world.forge.before = () => {
      throw new ForgeError('unavailable', 'the forge is out');
    };
    await world.sync('repositories');
    expect(await next()).toBe(start + 3 * hour);
  });

  it('is removed however much of a list ends at once, and nobody is asked', async () => {
    const rows = [1, 2, 3, 4, 5, 6, 7].map(
      (id) => ({ ...aFact.collaborator(5, id), expiresAt: start + hour }) as Fact,
    );
    const world = await createSyncWorld(await newTable(), [aFact.settings(), aFact.repository(5), ...rows]);
    await world.syncAll();
    world.forge.facts = [aFact.settings(), aFact.repository(5)];
    world.clock.time = start + hour;
    await world.sync('repositories');
    expect(await world.facts('repositories')).toEqual(['repository#5']);
  });
});
