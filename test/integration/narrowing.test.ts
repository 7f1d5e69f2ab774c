/**
 * Rights are withdrawn at once and granted with care: what a verified event says is gone is refused before anything is read of the forge,
 * whose API may lag; and nobody loses for long what the forge never took away. The real adapter on a simulated GitHub, on a stepped clock.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ChangeInput, ChangeName } from '../../local/forges/github/changes.ts';
import { loadClaims } from '../../shared/store/claim-store.ts';
import { type Model, type ModelWorld, startModel } from '../model/sync/model-world.ts';
import { synchronizationId } from '../support/synchronized.ts';

const second = 1000;
const minute = 60 * second;

let model: Model;
let world: ModelWorld;
beforeAll(async () => {
  model = await startModel();
  await model.begin('nested');
}, 60_000);
afterAll(() => model.close());
beforeEach(async () => {
  world = await model.begin('nested');
});

const change = <Name extends ChangeName>(name: Name, input: ChangeInput<Name>): Promise<boolean> =>
  world.change({ name, input });
const acme = { organization: 'acme' };
const lagging = (seconds: number) => world.gitHub.faults.add({ kind: 'lagging-read', seconds });

const apple = 'acme/apple';
const birch = 'acme/birch';
const daisy = 'acme/daisy';

/** Names in the root file of the user or team with that login or slug. */
async function listed(name: string): Promise<readonly string[]> {
  const workItems = [...world.state.users.values(), ...world.state.teams.values()];
  const workItem = workItems.find((one) => ('login' in one ? one.login : one.slug) === name);
  const holder = world.holders.find(({ id }) => id === workItem?.id);
  return (await world.registry.listed(holder?.token ?? '')) ?? [];
}

/** Handles messages, without any answer from the forge, until the user's root file does not list the package any more. */
async function refusedWithoutAnyRead(name: string, what: string): Promise<boolean> {
  expect(await listed(name)).toContain(what);
  const { id } = world.gitHub.faults.add({ kind: 'drop-connection' });
  while ((await listed(name)).includes(what) && (await world.deliver()));
  world.gitHub.faults.remove(id);
  return !(await listed(name)).includes(what);
}

/** How many milliseconds it takes until the condition holds, checked each second of the world's time. */
async function timeUntil(isSo: () => Promise<boolean>, atMostMs: number): Promise<number> {
  const start = world.clock.now();
  while (!(await isSo())) {
    if (world.clock.now() - start > atMostMs) {
      throw new Error(`it is not so after ${atMostMs} ms`);
    }
    await world.pass(second);
  }
  return world.clock.now() - start;
}
const reads = (name: string, what: string) => async () => (await listed(name)).includes(what);
const readsNot = (name: string, what: string) => async () => !(await listed(name)).includes(what);

const inEverybody = { ...acme, team: 'everybody', user: 'bob' };
const removed = () => change('remove-team-member', inEverybody);
const added = () => change('add-team-member', inEverybody);

describe('with an API that lags 40 s, a verified event takes effect before anything is read of the forge', () => {
  it.each([
    ['member removed from team', 'remove-team-member', inEverybody, 'bob', apple],
    [
      'member removed from the organization',
      'remove-organization-member',
      { ...acme, user: 'bob' },
      'bob',
      apple,
    ],
    [
      'member removed from the organization, with what he had himself',
      'remove-organization-member',
      { ...acme, user: 'bob' },
      'bob',
      birch,
    ],
    ['team deleted', 'delete-team', { ...acme, team: 'everybody' }, 'bob', apple],
    ['team deleted, of those below it', 'delete-team', { ...acme, team: 'makers' }, 'dea', birch],
    [
      'right taken from a team',
      'remove-team-repository',
      { ...acme, team: 'everybody', repository: 'acme/apple' },
      'bob',
      apple,
    ],
    [
      'right taken from a parent team',
      'remove-team-repository',
      { ...acme, team: 'everybody', repository: 'acme/apple' },
      'dea',
      apple,
    ],
    [
      'right taken from a parent team, of a token of the child team',
      'remove-team-repository',
      { ...acme, team: 'everybody', repository: 'acme/apple' },
      'makers',
      apple,
    ],
    ['collaborator removed', 'remove-collaborator', { repository: 'acme/birch', user: 'bob' }, 'bob', birch],
    [
      'repository deleted',
      'delete-repository',
      { repository: 'acme/apple', events: 'observed' },
      'bob',
      apple,
    ],
    ['repository deselected', 'select-repositories', { ...acme, repositories: ['daisy'] }, 'bob', apple],
  ] as const)('%s', async (_, name, input, who, what) => {
    lagging(40);
    await change(name, input as never);
    expect(await refusedWithoutAnyRead(who, what)).toBe(true);
    // It does not come back while the API still shows it, and the claim is deleted in the end.
    const isBack = reads(who, what);
    for (let seconds = 0; seconds < 200; seconds += 5) {
      await world.pass(5 * second);
      expect(await isBack()).toBe(false);
    }
    await world.pass(20 * minute);
    expect(await isBack()).toBe(false);
    expect(await loadClaims(world.table, synchronizationId)).toEqual([]);
  });

  it('a repository that is not public any more', async () => {
    world = await model.begin('broad');
    await change('remove-team-member', { ...acme, team: 'crowd', user: 'bob' });
    await world.pass(15 * minute);
    expect(await listed('bob')).toContain(birch);
    lagging(40);
    await change('set-visibility', { repository: 'acme/birch', visibility: 'private' });
    expect(await refusedWithoutAnyRead('bob', birch)).toBe(true);
    await world.pass(20 * minute);
    expect(await listed('bob')).not.toContain(birch);
  });
});

