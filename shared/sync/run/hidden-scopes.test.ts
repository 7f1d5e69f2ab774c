/** A scope that the forge hides: it does not have the feature, or does not let us see it (any more). */
import { describe, expect, it } from 'vitest';
import { aFact } from '../../../test/support/memory-forge.ts';
import { createMemoryTable } from '../../../test/support/memory-table.ts';
import { createSyncWorld } from '../../../test/support/sync-world.ts';
import { synchronizationId } from '../../../test/support/synchronized.ts';
import { type Fact, factKey } from '../../domain/facts.ts';
import { defaultCaution } from '../../domain/synchronization.ts';
import { ForgeError } from '../../forge/errors.ts';
import { keys } from '../../store/keys.ts';
import { loadRemoved } from '../../store/run-store.ts';
import { findHeld, scopeState } from '../../store/scope-store.ts';

const suspendedAfterMs = defaultCaution.suspendAfterDays * 24 * 3600_000;
const why = 'the app may not read organization roles here';
const roles = [aFact.roleMember(70, 1), aFact.roleTeam(70, 5)];
/** The holders of the roles. */
const holders = [aFact.member(1), aFact.team(5)];
const known = roles.map(factKey).sort();

async function createWorld(facts: readonly Fact[] = roles) {
  const world = await createSyncWorld(createMemoryTable(), [...holders, ...facts]);
  await world.sync('members');
  await world.sync('teams');
  await world.sync('roles');
  world.later();
  world.forge.hiddenReasons.set('roles', why);
  const state = () => scopeState(world.table, synchronizationId, 'roles');
  return {
    ...world,
    state,
    held: () => findHeld(world.table, synchronizationId, 'roles'),
    decide: (decision: 'yes' | 'no') =>
      world.table.transact([{ update: { key: keys.held(synchronizationId, 'roles'), set: { decision } } }]),
  };
}

describe('a scope that the forge hides', () => {
  it('is a complete read, recorded as hidden, where nothing was known of it', async () => {
    const world = await createWorld([]);
    await world.sync('roles');
    expect(await world.facts('roles')).toEqual([]);
    expect(await world.held()).toBeUndefined();
    const { wanted, done, notShown, lastFailure } = (await world.state()) ?? {};
    expect({ notShown, lastFailure }).toEqual({ notShown: { why, since: world.clock.time } });
    expect(done).toBe(wanted);
  });

  it('keeps what was known of it until an owner decides, however little it is', async () => {
    const world = await createWorld();
    const since = world.clock.time;
    await world.sync('roles');
    world.later();
    await world.sync('roles');
    expect(await world.facts('roles')).toEqual(known);
    expect(await world.held()).toMatchObject({ count: 2, since });
    expect((await world.state())?.notShown).toEqual({ why, since });
  });

  it('is removed when the owner approves', async () => {
    const world = await createWorld();
    await world.sync('roles');
    await world.decide('yes');
    world.later();
    await world.sync('roles');
    expect(await world.facts('roles')).toEqual([]);
  });

  it('is removed after a week without an answer, when unconfirmed access would be suspended too', async () => {
    const world = await createWorld();
    await world.sync('roles');
    const { time } = world.clock;
    world.clock.time = time + suspendedAfterMs - 1;
    await world.sync('roles');
    expect(await world.facts('roles')).toEqual(known);
    world.clock.time = time + suspendedAfterMs;
    await world.sync('roles');
    expect(await world.facts('roles')).toEqual([]);
    const run = (await world.runs()).at(-1);
    const removed = (await loadRemoved(world.table, synchronizationId, run?.observedAt ?? 0)) ?? [];
    expect(removed.map(({ evidence }) => evidence)).toEqual(Array(2).fill(['not-shown', 'silence']));
    expect(await world.held()).toBeUndefined();
  });

  it('is kept when the owner rejects the removal', async () => {
    const world = await createWorld();
    await world.sync('roles');
    await world.decide('no');
    world.clock.time += 2 * suspendedAfterMs;
    await world.sync('roles');
    expect(await world.facts('roles')).toEqual(known);
  });

  it('loses the rows of an account that is no longer a member', async () => {
    const world = await createWorld();
    world.forge.facts = [aFact.team(5), ...roles];
    await world.sync('members');
    await world.sync('roles');
    expect(await world.facts('roles')).toEqual(known.slice(1));
  });

  it('is read as usual once it is visible again', async () => {
    const world = await createWorld();
    await world.sync('roles');
    world.later();
    world.forge.hiddenReasons.clear();
    world.forge.facts = [...holders, ...roles.slice(0, 1)];
    await world.sync('roles');
    expect(await world.facts('roles')).toEqual([known[0]]);
    expect(await world.held()).toBeUndefined();
    expect((await world.state())?.notShown).toBeUndefined();
  });
});

describe('a holder who is missing from a list without a total', () => {
  it.each([
    ['stays when a second read has it', 1, known],
    ['is removed when the second read does not have it either', 2, known.slice(1)],
  ])('%s', async (_, missingReads, left) => {
    const world = await createWorld();
    world.forge.hiddenReasons.clear();
    world.forge.hidden = new Set(known.slice(0, 1));
    let reads = 0;
    world.forge.before = (what) => {
      if (what === 'roles' && ++reads === missingReads) {
        world.forge.hidden = new Set();
      }
    };
    await world.sync('roles');
    expect(reads).toBe(2);
    expect(await world.facts('roles')).toEqual(left);
  });

  it('stays likewise in a team without a handle, which no total counts', async () => {
    const { handle: _, ...ofEnterprise } = aFact.team(6);
    const facts = [ofEnterprise, aFact.teamMember(6, 1), aFact.team(5), aFact.teamMember(5, 1)];
    const world = await createSyncWorld(createMemoryTable(), [aFact.member(1), ...facts]);
    await world.sync('members');
    await world.sync('teams');
    const all = await world.facts('teams');
    const missing = async (key: string): Promise<number> => {
      world.later();
      world.forge.hidden = new Set([key]);
      let reads = 0;
      world.forge.before = (what) => {
        if (what === 'teams' && ++reads === 1) {
          world.forge.hidden = new Set();
        }
      };
      await world.sync('teams');
      return reads;
    };
    expect(await missing('team#6')).toBe(2);
    expect(await missing('team-member#1#6')).toBe(2);
    expect(await world.facts('teams')).toEqual(all);
    // The other list was counted against its total.
    expect(await missing('team-member#1#5')).toBe(1);
    expect(await world.facts('teams')).toEqual(all.filter((key) => key !== 'team-member#1#5'));
  });

  it('stays when the second read gets no answer', async () => {
    const world = await createWorld();
    world.forge.hiddenReasons.clear();
    world.forge.hidden = new Set(known);
    let reads = 0;
    world.forge.before = (what) => {
      if (what === 'roles' && ++reads === 2) {
        throw new ForgeError('unavailable', 'no answer');
      }
    };
    await world.sync('roles');
    expect(await world.facts('roles')).toEqual(known);
    expect((await world.state())?.lastFailure).toMatchObject({ code: 'unavailable' });
  });
});
