import { describe, expect, it } from 'vitest';
import { aFact } from '../../../test/support/memory-forge.ts';
import { createMemoryTable } from '../../../test/support/memory-table.ts';
import { createSyncWorld, type SyncWorld, start } from '../../../test/support/sync-world.ts';
import { synchronizationId } from '../../../test/support/synchronized.ts';
import type { Fact } from '../../domain/facts.ts';
import { asId, type ForgeOrganizationId } from '../../domain/ids.ts';
import { ForgeError } from '../../forge/errors.ts';
import { putExpectation } from '../../store/claim-store.ts';
import { keys } from '../../store/keys.ts';
import { scopeState } from '../../store/scope-store.ts';
import { findSynchronization } from '../../store/synchronization-store.ts';
import { runScopes } from './run-scopes.ts';

const createWorld = async (facts: readonly Fact[] = []): Promise<SyncWorld> =>
  createSyncWorld(createMemoryTable(), facts);

describe('runScopes, when the forge fails', () => {
  async function failing(error: Error): Promise<SyncWorld> {
    const world = await createWorld([aFact.member(1)]);
    world.clock.time = start - 300_000;
    await world.sync('members');
    world.clock.time = start;
    world.workQueue.take();
    world.forge.facts = [];
    world.forge.before = (asked) => {
      if (asked === 'members') {
        throw error;
      }
    };
    await world.ask('members');
    return world;
  }

  it.each(['unavailable', 'incomplete', 'not-found', 'unexpected'] as const)(
    'changes no right on %s, and retries after 5, 30 and 120 s, then at the next reconcile',
    async (code) => {
      const world = await failing(new ForgeError(code, 'a page failed'));
      for (const seconds of [5, 30, 120]) {
        expect(await world.run('members')).toBe('done');
        const [sent, ...others] = world.workQueue.take();
        expect(others).toEqual([]);
        expect(sent).toMatchObject({ queue: 'sync', delaySeconds: seconds + 1 });
        // Too early.
        expect(await world.run('members')).toBe('done');
        expect(world.workQueue.take()).toEqual([]);
        world.clock.time += (seconds + 1) * 1000;
      }
      await world.run('members');
      expect(world.workQueue.take()).toEqual([]);
      expect(await world.wanted(keys.scope(synchronizationId, 'members'))).toBe(0);
      expect(await world.facts('members')).toEqual(['member#1']);
      expect(await scopeState(world.table, synchronizationId, 'members')).toMatchObject({
        attempts: 0,
        readAt: 1,
        lastFailure: { code, message: 'a page failed' },
        lastSuccessAt: start - 300_000,
      });
    },
  );

  it('waits as long as a rate limit says, without counting it as a failure', async () => {
    const world = await failing(new ForgeError('rate-limited', 'wait', { notBefore: start + 3_600_000 }));
    await world.run('members');
    expect(world.workQueue.take()).toMatchObject([{ queue: 'sync', delaySeconds: 900 }]);
    expect(await scopeState(world.table, synchronizationId, 'members')).toMatchObject({ attempts: 0 });
    world.clock.time = start + 3_599_000;
    await world.run('members');
    expect(await world.runs()).toHaveLength(2);
    world.forge.before = () => {};
    world.clock.time = start + 3_601_000;
    await world.run('members');
    expect(await world.facts('members')).toEqual([]);
  });

  it.each(['credential-rejected', 'insufficient-scope', 'sso-required', 'gone'] as const)(
    'freezes rights on %s and reports it, until a read is complete again',
    async (code) => {
      const world = await failing(new ForgeError(code, 'no'));
      await world.run('members');
      expect(world.workQueue.take()).toEqual([]);
      expect(await world.wanted(keys.scope(synchronizationId, 'members'))).toBe(0);
      expect(await world.facts('members')).toEqual(['member#1']);
      const shown = await findSynchronization(world.table, synchronizationId);
      expect(shown).toMatchObject({
        credentialState: code,
        credentialScope: 'members',
        credentialStateSince: start,
      });

      world.clock.time += 600_000;
      await world.sync('members');
      expect(await findSynchronization(world.table, synchronizationId)).toMatchObject({
        credentialStateSince: start,
      });

      world.forge.before = () => {};
      await world.sync('members');
      expect(await findSynchronization(world.table, synchronizationId)).toMatchObject({
        credentialState: 'working',
      });
      expect(await world.facts('members')).toEqual([]);
    },
  );

  it('keeps reporting that a permission is missing while other scopes can be read', async () => {
    const world = await failing(new ForgeError('insufficient-scope', 'no'));
    await world.run('members');
    await world.sync('teams');
    expect(await findSynchronization(world.table, synchronizationId)).toMatchObject({
      credentialState: 'insufficient-scope',
    });
  });

  it('records on the scope why the forge cannot be opened, and continues when it can', async () => {
    const world = await createWorld([aFact.member(1)]);
    await world.sync('members');
    world.later();
    await world.ask('members');
    const { table, workQueue, clock } = world;
    const error = new ForgeError('credential-rejected', 'there is no integration any more');
    const run = runScopes(
      {
        table,
        workQueue,
        clock,
        logger: { info: () => {}, warn: () => {}, error: () => {} },
        newLeaseId: () => 'lease',
        openReader: () => Promise.reject(error),
      },
      { synchronization: synchronizationId, scope: 'members' },
    );
    expect(await run).toBe('done');
    expect(await scopeState(table, synchronizationId, 'members')).toMatchObject({
      lastFailure: { at: clock.time, code: error.code, message: error.message },
    });
    expect(await findSynchronization(table, synchronizationId)).toMatchObject({
      credentialState: 'credential-rejected',
    });
    expect(await world.facts('members')).toEqual(['member#1']);
    await world.sync('members');
    expect(await findSynchronization(table, synchronizationId)).toMatchObject({ credentialState: 'working' });
  });

  it.each([
    ['of another organization', { id: asId<ForgeOrganizationId>(901) }],
    ['of a suspended app', { suspended: true }],
  ])('rejects every answer %s, even when only the closing probe shows it', async (_, difference) => {
    for (const probe of [1, 2]) {
      const world = await createWorld([aFact.member(1)]);
      await world.sync('members');
      world.later();
      world.forge.facts = [];
      let probes = 0;
      world.forge.before = (asked) => {
        if (asked === 'probe' && ++probes === probe) {
          world.forge.organization = { ...world.forge.organization, ...difference };
        }
      };
      await world.sync('members');
      expect(await world.facts('members')).toEqual(['member#1']);
      expect(await findSynchronization(world.table, synchronizationId)).toMatchObject({
        credentialState: 'credential-rejected',
      });
    }
  });

  it('passes our own errors to the queue and releases the scope', async () => {
    const world = await failing(new TypeError('a bug'));
    await expect(world.run('members')).rejects.toThrow('a bug');
    expect(await scopeState(world.table, synchronizationId, 'members')).toMatchObject({
      lastFailure: { code: 'unexpected', message: 'the run failed; the log says why' },
    });
    world.forge.before = () => {};
    world.clock.time += 6_000;
    await world.run('members');
    expect(await world.facts('members')).toEqual([]);
  });

  it('rejects a message about a synchronization that does not exist', async () => {
    const world = await createWorld();
    const empty = createMemoryTable();
    expect(await world.run('members', empty)).toBe('reject');
  });
});

