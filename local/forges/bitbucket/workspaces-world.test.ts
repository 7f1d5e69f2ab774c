import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { permissionRows } from './rights.ts';
import { makeScene } from './test-world.ts';

const file = new URL('../world/workspaces-world.yaml', import.meta.url);

it('the example is read by those whom docs/worlds.md names', async () => {
  const scene = await makeScene(await readFile(file, 'utf8'));
  const repositories = [...scene.state.repositories.values()];
  const rows = permissionRows(scene, repositories, { projects: true });
  const byPerson = Object.groupBy(rows, ({ account }) => account.nickname);
  const slugs = Object.entries(byPerson).map(([nickname, found = []]) => [
    nickname,
    found.map(({ repository }) => repository.slug).sort(),
  ]);
  expect(Object.fromEntries(slugs)).toEqual({
    alice: ['icons', 'invoices', 'numbers', 'payroll', 'theme'],
    ann: ['invoices', 'numbers'],
    bob: ['icons', 'invoices', 'theme'],
    olga: ['theme'],
    // Deactivated, for 14 days.
  });
});
