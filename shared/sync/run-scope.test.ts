import { describe, expect, it } from 'vitest';
import { aFact, createMemoryForge, type MemoryForge, repository } from '../../test/support/memory-forge.ts';
import { addSynchronized, organizationId, synchronizationId } from '../../test/support/synchronized.ts';
import { useTables } from '../../test/support/table.ts';
import { createRecordingWaker } from '../../test/support/waker.ts';
import { type Fact, factKey, type ScopeName } from '../domain/facts.ts';
import { asId, type ForgeOrganizationId } from '../domain/ids.ts';
import { ForgeError } from '../forge/errors.ts';
import { findRepository, loadScope } from '../store/fact-store.ts';
import { keys } from '../store/keys.ts';
import { findSynchronization, scopeState } from '../store/synchronization-store.ts';
import type { Item, Table } from '../store/table.ts';
import { grantsThing, scanThing, scopeThing } from '../store/things.ts';
import { raise } from '../store/work.ts';
import { runScope } from './run-scope.ts';

const newTable = useTables();
const start = Date.parse('2026-11-22T12:00:00Z');

interface World {
  readonly table: Table;
  readonly forge: MemoryForge;
  readonly waker: ReturnType<typeof createRecordingWaker>;
  readonly clock: { time: number; now(): number };
  /** Asks for the scope and runs it. */
  sync(scope: ScopeName, through?: Table): Promise<unknown>;
  run(scope: ScopeName, through?: Table): Promise<unknown>;
  ask(scope: ScopeName): Promise<void>;
  facts(scope: ScopeName): Promise<string[]>;
  wanted(key: { pk: string; sk: string }): Promise<number>;
  runs(): Promise<Item[]>;
}

async function createWorld(facts: readonly Fact[] = []): Promise<World> {
  const table = await newTable();
  await addSynchronized(table);
  const forge = createMemoryForge(facts);
  const waker = createRecordingWaker();
  const clock = { time: start, now: () => clock.time };
  let leases = 0;
  const run = (scope: ScopeName, through: Table = table) =>
    runScope(
      {
        table: through,
        waker,
        clock,
        logger: { info: () => {}, warn: () => {} },
        newLeaseId: () => `lease-${++leases}`,
        openReader: async () => forge.reader(),
      },
      { synchronization: synchronizationId, scope },
    );
  const ask = (scope: ScopeName) =>
    table.transact([
      raise(scopeThing(organizationId, synchronizationId, scope), clock.now(), { cause: 'test' }),
    ]);
  return {
    table,
    forge,
    waker,
    clock,
    run,
    ask,
    async sync(scope, through) {
      await ask(scope);
      return run(scope, through);
    },
    async facts(scope) {
      const stored = await loadScope(table, synchronizationId, scope);
      return stored.facts.map(({ fact }) => factKey(fact)).sort();
    },
    async wanted(key) {
      const item = await table.get(key);
      return Number(item?.wanted ?? 0) - Number(item?.done ?? 0);
    },
    runs: () => table.query(`SYNC#${synchronizationId}`, 'RUN#'),
  };
}

const grants = keys.grants(organizationId);
const scan = (id: number) => keys.scan(synchronizationId, repository(id));

/** The table as a process sees it that dies at its nth transaction: nothing after that reaches the table. */
function dyingAt(table: Table, transaction: number): Table {
  let seen = 0;
  const alive = (): Table => {
    if (seen >= transaction) {
      throw new Error('the process died');
    }
    return table;
  };
  return {
    get: async (key) => alive().get(key),
    getMany: async (list) => alive().getMany(list),
    query: async (partition, prefix, options) => alive().query(partition, prefix, options),
    pending: async (queue, options) => alive().pending(queue, options),
    update: async (change, when) => alive().update(change, when),
    async transact(operations) {
      seen++;
      await alive().transact(operations);
    },
  };
}

const organizationFacts = (members: number, repositories: number): Fact[] => [
  ...Array.from({ length: members }, (_, place) => aFact.member(place + 1)),
  ...Array.from({ length: repositories }, (_, place) => aFact.repository(place + 1)),
];

