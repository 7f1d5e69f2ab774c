import { describe, expect, it } from 'vitest';
import { account, aFact, repository, team } from '../../../test/support/memory-forge.ts';
import { createMemoryTable } from '../../../test/support/memory-table.ts';
import { createSyncWorld } from '../../../test/support/sync-world.ts';
import { synchronizationId } from '../../../test/support/synchronized.ts';
import { decideAccess } from '../../domain/access.ts';
import type { Fact } from '../../domain/facts.ts';
import { teamPart } from '../../domain/scopes.ts';
import { loadAccessFacts } from '../../store/access-fact-store.ts';
import { loadClaims, putClaim } from '../../store/claim-store.ts';

const place = aFact.teamMember(3, 1);
const inherited = { ...aFact.teamMember(7, 1), via: team(3) } as Fact;
const reader = { kind: 'account', account: account(1) } as const;

/** Account 1 is in team 3, and so in team 7 below it, which may read repository 5. */
async function createWorld(...others: readonly Fact[]) {
  const rest = [
    ...[aFact.settings(), aFact.member(1), aFact.team(3), aFact.team(7, 3)],
    ...[aFact.teamRepository(7, 5), aFact.repository(5), ...others],
  ];
  const table = createMemoryTable();
  const world = await createSyncWorld(table, [...rest, place, inherited]);
  await world.syncAll();
  world.later();
  const reads = async () => {
    const claims = await loadClaims(table, synchronizationId);
    const facts = await loadAccessFacts(table, synchronizationId, reader, claims);
    return decideAccess(reader, facts, world.clock.now()).has(repository(5));
  };
  return { ...world, rest, reads };
}

describe('an inherited team membership', () => {
  it('is withdrawn with the one in the parent, until a read confirms that it is gone', async () => {
    const world = await createWorld();
    expect(await world.reads()).toBe(true);
    const claim = { key: 'team-member#1#3', expect: 'gone', at: world.clock.now(), bodies: [] } as const;
    await world.table.transact([putClaim(synchronizationId, claim)]);
    expect(await world.reads()).toBe(false);
    world.forge.facts = [...world.rest, inherited];
    world.later();
    await world.sync(teamPart(team(3)));
    expect(await world.facts('teams')).toContain('team-member#1#7#3');
    expect(await world.reads()).toBe(false);
    world.forge.facts = world.rest;
    await world.sync(teamPart(team(7)));
    await world.sync('teams');
    expect(await world.facts('teams')).not.toContain('team-member#1#7#3');
    expect(await loadClaims(world.table, synchronizationId)).toEqual([]);
    expect(await world.reads()).toBe(false);
  });

  it('is removed while the account keeps its direct membership', async () => {
    const own = aFact.teamMember(7, 1);
    const world = await createWorld(own);
    expect(await world.facts('teams')).toEqual(
      expect.arrayContaining(['team-member#1#7', 'team-member#1#7#3']),
    );
    world.forge.facts = world.rest;
    await world.sync('teams');
    expect(await world.facts('teams')).toContain('team-member#1#7');
    expect(await world.facts('teams')).not.toContain('team-member#1#7#3');
    expect(await world.reads()).toBe(true);
  });
});