describe('runScopes, after an event that reported a removal', () => {
  async function afterRemovalEvent(): Promise<SyncWorld> {
    const world = await createWorld([aFact.member(1), aFact.member(2)]);
    await world.sync('members');
    world.workQueue.take();
    world.later();
    await world.claimGone('member#2');
    await world.ask('members');
    return world;
  }

  it('rechecks 5, 20, 60 and 125 s after it while the read still shows what is gone', async () => {
    const world = await afterRemovalEvent();
    const reportedAt = world.clock.time;
    for (const seconds of [5, 20, 60, 125]) {
      await world.run('members');
      expect(await world.wanted(keys.scope(synchronizationId, 'members'))).toBe(0);
      const delaySeconds = (reportedAt - world.clock.time) / 1000 + seconds + 1;
      expect(world.workQueue.take()).toMatchObject([{ queue: 'sync', delaySeconds }]);
      world.clock.time += delaySeconds * 1000;
    }
    await world.run('members');
    expect(world.workQueue.take()).toEqual([]);
    expect(await world.runs()).toHaveLength(6);
    await world.run('members');
    expect(await world.runs()).toHaveLength(6);
  });

  it('rechecks once when a read agrees, since the removal may be long over, and then no more', async () => {
    const world = await afterRemovalEvent();
    await world.run('members');
    world.workQueue.take();
    world.forge.facts = [aFact.member(1)];
    world.clock.time += 6_000;
    await world.run('members');
    expect(await world.facts('members')).toEqual(['member#1']);
    expect(world.workQueue.take().filter(({ queue }) => queue === 'sync')).toMatchObject([
      { delaySeconds: 121 },
    ]);
    world.clock.time += 600_000;
    await world.sync('members');
    expect(world.workQueue.take()).toEqual([]);
  });

  it('does not recheck early, nor soon when the first read agreed', async () => {
    const world = await afterRemovalEvent();
    await world.run('members');
    world.clock.time += 4_000;
    await world.run('members');
    expect(await world.runs()).toHaveLength(2);

    const other = await afterRemovalEvent();
    other.forge.facts = [aFact.member(1)];
    await other.run('members');
    expect(other.workQueue.take().filter(({ queue }) => queue === 'sync')).toMatchObject([
      { delaySeconds: 121 },
    ]);
  });

  it('keeps an event that arrived during the read', async () => {
    const world = await afterRemovalEvent();
    world.forge.before = async (asked) => {
      if (asked === 'members') {
        world.forge.before = () => {};
        await world.claimGone('member#2');
        await world.ask('members');
      }
    };
    await world.run('members');
    expect(world.workQueue.take()).toMatchObject([{ queue: 'sync', delaySeconds: 0 }]);
    await world.run('members');
    expect(world.workQueue.take()).toMatchObject([{ queue: 'sync', delaySeconds: 6 }]);
  });

  it('keeps rechecking when the read shows some other change', async () => {
    const world = await afterRemovalEvent();
    world.forge.facts = [aFact.member(1), aFact.member(2), aFact.member(3)];
    await world.run('members');
    expect(world.workQueue.take().filter(({ queue }) => queue === 'sync')).toMatchObject([
      { delaySeconds: 6 },
    ]);
    world.forge.facts = [aFact.member(1), aFact.member(3)];
    world.clock.time += 6_000;
    await world.run('members');
    expect(await world.facts('members')).toEqual(['member#1', 'member#3']);
  });

  it('rechecks for an event that reported an addition as well', async () => {
    const world = await createWorld([aFact.member(1)]);
    await world.sync('members');
    world.later();
    world.workQueue.take();
    await world.table.transact([
      putExpectation(synchronizationId, { key: 'member#2', expect: 'there', at: world.clock.time }),
    ]);
    await world.sync('member:2');
    expect(world.workQueue.take()).toMatchObject([{ queue: 'sync', delaySeconds: 6 }]);
    world.forge.facts = [aFact.member(1), aFact.member(2)];
    world.clock.time += 6_000;
    await world.run('member:2');
    expect(await world.facts('members')).toEqual(['member#1', 'member#2']);
    expect(world.workQueue.take().filter(({ queue }) => queue === 'sync')).toEqual([]);
  });

  it('is found by the sweep when the message for the recheck was lost', async () => {
    const world = await afterRemovalEvent();
    await world.run('members');
    const due = world.clock.time + 5_000;
    expect(await world.table.pending('sync', { before: due - 1, limit: 10 })).toEqual([]);
    expect(await world.table.pending('sync', { before: due + 1, limit: 10 })).toHaveLength(1);
  });
});
