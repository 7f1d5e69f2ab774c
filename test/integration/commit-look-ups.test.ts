/** Limits on look-ups of commits, and how the queue finishes those that a request could not. */
import { describe, expect, it, vi } from 'vitest';
import { ForgeError } from '../../shared/forge/errors.ts';
import { keys } from '../../shared/store/keys.ts';
import { commitOf } from '../support/memory-contents.ts';
import { failing, hashOf, type Pinned, pinned } from '../support/pinned.ts';
import { organizationId } from '../support/synchronized.ts';

describe('look-ups', () => {
  it('are limited to 30 new ones per package and hour; known commits are free', async () => {
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
    expect(registry.lookUps).toHaveLength(30);
    await registry.clock.advance(3600_000);
    expect(await registry.fetch(1, commitOf('b'))).toMatchObject({ status: 307 });
  });

  it('of one commit at the same time ask the forge once', async () => {
    const registry = await pinned();
    const answers = await Promise.all(Array.from({ length: 5 }, () => registry.fetch(1, commitOf('b'))));
    expect(answers.map(({ status }) => status)).toEqual([307, 307, 307, 307, 307]);
    expect(registry.lookUps).toEqual([commitOf('b')]);
  });

  it('that a dead worker left continue after its lease', async () => {
    const registry = await pinned();
    const key = keys.lookup(organizationId, 1, commitOf('b'));
    const leaseUntil = registry.clock.now() - 1;
    await registry.table.update({ key, set: { leaseId: 'dead', leaseUntil, startedAt: leaseUntil } });
    expect(await registry.fetch(1, commitOf('b'))).toMatchObject({ status: 307 });
  });

  it.each(['unavailable', 'not-found', 'incomplete', 'credential-rejected'] as const)(
    "that stay undecided because the forge answers %s are a 503, and Composer's own retries ask the forge once",
    async (code) => {
      const registry = await pinned();
      const counted = failing(registry, code);
      for (let tries = 0; tries < 16; tries++) {
        const answer = await registry.fetch(1, commitOf('b'));
        expect(answer).toMatchObject({ status: 503, headers: { 'retry-after': '10' } });
        expect(registry.warningOf(answer)).toContain('The code host did not say');
      }
      expect(counted.lookUps).toBe(1);
      expect(registry.logged).toEqual(['the forge did not say whether a repository contains a commit']);
      registry.beforeContents = () => {};
      await registry.clock.advance(10_001);
      expect(await registry.fetch(1, commitOf('b'))).toMatchObject({ status: 307 });
    },
  );

  it('wait for as long as the budget requires, and leave the rest of it to rights', async () => {
    const registry = await pinned();
    failing(registry, 'rate-limited', registry.clock.now() + 300_000);
    expect(await registry.fetch(1, commitOf('b'))).toMatchObject({
      status: 503,
      headers: { 'retry-after': '300' },
    });
  });
});

describe('an undecided look-up', () => {
  /** A forge that needs this many steps, each of which takes 4 s. */
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

  it('is answered with a 503 and finished by the queue, and no step is repeated', async () => {
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

  it('has one message in the queue, however often Composer retries meanwhile', async () => {
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

  it('that another worker does sends no message when the time is over', async () => {
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

  it('that the forge fails in continues from there', async () => {
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
    expect(counted.lookUps).toBe(6);
    expect(registry.errors).toEqual([]);
  });
});
