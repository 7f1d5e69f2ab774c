import { describe, expect, it } from 'vitest';
import { aFact } from '../../../test/support/memory-forge.ts';
import { createMemoryTable } from '../../../test/support/memory-table.ts';
import { createSyncWorld, start } from '../../../test/support/sync-world.ts';
import { organizationId, synchronizationId } from '../../../test/support/synchronized.ts';
import { ForgeError } from '../../forge/errors.ts';
import { auditLog } from '../../store/audit-log.ts';
import { keys } from '../../store/keys.ts';
import { findSynchronization } from '../../store/synchronization-store.ts';
import { reviewRights } from './suspension.ts';

const suspendedAfterMs = 7 * 24 * 3600 * 1000;

const hour = 3600_000;
const scopes = ['settings', 'members', 'teams', 'roles', 'repositories'] as const;

async function createWorld() {
  const world = await createSyncWorld(createMemoryTable(), [aFact.settings(true), aFact.member(1)]);
  const errors: string[] = [];
  const dependencies = {
    ...world,
    logger: { info: () => {}, error: (message: string) => errors.push(message) },
  };
  return {
    ...world,
    errors,
    review: () => reviewRights(dependencies, synchronizationId),
    async suspendedAt() {
      return (await findSynchronization(world.table, synchronizationId))?.rightsSuspendedAt;
    },
    grants: () => world.wanted(keys.grants(organizationId)),
  };
}

describe('access that no complete read has confirmed', () => {
  it('is suspended too where one scope was never read', async () => {
    const world = await createWorld();
    await world.sync('members');
    await world.review();
    expect(await world.suspendedAt()).toBeUndefined();
    world.clock.time = start + 7 * 24 * hour;
    await world.review();
    expect(await world.suspendedAt()).toBe(world.clock.time);
    world.clock.time += 1;
    await world.ask('members', { cause: 'webhook member', delivery: 'd-7' });
    await world.run('members');
    expect(await world.suspendedAt()).toBeUndefined();
    const [restored] = await auditLog(world.table, organizationId, 9);
    expect([restored?.act, restored?.from?.delivery]).toEqual(['restore-access', 'd-7']);
  });

  it('is suspended once after a week without a complete read, and restored by the next one', async () => {
    const world = await createWorld();
    await world.syncAll();
    const before = await world.grants();
    world.forge.before = () => {
      throw new ForgeError('credential-rejected', 'revoked');
    };
    world.clock.time = start + suspendedAfterMs - hour;
    await world.syncAll();
    await world.review();
    expect(await world.suspendedAt()).toBeUndefined();

    world.clock.time = start + suspendedAfterMs;
    await world.review();
    await world.review();
    expect(await world.suspendedAt()).toBe(start + suspendedAfterMs);
    expect(await world.grants()).toBe(before + 1);
    expect(world.errors).toHaveLength(1);
    expect(await world.facts('members')).toEqual(['member#1']);
    const acts = async () =>
      (await auditLog(world.table, organizationId, 9)).map(({ act, actor }) => [act, actor?.kind, actor?.id]);
    const suspended = ['suspend-access', 'synchronization', synchronizationId];
    expect(await acts()).toEqual([suspended]);

    world.forge.before = () => {};
    await world.syncAll();
    expect(await world.suspendedAt()).toBeUndefined();
    expect(await world.grants()).toBe(before + 2);
    expect((await acts()).toSorted()).toEqual([
      ['restore-access', 'synchronization', synchronizationId],
      suspended,
    ]);
  });

  it.each(scopes)('is suspended too when a single scope stays unread: %s', async (unread) => {
    const world = await createWorld();
    await world.syncAll();
    world.forge.before = (asked) => {
      if (asked === unread) {
        throw new ForgeError('incomplete', 'no');
      }
    };
    world.clock.time = start + suspendedAfterMs;
    await world.syncAll();
    await world.review();
    expect(await world.suspendedAt()).toBe(start + suspendedAfterMs);
  });

  it('is counted without roles that were never read', async () => {
    const world = await createWorld();
    world.forge.before = (asked) => {
      if (asked === 'roles') {
        throw new ForgeError('insufficient-scope', 'no');
      }
    };
    await world.syncAll();
    world.clock.time = start + suspendedAfterMs - hour;
    await world.syncAll();
    world.clock.time = start + 2 * suspendedAfterMs - 2 * hour;
    await world.review();
    expect(await world.suspendedAt()).toBeUndefined();
    world.clock.time += hour;
    await world.review();
    expect(await world.suspendedAt()).toBe(world.clock.time);
  });

  it('does not exist before the first read of a synchronization', async () => {
    const world = await createWorld();
    world.clock.time = start + 2 * suspendedAfterMs;
    await world.review();
    expect(await world.suspendedAt()).toBeUndefined();
  });
});
