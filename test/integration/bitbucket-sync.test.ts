/** Runs of a synchronization with the simulated Bitbucket, and the reliability cases that its API brings. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { namesIn } from '../../shared/domain/scopes.ts';
import { bitbucket } from '../../shared/forge/bitbucket/module.ts';
import { scansOf } from '../../shared/store/scan-store.ts';
import { listHeld } from '../../shared/store/scope-store.ts';
import { findSynchronization } from '../../shared/store/synchronization-store.ts';
import { type Bitbucket, startBitbucket } from '../contracts/bitbucket-fixture.ts';
import { createForgeReads, type ForgeReads } from '../support/forge-reads.ts';
import { synchronizationId } from '../support/synchronized.ts';

const layout = bitbucket.traits.scopes;
const lists = namesIn(layout);
let at: Bitbucket;
let reads: ForgeReads;
let table: ForgeReads['table'];
beforeEach(async () => {
  at = await startBitbucket();
  reads = await createForgeReads(at, bitbucket.traits);
  ({ table } = reads);
});
afterEach(() => at.close());

const sync: ForgeReads['sync'] = (...scopes) => reads.sync(...scopes);
const keysNow = () => reads.keysNow();
const state = async () => (await findSynchronization(table, synchronizationId))?.credentialState;
const account = (login: string) => at.cloud.account(login).uuid;
const change: Bitbucket['simulator']['changes']['run'] = (kind, input) =>
  at.simulator.changes.run(kind, input);

test('what is read is stored, and a run that finds nothing new writes no fact', async () => {
  await sync(...lists);
  const before = await keysNow();
  expect(new Set(before.map((key) => key.split('#')[0]))).toEqual(
    new Set<string>(layout.flatMap(({ kinds }) => kinds)),
  );
  const items = () => [...table.dump()].filter(([key]) => key.includes('FACT')).map(([, item]) => item);
  const facts = items();
  await sync(...lists);
  expect(items()).toEqual(facts);
});

test('R12, R18: whoever left, of which no hook tells, is gone with all rows after one read of each list', async () => {
  await sync(...lists);
  const of = async () => (await keysNow()).filter((key) => key.split('#').includes(account('ann')));
  expect((await of()).length).toBeGreaterThan(1);
  await change('remove-member', { user: 'ann' });
  await sync(...lists);
  expect([await of(), await listHeld(table, synchronizationId)]).toEqual([[], []]);
});

describe('R1: a run that fails on a page takes nothing away, also what is really gone', () => {
  test.each([
    '/2.0/workspaces/{workspace}/permissions',
    '/2.0/repositories/{workspace}',
    '/2.0/workspaces/{workspace}/permissions/repositories',
  ])('%s', async (list) => {
    await sync(...lists);
    const before = await keysNow();
    await change('remove-member', { user: 'ann' });
    const fault = at.simulator.faults.add({ kind: 'failing-page', match: { list } });
    await sync(...lists);
    expect(fault.struck).toBeGreaterThan(0);
    const kind = list.endsWith('permissions')
      ? 'member#'
      : list.includes('permissions')
        ? 'collaborator#'
        : 'repository#';
    const ofKind = (keys: readonly string[]) => keys.filter((key) => key.startsWith(kind));
    expect(ofKind(await keysNow())).toEqual(ofKind(before));
  });
});

describe('takes nothing away', () => {
  test('R3, R11: a credential that administers the workspace no more, and would see less', async () => {
    await sync(...lists);
    const before = await keysNow();
    await change('set-member', { user: 'ann', role: 'owner' });
    await change('set-member', { user: 'alice', role: 'member' });
    await sync(...lists);
    expect([await keysNow(), await state()]).toEqual([before, 'insufficient-scope']);
  });

  test.each([
    ['an API that was removed', { kind: 'removed-api' }, 'gone'],
    ['an account that was taken for spam', { kind: 'taken-for-spam' }, 'credential-rejected'],
  ] as const)('R34: 410 of %s', async (_what, fault, then) => {
    await sync(...lists);
    const before = await keysNow();
    at.simulator.faults.add({ ...fault, match: { surface: 'rest' } });
    await sync(...lists);
    expect([await keysNow(), await state()]).toEqual([before, then]);
    at.simulator.faults.remove();
    await sync(...lists);
    expect([await keysNow(), await state()]).toEqual([before, 'working']);
  });

  test('R10: a workspace that is not found for a while', async () => {
    await sync(...lists);
    const before = await keysNow();
    at.simulator.faults.add({ kind: 'false-not-found' });
    await sync(...lists);
    at.clock.step(45 * 60_000);
    await sync(...lists);
    expect([await keysNow(), await state()]).toEqual([before, 'working']);
    // No outage was that long: its owner is told.
    at.clock.step(20 * 60_000);
    await sync(...lists);
    expect([await keysNow(), await state()]).toEqual([before, 'organization-not-found']);
    at.simulator.faults.remove();
    await sync('members');
    expect([await keysNow(), await state()]).toEqual([before, 'working']);
  });
});

test('R20, R25: a push whose payload is too large to be sent is scanned after the next read', async () => {
  await sync(...lists);
  const { uuid } = at.cloud.repository('acme/money');
  const wanted = async () =>
    (await scansOf(table, synchronizationId)).find(({ repository }) => repository === uuid)?.wanted ?? 0;
  const before = await wanted();
  at.cloud.receiver.received.splice(0);
  const hook = { url: at.cloud.receiver.url, secret: 'secret', events: ['repo:push'] };
  await at.cloud.json('alice', '/2.0/workspaces/acme/hooks', { method: 'POST', body: JSON.stringify(hook) });
  const message = 'x'.repeat(300 * 1024);
  await change('push', {
    repository: 'acme/money',
    history: [{ message, files: { 'A.md': 'a' }, tags: ['9.0.0'] }],
  });
  await at.simulator.idle();
  expect(at.cloud.receiver.received).toEqual([]);
  await sync('repositories');
  expect(await wanted()).toBeGreaterThan(before);
});