describe('runScope', () => {
  it('brings the table in step with the forge, scope by scope', async () => {
    const world = await createWorld([
      aFact.settings(),
      aFact.member(1),
      aFact.team(5),
      aFact.teamMember(5, 1),
      aFact.teamRepository(5, 10),
      aFact.repository(10),
      aFact.collaborator(10, 2),
    ]);
    for (const scope of ['settings', 'members', 'teams', 'repositories'] as const) {
      expect(await world.sync(scope)).toBe('done');
    }
    expect(await world.facts('settings')).toEqual(['settings']);
    expect(await world.facts('members')).toEqual(['member#1']);
    expect(await world.facts('teams')).toEqual(['team#5', 'team-member#1#5', 'team-repository#5#10']);
    expect(await world.facts('repositories')).toEqual(['collaborator#2#10', 'repository#10']);
  });

  it('raises grants and scans with the facts, and wakes them after', async () => {
    const world = await createWorld([aFact.repository(10), aFact.repository(11)]);
    await world.sync('repositories');
    expect(await world.wanted(grants)).toBe(1);
    expect(await world.wanted(scan(10))).toBe(1);
    expect(await world.wanted(scan(11))).toBe(1);
    expect(world.waker.take()).toEqual(
      [
        grantsThing(organizationId),
        scanThing(organizationId, synchronizationId, repository(10)),
        scanThing(organizationId, synchronizationId, repository(11)),
      ].map((thing) => ({ ...thing.wake, delaySeconds: 0 })),
    );

    world.forge.facts = [aFact.repository(10, { pushedAt: '2026-11-22T11:00:00Z' })];
    await world.sync('repositories');
    expect(await world.facts('repositories')).toEqual(['repository#10']);
    expect(await world.wanted(grants)).toBe(2);
    expect(await world.wanted(scan(10))).toBe(2);
    expect(await world.wanted(scan(11))).toBe(2);
  });

  it('raises no grants for what is only for display', async () => {
    const world = await createWorld([aFact.settings()]);
    await world.sync('settings');
    expect(await world.wanted(grants)).toBe(0);
    world.forge.facts = [aFact.settings(true)];
    await world.sync('settings');
    expect(await world.wanted(grants)).toBe(1);
  });

  it('writes nothing when nothing changed, and is idle when nothing is wanted', async () => {
    const world = await createWorld([aFact.member(1)]);
    await world.sync('members');
    const before = await world.table.get(keys.fact(synchronizationId, 'member#1'));
    world.waker.take();
    await world.sync('members');
    await world.run('members');
    expect(await world.table.get(keys.fact(synchronizationId, 'member#1'))).toEqual(before);
    expect(world.waker.take()).toEqual([]);
    expect(await world.runs()).toHaveLength(2);
  });

  it('counts repositories of the first whole read as imported and later ones as new, also those that come back', async () => {
    const world = await createWorld([aFact.repository(10), aFact.repository(11)]);
    await world.sync('repositories');
    const imported = (await findSynchronization(world.table, synchronizationId))?.importObservedAt;
    expect(imported).toBe(1);
    world.forge.facts = [aFact.repository(10), aFact.repository(12)];
    await world.sync('repositories');
    world.forge.facts = [aFact.repository(10), aFact.repository(11), aFact.repository(12)];
    await world.sync('repositories');
    const first = async (id: number) =>
      (await findRepository(world.table, synchronizationId, repository(id)))?.firstObservedAt;
    expect([await first(10), await first(11), await first(12)]).toEqual([1, 1, 2]);
    expect((await findSynchronization(world.table, synchronizationId))?.importObservedAt).toBe(1);
  });

  it('leaves a tombstone for a day', async () => {
    const world = await createWorld([aFact.member(1)]);
    await world.sync('members');
    world.forge.facts = [];
    await world.sync('members');
    expect(await world.facts('members')).toEqual([]);
    expect(await world.table.get(keys.fact(synchronizationId, 'member#1'))).toMatchObject({
      removed: true,
      observedAt: 2,
      expiresAt: start / 1000 + 24 * 3600,
    });
  });

  it('records the run with its changes', async () => {
    const world = await createWorld(organizationFacts(60, 0));
    await world.sync('members');
    const [run] = await world.runs();
    expect(run).toMatchObject({
      observedAt: 1,
      scope: 'members',
      cause: 'test',
      outcome: 'whole',
      counts: { add: 60, update: 0, remove: 0 },
    });
    expect(run?.changes).toHaveLength(50);
    expect(run?.changes).toContain('member user-1 (1) added: new in the read');
    expect(await scopeState(world.table, synchronizationId, 'members')).toMatchObject({
      lastSuccessAt: start,
      readAt: 1,
    });
    expect((await findSynchronization(world.table, synchronizationId))?.lastSuccessAt).toEqual({
      members: start,
    });
  });

  it('runs again when it was asked for meanwhile', async () => {
    const world = await createWorld([aFact.member(1)]);
    world.forge.before = async (asked) => {
      if (asked === 'members') {
        world.forge.before = () => {};
        await world.ask('members');
      }
    };
    await world.sync('members');
    const [wake] = world.waker.take().filter((sent) => sent.queue === 'sync');
    expect(wake?.message).toEqual({ synchronization: synchronizationId, scope: 'members' });
    world.forge.facts = [];
    await world.run('members');
    expect(await world.facts('members')).toEqual([]);
    expect(await world.wanted(keys.scope(synchronizationId, 'members'))).toBe(0);
  });
});

