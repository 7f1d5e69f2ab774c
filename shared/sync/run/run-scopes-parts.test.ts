import { describe, expect, it } from 'vitest';
import { aFact } from '../../../test/support/memory-forge.ts';
import { createMemoryTable } from '../../../test/support/memory-table.ts';
import { createSyncWorld, type SyncWorld } from '../../../test/support/sync-world.ts';
import { synchronizationId } from '../../../test/support/synchronized.ts';
import { lagMs } from '../../../test/support/traits.ts';
import { type Fact, factKey } from '../../domain/facts.ts';
import type { AnyScope } from '../../domain/scopes.ts';
import { ForgeError } from '../../forge/errors.ts';
import { putClaim, putExpectation } from '../../store/claim-store.ts';
import { keys } from '../../store/keys.ts';
import { scopeState } from '../../store/scope-store.ts';

/** A synchronized world, long after its first synchronization. */
async function createWorld(facts: readonly Fact[] = []): Promise<SyncWorld> {
  const world = await createSyncWorld(createMemoryTable(), facts);
  for (const scope of ['settings', 'members', 'teams', 'repositories'] as const) {
    await world.ask(scope);
  }
  await world.run('settings');
  world.workQueue.take();
  world.later();
  return world;
}

/** The requests of a run to the forge, in order. */
function listen(world: SyncWorld): string[] {
  const asked: string[] = [];
  world.forge.before = (what) => {
    asked.push(what);
  };
  return asked;
}

const organization = [
  aFact.settings(true),
  aFact.member(1),
  aFact.member(2),
  aFact.team(5),
  aFact.teamMember(5, 1),
  aFact.teamRepository(5, 7),
  aFact.team(6),
  aFact.teamMember(6, 2),
  aFact.repository(7),
  aFact.repository(8),
  aFact.collaborator(7, 3),
];

describe('one run', () => {
  it('reads all requested scopes between one pair of probes, and keeps one record', async () => {
    const world = await createWorld(organization);
    const asked = listen(world);
    const records = (await world.runs()).length;
    for (const scope of ['repositories', 'settings', 'teams', 'members'] as const) {
      await world.ask(scope);
    }
    await world.run('teams');
    expect(asked).toEqual(['probe', 'settings', 'members', 'teams', 'repositories', 'probe']);
    expect(await world.runs()).toHaveLength(records + 1);
    expect(world.workQueue.take()).toEqual([]);
  });

  it('reads parts first, with a probe of their own after them', async () => {
    const world = await createWorld(organization);
    const asked = listen(world);
    await world.ask('members');
    await world.ask('team:5');
    await world.run('members');
    expect(asked).toEqual(['probe', 'team:5', 'probe', 'members', 'probe']);
  });

  it('reads the list instead of many of its parts', async () => {
    const world = await createWorld(organization);
    const asked = listen(world);
    const parts = Array.from({ length: 11 }, (_, place): AnyScope => `repository:${place + 1}`);
    for (const part of parts) {
      await world.ask(part);
    }
    await world.ask('team:5');
    await world.run('repository:3');
    expect(asked).toEqual(['probe', 'team:5', 'probe', 'repositories', 'probe']);
    for (const part of parts) {
      expect(await world.wanted(keys.scope(synchronizationId, part))).toBe(0);
    }
  });

  it('rechecks a part two minutes after an event even when the list was read instead', async () => {
    const world = await createWorld(organization);
    const at = world.clock.time;
    const claim = { key: 'repository#8', expect: 'gone', at, bodies: [] } as const;
    await world.table.transact([putClaim(synchronizationId, claim)]);
    // The event was wrong, and the reads lag behind.
    world.forge.facts = organization.filter((fact) => factKey(fact) !== claim.key);
    await world.sync('repository:8');
    for (let id = 1; id <= 11; id++) {
      await world.ask(`repository:${id}`);
    }
    await world.run('repository:3');
    world.clock.time = at + lagMs + 1000;
    world.forge.facts = organization;
    await world.run('repository:8');
    expect(await world.facts('repositories')).toContain(claim.key);
  });

  it('completes the other scopes when one fails', async () => {
    const world = await createWorld(organization);
    world.forge.facts = organization.filter(
      (fact) => fact.kind !== 'team-member' && fact.kind !== 'collaborator',
    );
    world.forge.before = (what) => {
      if (what === 'teams') {
        throw new ForgeError('unavailable', 'down');
      }
    };
    await world.ask('teams');
    await world.ask('repositories');
    await world.run('teams');
    expect(await world.facts('teams')).toContain('team-member#1#5');
    expect(await world.facts('repositories')).toEqual(['repository#7', 'repository#8']);
    const [run] = (await world.runs()).slice(-1);
    expect(run?.scopes).toMatchObject([
      { scope: 'teams', outcome: 'unavailable' },
      { scope: 'repositories', outcome: 'whole' },
    ]);
  });

  it('sends no more requests to a forge that said to wait', async () => {
    const world = await createWorld(organization);
    const asked: string[] = [];
    const notBefore = world.clock.time + 60_000;
    world.forge.before = (what) => {
      asked.push(what);
      if (what === 'members') {
        throw new ForgeError('rate-limited', 'wait', { notBefore });
      }
    };
    await world.ask('settings');
    await world.ask('members');
    await world.ask('teams');
    await world.run('settings');
    expect(asked).toEqual(['probe', 'settings', 'members']);
    for (const scope of ['settings', 'members', 'teams'] as const) {
      expect(await scopeState(world.table, synchronizationId, scope)).toMatchObject({
        leaseUntil: notBefore,
        lastFailure: { code: 'rate-limited' },
      });
    }
  });
});

