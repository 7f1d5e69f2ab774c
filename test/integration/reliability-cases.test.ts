/**
 * Failures that other registries and catalogues that follow a code host have had, each as it would show here: the real adapter on a
 * simulated GitHub, its deliveries and our schedules on a stepped clock, and at the other end what Composer gets with a token.
 * docs/reliability.md lists the cases by these numbers, and the tests of those that are shown elsewhere.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ChangeInput, ChangeName } from '../../local/forges/github/changes.ts';
import { packagesOf } from '../../shared/store/package-store.ts';
import { latestRuns } from '../../shared/store/run-store.ts';
import { listHeld } from '../../shared/store/scope-store.ts';
import { findSynchronization } from '../../shared/store/synchronization-store.ts';
import { type BaseWorldName, sisterId } from '../model/sync/base-worlds.ts';
import { type Model, type ModelWorld, startModel } from '../model/sync/model-world.ts';
import { versionsIn } from '../model/sync/view.ts';
import { organizationId, synchronizationId } from '../support/synchronized.ts';

const minute = 60_000;
const day = 24 * 60 * minute;
/** Between two reconciles, plus the time of a run. */
const reconcileInterval = 10 * minute;
const recoveryInterval = 5 * minute;

let model: Model;
let world: ModelWorld;
beforeAll(async () => {
  model = await startModel();
  // Imports each world once, in advance.
  await model.begin('nested');
  await model.begin('broad');
}, 60_000);
afterAll(() => model.close());
beforeEach(() => begin('nested'));

async function begin(name: BaseWorldName): Promise<void> {
  world = await model.begin(name);
}

const change = <Name extends ChangeName>(name: Name, input: ChangeInput<Name>): Promise<boolean> =>
  world.change({ name, input });
const acme = { organization: 'acme' };
const loseDeliveries = () => world.gitHub.faults.add({ kind: 'delivery-lost' });

/** Names in the root file of the user or team with that login or slug. */
async function listed(name: string): Promise<readonly string[]> {
  const workItems = [...world.state.users.values(), ...world.state.teams.values()];
  const workItem = workItems.find((one) => ('login' in one ? one.login : one.slug) === name);
  const holder = world.holders.find(({ kind, id }) =>
    name === 'everything' ? kind === 'organization' : id === workItem?.id,
  );
  return (await world.registry.listed(holder?.token ?? '')) ?? [];
}

async function everybody(): Promise<Readonly<Record<string, readonly string[]>>> {
  const names = ['bob', 'dea', 'eve', 'makers', 'everything'];
  const lists = await Promise.all(names.map(async (name) => [name, await listed(name)] as const));
  return Object.fromEntries(lists);
}

const apple = 'acme/apple';
const birch = 'acme/birch';
const cedar = 'acme/cedar';
const daisy = 'acme/daisy';
const atRest = {
  bob: [apple, birch, cedar],
  dea: [apple, birch, cedar],
  eve: [apple],
  makers: [apple, birch],
  everything: [apple, birch, cedar, daisy],
};

/** How many milliseconds it takes until the condition holds, checked each second of the world's time. */
async function timeUntil(isSo: () => Promise<boolean>, atMostMs: number): Promise<number> {
  const start = world.clock.now();
  while (!(await isSo())) {
    if (world.clock.now() - start > atMostMs) {
      throw new Error(`it is not so after ${atMostMs} ms`);
    }
    await world.pass(1000);
  }
  return world.clock.now() - start;
}

const versionsOf = async (name: string): Promise<ReadonlyMap<string, string>> => {
  const token = world.holders.find(({ kind }) => kind === 'organization')?.token ?? '';
  const text = await world.registry.get(token, `/acme/p2/${name}.json`);
  return text.startsWith('{') ? versionsIn(text, name) : new Map();
};

it('starts with nothing to do', async () => {
  expect(await everybody()).toEqual(atRest);
});