describe('runScope, when a process dies', () => {
  it('ends in the same state from wherever it died, and loses no work', async () => {
    const before = organizationFacts(0, 60);
    const after = [
      ...before
        .slice(40)
        .map((fact, place) =>
          fact.kind === 'repository' && place % 2 === 0 ? { ...fact, visibility: 'public' as const } : fact,
        ),
      ...Array.from({ length: 40 }, (_, place) => aFact.repository(1000 + place)),
    ];
    const changed = [1, 40, 1000, 1039];
    let died = true;
    let deaths = 0;
    for (; died; deaths += died ? 1 : 0) {
      const world = await createWorld(before);
      await world.sync('repositories');
      const asked = new Map<number, number>();
      for (const id of changed) {
        asked.set(id, await world.wanted(scan(id)));
      }
      world.forge.facts = after;
      await world.ask('repositories');
      died = await world.run('repositories', dyingAt(world.table, deaths + 1)).then(
        () => false,
        () => true,
      );
      // The lease of the dead has to end first.
      world.clock.time += 331_000;
      await world.run('repositories');
      expect(await world.facts('repositories')).toEqual(after.map(factKey).sort());
      expect(await world.wanted(keys.scope(synchronizationId, 'repositories'))).toBe(0);
      for (const id of changed) {
        expect(await world.wanted(scan(id))).toBeGreaterThan(asked.get(id) ?? 0);
      }
    }
    // Two parts of the plan and the record, at least.
    expect(deaths).toBeGreaterThanOrEqual(3);
  });

  it('has taken rights away before it gives any', async () => {
    const world = await createWorld(organizationFacts(150, 0));
    await world.sync('members');
    world.forge.facts = Array.from({ length: 150 }, (_, place) => aFact.member(1000 + place));
    await world.ask('members');
    await expect(world.run('members', dyingAt(world.table, 2))).rejects.toThrow('the process died');
    const left = await world.facts('members');
    expect(left).toHaveLength(150 - 97);
    expect(left.every((key) => Number(key.slice('member#'.length)) <= 150)).toBe(true);
  });
});

