import { expect, it } from 'vitest';
import { aRepository } from '../../../test/support/api-packages.ts';
import { createApiWorld } from '../../../test/support/api-world.ts';
import { aFact } from '../../../test/support/memory-forge.ts';

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
