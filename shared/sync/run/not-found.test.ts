/** What a forge does not find, where that proves nothing until it has lasted. */
import { beforeEach, describe, expect, it } from 'vitest';
import { aFact, repository } from '../../../test/support/memory-forge.ts';
import { createMemoryTable } from '../../../test/support/memory-table.ts';
import { createSyncWorld, type SyncWorld } from '../../../test/support/sync-world.ts';
import { bitbucketLink, synchronizationId } from '../../../test/support/synchronized.ts';
import { repositoryPart } from '../../domain/scopes.ts';
import { putClaim } from '../../store/claim-store.ts';
import { isDeletedOnForge } from '../../store/forge-deletion-store.ts';
import { missingParts } from '../../store/missing-store.ts';

const minutes = 60_000;

const there = [
  aFact.settings(),
  aFact.member(1),
  aFact.repository(7),
  aFact.repository(8),
  aFact.collaborator(7, 1),
];
const without7 = there.filter((fact) => !('repository' in fact) || fact.repository !== repository(7));
const part = repositoryPart(repository(7));

let world: SyncWorld;
beforeEach(async () => {
  world = await createSyncWorld(createMemoryTable(), there, bitbucketLink);
  await world.syncAll();
  world.later();
});

/** A run after so many minutes. @returns whether the repository and its right are still known */
async function runAfter(count: number, scope?: typeof part): Promise<[boolean, boolean]> {
  world.clock.time += count * minutes;
  await (scope === undefined ? world.syncAll() : world.sync(scope));
  const [repositories, rows] = [await world.facts('repositories'), await world.facts('permissions')];
  return [repositories.includes('repository#7'), rows.some((key) => key.endsWith('#7'))];
}

const isDeleted = () => isDeletedOnForge(world.table, synchronizationId, repository(7));

describe('R10: a repository that is not found by its id', () => {
  it('keeps its rights for an hour of look-ups that find nothing, and is deleted then', async () => {
    world.forge.facts = without7;
    for (const count of [0, 10, 10, 10, 10, 10]) {
      expect(await runAfter(count)).toEqual([true, true]);
      expect(await isDeleted()).toBe(false);
    }
    expect(await runAfter(10)).toEqual([false, false]);
    expect(await isDeleted()).toBe(true);
    // The next run finds nothing to remember.
    await runAfter(10);
    expect(await missingParts(world.table, synchronizationId)).toEqual(new Map());
  });

  it('begins a new hour once it was found in between', async () => {
    world.forge.facts = without7;
    expect(await runAfter(0)).toEqual([true, true]);
    world.forge.facts = there;
    expect(await runAfter(45)).toEqual([true, true]);
    expect(await missingParts(world.table, synchronizationId)).toEqual(new Map());
    world.forge.facts = without7;
    expect(await runAfter(10)).toEqual([true, true]);
    expect(await runAfter(50)).toEqual([true, true]);
    expect(await runAfter(10)).toEqual([false, false]);
  });

  it('is read by itself with the same result', async () => {
    world.forge.facts = without7;
    expect(await runAfter(0, part)).toEqual([true, true]);
    expect(await isDeleted()).toBe(false);
    expect(await runAfter(59, part)).toEqual([true, true]);
    expect(await runAfter(1, part)).toEqual([false, false]);
    expect(await isDeleted()).toBe(true);
  });

  it('is gone at once where an event said so', async () => {
    world.forge.facts = without7;
    const at = world.clock.now();
    await world.table.transact([
      putClaim(synchronizationId, { key: 'repository#7', expect: 'gone', at, bodies: ['its digest'] }),
    ]);
    expect(await runAfter(3, part)).toEqual([false, false]);
  });

  it('is gone at once where another workspace has it', async () => {
    world.forge.absence = 'elsewhere';
    world.forge.facts = without7;
    expect(await runAfter(0)).toEqual([false, false]);
  });
});