describe('runScope, beside another worker', () => {
  it('a slow read undoes nothing that a later one found', async () => {
    const world = await createWorld([aFact.member(1), aFact.member(2)]);
    await world.sync('members');
    await world.ask('members');
    world.forge.before = async (asked) => {
      if (asked === 'members') {
        // The first worker has its old answer, and sleeps past its lease while another one reads what is there now.
        world.forge.before = () => {};
        world.forge.facts = [aFact.member(1), aFact.member(3)];
        world.clock.time += 331_000;
        await world.run('members');
        expect(await world.facts('members')).toEqual(['member#1', 'member#3']);
      }
    };
    await world.run('members');
    expect(await world.facts('members')).toEqual(['member#1', 'member#3']);
    expect(await scopeState(world.table, synchronizationId, 'members')).toMatchObject({ readAt: 3 });
  });

  it('plans again when a fact changed under it', async () => {
    const world = await createWorld([aFact.member(1), aFact.member(2)]);
    await world.sync('members');
    world.forge.facts = [aFact.member(3)];
    await world.ask('members');
    let met = false;
    const meeting: Table = {
      ...world.table,
      async transact(operations) {
        if (!met) {
          met = true;
          // A read of that one member, begun later, has seen him.
          await world.table.update({
            key: keys.fact(synchronizationId, 'member#2'),
            set: { observedAt: 99 },
          });
        }
        return world.table.transact(operations);
      },
    };
    await world.run('members', meeting);
    expect(await world.facts('members')).toEqual(['member#2', 'member#3']);
  });

  it('leaves the scope alone while another worker has the lease', async () => {
    const world = await createWorld([aFact.member(1)]);
    await world.ask('members');
    world.forge.before = async (asked) => {
      if (asked === 'members') {
        world.forge.before = () => {
          throw new Error('two read at once');
        };
        expect(await world.run('members')).toBe('done');
        world.forge.before = () => {};
      }
    };
    await world.run('members');
    expect(await world.facts('members')).toEqual(['member#1']);
  });
});

describe('runScope, when the forge fails', () => {
  async function failing(error: Error): Promise<World> {
    const world = await createWorld([aFact.member(1)]);
    await world.sync('members');
    world.waker.take();
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
    'changes no right on %s, and comes back after 5, 30 and 120 s, then at the next reconcile',
    async (code) => {
      const world = await failing(new ForgeError(code, 'a page failed'));
      for (const seconds of [5, 30, 120]) {
        expect(await world.run('members')).toBe('done');
        const [wake, ...others] = world.waker.take();
        expect(others).toEqual([]);
        expect(wake).toMatchObject({ queue: 'sync', delaySeconds: seconds + 1 });
        // Too early.
        expect(await world.run('members')).toBe('done');
        expect(world.waker.take()).toEqual([]);
        world.clock.time += (seconds + 1) * 1000;
      }
      await world.run('members');
      expect(world.waker.take()).toEqual([]);
      expect(await world.wanted(keys.scope(synchronizationId, 'members'))).toBe(0);
      expect(await world.facts('members')).toEqual(['member#1']);
      expect(await scopeState(world.table, synchronizationId, 'members')).toMatchObject({
        attempts: 0,
        readAt: 1,
        lastFailure: { code, message: 'a page failed' },
        lastSuccessAt: start,
      });
    },
  );

  it('waits as long as a rate limit says, without counting it as a failure', async () => {
    const world = await failing(new ForgeError('rate-limited', 'wait', { notBefore: start + 3_600_000 }));
    await world.run('members');
    expect(world.waker.take()).toMatchObject([{ queue: 'sync', delaySeconds: 900 }]);
    world.clock.time = start + 3_599_000;
    await world.run('members');
    expect(await world.runs()).toHaveLength(2);
    world.forge.before = () => {};
    world.clock.time = start + 3_601_000;
    await world.run('members');
    expect(await world.facts('members')).toEqual([]);
  });

  it.each(['credential-rejected', 'insufficient-scope', 'sso-required', 'gone'] as const)(
    'freezes the rights on %s and says so, until a read is whole again',
    async (code) => {
      const world = await failing(new ForgeError(code, 'no'));
      await world.run('members');
      expect(world.waker.take()).toEqual([]);
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

  it('keeps saying that a permission is missing while other scopes can be read', async () => {
    const world = await failing(new ForgeError('insufficient-scope', 'no'));
    await world.run('members');
    await world.sync('teams');
    expect(await findSynchronization(world.table, synchronizationId)).toMatchObject({
      credentialState: 'insufficient-scope',
    });
  });

  it.each([
    ['of another organization', { id: asId<ForgeOrganizationId>(901) }],
    ['of a suspended app', { suspended: true }],
  ])('believes no answer %s, even when only the closing probe shows it', async (_, difference) => {
    for (const probe of [1, 2]) {
      const world = await createWorld([aFact.member(1)]);
      await world.sync('members');
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

  it('hands our own errors to the queue and lets the scope go', async () => {
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

  it('rejects a message about a synchronization that is not there', async () => {
    const world = await createWorld();
    const empty = await newTable();
    expect(await world.run('members', empty)).toBe('reject');
  });
});
