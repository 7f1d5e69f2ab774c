import { describe, expect, it } from 'vitest';
import { aFact, repository, team } from '../../../test/support/memory-forge.ts';
import { createMemoryTable } from '../../../test/support/memory-table.ts';
import { createSyncWorld } from '../../../test/support/sync-world.ts';
import { organizationId, synchronizationId } from '../../../test/support/synchronized.ts';
import { repositoryPart } from '../../domain/scopes.ts';
import { loadFacts } from '../../store/fact-store.ts';
import { keys } from '../../store/keys.ts';
import { changesOf, latestRuns } from '../../store/run-store.ts';
import { findHeld, listHeld } from '../../store/scope-store.ts';
import { releaseLease, takeLease } from '../../store/work.ts';
import { scopeWork } from '../../store/work-items.ts';

const members = (count: number, from = 1) =>
  Array.from({ length: count }, (_, place) => aFact.member(from + place));

async function createWorld() {
  const world = await createSyncWorld(createMemoryTable(), members(40));
  await world.sync('members');
  world.later();
  world.forge.facts = [...members(20), aFact.member(99)];
  await world.sync('members');
  return {
    ...world,
    held: () => findHeld(world.table, synchronizationId, 'members'),
    decide: (decision: 'yes' | 'no') =>
      world.table.transact([{ update: { key: keys.held(synchronizationId, 'members'), set: { decision } } }]),
    count: async () => (await world.facts('members')).length,
  };
}

describe('removals that the removal guard holds', () => {
  it('wait for an owner, while the rest of the plan is applied', async () => {
    const world = await createWorld();
    expect(await world.count()).toBe(41);
    expect(await world.held()).toMatchObject({ count: 20, since: world.clock.time });
    const [run] = (await world.runs()).slice(-1);
    expect(run?.scopes).toMatchObject([{ scope: 'members', outcome: 'whole', held: 20 }]);
    const { time } = world.clock;
    world.later();
    await world.sync('members');
    expect(await world.count()).toBe(41);
    expect(await world.held()).toMatchObject({ count: 20, since: time });
  });

  it('are applied and cleared when the owner approves them', async () => {
    const world = await createWorld();
    await world.decide('yes');
    await world.sync('members');
    expect(await world.count()).toBe(21);
    expect(await world.held()).toBeUndefined();
    expect(await world.table.query(`SYNC#${synchronizationId}`, 'PIECES#HELD')).toEqual([]);
  });

  it('are not applied when the owner rejects them, until more is missing', async () => {
    const world = await createWorld();
    await world.decide('no');
    await world.sync('members');
    expect(await world.held()).toMatchObject({ decision: 'no' });
    world.later();
    world.forge.facts = members(10);
    await world.sync('members');
    expect(await world.count()).toBe(41);
    expect(await world.held()).toMatchObject({ count: 31 });
    expect((await world.held())?.decision).toBeUndefined();
  });

  it.each([undefined, 'no'] as const)(
    'keep waiting when the list grows or a day passes, after %s',
    async (word) => {
      const world = await createWorld();
      if (word !== undefined) {
        await world.decide(word);
      }
      world.forge.facts = [...members(20), aFact.member(99), ...members(100, 500)];
      await world.sync('members');
      world.clock.time += 25 * 3600_000;
      await world.sync('members');
      expect(await world.count()).toBe(141);
      expect(await world.held()).toMatchObject({ count: 20 });
    },
  );

  it('begin when a list shrinks a little each time', async () => {
    const world = await createSyncWorld(createMemoryTable(), members(100));
    await world.sync('members');
    const left = async (count: number) => {
      world.later();
      world.forge.facts = members(count);
      await world.sync('members');
      return (await world.facts('members')).length;
    };
    expect(await left(80)).toBe(80);
    expect(await left(64)).toBe(80);
    expect(await left(51)).toBe(80);
    // The others came back, and nothing of that day counts any more.
    expect(await left(80)).toBe(80);
    world.clock.time += 25 * 3600_000;
    expect(await left(64)).toBe(64);
  });

  it('of a part are cleared when its list is read', async () => {
    const rows = Array.from({ length: 10 }, (_, place) => aFact.teamMember(5, place + 1));
    const rest = [aFact.team(5), ...members(10)];
    const world = await createSyncWorld(createMemoryTable(), [...rest, ...rows]);
    const held = async () => (await listHeld(world.table, synchronizationId)).map(({ scope }) => scope);
    await world.sync('members');
    await world.sync('teams');
    world.later();
    world.forge.facts = rest;
    await world.sync('team:5');
    expect(await held()).toEqual(['team:5']);
    await world.sync('teams');
    expect(await held()).toEqual(['teams']);
    world.forge.facts = [...rest, ...rows];
    await world.sync('teams');
    expect(await held()).toEqual([]);
    expect(await world.table.query(`SYNC#${synchronizationId}`, 'PIECES#HELD')).toEqual([]);
  });

  it('are not covered by the approval of fewer', async () => {
    const world = await createWorld();
    await world.decide('yes');
    world.later();
    world.forge.facts = members(10);
    await world.sync('members');
    // The approved ones are removed; the others are eleven, more than a quarter.
    expect(await world.count()).toBe(21);
    expect(await world.held()).toMatchObject({ count: 11 });
    expect((await world.held())?.decision).toBeUndefined();
  });

  it('are cleared when the forge shows the facts again', async () => {
    const world = await createWorld();
    world.forge.facts = members(40);
    world.later();
    await world.sync('members');
    expect(await world.held()).toBeUndefined();
    expect(await world.count()).toBe(40);
  });
});

