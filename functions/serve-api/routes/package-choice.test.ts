import { expect, it } from 'vitest';
import { keys } from '../../../shared/store/keys.ts';
import { aPackage, aRepository, repositoryIdOf } from '../../../test/support/api-packages.ts';
import { createApiWorld } from '../../../test/support/api-world.ts';
import { aFact, repository } from '../../../test/support/memory-forge.ts';
import { synchronizationId } from '../../../test/support/synchronized.ts';

it('the history names 100 of the repositories that become packages, and says how many more there were', async () => {
  const world = await createApiWorld();
  const ids = Array.from({ length: 103 }, (_, place) => 1000 + place);
  await world.table.transact(ids.slice(0, 90).map(aRepository));
  await world.table.transact(ids.slice(90).map(aRepository));
  const repositories = ids.map((id) => aFact.repository(id).fullName);
  const answer = await world.ask('owner', {
    method: 'POST',
    path: '/organizations/acme/packages',
    body: { repositories },
  });
  expect(answer.body.chosen).toBe(103);
  const { items } = (await world.ask('owner', { path: '/organizations/acme/history' })).body;
  expect(items).toMatchObject([
    { subject: '103 repositories', after: { repositories: repositories.slice(0, 100), more: 3 } },
  ]);
});

it('repositories without a package are listed with the reason, and by it', async () => {
  const world = await createApiWorld();
  const scanned = (id: number, found: object) => ({
    put: keys.scan(synchronizationId, repository(id)),
    item: { wanted: 1, done: 1, lastScannedAt: 1, ...found },
  });
  const fork = { name: 'acme/fork', directory: '', reason: 'fork' };
  await world.table.transact([
    ...[5, 6, 7, 8].map(aRepository),
    ...aPackage(5, 'acme/one'),
    scanned(5, {}),
    scanned(6, { waiting: [fork] }),
    scanned(7, { skipped: [{ ref: 'branch main', reason: 'has no composer.json' }] }),
  ]);
  const list = async (query = '') =>
    (await world.ask('owner', { path: `/organizations/acme/repositories?package=none${query}` })).body.items;
  expect(await list()).toMatchObject([
    { id: repositoryIdOf(6), reason: 'fork', leftOut: 0 },
    { id: repositoryIdOf(7), reason: 'no-manifest', leftOut: 1 },
    { id: repositoryIdOf(8) },
  ]);
  expect(await list('&reason=fork')).toMatchObject([{ id: repositoryIdOf(6) }]);
  expect(await list('&reason=not-chosen')).toEqual([]);
});
