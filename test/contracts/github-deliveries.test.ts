import { afterAll, beforeAll, expect, test } from 'vitest';
import { defaultWorldFile, readWorld } from '../../local/forges/world/read-world.ts';
import type { LoggedAttempt } from '../../shared/forge/forge.ts';
import { codeOf, type GitHub, startGitHub } from './github-fixture.ts';

let gitHub: GitHub;
beforeAll(async () => {
  gitHub = await startGitHub(await readWorld(defaultWorldFile));
});
afterAll(() => gitHub.close());

async function attemptsSince(since: number): Promise<readonly LoggedAttempt[]> {
  const attempts: LoggedAttempt[] = [];
  for await (const page of gitHub.forge.deliveries.attempts(since)) {
    attempts.push(...page);
  }
  return attempts;
}

test('R21: the log of deliveries shows which did not arrive, time-outs included, and their contents', async () => {
  const { simulator, receiver, forge } = gitHub;
  simulator.faults.add({ kind: 'delivery-failed', times: 1 });
  await simulator.changes.run('archive-repository', { repository: 'billing' });
  await simulator.idle();
  const inTime = receiver.received.length;
  await simulator.changes.run('unarchive-repository', { repository: 'billing' });
  await simulator.idle();
  expect(receiver.received.length).toBeGreaterThan(inTime);
  const attempts = await attemptsSince(0);
  const missed = attempts.filter(({ arrived }) => !arrived);
  expect(missed).toHaveLength(1);
  expect(attempts.length).toBeGreaterThan(1);
  const delivery = await forge.deliveries.delivery(missed[0]?.id ?? '');
  expect(delivery).toMatchObject({
    deliveryId: missed[0]?.deliveryId,
    event: 'repository.archived',
    installation: String(gitHub.installation.id),
  });
  expect(delivery.hints.length).toBeGreaterThan(0);
});

test('a failed delivery is shown with its installation, and delivered again at our request', async () => {
  const { simulator, forge, installation } = gitHub;
  simulator.faults.add({ kind: 'delivery-failed', times: 1 });
  await simulator.changes.run('archive-repository', { repository: 'billing' });
  await simulator.idle();
  const { attempts } = await forge.attempts.page(undefined);
  const failed = attempts.find(({ arrived }) => !arrived);
  expect(failed).toMatchObject({
    event: 'repository.archived',
    installation: String(installation.id),
    isRedelivery: false,
  });
  expect(await forge.attempts.attempt(failed?.id ?? '')).toEqual(failed);
  await forge.attempts.redeliver(failed?.id ?? '');
  await simulator.idle();
  const [newest] = (await forge.attempts.page(undefined)).attempts;
  expect(newest).toMatchObject({
    deliveryId: failed?.deliveryId,
    arrived: true,
    status: 202,
    isRedelivery: true,
  });
  expect(await codeOf(forge.attempts.attempt('999999'))).toBe('not-found');
  await simulator.changes.run('unarchive-repository', { repository: 'billing' });
  await simulator.idle();
});

test('the log is read page by page back to a given time', async () => {
  const { simulator } = gitHub;
  for (let round = 0; round < 105; round++) {
    await simulator.changes.run(round % 2 === 0 ? 'archive-repository' : 'unarchive-repository', {
      repository: 'billing',
    });
  }
  await simulator.idle();
  const all = await attemptsSince(0);
  expect(all.length).toBeGreaterThan(105);
  expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
  const times = all.map(({ at }) => at);
  expect(times).toEqual([...times].sort((one, other) => other - one));
  const last = times[0] ?? 0;
  const { attempts, next } = await gitHub.forge.attempts.page(undefined);
  const second = await gitHub.forge.attempts.page(next);
  expect([...attempts, ...second.attempts].map(({ id }) => id)).toEqual(all.map(({ id }) => id));
  const newest = await attemptsSince(last);
  expect(newest.length).toBeGreaterThan(0);
  expect(newest.every(({ at }) => at >= last)).toBe(true);
});

test('a delivery that GitHub no longer keeps is not found', async () => {
  expect(await codeOf(gitHub.forge.deliveries.delivery('999999'))).toBe('not-found');
});