describe('a read of a part', () => {
  it('changes what belongs to it, and nothing else', async () => {
    const world = await createWorld(organization);
    world.forge.facts = [aFact.settings(), aFact.team(5), aFact.teamMember(5, 2), aFact.team(6)];
    await world.sync('team:5');
    expect(await world.facts('teams')).toEqual(['team#5', 'team#6', 'team-member#2#5', 'team-member#2#6']);
    expect(await world.facts('members')).toEqual(['member#1', 'member#2']);
  });

  it('removes a part that is gone with all rows that refer to it', async () => {
    const world = await createWorld(organization);
    world.forge.facts = [];
    await world.sync('repository:7');
    expect(await world.facts('repositories')).toEqual(['repository#8']);
    await world.sync('member:1');
    expect(await world.facts('members')).toEqual(['member#2']);
  });

  it('is not undone by a list read during which it was made', async () => {
    const world = await createWorld(organization);
    world.forge.before = async (what) => {
      if (what === 'teams') {
        // The list already has its old answer.
        world.forge.before = () => {};
        world.forge.facts = organization.filter(({ kind }) => kind !== 'team-member');
        await world.sync('team:5');
        expect(await world.facts('teams')).not.toContain('team-member#1#5');
      }
    };
    await world.sync('teams');
    expect(await world.facts('teams')).not.toContain('team-member#1#5');
    expect(await world.facts('teams')).toContain('team-member#2#6');
  });

  it('is not undone by a list read that began earlier, even if it changed nothing', async () => {
    const world = await createWorld(organization);
    world.forge.facts = organization.filter(({ kind }) => kind !== 'team-member');
    world.forge.before = async (what) => {
      if (what === 'teams') {
        world.forge.before = () => {};
        world.forge.facts = organization;
        await world.sync('team:5');
      }
    };
    await world.sync('teams');
    expect(await world.facts('teams')).toContain('team-member#1#5');
    expect(await world.facts('teams')).not.toContain('team-member#2#6');
  });

  it('has no effect if it was made before the list read', async () => {
    const world = await createWorld(organization);
    world.forge.facts = organization.filter(({ kind }) => kind !== 'team-member');
    world.forge.before = async (what) => {
      if (what === 'team:5') {
        world.forge.before = () => {};
        world.forge.facts = organization;
        await world.sync('teams');
      }
    };
    await world.sync('team:5');
    expect(await world.facts('teams')).toContain('team-member#1#5');
    // It is read again.
    expect(await world.wanted(keys.scope(synchronizationId, 'team:5'))).toBe(1);
  });
});

describe('an absence', () => {
  const settings = aFact.settings(true);
  const repositories = Array.from({ length: 20 }, (_, place) => aFact.repository(place + 1));

  it('of a repository or a team is confirmed by a look-up by id, at any size', async () => {
    const world = await createWorld([settings, ...repositories]);
    const asked = listen(world);
    world.forge.facts = [settings];
    await world.sync('repositories');
    expect(await world.facts('repositories')).toEqual([]);
    expect(asked).toEqual(['probe', 'repositories', 'probe', 'look-up']);
    await world.sync('repositories');
    expect(asked.slice(4)).toEqual(['probe', 'repositories', 'probe']);
  });

  it('changes nothing of the part when the look-up contradicts it', async () => {
    const world = await createWorld([settings, ...repositories, aFact.collaborator(3, 9)]);
    world.forge.hidden = new Set(['repository#3', 'collaborator#9#3']);
    world.forge.facts = [...repositories.slice(1), aFact.collaborator(3, 9)];
    await world.sync('repositories');
    expect(await world.facts('repositories')).toHaveLength(20);
    expect(await world.facts('repositories')).toContain('repository#3');
    expect(await world.facts('repositories')).not.toContain('repository#1');
  });

  it('changes nothing at all when the look-up fails', async () => {
    const world = await createWorld([settings, ...repositories]);
    world.forge.facts = [];
    world.forge.before = (what) => {
      if (what === 'look-up') {
        throw new ForgeError('unavailable', 'down');
      }
    };
    await world.sync('repositories');
    expect(await world.facts('repositories')).toHaveLength(20);
    expect(await scopeState(world.table, synchronizationId, 'repositories')).toMatchObject({ attempts: 1 });
  });

  it('does not follow from an event that the repository is not public any more', async () => {
    const world = await createWorld([settings, aFact.repository(1, { visibility: 'public' })]);
    const word = { key: 'repository#1', expect: 'not-public', at: world.clock.now() } as const;
    await world.table.transact([putExpectation(synchronizationId, word)]);
    world.forge.hidden = new Set(['repository#1']);
    await world.sync('repositories');
    expect(await world.facts('repositories')).toEqual(['repository#1']);
  });
});

describe('a base permission that takes rights away', () => {
  it('is read twice', async () => {
    const world = await createWorld([aFact.settings(true)]);
    const asked = listen(world);
    world.forge.facts = [aFact.settings(false)];
    await world.sync('settings');
    expect(asked).toEqual(['probe', 'settings', 'probe', 'settings']);
    const item = await world.table.get(keys.fact(synchronizationId, 'settings'));
    expect(item?.fact).toMatchObject({ membersRead: false });
  });

  it('changes nothing when the second answer differs', async () => {
    const world = await createWorld([aFact.settings(true)]);
    let reads = 0;
    world.forge.facts = [aFact.settings(false)];
    world.forge.before = (what) => {
      if (what === 'settings' && ++reads === 1) {
        world.forge.facts = [aFact.settings(true)];
      }
    };
    await world.sync('settings');
    const item = await world.table.get(keys.fact(synchronizationId, 'settings'));
    expect(item?.fact).toMatchObject({ membersRead: true });
  });
});