describe('rows whose parent is gone', () => {
  const rows = (count: number) => [
    aFact.team(5),
    ...Array.from({ length: count }, (_, place) => aFact.teamRepository(5, place + 1)),
    ...Array.from({ length: count }, (_, place) => aFact.teamMember(5, place + 1)),
  ];
  const organization = (count: number, rowCount = count) => [
    aFact.settings(false),
    ...members(count),
    ...Array.from({ length: count }, (_, place) => aFact.repository(place + 1)),
    ...rows(rowCount),
  ];
  async function createTeams() {
    const world = await createSyncWorld(createMemoryTable(), organization(10));
    await world.syncAll();
    world.later();
    return {
      ...world,
      held: (scope: 'members' | 'teams') => findHeld(world.table, synchronizationId, scope),
    };
  }

  it('are removed with it, however many', async () => {
    const world = await createTeams();
    for (const id of Array.from({ length: 8 }, (_, place) => place + 3)) {
      await world.claimGone(`member#${id}`);
      await world.claimGone(`repository#${id}`);
    }
    world.forge.facts = organization(2);
    await world.syncAll();
    expect(await world.held('members')).toBeUndefined();
    expect(await world.held('teams')).toBeUndefined();
    expect(await world.facts('teams')).toHaveLength(5);
    const [run] = await latestRuns(world.table, synchronizationId, 1);
    expect(await changesOf(world.table, synchronizationId, run?.observedAt ?? 0)).toContainEqual({
      kind: 'remove',
      before: aFact.teamRepository(5, 10),
      evidence: ['list', 'orphaned'],
    });
  });

  it('wait for an owner if an event said that the team is gone but the read shows it', async () => {
    const world = await createTeams();
    await world.claimGone('team#5');
    world.forge.facts = organization(10).filter(({ kind }) => kind !== 'team-member');
    await world.sync('teams');
    expect(await world.held('teams')).toMatchObject({ count: 10 });
  });

  it('are removed with the membership, also from repositories', async () => {
    const count = (one: number) => Array.from({ length: one }, (_, place) => place + 1);
    const stays = [
      ...count(30).map((id) => aFact.repository(id)),
      ...count(30).map((id) => aFact.collaborator(id, 2)),
    ];
    const world = await createSyncWorld(createMemoryTable(), [
      ...members(10),
      ...stays,
      ...count(25).map((id) => aFact.collaborator(id, 1)),
    ]);
    await world.sync('members');
    await world.sync('repositories');
    world.later();
    world.forge.facts = [...members(9, 2), ...stays];
    await world.claimGone('member#1');
    await world.sync('member:1');
    await world.sync('repositories');
    expect(await findHeld(world.table, synchronizationId, 'repositories')).toBeUndefined();
    expect(await world.facts('repositories')).toHaveLength(60);
  });

  it('stay when the former member stayed as an outside collaborator', async () => {
    const ids = Array.from({ length: 10 }, (_, place) => place + 1);
    const rows = ids.map((id) => aFact.collaborator(id, id));
    const stays = [...members(9, 2), ...ids.map((id) => aFact.repository(id))];
    const world = await createSyncWorld(createMemoryTable(), [...members(1), ...stays, ...rows]);
    await world.sync('members');
    await world.sync('repositories');
    world.later();
    world.forge.facts = [...stays, ...rows];
    await world.claimGone('member#1');
    await world.sync('member:1');
    await world.sync('repository:1');
    world.later();
    world.forge.facts = [...stays, ...rows.slice(9)];
    await world.sync('repositories');
    expect(await findHeld(world.table, synchronizationId, 'repositories')).toMatchObject({ count: 9 });
    expect(await world.facts('repositories')).toContain('collaborator#1#1');
  });

  it('are removed when the team gets another parent', async () => {
    const ids = Array.from({ length: 10 }, (_, place) => place + 1);
    const inherited = ids.map((id) => ({ ...aFact.teamRepository(7, id), via: team(5) }));
    const stays = [
      ...ids.map((id) => aFact.repository(id)),
      aFact.team(5),
      ...ids.map((id) => aFact.teamRepository(5, id)),
      { ...aFact.team(6), parent: team(5) },
    ];
    const world = await createSyncWorld(createMemoryTable(), [
      ...stays,
      { ...aFact.team(7), parent: team(6) },
      ...inherited,
    ]);
    await world.sync('repositories');
    await world.sync('teams');
    const held = () => findHeld(world.table, synchronizationId, 'teams');
    // Merely missing: the team is where it was.
    world.later();
    world.forge.facts = [...stays, { ...aFact.team(7), parent: team(6) }];
    await world.sync('teams');
    expect(await held()).toMatchObject({ count: 10 });
    world.later();
    world.forge.facts = [...stays, aFact.team(7)];
    await world.sync('teams');
    expect(await held()).toBeUndefined();
    expect(await world.facts('teams')).not.toContain('team-repository#7#1');
  });

  it('are deferred while another worker reads their parent', async () => {
    const world = await createTeams();
    for (const id of Array.from({ length: 8 }, (_, place) => place + 3)) {
      await world.claimGone(`repository#${id}`);
    }
    world.forge.facts = organization(10).filter(
      (fact) => !('repository' in fact) || Number(fact.repository) <= 2,
    );
    const repositories = scopeWork(organizationId, synchronizationId, 'repositories');
    await world.ask('repositories');
    await world.ask('teams');
    const lease = await takeLease(world.table, repositories, {
      leaseId: 'another worker',
      now: world.clock.now(),
      leaseMs: 60_000,
    });
    if (typeof lease === 'string') {
      throw new Error(lease);
    }
    await world.run('teams');
    expect(await world.held('teams')).toBeUndefined();
    expect(await world.facts('teams')).toContain('team-repository#5#10');

    await releaseLease(world.table, lease);
    await world.run('repositories');
    world.clock.time += 61_000;
    await world.run('teams');
    expect(await world.held('teams')).toBeUndefined();
    expect(await world.facts('teams')).not.toContain('team-repository#5#10');
  });

  it('stay held while their parent is queued again', async () => {
    const world = await createTeams();
    world.forge.facts = organization(10, 2);
    await world.syncAll();
    expect(await world.held('teams')).toMatchObject({ count: 16 });
    await world.ask('members');
    await world.ask('repositories');
    for (const scope of ['members', 'repositories'] as const) {
      const workItem = scopeWork(organizationId, synchronizationId, scope);
      await takeLease(world.table, workItem, { leaseId: scope, now: world.clock.now(), leaseMs: 60_000 });
    }
    await world.sync('teams');
    expect(await world.held('teams')).toMatchObject({ count: 16 });
  });

  it('are held together with their parent, or when it is present', async () => {
    const world = await createTeams();
    // Members are held, so their rows are; the rows of repositories are merely missing.
    world.forge.facts = [...organization(10, 2).filter((fact) => fact.kind !== 'member'), ...members(2)];
    await world.syncAll();
    expect(await world.held('members')).toMatchObject({ count: 8 });
    expect(await world.held('teams')).toMatchObject({ count: 16 });
  });
});

