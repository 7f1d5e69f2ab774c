/** Large organizations are read in steps, each of which may run in another process. */

import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Fact } from '../../shared/domain/facts.ts';
import type { ScopeName } from '../../shared/domain/scopes.ts';
import type { ReadingProgress, ScopeRead, ScopeStep } from '../../shared/forge/forge.ts';
import { extent } from '../support/long.ts';
import { createFiller } from './github-fill.ts';
import { codeOf, factsOf, type GitHub, known, startGitHub } from './github-fixture.ts';

let gitHub: GitHub;
beforeAll(async () => {
  gitHub = await startGitHub();
  const fill = createFiller(gitHub);
  const people = fill.people(1001 - 3);
  const collaborators = new Map(people.slice(0, 230).map((person) => [person, 'pull' as const]));
  const repositories = fill.repositories(301 - 2, (place) => (place === 60 ? { collaborators } : {}));
  for (let place = 0; place < 101 - 2; place += 1) {
    const isLarge = place === 30;
    fill.team(`team-${place}`, {
      members: new Map(people.slice(0, isLarge ? 230 : 2).map((person) => [person, 'member'])),
      repositories: new Map(repositories.slice(0, isLarge ? 120 : 1).map((each) => [each, 'push'])),
    });
  }
});
afterEach(() => {
  gitHub.simulator.faults.remove();
});
afterAll(() => gitHub.close());

const sorted = (facts: readonly Fact[]): string[] => facts.map((fact) => JSON.stringify(fact)).sort();
const stored = (state: unknown): unknown => JSON.parse(JSON.stringify(state));

interface Steps {
  readonly read: ScopeRead;
  readonly progress: readonly ReadingProgress[];
  /** Requests of each step, without its probe. */
  readonly requests: readonly number[];
}

/** Reads the scope, each step with a reader of its own that may make this many requests. */
async function readInSteps(
  scope: ScopeName,
  perStep = 1,
  between: (steps: number) => void | Promise<void> = () => {},
): Promise<Steps> {
  const progress: ReadingProgress[] = [];
  const requests: number[] = [];
  for (let from: unknown; ; ) {
    const reader = gitHub.reader();
    await reader.probe();
    const before = reader.requests();
    const mayContinue = () => reader.requests() - before < perStep;
    const step: ScopeStep = await reader.readScope(scope, { from, mayContinue });
    requests.push(reader.requests() - before);
    if ('done' in step) {
      return { read: step.done, progress, requests };
    }
    progress.push(step.unfinished);
    from = stored(step.unfinished.state);
    await between(progress.length);
  }
}

describe('R7: a list of more than a page, one request per step', () => {
  test.each([
    // Pages of members; of teams, then the rows of one; of repositories, then the collaborators of one.
    ['members', 11, 1001],
    ['teams', 5 + 3, 101],
    ['repositories', 7 + 2, 301],
    ['settings', 1, undefined],
  ] as const)('%s is the same as read in one step', async (scope, pages, total) => {
    const whole = await factsOf(gitHub.reader(), scope);
    const { read, progress, requests } = await readInSteps(scope);
    expect(sorted(read.facts)).toEqual(sorted(whole));
    expect(requests.reduce((sum, count) => sum + count, 0)).toBe(pages);
    expect(requests.every((count) => count <= 1)).toBe(true);
    const counts = progress.map(({ read: count }) => count);
    expect([...counts].sort((one, other) => one - other)).toEqual(counts);
    expect(progress.every((one) => one.total === total)).toBe(true);
  });

  test('so is a selection', async () => {
    const { installation, state } = gitHub;
    installation.repositorySelection = 'selected';
    installation.repositoryIds = new Set([...state.repositories.keys()].slice(2, 252));
    const whole = await factsOf(gitHub.reader(), 'repositories');
    // A repository is deleted after its page was read.
    const gone = known([...installation.repositoryIds][200]);
    const { read, requests } = await readInSteps('repositories', 1, (steps) => {
      if (steps === 3) installation.repositoryIds.delete(gone);
    });
    const left = whole.filter(
      (fact) => fact.kind === 'collaborator' || !JSON.stringify(fact).includes(`"${gone}"`),
    );
    expect(sorted(read.facts)).toEqual(sorted(left));
    expect(requests.reduce((sum, count) => sum + count, 0)).toBe(3 + 5 + 1 + 2);
    installation.repositorySelection = 'all';
  });
});

