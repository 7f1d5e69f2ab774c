import { beforeEach, describe, expect, it } from 'vitest';
import { findDeletions, isDeletedOnForge } from '../../shared/store/forge-deletion-store.ts';
import { keys } from '../../shared/store/keys.ts';
import { takeDelivery } from '../../shared/sync/webhooks/receive-delivery.ts';
import { aFact, repository } from '../support/memory-forge.ts';
import { createMemoryTable } from '../support/memory-table.ts';
import { createSyncWorld, type SyncWorld } from '../support/sync-world.ts';
import { gitHubHost, installationId, synchronizationId } from '../support/synchronized.ts';

const base = [aFact.settings(), aFact.member(1, 'owner'), aFact.repository(4)];
const both = [...base, aFact.repository(5)];

let world: SyncWorld;
beforeEach(async () => {
  world = await createSyncWorld(createMemoryTable(), both);
  await world.syncAll();
  world.later();
});

const isDeleted = () => isDeletedOnForge(world.table, synchronizationId, repository(5));
const state = () =>
  takeDelivery(
    { ...world, logger: { info: () => {}, warn: () => {} } },
    gitHubHost,
    {
      deliveryId: 'deleted',
      event: 'repository.deleted',
      installation: installationId,
      hints: [{ look: 'scope', scope: 'repository:5' }],
      removals: [{ key: 'repository#5', expect: 'gone' }],
      arrivals: [],
      deleted: [repository(5)],
    },
    { by: 'webhook', bodyHash: 'deleted' },
  );

describe('a repository that is gone', () => {
  it('is confirmed as deleted when a credential that sees all repositories does not find it by its id', async () => {
    world.forge.facts = base;
    await world.sync('repositories');
    expect(await isDeleted()).toBe(true);
  });

  it.each([
    ['not-found', 'was perhaps only taken out of a narrowed selection'],
    ['elsewhere', 'belongs to somebody else now'],
  ] as const)('is not confirmed as deleted when it is %s: it %s', async (absence, _) => {
    world.forge.facts = base;
    world.forge.absence = absence;
    await world.sync('repositories');
    expect(await world.facts('repositories')).toEqual(['repository#4']);
    expect(await isDeleted()).toBe(false);
  });

  it('is confirmed as deleted by an event and a look-up, whichever comes first', async () => {
    world.forge.facts = base;
    world.forge.absence = 'not-found';
    await world.sync('repositories');
    expect(await isDeleted()).toBe(false);
    const scan = keys.scan(synchronizationId, repository(5));
    await world.table.update({ key: scan, set: { done: (await world.table.get(scan))?.wanted } });
    await state();
    await world.sync('repository:5');
    expect(await isDeleted()).toBe(true);
    // The names of its packages may pass from now on.
    expect(await world.wanted(scan)).toBe(1);
    await world.sync('repository:5');
    expect(await world.wanted(scan)).toBe(1);
  });

  it('is not confirmed as deleted by an event alone, nor by an old one', async () => {
    await state();
    await world.sync('repository:5');
    expect(await isDeleted()).toBe(false);
    world.clock.time += 3_700_000;
    world.forge.facts = base;
    world.forge.absence = 'not-found';
    await world.sync('repositories');
    expect(await isDeleted()).toBe(false);
  });

  it('that was restored and deselected later is not deleted any more', async () => {
    world.forge.facts = base;
    await world.sync('repositories');
    world.later();
    world.forge.facts = both;
    await world.sync('repositories');
    expect(await isDeleted()).toBe(false);
    world.later();
    world.forge.facts = base;
    world.forge.absence = 'not-found';
    await world.sync('repositories');
    expect(await world.facts('repositories')).toEqual(['repository#4']);
    expect(await isDeleted()).toBe(false);
  });

  it.each([
    ['after a read saw it gone', base],
    ['before any read saw it gone', both],
  ])('that was deleted, restored %s, and deselected within an hour is not deleted', async (_, meanwhile) => {
    world.forge.absence = 'not-found';
    await state();
    world.forge.facts = meanwhile;
    await world.sync('repository:5');
    world.later();
    world.forge.facts = both;
    await world.sync('repository:5');
    expect(await world.facts('repositories')).toEqual(['repository#4', 'repository#5']);
    world.later();
    world.forge.facts = base;
    await world.sync('repositories');
    expect(await world.facts('repositories')).toEqual(['repository#4']);
    expect(await isDeleted()).toBe(false);
  });

  it('stays confirmed when an earlier read confirms it after a later one', async () => {
    world.forge.facts = base;
    await world.ask('repositories');
    await world.run('repositories', {
      ...world.table,
      async transact(operations: Parameters<typeof world.table.transact>[0]) {
        const isConfirmation = operations.some(
          (one) => 'update' in one && 'confirmedBy' in (one.update.set ?? {}),
        );
        if (
          isConfirmation &&
          (await findDeletions(world.table, synchronizationId, [repository(5)]))[0]?.confirmedBy === undefined
        ) {
          await world.sync('repository:5');
          expect(await isDeleted()).toBe(true);
        }
        await world.table.transact(operations);
      },
    });
    expect(await isDeleted()).toBe(true);
  });

  it('is confirmed by a later read that planned the removal before an earlier one wrote it', async () => {
    world.forge.facts = base;
    await world.ask('repositories');
    let isPlanned = false;
    const begun = Promise.withResolvers<void>();
    const planned = Promise.withResolvers<void>();
    const list = world.run('repositories', {
      ...world.table,
      async transact(operations: Parameters<typeof world.table.transact>[0]) {
        if (operations.some((one) => 'update' in one && 'confirmedBy' in (one.update.set ?? {}))) {
          begun.resolve();
          await planned.promise;
        }
        await world.table.transact(operations);
      },
    });
    await begun.promise;
    await world.ask('repository:5');
    await world.run('repository:5', {
      ...world.table,
      async getMany(wanted: Parameters<typeof world.table.getMany>[0]) {
        if (wanted.some(({ sk }) => sk === keys.forgeDeletion(synchronizationId, repository(5)).sk)) {
          isPlanned = true;
          planned.resolve();
        }
        if (isPlanned) {
          await list;
        }
        return world.table.getMany(wanted);
      },
    });
    expect(isPlanned).toBe(true);
    expect(await isDeleted()).toBe(true);
  });

  it('is recorded as deleted before the fact is removed, so that a death between the two loses nothing', async () => {
    world.forge.facts = base;
    await world.ask('repositories');
    const dying = {
      ...world.table,
      async transact(operations: Parameters<typeof world.table.transact>[0]) {
        await world.table.transact(operations);
        if (operations.some((one) => 'update' in one && one.update.set?.removed === true)) {
          throw new Error('dead');
        }
      },
    };
    await world.run('repositories', dying).catch(() => {});
    expect(await isDeleted()).toBe(true);
  });
});