describe('what is removed without an event is withdrawn by the first read that shows it', () => {
  it('a base permission lowered right after another change', async () => {
    await change('set-base-permission', { ...acme, permission: 'read' });
    await world.reconcile();
    await world.pass(second);
    expect(await listed('bob')).toContain(daisy);
    await change('set-base-permission', { ...acme, permission: 'none' });
    await world.reconcile();
    expect(await timeUntil(readsNot('bob', daisy), minute)).toBeLessThanOrEqual(5 * second);
  });

  it('an owner demoted right after another change', async () => {
    await change('set-organization-role', { ...acme, user: 'bob', role: 'owner' });
    await world.reconcile();
    await world.pass(second);
    expect(await listed('bob')).toContain(daisy);
    await change('set-organization-role', { ...acme, user: 'bob', role: 'member' });
    await world.reconcile();
    expect(await timeUntil(readsNot('bob', daisy), minute)).toBeLessThanOrEqual(5 * second);
  });

  it('a stale list right after a grant costs little more than two minutes', async () => {
    await world.pass(15 * minute);
    await change('add-team-member', { ...acme, team: 'makers', user: 'eve' });
    await change('add-organization-member', { ...acme, user: 'eve', role: 'member' });
    await change('add-team-member', { ...acme, team: 'makers', user: 'eve' });
    await world.pass(20 * second);
    expect(await listed('eve')).toContain(birch);
    const { id } = lagging(60);
    await world.reconcile();
    await world.pass(second);
    expect(await listed('eve')).not.toContain(birch);
    world.gitHub.faults.remove(id);
    expect(await timeUntil(reads('eve', birch), 5 * minute)).toBeLessThanOrEqual(150 * second);
  });
});

describe('a right that was given back is there within seconds', () => {
  it('by a verified event and a read that agrees', async () => {
    await removed();
    await world.pass(5 * second);
    expect(await listed('bob')).not.toContain(apple);
    await added();
    expect(await timeUntil(reads('bob', apple), 3 * minute)).toBeLessThanOrEqual(10 * second);
    // The claim is still read again after two minutes, without effect.
    await world.pass(20 * minute);
    expect(await listed('bob')).toContain(apple);
    expect(await loadClaims(world.table, synchronizationId)).toEqual([]);
  });

  it('also when the read after the removal never happened', async () => {
    await removed();
    await added();
    expect(await timeUntil(reads('bob', apple), 3 * minute)).toBeLessThanOrEqual(10 * second);
  });
});