describe('a read in steps', () => {
  test('makes at least one request in each step, and no more than it may', async () => {
    const reader = gitHub.reader();
    await reader.probe();
    const step = await reader.readScope('members', { mayContinue: () => false });
    expect(step).toMatchObject({ unfinished: { read: 100, total: 1001 } });
    expect(reader.requests()).toBe(2);
  });

  test('R7: is incomplete when a page is short again after a second attempt from the start', async () => {
    gitHub.simulator.faults.add({
      kind: 'short-page',
      match: { list: 'Organization.membersWithRole', page: '3' },
    });
    expect(await codeOf(readInSteps('members', 2))).toBe('incomplete');
    gitHub.simulator.faults.remove();
    gitHub.simulator.faults.add({
      kind: 'short-page',
      times: 1,
      match: { list: 'Organization.membersWithRole', page: '3' },
    });
    const { read, requests } = await readInSteps('members', 2);
    expect(read.facts).toHaveLength(1001);
    expect(requests.reduce((sum, count) => sum + count, 0)).toBe(22);
  });

  test('R7: notices that a list has changed between two steps', async () => {
    const { acme } = gitHub;
    const first = known([...acme.members.keys()].sort((one, other) => one - other)[0]);
    const membership = known(acme.members.get(first));
    const { read, requests } = await readInSteps('members', 1, (steps) => {
      if (steps === 4) acme.members.delete(first);
    });
    expect(read.facts).toHaveLength(1000);
    // Ten pages with differing totals, and ten that agree.
    expect(requests.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(19);
    acme.members.set(first, membership);
  });

  test.each([
    ['a rate-limit', 'rate-limit'],
    ['a secondary limit', 'secondary-limit'],
  ] as const)('R33: keeps its pages under %s, and reports when to continue', async (_, kind) => {
    const reader = gitHub.reader();
    await reader.probe();
    const before = gitHub.simulator.requests.summary().total;
    gitHub.simulator.faults.add({ kind, after: 4, times: 1 });
    const step = await reader.readScope('members');
    if ('done' in step) throw new Error('the limit was not met');
    expect(step.unfinished).toMatchObject({ read: 400, total: 1001 });
    const notBefore = known(step.unfinished.notBefore);
    expect(notBefore).toBeGreaterThan(gitHub.clock.now() + 50_000);
    // Too early: no request is made, and nothing is lost.
    expect(await codeOf(gitHub.reader().readScope('members', { from: stored(step.unfinished.state) }))).toBe(
      'rate-limited',
    );
    gitHub.clock.ahead += notBefore - gitHub.clock.now() + 1000;
    const rest = await gitHub.reader().readScope('members', { from: stored(step.unfinished.state) });
    expect('done' in rest && rest.done.facts).toHaveLength(1001);
    // Four pages, the refusal, a probe, and the seven remaining pages; perhaps a new token.
    const requestCount = gitHub.simulator.requests.summary().total - before;
    expect(requestCount).toBeGreaterThanOrEqual(4 + 1 + 1 + 7);
    expect(requestCount).toBeLessThanOrEqual(4 + 1 + 1 + 7 + 1);
  });

  test('R1: keeps its pages in an outage, and fails once a step makes no progress', async () => {
    const { faults } = gitHub.simulator;
    const reader = gitHub.reader();
    await reader.probe();
    faults.add({ kind: 'server-error', status: 503, after: 4, match: { surface: 'graphql' } });
    const step = await reader.readScope('members');
    if ('done' in step) throw new Error('there was no outage');
    expect(step.unfinished).toMatchObject({ read: 400, total: 1001 });
    const from = stored(step.unfinished.state);
    expect(await codeOf(reader.readScope('members', { from }))).toBe('unavailable');
    faults.remove();
    const before = reader.requests();
    const rest = await reader.readScope('members', { from });
    expect('done' in rest && rest.done.facts).toHaveLength(1001);
    expect(reader.requests() - before).toBe(7);
  });

  test('throws if it meets the limit before its first page', async () => {
    const reader = gitHub.reader();
    await reader.probe();
    gitHub.simulator.faults.add({ kind: 'secondary-limit', times: 1 });
    expect(await codeOf(reader.readScope('teams'))).toBe('rate-limited');
    gitHub.clock.ahead += 3_700_000;
  });

  test.each([
    [
      'another scope',
      {
        scope: 'teams',
        sizes: {},
        lists: { members: { items: [], totals: [0], after: null, pages: 1, failed: 0, whole: true } },
      },
    ],
    [
      'items that are none',
      {
        scope: 'members',
        sizes: {},
        lists: {
          members: { items: [{ role: 'X' }], totals: [1], after: null, pages: 1, failed: 0, whole: true },
        },
      },
    ],
    [
      'a page size that is none',
      { scope: 'members', sizes: { members: { size: -3, good: 0, patience: 4 } }, lists: {} },
    ],
  ])('starts from the beginning when given %s', async (_, from) => {
    const step = await gitHub.reader().readScope('members', { from });
    expect('done' in step && step.done.facts).toHaveLength(1001);
  });

  test('R8: requests smaller pages when GitHub times out, keeps the size in the next step, and grows it again', async () => {
    const match = { list: 'Organization.membersWithRole' };
    gitHub.simulator.faults.add({ kind: 'failing-page', times: 2, match });
    const { read, progress } = await readInSteps('members');
    expect(read.facts).toHaveLength(1001);
    const counts = [0, ...progress.map((one) => one.read)];
    const sizes = counts.slice(1).map((count, place) => count - (counts[place] ?? 0));
    // Nothing arrived in the first two steps. Then 25 at once, after enough good pages 50, and 100 again.
    expect(sizes.slice(0, 4)).toEqual([0, 0, 25, 25]);
    expect(sizes.filter((size) => size === 25)).toHaveLength(16);
    expect(sizes.slice(18)).toEqual(Array.from({ length: 12 }, () => 50));
  });
});

describe('R29: a complete read of the structure', () => {
  test('of 500 repositories, 300 members and 60 teams takes at most 20 requests, tokens and probes included', async () => {
    const other = await startGitHub();
    const fill = createFiller(other);
    const people = fill.people(300 - 3);
    fill.repositories(500 - 2);
    for (let place = 0; place < 60 - 2; place += 1) {
      fill.team(`team-${place}`, { members: new Map(people.slice(0, 20).map((one) => [one, 'member'])) });
    }
    const reader = other.reader();
    await reader.probe();
    const facts: Fact[] = [];
    for (const scope of ['settings', 'members', 'teams', 'repositories'] as const) {
      facts.push(...(await factsOf(reader, scope)));
    }
    await reader.probe();
    const count = (kind: Fact['kind']) => facts.filter((fact) => fact.kind === kind).length;
    expect([count('repository'), count('member'), count('team')]).toEqual([500, 300, 60]);
    const { total } = other.simulator.requests.summary();
    expect(total).toBe(1 + 2 + 1 + 3 + 3 + 10);
    await other.close();
  });

  test(`of ${extent({ short: 1500, long: 5000 })} repositories goes on over steps of ten requests`, async () => {
    const other = await startGitHub();
    const repositories = extent({ short: 1500, long: 5000 });
    createFiller(other).repositories(repositories - 2);
    let steps = 0;
    for (let from: unknown; ; steps += 1) {
      const reader = other.reader();
      await reader.probe();
      const mayContinue = () => reader.requests() < 11;
      const step: ScopeStep = await reader.readScope('repositories', { from, mayContinue });
      if ('done' in step) {
        expect(step.done.facts.filter(({ kind }) => kind === 'repository')).toHaveLength(repositories);
        break;
      }
      from = stored(step.unfinished.state);
    }
    expect(steps).toBe(repositories / 50 / 10 - 1);
    await other.close();
  });
});
