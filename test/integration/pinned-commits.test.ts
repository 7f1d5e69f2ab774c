/** `dev-main#<commit>`: commits that no scan recorded are looked up, within bounds, and those of forks are never built. */
import { describe, expect, it, vi } from 'vitest';
import { ForgeError, type ForgeErrorCode } from '../../shared/forge/errors.ts';
import type { HttpAnswer } from '../../shared/runtime/http-handler.ts';
import { keys } from '../../shared/store/keys.ts';
import { distsOfPackage } from '../../shared/store/package-store.ts';
import type { Registry } from '../support/registry-fixture.ts';
import { commitOf, registryBaseUrl } from '../support/registry-world.ts';
import { pushed, scannedRegistry } from '../support/scanned.ts';
import { organizationId } from '../support/synchronized.ts';

interface Pinned extends Registry {
  /** What the forge was asked for about commits, in order. */
  readonly asked: string[];
  warningOf(answer: HttpAnswer): string;
}

/** Package 1 is `acme/one`; its branch main is at `a…` and has `b…` and `c…` in its history. Nothing of it is known but the tip. */
async function pinned(): Promise<Pinned> {
  const registry = await scannedRegistry();
  registry.contents.set(5, {
    name: 'acme/one',
    tags: { '1.0.0': 'a' },
    branches: { main: 'a' },
    history: ['b', 'c'],
  });
  const asked: string[] = [];
  registry.beforeContents = (what, of) => {
    if (what === 'contains') asked.push(of);
  };
  return Object.assign(registry, {
    asked,
    warningOf: ({ body }: HttpAnswer) => String(JSON.parse(body ?? '{}').warning),
  });
}

const address = (commit: string): string => `${registryBaseUrl}/acme/dists/acme/one/${commit}.zip`;
const unknown = 'f'.repeat(40);
const hashOf = (number: number): string => number.toString(16).padStart(40, '0');

function failing(registry: Registry, code: ForgeErrorCode, notBefore?: number): { asked: number } {
  const counted = { asked: 0 };
  registry.beforeContents = (what) => {
    if (what === 'contains') {
      counted.asked++;
      throw new ForgeError(code, 'no', notBefore === undefined ? {} : { notBefore });
    }
  };
  return counted;
}

describe('a commit that no scan recorded', () => {
  it('is built if a branch contains it, and is known from then on', async () => {
    const registry = await pinned();
    expect(await registry.fetch(1, commitOf('b'))).toEqual({
      status: 307,
      headers: { location: address(commitOf('b')), 'cache-control': 'no-store' },
    });
    expect((await registry.published()).objects.has(`acme/1/${commitOf('b')}.zip`)).toBe(true);
    expect(await registry.fetch(1, commitOf('b'))).toMatchObject({ status: 307 });
    expect(registry.asked).toEqual([commitOf('b')]);
  });

  it('stays installable when no branch contains it any more', async () => {
    const registry = await pinned();
    await registry.fetch(1, commitOf('b'));
    registry.contents.set(5, { name: 'acme/one', tags: { '1.0.0': 'a' }, branches: { main: 'd' } });
    await pushed(registry);
    expect(await registry.fetch(1, commitOf('b'))).toMatchObject({ status: 307 });
  });

  it('is never built if no branch or tag contains it, and the answer says what to do', async () => {
    const registry = await pinned();
    registry.archiveOf = () => {
      throw new Error('the archive of a foreign commit was asked for');
    };
    const answer = await registry.fetch(1, unknown);
    expect(answer).toMatchObject({
      status: 404,
      headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
    });
    const warning = registry.warningOf(answer);
    for (const word of ['acme/one', 'ffffffffffff', 'branch or tag', 'forks', 'Pin to a commit']) {
      expect(warning).toContain(word);
    }
    expect((await distsOfPackage(registry.table, organizationId, 1)).map(({ commit }) => commit)).toEqual([
      commitOf('a'),
    ]);
  });

  it('that a branch contains needs no look-up when a scan recorded it', async () => {
    const registry = await pinned();
    expect(await registry.fetch(1, commitOf('a'))).toMatchObject({ status: 307 });
    expect(registry.asked).toEqual([]);
  });

  it('is not recorded for a package that was withdrawn meanwhile', async () => {
    const registry = await pinned();
    registry.beforeContents = async (what) => {
      if (what === 'contains') {
        await registry.table.update({ key: keys.package(organizationId, 1), set: { state: 'unreadable' } });
      }
    };
    expect(await registry.fetch(1, commitOf('b'))).toMatchObject({
      status: 404,
      body: '{"error":"not found"}',
    });
    expect(await distsOfPackage(registry.table, organizationId, 1)).toHaveLength(1);
  });
});

