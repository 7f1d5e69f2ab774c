import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { byOwner } from '../../test/support/by-owner.ts';
import { aFact } from '../../test/support/memory-forge.ts';
import { createMemoryTable } from '../../test/support/memory-table.ts';
import { createSyncWorld } from '../../test/support/sync-world.ts';
import { synchronizationId } from '../../test/support/synchronized.ts';
import { ForgeError } from '../forge/errors.ts';
import { keys } from '../store/keys.ts';
import { findOrganizationBySlug } from '../store/organization-store.ts';
import { findSynchronization } from '../store/synchronization-store.ts';
import { describeOrganization } from './describe-organization.ts';
import { synchronizationProgress, synchronizeNow } from './synchronize-now.ts';

async function createWorld() {
  const world = await createSyncWorld(createMemoryTable(), [aFact.settings(), aFact.member(1)]);
  const synchronize = async (asked?: string) => {
    const synchronization = await findSynchronization(world.table, synchronizationId);
    if (synchronization === undefined) {
      throw new Error('nothing is synchronized');
    }
    return asked === undefined
      ? synchronizeNow({ ...world, randomBytes }, synchronization, byOwner)
      : synchronizationProgress(world, synchronization, Date.parse(asked));
  };
  const status = async () => {
    const organization = await findOrganizationBySlug(world.table, 'acme');
    if (organization === undefined) {
      throw new Error('no organization');
    }
    const described = await describeOrganization(world.table, organization, world.clock.now());
    return { pending: described.pending, ...described.synchronizations[0] };
  };
  return { ...world, synchronize, status };
}

describe('synchronizeNow', () => {
  it('requests all scopes with one message, and reports their progress to the end', async () => {
    const world = await createWorld();
    const { asked, isDone, scopes } = await world.synchronize();
    expect([isDone, scopes.map(({ outcome }) => outcome)]).toEqual([false, Array(5).fill('pending')]);
    expect(world.workQueue.take().map(({ message }) => message.scope)).toEqual(['settings']);
    world.clock.time += 1000;
    await world.run('settings');
    const done = await world.synchronize(asked);
    expect([done.isDone, done.scopes.map(({ outcome }) => outcome)]).toEqual([true, Array(5).fill('read')]);
    const [run] = await world.runs();
    expect(run?.scopes).toMatchObject(Array(5).fill({ cause: 'owner' }));
    expect(done.recordedAs).toEqual([run?.observedAt]);
    // Asking for the progress requests nothing.
    expect((await world.status()).pending.scopes).toBe(0);
  });

  it('says which scopes failed, and which are retried', async () => {
    const world = await createWorld();
    world.forge.before = (what) => {
      if (what === 'members') {
        throw new ForgeError('insufficient-scope', 'no permission');
      }
      if (what === 'teams') {
        throw new ForgeError('unavailable', 'no answer');
      }
    };
    const { asked } = await world.synchronize();
    await world.run('settings');
    const { isDone, scopes } = await world.synchronize(asked);
    expect(isDone).toBe(false);
    expect(scopes).toMatchObject([
      { scope: 'settings', outcome: 'read', failure: undefined },
      { scope: 'members', outcome: 'failed', failure: { code: 'insufficient-scope' } },
      {
        scope: 'teams',
        outcome: 'pending',
        failure: { code: 'unavailable' },
        notBefore: '2026-11-22T12:00:05.000Z',
      },
      { scope: 'roles', outcome: 'read' },
      { scope: 'repositories', outcome: 'read' },
    ]);
  });
});

describe('the status of a synchronization', () => {
  it('shows last success and last failure, whichever came later', async () => {
    const world = await createWorld();
    await world.sync('members');
    world.later();
    world.forge.before = () => {
      throw new ForgeError('credential-rejected', 'revoked');
    };
    await world.sync('members');
    const failed = await world.status();
    expect(failed).toMatchObject({
      credentialState: 'credential-rejected',
      credentialStateSince: '2026-11-22T12:05:00.000Z',
      scopes: {
        members: {
          lastSuccess: '2026-11-22T12:00:00.000Z',
          lastFailure: { at: '2026-11-22T12:05:00.000Z', code: 'credential-rejected', message: 'revoked' },
        },
      },
    });
    world.forge.before = () => {};
    world.later();
    await world.sync('members');
    expect(await world.status()).toMatchObject({
      credentialState: 'working',
      scopes: {
        members: {
          lastSuccess: '2026-11-22T12:10:00.000Z',
          lastFailure: { at: '2026-11-22T12:05:00.000Z', code: 'credential-rejected' },
        },
      },
    });
  });

  it('dates rights by the scope that was read longest ago, once all were read', async () => {
    const world = await createWorld();
    await world.sync('settings');
    expect((await world.status()).rightsAsOf).toBeUndefined();
    world.later();
    await world.synchronize();
    await world.run('settings');
    world.later();
    await world.sync('members');
    expect((await world.status()).rightsAsOf).toBe('2026-11-22T12:05:00.000Z');
  });

  it('shows running reads, the progress of a read in steps, and pending parts', async () => {
    const world = await createWorld();
    await world.ask('team:5', { cause: 'webhook team' });
    let during: unknown;
    world.forge.before = async (what) => {
      if (what === 'members') {
        during = (await world.status()).scopes?.members;
      }
    };
    await world.ask('members', {
      reading: {
        number: 1,
        wanted: 1,
        startedAt: world.clock.now() - 60_000,
        requests: 3,
        read: 300,
        total: 1200,
      },
    });
    expect(await world.status()).toMatchObject({
      pending: { scopes: 2 },
      scopes: { members: { isPending: true, cause: 'test', runningSince: undefined } },
      parts: { 'team:5': { isPending: true, cause: 'webhook team' } },
    });
    await world.run('members');
    expect(during).toMatchObject({
      runningSince: '2026-11-22T12:00:00.000Z',
      reading: { read: 300, total: 1200, since: '2026-11-22T11:59:00.000Z' },
    });
    expect(await world.status()).toMatchObject({ pending: { scopes: 0 }, parts: {} });
  });

  it('shows held removals, with their digest and the decision on them', async () => {
    const members = (count: number) => Array.from({ length: count }, (_, place) => aFact.member(place + 1));
    const world = await createWorld();
    world.forge.facts = members(20);
    await world.sync('members');
    world.later();
    world.forge.facts = members(2);
    await world.sync('members');
    const held = async () => (await world.status()).heldRemovals;
    const shown = await held();
    expect(shown).toEqual([
      {
        scope: 'members',
        since: '2026-11-22T12:05:00.000Z',
        count: 18,
        digest: expect.stringMatching(/^[0-9a-f]{12}$/),
        changes: expect.arrayContaining(['member user-3 (3) removed: missing from a complete read']),
        decidedAt: undefined,
      },
    ]);
    // An earlier version stored them in words.
    const key = keys.held(synchronizationId, 'members');
    await world.table.update({ key, set: { changes: shown?.[0]?.changes } });
    expect(await held()).toEqual(shown);
  });
});
