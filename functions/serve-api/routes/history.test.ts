import { expect, it } from 'vitest';
import { noteRun } from '../../../shared/store/audit-log.ts';
import { noteChanges } from '../../../shared/store/run-store.ts';
import { type ApiWorld, createApiWorld } from '../../../test/support/api-world.ts';
import { apiPrefix } from '../../../test/support/documented-answers.ts';
import { aFact } from '../../../test/support/memory-forge.ts';
import { organizationId, synchronizationId } from '../../../test/support/synchronized.ts';

const history = '/organizations/acme/history';
const delivery = '0b7c1f3e-delivery';

/** A run that a delivery asked for has removed a member. */
async function worldWithRun(): Promise<ApiWorld> {
  const world = await createApiWorld();
  const scopes = [{ scope: 'members' as const, cause: 'webhook organization', delivery, outcome: 'whole' }];
  const progress = { number: 7, startedAt: world.now(), requests: 1, scopes };
  const counts = { add: 0, update: 0, remove: 1 };
  const before = aFact.member(50);
  const changes = [{ kind: 'remove' as const, before, evidence: ['list', 'event'] as const }];
  const of = { id: synchronizationId, organization: organizationId, login: 'acme' };
  await world.table.transact([
    ...noteChanges(synchronizationId, progress, 0, { counts, changes }, world.now()),
    noteRun(of, { number: 7, at: world.now(), scopes, counts }),
  ]);
  world.advance(1000);
  const stop = { method: 'POST', path: '/organizations/acme/stop-access', body: { why: 'a leak' } };
  await world.ask('owner', stop);
  return world;
}

it('what a code host changed is in the history, by time, with the delivery, and leads to the changes', async () => {
  const world = await worldWithRun();
  const { items } = (await world.ask('owner', { path: history })).body;
  expect(items.map(({ act }: { act: string }) => act)).toEqual(['stop-access', 'run']);
  expect(items[1]).toMatchObject({
    by: 'acme',
    why: 'webhook organization',
    actor: { kind: 'synchronization', id: synchronizationId },
    from: { delivery },
    run: { number: 7, counts: { add: 0, update: 0, remove: 1 }, deliveries: [delivery] },
  });
  const changes = await world.ask('owner', { path: items[1].run.changes.slice(apiPrefix.length) });
  expect(changes.body.items).toEqual([expect.stringContaining('user-50')]);
});

it.each([
  ['source=synchronization', ['run']],
  [`delivery=${delivery}`, ['run']],
  ['act=run', ['run']],
  ['source=user', ['stop-access']],
  ['delivery=another', []],
])('is filtered by %s, in the export too', async (query, acts) => {
  const world = await worldWithRun();
  const { items } = (await world.ask('owner', { path: `${history}?${query}` })).body;
  const { text } = await world.ask('owner', { path: `${history}/export?${query}` });
  const lines = text.split('\n').filter((line) => line !== '');
  expect(items.map(({ act }: { act: string }) => act)).toEqual(acts);
  expect(lines.map((line) => JSON.parse(line))).toEqual(items);
});