describe('partial and wrong answers take nothing away', () => {
  it.each([
    ['R1: a page of each list that fails', { kind: 'failing-page' }],
    ['R2: a server that answers 500', { kind: 'server-error', status: 500 }],
    ['R2: a server that answers 502', { kind: 'server-error', status: 502 }],
    ['R2: a credential that is not taken', { kind: 'bad-credential' }],
    ['R8: GraphQL that gives up and answers in part', { kind: 'resource-limits' }],
    ['R10: a 404 for everything', { kind: 'server-error', status: 404 }],
    ['R11: pages that come without their items', { kind: 'short-page', drop: 100 }],
    ['R33: a limit without an end', { kind: 'secondary-limit', retryAfter: 0 }],
    ['R34: an API that was removed', { kind: 'server-error', status: 410 }],
  ] as const)('%s', async (_, fault) => {
    world.gitHub.faults.add({ ...fault });
    // An event causes a read, and so does each reconcile.
    await change('remove-team-member', { ...acme, team: 'others', user: 'dea' });
    await change('remove-team-repository', { ...acme, team: 'everybody', repository: 'acme/apple' });
    await world.pass(65 * minute);
    const { dea, bob, ...others } = await everybody();
    expect(others).toMatchObject({ eve: atRest.eve, everything: atRest.everything });
    expect(dea).toEqual(expect.arrayContaining([birch, cedar]));
    expect(bob).toEqual(expect.arrayContaining([birch, cedar]));
    const [last] = await latestRuns(world.table, synchronizationId, 1);
    expect(last?.scopes.some(({ outcome }) => outcome !== 'whole')).toBe(true);

    world.gitHub.faults.remove();
    // A token that was issued meanwhile lasts an hour.
    await world.pass(65 * minute);
    expect(await everybody()).toEqual({
      ...atRest,
      bob: [birch, cedar],
      dea: [birch, cedar],
      makers: [birch],
    });
  });

  it('R3: an installation that speaks for another organization', async () => {
    const [installation] = world.state.installations.values();
    if (installation === undefined) throw new Error('no installation');
    world.state.installations.set(installation.id, { ...installation, organizationId: sisterId });
    await world.pass(3 * reconcileInterval);
    expect(await everybody()).toEqual(atRest);
  });

  it('R4: a dead credential freezes the rights and is reported, and after a week access is suspended', async () => {
    await change('uninstall-app', acme);
    await world.pass(reconcileInterval);
    const state = await findSynchronization(world.table, synchronizationId);
    expect(state).toMatchObject({ credentialState: 'credential-rejected' });
    await world.silence(6 * day);
    await world.pass(reconcileInterval);
    expect(await everybody()).toEqual(atRest);
    await world.silence(day);
    await world.pass(reconcileInterval);
    expect(await everybody()).toEqual({ ...atRest, bob: [], dea: [], eve: [], makers: [] });
    await change('install-app', acme);
    await world.pass(2 * reconcileInterval);
    expect(await everybody()).toEqual(atRest);
  });

  it('R11: removals of lists that are far too short, with matching totals, are held for an owner', async () => {
    await begin('broad');
    const before = await Promise.all(['bob', 'cid', 'leo', 'crowd'].map(listed));
    world.forgetful = { what: 'people', requests: 1000 };
    await world.pass(3 * reconcileInterval);
    expect(await Promise.all(['bob', 'cid', 'leo', 'crowd'].map(listed))).toEqual(before);
    expect((await listHeld(world.table, synchronizationId)).map(({ scope }) => scope)).toContain('members');
    world.forgetful = undefined;
    await world.pass(2 * reconcileInterval);
    expect(await listHeld(world.table, synchronizationId)).toEqual([]);
    expect(await Promise.all(['bob', 'cid', 'leo', 'crowd'].map(listed))).toEqual(before);
  });
});

describe('names and ids', () => {
  it.each(['told', 'not told'])(
    'R6: a repository that takes the name of another is a different one, %s',
    async (how) => {
      if (how === 'not told') {
        loseDeliveries();
      }
      const [first] = world.state.repositories.values();
      const numberOf = async (name: string) =>
        (await packagesOf(world.table, organizationId)).find((one) => one.name === name)?.number;
      const number = await numberOf(apple);
      await change('rename-repository', { repository: 'acme/apple', to: 'pear' });
      await change('create-repository', { ...acme, name: 'apple', visibility: 'private' });
      const second = [...world.state.repositories.values()].find(({ name }) => name === 'apple');
      expect(second?.id).not.toBe(first?.id);
      await change('set-refs', {
        repository: 'acme/apple',
        refs: { 'refs/heads/main': world.pool.named('acme/elder')[0]?.id ?? '' },
      });
      await world.pass(2 * reconcileInterval);
      expect(await everybody()).toEqual({ ...atRest, everything: [...atRest.everything, 'acme/elder'] });
      expect(await numberOf(apple)).toBe(number);
    },
  );
});

