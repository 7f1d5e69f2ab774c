import { expect, it } from 'vitest';
import { addPackages, repositoryIdOf } from '../../../test/support/api-packages.ts';
import { createApiWorld } from '../../../test/support/api-world.ts';

const path = (repository: number): string =>
  `/organizations/acme/repositories/${repositoryIdOf(repository)}/left-out`;

it('refs of a repository that give no version are listed in pages', async () => {
  const world = await createApiWorld();
  await addPackages(world.table);
  const first = await world.ask('owner', { path: `${path(5)}?limit=1` });
  expect(first.body).toMatchObject({
    repository: 'acme/repository-5',
    scannedAt: '1970-01-01T00:00:00.001Z',
    count: 2,
    items: [{ ref: 'tag nightly', reason: '"nightly" is not a version number.' }],
  });
  const { body } = await world.ask('owner', { path: `${path(5)}?limit=1&cursor=${first.body.next}` });
  expect([body.items.length, body.next]).toEqual([1, undefined]);
});

it.each([
  [7, 409, 'too-early'],
  [8, 404, 'not-found'],
])('are none of repository %i, which was not scanned or is not there', async (repository, status, code) => {
  const world = await createApiWorld();
  await addPackages(world.table);
  const answer = await world.ask('owner', { path: path(repository) });
  expect([answer.status, answer.body.code]).toEqual([status, code]);
});