describe('a commit that is not contained', () => {
  it('is not asked for again for ten minutes', async () => {
    const registry = await pinned();
    for (let tries = 0; tries < 16; tries++) {
      expect(await registry.fetch(1, unknown)).toMatchObject({ status: 404 });
    }
    await registry.clock.advance(599_000);
    await registry.fetch(1, unknown);
    expect(registry.asked).toHaveLength(1);
    await registry.clock.advance(2_000);
    await registry.fetch(1, unknown);
    expect(registry.asked).toHaveLength(2);
  });

  it('is asked for again after the next scan', async () => {
    const registry = await pinned();
    expect(await registry.fetch(1, commitOf('d'))).toMatchObject({ status: 404 });
    await registry.clock.advance(1_000);
    registry.contents.set(5, {
      name: 'acme/one',
      tags: { '1.0.0': 'a' },
      branches: { main: 'e' },
      history: ['d'],
    });
    await pushed(registry);
    expect(await registry.fetch(1, commitOf('d'))).toMatchObject({ status: 307 });
  });
});

describe('look-ups', () => {
  it('are at most 30 new ones for a package and hour; what is known costs nothing', async () => {
    const registry = await pinned();
    for (let number = 0; number < 30; number++) {
      expect(await registry.fetch(1, hashOf(number))).toMatchObject({ status: 404 });
    }
    const answer = await registry.fetch(1, commitOf('b'));
    expect(answer).toMatchObject({ status: 503 });
    const seconds = Number(answer.headers?.['retry-after']);
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual(900);
    expect(registry.warningOf(answer)).toContain('Too many unknown commits of acme/one');
    expect(await registry.fetch(1, hashOf(7))).toMatchObject({ status: 404 });
    expect(await registry.fetch(1, commitOf('a'))).toMatchObject({ status: 307 });
    expect(registry.asked).toHaveLength(30);
    await registry.clock.advance(3600_000);
    expect(await registry.fetch(1, commitOf('b'))).toMatchObject({ status: 307 });
  });

  it('of one commit that come at once ask the forge once', async () => {
    const registry = await pinned();
    const answers = await Promise.all(Array.from({ length: 5 }, () => registry.fetch(1, commitOf('b'))));
    expect(answers.map(({ status }) => status)).toEqual([307, 307, 307, 307, 307]);
    expect(registry.asked).toEqual([commitOf('b')]);
  });

  it('that a dead worker left go on after its lease', async () => {
    const registry = await pinned();
    const key = keys.lookup(organizationId, 1, commitOf('b'));
    const leaseUntil = registry.clock.now() - 1;
    await registry.table.update({ key, set: { leaseId: 'dead', leaseUntil, startedAt: leaseUntil } });
    expect(await registry.fetch(1, commitOf('b'))).toMatchObject({ status: 307 });
  });

  it.each(['unavailable', 'not-found', 'incomplete', 'credential-rejected'] as const)(
    'after which nothing is known, because the forge says %s, are a 503, and Composer’s own retries ask it once',
    async (code) => {
      const registry = await pinned();
      const counted = failing(registry, code);
      for (let tries = 0; tries < 16; tries++) {
        const answer = await registry.fetch(1, commitOf('b'));
        expect(answer).toMatchObject({ status: 503, headers: { 'retry-after': '10' } });
        expect(registry.warningOf(answer)).toContain('The code host did not say');
      }
      expect(counted.asked).toBe(1);
      expect(registry.logged).toEqual(['the forge did not say whether a repository contains a commit']);
      registry.beforeContents = () => {};
      await registry.clock.advance(10_001);
      expect(await registry.fetch(1, commitOf('b'))).toMatchObject({ status: 307 });
    },
  );

  it('wait for as long as the budget asks for, and leave the rest of it to rights', async () => {
    const registry = await pinned();
    failing(registry, 'rate-limited', registry.clock.now() + 300_000);
    expect(await registry.fetch(1, commitOf('b'))).toMatchObject({
      status: 503,
      headers: { 'retry-after': '300' },
    });
  });
});

