/** Runs of a synchronization with the simulated GitLab: its layout, with members and teams in one list, goes through the engine. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { asId, type ForgeRepositoryId } from '../../shared/domain/ids.ts';
import { namesIn } from '../../shared/domain/scopes.ts';
import { gitLab } from '../../shared/forge/gitlab/module.ts';
import { describeScope } from '../../shared/organizations/scope-progress.ts';
import { latestRuns } from '../../shared/store/run-store.ts';
import { scansOf } from '../../shared/store/scan-store.ts';
import { listHeld, scopeStates } from '../../shared/store/scope-store.ts';
import { findSynchronization } from '../../shared/store/synchronization-store.ts';
import { type GitLab, startGitLab } from '../contracts/gitlab-fixture.ts';
import { createForgeReads, type ForgeReads } from '../support/forge-reads.ts';
import { synchronizationId } from '../support/synchronized.ts';

const layout = gitLab.traits.scopes;
const lists = namesIn(layout);
let lab: GitLab;
let reads: ForgeReads;
let table: ForgeReads['table'];
beforeEach(async () => {
  lab = await startGitLab();
  reads = await createForgeReads(lab, gitLab.traits);
  ({ table } = reads);
});
afterEach(() => lab.close());

const sync: ForgeReads['sync'] = (...scopes) => reads.sync(...scopes);
const stored = () => reads.stored();
const keysNow = () => reads.keysNow();
const held = () => listHeld(table, synchronizationId);
const id = (path: string): string => String(lab.gitlab.group(path).id);
const user = (login: string): string => String(lab.gitlab.user(login).id);

test('what is read is stored, and a run that finds nothing new changes nothing', async () => {
  await sync(...lists);
  const before = await stored();
  expect(new Set(before.map(({ kind }) => kind))).toEqual(
    new Set(['settings', 'member', 'team', 'team-member', 'team-repository', 'repository']),
  );
  lab.simulator.requests.clear();
  await sync(...lists);
  expect(await stored()).toEqual(before);
  const { counts } = lab.simulator.requests.summary();
  expect(Object.keys(counts).filter((key) => !/^GET|graphql/.test(key))).toEqual([]);
  const [last] = await latestRuns(table, synchronizationId, 1);
  expect(last?.scopes.map(({ outcome }) => outcome)).toEqual(lists.map(() => 'whole'));
});

test('a member who leaves a subgroup is gone after one read of that group', async () => {
  await sync(...lists);
  const key = `team-member#${user('ann')}#${id('acme/core')}`;
  expect(await keysNow()).toContain(key);
  await lab.simulator.changes.run('remove-member', { source: 'acme/core', user: 'ann' });
  await sync(`team:${id('acme/core')}`);
  expect(await keysNow()).not.toContain(key);
  // Without the place the member has no right left; the list ends the membership.
  await sync(...lists);
  expect(await keysNow()).not.toContain(`member#${user('ann')}`);
  expect(await held()).toEqual([]);
});

test('a new subgroup with its projects gives its members and those above their rights', async () => {
  await sync(...lists);
  const { changes } = lab.simulator;
  await changes.run('create-group', { parent: 'acme/core', path: 'deep' });
  await changes.run('create-project', { group: 'acme/core/deep', path: 'well' });
  await changes.run('set-member', { source: 'acme/core/deep', user: 'bob', level: 'developer' });
  await sync(...lists);
  const [project, deep] = [String(lab.gitlab.project('acme/core/deep/well').id), id('acme/core/deep')];
  expect(await keysNow()).toEqual(
    expect.arrayContaining([
      `team-member#${user('bob')}#${deep}`,
      `team-repository#${deep}#${project}`,
      `team-repository#${id('acme/core')}#${project}#${deep}`,
      `team-repository#${id('acme')}#${project}#${deep}`,
    ]),
  );
});

test('a group that was deleted takes its rights with it, and nothing of it is held', async () => {
  await sync(...lists);
  const core = id('acme/core');
  await lab.simulator.changes.run('delete', { source: 'acme/core', now: true });
  await sync(...lists);
  await sync(...lists);
  expect((await keysNow()).filter((key) => key.split('#').includes(core))).toEqual([]);
  expect(await held()).toEqual([]);
});

test.each(['17.11', '19.5'])(
  'projects of a group that waits for its deletion are archived until it is restored, in %s',
  async (version) => {
    const { changes } = lab.simulator;
    await changes.run('set-variant', { version });
    await sync(...lists);
    const repository = asId<ForgeRepositoryId>(lab.gitlab.project('acme/core/money').id);
    const archived = async () =>
      (await stored()).some(
        (fact) => fact.kind === 'repository' && fact.repository === repository && fact.archived,
      );
    expect(await archived()).toBe(false);
    const group = lab.gitlab.group('acme/core');
    await changes.run('delete', { source: 'acme/core' });
    await sync(...lists);
    expect(await archived()).toBe(true);
    await sync(`repository:${repository}`);
    expect(await archived()).toBe(true);
    await changes.run('restore', { source: `acme/${group.path}` });
    await sync(...lists);
    expect(await archived()).toBe(false);
  },
);

test('people of a private group that our credential does not see are shown as a difference, once, until it sees them', async () => {
  await sync(...lists);
  const warning = "the code host's list of readers differs from its memberships";
  expect(reads.warned, 'of each of three projects').toEqual([warning, warning, warning]);
  const differences = async () => {
    const state = (await scopeStates(table, synchronizationId)).get('members');
    return describeScope(state, lab.clock.now()).differences?.map(({ why }) => why);
  };
  const why = 'GitLab lists as readers of acme/core/money, but who reads nothing here: carl';
  expect(await differences()).toContain(why);
  expect(await keysNow()).not.toContain(`team-member#${user('carl')}#${id('acme/core')}#${id('partners')}`);

  reads.warned.length = 0;
  lab.clock.step(10 * 60_000);
  await sync('members');
  expect(await differences()).toHaveLength(3);
  expect(reads.warned).toEqual([]);

  await lab.simulator.changes.run('set-visibility', { source: 'partners', visibility: 'public' });
  lab.clock.step(10 * 60_000);
  await sync('members');
  expect(await differences()).toBeUndefined();
});

test('R3, R11: a credential that no longer owns a public group, and so sees only what is public, takes nothing away', async () => {
  const { changes } = lab.simulator;
  for (const source of ['acme', 'acme/core'])
    await changes.run('set-visibility', { source, visibility: 'public' });
  await changes.run('set-member', { source: 'acme', user: 'bob', level: 'owner' });
  await sync(...lists);
  const before = await keysNow();
  expect(before.filter((key) => key.startsWith('repository#'))).toHaveLength(3);
  await changes.run('remove-member', { source: 'acme', user: 'alice', as: 'bob' });
  await sync(...lists);
  await sync('members', 'repositories');
  await sync(`repository:${lab.gitlab.project('acme/core/money').id}`, `team:${id('acme/core')}`);
  expect(await keysNow()).toEqual(before);
});

test.each(['/groups/{id}/descendant_groups', '/groups/{id}/projects'])(
  'R1: a run whose list %s fails on a page takes nothing away, also what is really gone',
  async (list) => {
    await sync(...lists);
    const before = await keysNow();
    const { changes, faults } = lab.simulator;
    await changes.run('remove-member', { source: 'acme/core', user: 'ann' });
    await changes.run('delete', { source: 'acme/core/clock', now: true });
    const fault = faults.add({ kind: 'failing-page', match: { list } });
    await sync(...lists);
    expect(fault.struck).toBeGreaterThan(0);
    expect(before.filter((key) => key.startsWith('repository#'))).toEqual(
      (await keysNow()).filter((key) => key.startsWith('repository#')),
    );
    faults.remove();
    await sync(...lists);
    expect(await keysNow()).not.toContain(`team-member#${user('ann')}#${id('acme/core')}`);
  },
);

test('R20, R25: pushes that no event tells of are scanned after the next read, also a second one within the hour', async () => {
  await sync(...lists);
  const money = String(lab.gitlab.project('acme/core/money').id);
  const requested = async () =>
    (await scansOf(table, synchronizationId)).find(({ repository }) => repository === money)?.wanted;
  const push = (text: string) =>
    lab.simulator.changes.run('push', {
      ...{ project: 'acme/core/money', history: [{ manifest: { name: 'acme/money', description: text } }] },
    });
  await push('first');
  lab.clock.step(600_000);
  await sync(...lists);
  const before = await requested();
  const told = lab.gitlab.project('acme/core/money').lastActivityAt;
  await push('second');
  expect(lab.gitlab.project('acme/core/money').lastActivityAt).toBe(told);
  lab.clock.step(600_000);
  await sync(...lists);
  expect(await requested()).toBeGreaterThan(before ?? 0);
});

test.each([1, 3, 6, 9])(
  'R30: a token that ends after %i requests of a run takes nothing away, ends it in a named state, and it goes on with a new one',
  async (after) => {
    await sync(...lists);
    const before = await keysNow();
    const { changes, faults } = lab.simulator;
    await changes.run('remove-member', { source: 'acme/core', user: 'ann' });
    await changes.run('delete', { source: 'acme/core/clock', now: true });
    // From then on every request is answered as for a token that has ended, also with what a renewal issues.
    const fault = faults.add({ kind: 'bad-credential', after });
    await sync(...lists);
    expect(fault.struck).toBeGreaterThan(0);
    expect(await keysNow()).toEqual(before);
    expect(await findSynchronization(table, synchronizationId)).toMatchObject({
      credentialState: 'credential-rejected',
    });
    const { contents } = await lab.open();
    const money = { repository: asId<ForgeRepositoryId>(lab.gitlab.project('acme/core/money').id) };
    await expect(contents.readRefs(money)).rejects.toMatchObject({ code: 'credential-rejected' });

    faults.remove();
    await lab.useGrant('alice');
    await sync(...lists);
    await sync(...lists);
    expect(await findSynchronization(table, synchronizationId)).toMatchObject({ credentialState: 'working' });
    expect(await keysNow()).not.toContain(`team-member#${user('ann')}#${id('acme/core')}`);
    expect((await (await lab.open()).contents.readRefs(money)).tags.length).toBeGreaterThan(0);
  },
);