describe('access', () => {
  it('R12: somebody who was removed is refused within 10 s of the event, or by the next reconcile without one', async () => {
    const isRefused = (name: string) => async () => (await listed(name)).length === 0;
    await change('remove-organization-member', { ...acme, user: 'bob' });
    expect(await timeUntil(isRefused('bob'), reconcileInterval)).toBeLessThanOrEqual(10_000);
    loseDeliveries();
    await change('remove-organization-member', { ...acme, user: 'dea' });
    expect(await timeUntil(isRefused('dea'), 2 * reconcileInterval)).toBeLessThanOrEqual(
      reconcileInterval + 10_000,
    );
    expect(await everybody()).toEqual({ ...atRest, bob: [], dea: [] });
  });

  it('R13: a team inherits from all its ancestors for as long as it is below them', async () => {
    // dea is in menders, below makers, below everybody.
    expect(await listed('dea')).toEqual([apple, birch, cedar]);
    await change('set-team-parent', { ...acme, team: 'makers', parent: null, silent: true });
    await world.pass(2 * reconcileInterval);
    expect(await everybody()).toEqual({ ...atRest, dea: [birch, cedar], makers: [birch] });
  });

  it('R14: somebody who is only invited is no member', async () => {
    await change('add-organization-member', { ...acme, user: 'max', role: 'owner', pending: true });
    await world.pass(reconcileInterval);
    await expect(world.registry.issue({ kind: 'member', login: 'max' })).rejects.toThrow('max');
  });

  it('R18: a changed base permission or role is found by the reconcile, since it has no event', async () => {
    await change('set-base-permission', { ...acme, permission: 'read' });
    expect(
      await timeUntil(async () => (await listed('bob')).includes(daisy), 2 * reconcileInterval),
    ).toBeLessThanOrEqual(reconcileInterval + 10_000);
    expect(await listed('eve')).toEqual([apple]);
    await world.pass(recoveryInterval);
    await change('set-base-permission', { ...acme, permission: 'none' });
    await world.pass(2 * reconcileInterval);
    expect(await everybody()).toEqual(atRest);
    await change('set-organization-role', { ...acme, user: 'dea', role: 'owner' });
    await world.pass(reconcileInterval + 10_000);
    expect(await everybody()).toEqual({ ...atRest, dea: atRest.everything });
  });
});

describe('deliveries that are lost, doubled and out of order', () => {
  const commit = () => world.pool.named(apple)[1]?.id ?? '';
  const pushTags = (...names: string[]) =>
    change('set-refs', {
      repository: 'acme/apple',
      refs: Object.fromEntries(names.map((name) => [`refs/tags/${name}`, commit()])),
    });

  it('R20: four tags at once, which have no event, are found by the reconcile', async () => {
    await pushTags('3.0.0', '3.0.1', '3.0.2', '3.0.3');
    await world.pass(reconcileInterval + 10_000);
    expect([...(await versionsOf(apple)).keys()]).toEqual(
      expect.arrayContaining(['3.0.0', '3.0.1', '3.0.2', '3.0.3']),
    );
  });

  it('R21: deliveries that did not arrive are recovered from the log, time-outs included', async () => {
    world.gitHub.faults.add({ kind: 'delivery-failed' });
    await change('remove-organization-member', { ...acme, user: 'bob' });
    await pushTags('3.0.0');
    // The cause of the run tells it apart from a reconcile.
    await world.pass(recoveryInterval + 10_000);
    expect(await listed('bob')).toEqual([]);
    expect((await versionsOf(apple)).get('3.0.0')).toBe(commit());
    const runs = await latestRuns(world.table, synchronizationId, 10);
    expect(runs[0]?.scopes.map(({ cause }) => cause)).not.toContain('schedule');
  });

  it('R23: a delivery that arrives twice takes effect once', async () => {
    world.gitHub.faults.add({ kind: 'delivery-doubled' });
    const before = (await latestRuns(world.table, synchronizationId, 100)).length;
    await change('remove-team-member', { ...acme, team: 'others', user: 'bob' });
    await world.pass(4_000);
    expect((await latestRuns(world.table, synchronizationId, 100)).length).toBe(before + 1);
    await world.pass(reconcileInterval);
    expect(await everybody()).toEqual(atRest);
  });

  it("R24: deliveries in another order lead to the forge's current state", async () => {
    world.gitHub.faults.add({ kind: 'delivery-reordered', times: 1 });
    await change('add-team-member', { ...acme, team: 'makers', user: 'bob' });
    await change('remove-team-member', { ...acme, team: 'makers', user: 'bob' });
    await change('remove-collaborator', { repository: 'acme/birch', user: 'bob' });
    await world.pass(4 * minute);
    expect(await everybody()).toEqual({ ...atRest, bob: [apple, cedar] });
  });

  it('R25: a push whose payload is too large to be sent is found by the reconcile', async () => {
    // GitHub drops it and does not log it: https://docs.github.com/en/webhooks/webhook-events-and-payloads
    loseDeliveries();
    await pushTags('3.0.0');
    await change('set-refs', { repository: 'acme/apple', refs: { 'refs/tags/1.0.0': null } });
    await world.pass(reconcileInterval + 10_000);
    const versions = await versionsOf(apple);
    expect(versions.get('3.0.0')).toBe(commit());
    expect(versions.has('1.0.0')).toBe(false);
  });
});

