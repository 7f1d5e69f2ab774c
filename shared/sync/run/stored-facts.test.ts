import { describe, expect, it } from 'vitest';
import { aFact, repository } from '../../../test/support/memory-forge.ts';
import { createMemoryTable } from '../../../test/support/memory-table.ts';
import { createSyncWorld, type SyncWorld } from '../../../test/support/sync-world.ts';
import { synchronizationId } from '../../../test/support/synchronized.ts';
import { lagMs } from '../../../test/support/traits.ts';
import { factKey } from '../../domain/facts.ts';
import { asId, type ForgeRepositoryId, type ForgeTeamId } from '../../domain/ids.ts';
import { repositoryPart, teamPart } from '../../domain/scopes.ts';
import type { StoredFacts } from '../../forge/forge.ts';
import { putClaim, putExpectation } from '../../store/claim-store.ts';
import { keys } from '../../store/keys.ts';

const part = (id: number) => repositoryPart(asId<ForgeRepositoryId>(id));
const facts = [
  ...[aFact.settings(), aFact.member(1), aFact.team(5), aFact.teamMember(5, 1), aFact.teamRepository(5, 7)],
  ...[aFact.repository(7), aFact.repository(8), aFact.collaborator(7, 3), aFact.collaborator(8, 4)],
];

/** A world that was read twice, and what the last read of repositories was given. */
async function createWorld() {
  const world = await createSyncWorld(createMemoryTable(), facts);
  const given: (StoredFacts | undefined)[] = [];
  const { reader } = world.forge;
  world.forge.reader = () => {
    const memory = reader();
    return {
      ...memory,
      async readScope(scope, options) {
        given.push(await options?.stored?.());
        const step = await memory.readScope(scope, options);
        return 'done' in step && scope === 'repositories'
          ? { done: { ...step.done, watched: [repository(9)] } }
          : step;
      },
    };
  };
  const read = async (cause = 'schedule'): Promise<StoredFacts | undefined> => {
    world.later();
    await world.ask('repositories', { cause });
    await world.run('repositories');
    return given.at(-1);
  };
  await world.syncAll();
  return { ...world, given, read };
}

const has = async (
  world: Pick<SyncWorld, never> & { read(): Promise<StoredFacts | undefined> },
  id: number,
) => (await world.read())?.of(part(id), 'collaborator') !== undefined;

describe('what a read is given of what is stored', () => {
  it('are the facts of each part, when the last complete read began, and what that one left to be watched', async () => {
    const world = await createWorld();
    await world.read();
    const { time } = world.clock;
    const stored = await world.read();
    expect(stored?.of(part(7), 'collaborator')?.map(factKey)).toEqual(['collaborator#3#7']);
    expect(stored?.of(part(7), 'repository')?.map(factKey)).toEqual(['repository#7']);
    expect(stored?.of(part(9), 'collaborator')).toBeUndefined();
    expect([7, 9].map((id) => stored?.isStored(part(id)))).toEqual([true, false]);
    expect(stored?.since).toBe(time);
    expect(stored?.watched).toEqual(new Set([repository(9)]));
  });

  it('is nothing before a first complete read, which may have missed what came while it was made', async () => {
    const world = await createWorld();
    expect(world.given).toEqual(Array(world.given.length).fill(undefined));
    expect(
      (await world.read())?.of(part(7), 'collaborator'),
      'added by a read that began at the same time',
    ).toBeUndefined();
    expect(await has(world, 7)).toBe(true);
  });

  it.each(['owner', 'connected', 'many of its parts', 'a part of it changed'])(
    'is nothing where everything is asked for: %s',
    async (cause) => {
      const world = await createWorld();
      await world.read();
      expect(await world.read(cause)).toBeUndefined();
      world.later();
      await world.ask('repositories', { cause });
      expect(await world.read(), 'nor when the schedule asks too').toBeUndefined();
      expect(await world.read()).toBeDefined();
    },
  );

  it.each([
    [
      'an event claims that it is gone',
      (at: number) =>
        putClaim(synchronizationId, { key: 'collaborator#3#7', expect: 'gone', at, bodies: [] }),
    ],
    [
      'an event claims that the member is gone',
      (at: number) => putClaim(synchronizationId, { key: 'member#3', expect: 'gone', at, bodies: [] }),
    ],
    [
      'an event added somebody',
      (at: number) => putExpectation(synchronizationId, { key: 'collaborator#9#7', expect: 'there', at }),
    ],
  ] as const)('leaves out a part of which %s', async (_, operation) => {
    const world = await createWorld();
    await world.read();
    world.later();
    await world.table.transact([operation(world.clock.time)]);
    world.clock.time -= 299_000;
    const stored = await world.read();
    expect(stored?.of(part(7), 'collaborator')).toBeUndefined();
    expect(stored?.of(part(8), 'collaborator')).toBeDefined();
  });

  it('leaves out what changed until a complete read began late enough to show what followed, and watches who was removed', async () => {
    const world = await createWorld();
    await world.read();
    world.forge.facts = facts.filter((fact) => factKey(fact) !== 'collaborator#4#8');
    await world.read();
    const since = world.clock.time;
    const next = await world.read();
    expect(next?.of(part(8), 'collaborator')).toBeUndefined();
    expect(next?.since).toBe(since);
    const after = await world.read();
    expect(after?.of(part(8), 'collaborator')).toEqual([]);
    expect(after?.watched).toContain(repository(8));
  });

  it('leaves out removals that wait for an owner', async () => {
    const world = await createWorld();
    await world.read();
    const many = Array.from({ length: 20 }, (_, place) => aFact.collaborator(8, 100 + place));
    world.forge.facts = [...facts, ...many];
    await world.read();
    await world.read();
    world.forge.facts = facts;
    await world.read();
    expect(await world.table.get(keys.held(synchronizationId, 'repositories'))).toBeDefined();
    await world.read();
    expect((await world.read())?.of(part(8), 'collaborator')).toBeUndefined();
  });

  it('is what is stored of a team, unless one of its lists is being read', async () => {
    const world = await createWorld();
    const team = teamPart(asId<ForgeTeamId>(5));
    const readTeam = async () => {
      world.later();
      await world.ask(team, { cause: 'webhook user_add_to_group' });
      await world.run(team);
      const given = world.given.at(-1);
      return [given?.of(team, 'team-repository')?.map(factKey), given?.of(team, 'team-member') !== undefined];
    };
    await world.read();
    await world.sync('teams');
    world.clock.time += lagMs;
    await world.sync('teams');
    expect(await readTeam()).toEqual([['team-repository#5#7'], true]);
    const claim = { key: 'team-member#1#5', expect: 'gone', bodies: [] } as const;
    await world.table.transact([putClaim(synchronizationId, { ...claim, at: world.clock.time })]);
    expect(await readTeam(), 'an event about a member leaves its rights alone').toEqual([
      ['team-repository#5#7'],
      false,
    ]);
    await world.table.update({
      key: keys.scope(synchronizationId, 'teams'),
      set: { leaseId: 'of another', leaseUntil: world.clock.time + 600_000 },
    });
    expect(await readTeam()).toEqual([undefined, false]);
  });
});