describe('a removal that arrives late, twice, or from the log takes nothing from somebody who is there', () => {
  it('a removal recovered from the log after the person was added again', async () => {
    const { id } = world.gitHub.faults.add({ kind: 'delivery-failed', times: 1 });
    await removed();
    world.gitHub.faults.remove(id);
    await added();
    await world.pass(15 * minute);
    expect(world.recovered).toBe(1);
    expect(await listed('bob')).toContain(apple);
    expect(await loadClaims(world.table, synchronizationId)).toEqual([]);
  });

  it('is never refused meanwhile, if the removal had not been seen', async () => {
    const { id } = world.gitHub.faults.add({ kind: 'delivery-failed', times: 1 });
    await removed();
    world.gitHub.faults.remove(id);
    await added();
    for (let minutes = 0; minutes < 12; minutes++) {
      await world.pass(minute);
      expect(await listed('bob')).toContain(apple);
    }
  });

  it('the same body under a new delivery id', async () => {
    await removed();
    const [delivery] = world.received;
    await world.pass(5 * second);
    await added();
    await world.pass(5 * minute);
    expect(await listed('bob')).toContain(apple);
    // Anybody who has a body can send it again. It takes effect once, since the person was given the right back, …
    const send = async () => {
      if (delivery === undefined) throw new Error('nothing was delivered');
      await world.repeat(delivery);
    };
    await send();
    expect(await refusedWithoutAnyRead('bob', apple)).toBe(true);
    expect(await timeUntil(reads('bob', apple), 3 * minute)).toBeLessThanOrEqual(150 * second);
    // … and never again, since a read showed that it was wrong.
    for (let times = 0; times < 3; times++) {
      await send();
      for (let seconds = 0; seconds < 200; seconds += 20) {
        await world.pass(20 * second);
        expect(await listed('bob')).toContain(apple);
      }
    }
  });

  it("a list that misses a team leaves the team's claimed rows to the team's own read", async () => {
    world = await model.begin('broad');
    const inCrowd = { ...acme, team: 'crowd', user: 'bob' };
    await change('remove-team-member', inCrowd);
    const { id } = world.gitHub.faults.add({ kind: 'delivery-lost' });
    await change('add-team-member', inCrowd);
    world.gitHub.faults.remove(id);
    // Read at once, which is too early to know; the message to read it again is lost.
    await world.work();
    world.registry.loseMessages();
    await world.silence(130 * second);
    // The list misses the team, and the look-up by its id finds it.
    world.forgetful = { what: 'things', requests: 1 };
    await world.reconcile();
    await world.pass(5 * minute);
    expect(await listed('bob')).toContain(apple);
    expect(await loadClaims(world.table, synchronizationId)).toEqual([]);
  });

  it('the same body twice at once is one removal', async () => {
    await removed();
    const [delivery] = world.received;
    if (delivery === undefined) throw new Error('nothing was delivered');
    await added();
    await world.repeat(delivery);
    expect(await timeUntil(reads('bob', apple), 3 * minute)).toBeLessThanOrEqual(130 * second);
  });

  it('a removal and a return that arrive in the opposite order', async () => {
    world.gitHub.faults.add({ kind: 'delivery-reordered', times: 1 });
    await removed();
    await added();
    await world.pass(second);
    expect(await timeUntil(reads('bob', apple), 3 * minute)).toBeLessThanOrEqual(150 * second);
    await world.pass(15 * minute);
    expect(await listed('bob')).toContain(apple);
  });

  it('a removal whose delivery arrives five minutes late', async () => {
    const { id } = world.gitHub.faults.add({ kind: 'delivery-delayed', delayMs: 5 * minute });
    await removed();
    world.gitHub.faults.remove(id);
    await added();
    await world.pass(5 * minute);
    expect(await timeUntil(readsNot('bob', apple), 10 * second)).toBeLessThanOrEqual(5 * second);
    expect(await timeUntil(reads('bob', apple), 3 * minute)).toBeLessThanOrEqual(150 * second);
  });
});

it('the same person removed, added and removed again, with the same bytes', async () => {
  lagging(40);
  await removed();
  await world.pass(minute);
  await added();
  await world.pass(70 * second);
  await removed();
  const [first, , third] = world.received;
  expect(third?.body).toBe(first?.body);
  expect(await refusedWithoutAnyRead('bob', apple)).toBe(true);
  for (let seconds = 0; seconds < 600; seconds += 10) {
    await world.pass(10 * second);
    expect(await listed('bob')).not.toContain(apple);
  }
});

it('a member who becomes an outside collaborator has his rights again within two and a half minutes', async () => {
  await change('remove-organization-member', { ...acme, user: 'bob', keepCollaborations: true });
  expect(await refusedWithoutAnyRead('bob', birch)).toBe(true);
  await world.pass(110 * second);
  expect(await listed('bob')).toEqual([]);
  expect(await timeUntil(reads('bob', birch), 3 * minute)).toBeLessThanOrEqual(40 * second);
  await world.pass(20 * minute);
  expect(await listed('bob')).toEqual([birch]);
  expect(await loadClaims(world.table, synchronizationId)).toEqual([]);
});