describe('a part that its list missed', () => {
  const facts = (visibility: 'private' | 'public') => [
    aFact.settings(false),
    aFact.member(1),
    ...Array.from({ length: 12 }, (_, place) => aFact.repository(place + 1, { visibility })),
  ];
  const shown = async (world: Awaited<ReturnType<typeof createSyncWorld>>) =>
    (await loadFacts(world.table, synchronizationId, 'repository')).filter(
      ({ visibility }) => visibility === 'public',
    ).length;
  const createWorldWithout = async (hidden: number) => {
    const world = await createSyncWorld(createMemoryTable(), facts('private'));
    await world.syncAll();
    world.later();
    world.forge.facts = facts('public');
    world.forge.hidden = new Set(Array.from({ length: hidden }, (_, place) => `repository#${place + 1}`));
    await world.syncAll();
    return world;
  };

  it('is read by itself', async () => {
    const world = await createWorldWithout(2);
    expect(await shown(world)).toBe(10);
    await world.run(repositoryPart(repository(1)));
    expect(await shown(world)).toBe(12);
  });

  it('waits for the list if there are many, so that nothing is read again and again', async () => {
    const world = await createWorldWithout(11);
    expect(await world.wanted(keys.scope(synchronizationId, repositoryPart(repository(1))))).toBe(0);
    expect(await shown(world)).toBe(1);
  });
});