describe('the app and its limits', () => {
  it('R27: an app that is suspended during a read takes nothing away', async () => {
    let requests = 0;
    world.onRequest = async () => {
      if (requests++ === 3) {
        await change('suspend-app', acme);
      }
    };
    await world.pass(2 * reconcileInterval);
    expect(await everybody()).toEqual(atRest);
    expect(await findSynchronization(world.table, synchronizationId)).toMatchObject({
      credentialState: 'credential-rejected',
    });
    await change('unsuspend-app', acme);
    await world.pass(2 * reconcileInterval);
    expect(await everybody()).toEqual(atRest);
  });

  it('R27: what is outside of a narrowed selection is inaccessible at once, and comes back under its number', async () => {
    const numbers = async () =>
      new Map((await packagesOf(world.table, organizationId)).map(({ name, number }) => [name, number]));
    const before = await numbers();
    await change('select-repositories', { ...acme, repositories: ['daisy'] });
    await world.pass(minute);
    expect(await everybody()).toEqual({ bob: [], dea: [], eve: [], makers: [], everything: [daisy] });
    expect(await numbers()).toEqual(before);
    await world.pass(reconcileInterval);
    await change('select-repositories', { ...acme, repositories: 'all' });
    await world.pass(2 * reconcileInterval);
    expect(await everybody()).toEqual(atRest);
    expect(await numbers()).toEqual(before);
  });

  it('R29: a limit that one run meets is kept by all, and they continue when it ends', async () => {
    world.gitHub.faults.add({ kind: 'rate-limit', times: 1, match: { surface: 'graphql' } });
    await change('remove-organization-member', { ...acme, user: 'bob' });
    await change('remove-team-repository', { ...acme, team: 'makers', repository: 'acme/birch' });
    await world.pass(20_000);
    const asked = () =>
      Object.entries(world.gitHub.requests.summary().counts)
        .filter(([what]) => what.includes('graphql'))
        .reduce((sum, [, count]) => sum + count, 0);
    const before = asked();
    await world.pass(40 * minute);
    expect(asked()).toBe(before);
    // GitHub's primary limit lasts up to an hour.
    await world.pass(25 * minute);
    expect(await everybody()).toEqual({ ...atRest, bob: [], dea: [apple, cedar], makers: [apple] });
  });

  it('R31: a token that is refused during a run is replaced', async () => {
    const before = (await latestRuns(world.table, synchronizationId, 100)).length;
    world.gitHub.faults.add({ kind: 'bad-credential', times: 1, after: 1, match: { surface: 'graphql' } });
    await world.reconcile();
    await world.work();
    const runs = await latestRuns(world.table, synchronizationId, 100);
    expect(runs.length).toBe(before + 1);
    expect(runs[0]?.scopes.every(({ outcome }) => outcome === 'whole')).toBe(true);
  });
});
