import { describe, expect, it } from 'vitest';
import { aFact } from '../../test/support/memory-forge.ts';
import { createMemoryTable } from '../../test/support/memory-table.ts';
import { showRun } from '../../test/support/recorded-runs.ts';
import { createSyncWorld } from '../../test/support/sync-world.ts';
import { synchronizationId } from '../../test/support/synchronized.ts';
import type { Fact } from '../domain/facts.ts';
import { ForgeError } from '../forge/errors.ts';
import { latestRuns } from '../store/run-store.ts';
import { findSynchronization } from '../store/synchronization-store.ts';
import { pageOfPreview } from './preview-pages.ts';
import { previewRun } from './preview-run.ts';

const scopes = ['settings', 'members', 'teams', 'roles', 'repositories'] as const;
const members = (count: number): readonly Fact[] =>
  Array.from({ length: count }, (_, place) => aFact.member(place + 1));

async function createWorld(facts: readonly Fact[]) {
  const table = createMemoryTable();
  const world = await createSyncWorld(table, facts);
  await world.syncAll();
  world.later();
  world.workQueue.take();
  const synchronization = async () => {
    const found = await findSynchronization(table, synchronizationId);
    if (found === undefined) {
      throw new Error('nothing is synchronized');
    }
    return found;
  };
  const preview = async () =>
    previewRun(
      { table, clock: world.clock, openReader: async () => world.forge.reader() },
      await synchronization(),
    );
  return { ...world, table, preview, synchronization };
}

const before = [
  aFact.settings(true),
  ...members(20),
  aFact.team(5),
  aFact.teamMember(5, 1),
  aFact.repository(7),
  aFact.repository(8, { visibility: 'public' }),
];
/** One member and most of the others are missing, a team is gone, a repository is private, another is new. */
const after = [
  aFact.settings(true),
  ...members(9),
  aFact.repository(7),
  aFact.repository(8),
  aFact.repository(9),
];

describe('previewRun', () => {
  it('shows what the next run does, with reasons, and writes nothing', async () => {
    const world = await createWorld(before);
    world.forge.facts = after;
    await world.claimGone('member#20');
    const dump = world.table.dump();
    const result = await world.preview();
    const { scopes: shown } = result;
    expect(world.table.dump()).toEqual(dump);
    expect(world.workQueue.take()).toEqual([]);

    expect(shown.map(({ scope, outcome }) => [scope, outcome])).toEqual(scopes.map((one) => [one, 'whole']));
    const page = { from: 0, to: 100 };
    const { entries } = await pageOfPreview(world.table, await world.synchronization(), result, page);
    const textsOf = (wanted: string) => entries.flatMap(({ kind, text }) => (kind === wanted ? [text] : []));
    const changes = textsOf('change');
    expect(changes).toEqual([
      'member user-20 (20) removed: missing from a complete read; confirmed by an event',
      'team team-5 (5) removed: missing from a complete read; not found by its id',
      'user-1 (1) in team team-5 (5) removed: missing from a complete read; not found by its id',
      'repository acme/repository-8 (8) changed: visibility: public → private',
      'repository acme/repository-9 (9) added: found on the code host',
    ]);
    expect(shown[1]?.held).toHaveLength(10);
    expect(textsOf('held')[0]).toBe('member user-10 (10) removed: missing from a complete read');

    await world.syncAll();
    const [run] = await latestRuns(world.table, synchronizationId, 1);
    const recorded = await showRun(
      world.table,
      await world.synchronization(),
      run?.observedAt ?? 0,
      world.clock.now(),
    );
    expect(recorded.changes.toSorted()).toEqual(changes.toSorted());
    expect(run?.scopes.find(({ scope }) => scope === 'members')?.held).toBe(10);
  });

  it('shows what would be deferred because it was withdrawn shortly before', async () => {
    const world = await createWorld(before);
    world.forge.facts = after;
    await world.syncAll();
    world.forge.facts = before;
    const { scopes: shown } = await world.preview();
    expect(shown[2]?.deferred).toEqual([
      'team#5: withdrawn a short time ago, so deferred until 2026-11-22T12:07:00.000Z',
      'team-member#1#5: withdrawn a short time ago, so deferred until 2026-11-22T12:07:00.000Z',
    ]);
  });

  it('leaves out what is written during the preview', async () => {
    const world = await createWorld(before);
    world.forge.before = async (asked) => {
      if (asked === 'members') {
        world.forge.before = () => {};
        world.forge.facts = [...before, aFact.member(50)];
        await world.sync('members');
      }
    };
    const { scopes: shown } = await world.preview();
    expect(shown.flatMap(({ changes, deferred }) => [...changes, ...deferred])).toEqual([]);
    expect(await world.facts('members')).toContain('member#50');
  });

  it('reads all steps of a scope, and says so when time runs out', async () => {
    const world = await createWorld(before);
    world.forge.facts = after;
    world.forge.perStep = 2;
    const dump = world.table.dump();
    const { scopes: shown } = await world.preview();
    expect(shown[1]?.held).toHaveLength(11);
    world.forge.before = (asked) => {
      world.clock.time += asked === 'members' ? 100_000 : 0;
    };
    expect((await world.preview()).scopes.find(({ scope }) => scope === 'members')).toMatchObject({
      outcome: 'incomplete',
      message: 'too large for a preview: 4 of 9 were read',
    });
    expect(world.table.dump()).toEqual(dump);
  });

  it('says why one scope failed, and shows the others', async () => {
    const world = await createWorld(before);
    world.forge.facts = after;
    world.forge.before = (asked) => {
      if (asked === 'teams') {
        throw new ForgeError('incomplete', 'a page is missing');
      }
    };
    const { scopes: shown } = await world.preview();
    const teams = shown.find(({ scope }) => scope === 'teams');
    expect(teams).toMatchObject({ outcome: 'incomplete', message: 'a page is missing', changes: [] });
    expect(shown).toHaveLength(5);
  });

  it.each([
    [
      'the credential is dead',
      'members',
      new ForgeError('credential-rejected', 'revoked'),
      'credential-rejected: revoked',
    ],
    [
      'a limit is met',
      'teams',
      new ForgeError('rate-limited', 'too much', { notBefore: Date.parse('2026-11-22T13:00:00Z') }),
      'rate-limited: too much; not before 2026-11-22T13:00:00.000Z',
    ],
    ['the probe fails', 'probe', new ForgeError('unavailable', 'no answer'), 'unavailable: no answer'],
  ])('shows nothing when %s', async (_, what, error, words) => {
    const world = await createWorld(before);
    world.forge.before = (asked) => {
      if (asked === what) {
        throw error;
      }
    };
    await expect(world.preview()).rejects.toThrow(`the forge could not be read: ${words}`);
  });

  it('looks up what is missing until its time is over', async () => {
    const repositories = Array.from({ length: 120 }, (_, place) => aFact.repository(place + 1));
    const world = await createWorld([aFact.settings(true), ...repositories]);
    world.forge.facts = [aFact.settings(true)];
    world.forge.before = (asked) => {
      world.clock.time += asked === 'look-up' ? 250_000 : 0;
    };
    const { scopes: shown } = await world.preview();
    expect(shown.find(({ scope }) => scope === 'repositories')).toMatchObject({
      outcome: 'incomplete',
      message: 'too large for a preview: 50 of 120 were looked up',
    });
  });
});