describe('an undecided look-up', () => {
  /** A forge that needs so many steps; each takes 4 s. */
  function inSteps(registry: Pinned, steps: number): { seen: unknown[] } {
    const seen: unknown[] = [];
    registry.lookUp = async (_, hash, from) => {
      seen.push(from);
      await registry.clock.advance(4_000);
      const step = Number(from ?? 0) + 1;
      return step < steps ? { is: 'undecided', progress: step } : { is: 'contained', commit: hash };
    };
    return { seen };
  }

  it('is answered with a 503 and finished by the queue, and nothing is asked for twice', async () => {
    const registry = await pinned();
    const { seen } = inSteps(registry, 12);
    const answer = await registry.fetch(1, commitOf('b'));
    expect(answer).toMatchObject({ status: 503, headers: { 'retry-after': '10' } });
    expect(registry.warningOf(answer)).toContain('is being searched for the commit bbbbbbbbbbbb');
    expect(registry.queued()).toMatchObject([
      { queue: 'scan', message: { kind: 'dist', reference: commitOf('b') } },
    ]);
    await registry.settle();
    expect(seen).toEqual([undefined, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    expect((await registry.published()).objects.has(`acme/1/${commitOf('b')}.zip`)).toBe(true);
    expect(await registry.fetch(1, commitOf('b'))).toMatchObject({ status: 307 });
  });

  it('is one message in the queue, however often Composer tries meanwhile', async () => {
    const registry = await pinned();
    inSteps(registry, 60);
    for (let tries = 0; tries < 16; tries++) {
      expect(await registry.fetch(1, commitOf('b'))).toMatchObject({ status: 503 });
    }
    expect(registry.queued()).toHaveLength(1);
    await registry.settle();
    expect(await registry.fetch(1, commitOf('b'))).toMatchObject({ status: 307 });
  });

  it('whose message was lost is queued again after ten minutes', async () => {
    const registry = await pinned();
    inSteps(registry, 60);
    await registry.fetch(1, commitOf('b'));
    await registry.clock.advance(601_000);
    await registry.fetch(1, commitOf('b'));
    expect(registry.queued()).toHaveLength(2);
  });

  it('that somebody else is at sends no message when the time is over', async () => {
    const registry = await pinned();
    const timeout = AbortSignal.timeout.bind(AbortSignal);
    const mocked = vi
      .spyOn(AbortSignal, 'timeout')
      .mockImplementation((ms) => timeout(ms === 25_000 ? 100 : ms));
    const key = keys.lookup(organizationId, 1, commitOf('b'));
    const now = registry.clock.now();
    await registry.table.update({
      key,
      set: { leaseId: 'other', leaseUntil: now + 60_000, startedAt: now },
    });
    expect(await registry.fetch(1, commitOf('b'))).toMatchObject({ status: 503 });
    expect(registry.queued()).toEqual([]);
    mocked.mockRestore();
  });

  it('that the forge fails in goes on from there', async () => {
    const registry = await pinned();
    const { seen } = inSteps(registry, 6);
    await registry.fetch(1, commitOf('b'));
    const steps = registry.lookUp;
    let failures = 0;
    registry.lookUp = async (...asked) => {
      if (asked[2] === 3 && failures < 3) {
        failures++;
        throw new ForgeError('unavailable', 'no');
      }
      return steps?.(...asked) ?? { is: 'not-contained' };
    };
    await registry.settle();
    expect(failures).toBe(3);
    expect(seen).toEqual([undefined, 1, 2, 3, 4, 5]);
    expect(await registry.fetch(1, commitOf('b'))).toMatchObject({ status: 307 });
  });

  it('that the forge never answers ends in the queue, without a dead letter', async () => {
    const registry = await pinned();
    inSteps(registry, 6);
    await registry.fetch(1, commitOf('b'));
    const counted = failing(registry, 'unavailable');
    registry.lookUp = undefined;
    await registry.settle();
    expect(counted.asked).toBe(6);
    expect(registry.errors).toEqual([]);
  });
});

describe('after a package moved to another repository', () => {
  const move = (registry: Registry) =>
    registry.table.update({ key: keys.package(organizationId, 1), set: { repository: '6' } });

  it('a no of the one before is not believed', async () => {
    const registry = await pinned();
    expect(await registry.fetch(1, unknown)).toMatchObject({ status: 404 });
    await move(registry);
    registry.lookUp = async (_, hash) => ({ is: 'contained', commit: hash });
    expect(await registry.fetch(1, unknown)).toMatchObject({ status: 307 });
  });

  it('a look-up that was undecided begins anew', async () => {
    const registry = await pinned();
    const seen: unknown[] = [];
    registry.lookUp = async (_, __, from) => {
      seen.push(from);
      await registry.clock.advance(7_000);
      return { is: 'undecided', progress: 1 };
    };
    await registry.fetch(1, commitOf('b'));
    await registry.fetch(1, commitOf('b'));
    await move(registry);
    await registry.fetch(1, commitOf('b'));
    expect(seen).toEqual([undefined, 1, undefined]);
  });
});

describe('an abbreviated hash', () => {
  it('leads to the address of the whole one, and is kept', async () => {
    const registry = await pinned();
    const toWhole = {
      status: 307,
      headers: { location: address(commitOf('b')), 'cache-control': 'no-store' },
    };
    expect(await registry.fetch(1, 'bbbbbbbb')).toEqual(toWhole);
    expect(await registry.fetch(1, commitOf('b'))).toEqual(toWhole);
    expect(registry.asked).toEqual(['bbbbbbbb']);
    // An old lock file goes on, whatever happens to the repository and to the forge.
    registry.contents.set(5, { name: 'acme/one', tags: { '1.0.0': 'a' }, branches: { main: 'd' } });
    failing(registry, 'unavailable');
    await registry.clock.advance(30 * 24 * 3600_000);
    expect(await registry.fetch(1, 'bbbbbbbb')).toEqual(toWhole);
  });

  it('of a recorded commit needs no look-up', async () => {
    const registry = await pinned();
    expect(await registry.fetch(1, 'aaaaaaa')).toMatchObject({
      headers: { location: address(commitOf('a')) },
    });
    expect(registry.asked).toEqual([]);
  });

  it('keeps its first answer when another commit begins so later', async () => {
    const registry = await pinned();
    await registry.fetch(1, 'aaaaaaa');
    const other = `aaaaaaa${'1'.repeat(33)}`;
    await registry.table.update({ key: keys.dist(organizationId, 1, other), set: { recordedAt: 1 } });
    expect(await registry.fetch(1, 'aaaaaaa')).toMatchObject({
      headers: { location: address(commitOf('a')) },
    });
    const answer = await registry.fetch(1, 'aaaaaaaa');
    expect(answer).toMatchObject({ headers: { location: address(commitOf('a')) } });
  });

  it('of several recorded commits stands for none', async () => {
    const registry = await pinned();
    const other = `aaaaaaa${'1'.repeat(33)}`;
    await registry.table.update({ key: keys.dist(organizationId, 1, other), set: { recordedAt: 1 } });
    const answer = await registry.fetch(1, 'aaaaaaa');
    expect(answer).toMatchObject({ status: 404 });
    expect(registry.warningOf(answer)).toContain('aaaaaaa stands for several commits of acme/one');
    expect(registry.asked).toEqual([]);
  });

  it('of no commit is a 404; 32 digits may be the MD5 that Composer sends for a name', async () => {
    const registry = await pinned();
    expect(registry.warningOf(await registry.fetch(1, 'fffffff'))).not.toContain('MD5');
    const answer = await registry.fetch(1, 'f'.repeat(32));
    expect(answer).toMatchObject({ status: 404 });
    expect(registry.warningOf(answer)).toContain('sent as its MD5');
  });

  it('that takes long is finished by the queue too', async () => {
    const registry = await pinned();
    registry.lookUp = async (_, __, from) => {
      await registry.clock.advance(7_000);
      return from === undefined
        ? { is: 'undecided', progress: 1 }
        : { is: 'contained', commit: commitOf('b') };
    };
    expect(await registry.fetch(1, 'bbbbbbb')).toMatchObject({ status: 503 });
    await registry.settle();
    expect(await registry.fetch(1, 'bbbbbbb')).toMatchObject({
      headers: { location: address(commitOf('b')) },
    });
    expect((await registry.published()).objects.has(`acme/1/${commitOf('b')}.zip`)).toBe(true);
  });
});

it.each([41, 64])('%s digits are no commit of git', async (length) => {
  const registry = await pinned();
  expect(await registry.fetch(1, 'a'.repeat(length))).toMatchObject({ status: 404 });
  expect(registry.asked).toEqual([]);
});
