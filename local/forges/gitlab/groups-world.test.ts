import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { projectAccess } from './rights.ts';
import { makeScene } from './test-world.ts';

const file = new URL('../world/groups-world.yaml', import.meta.url);

it('people read in the example world what docs/worlds.md says', async () => {
  const scene = await makeScene(readFileSync(file, 'utf8'));
  const readers = (path: string): string[] =>
    [...scene.state.users.values()]
      .filter((user) => projectAccess(scene, scene.project(path), user).viewsCode)
      .map(({ username }) => username);
  const all = ['alice', 'rita', 'root'];
  const expected: Record<string, string[]> = {
    'acme-labs/platform/ledger': [...all, 'ann', 'carl'],
    'acme-labs/platform/queue': [...all, 'ann', 'carl'],
    'acme-labs/platform/mobile/sdk': [...all, 'ann', 'carl', 'cleo'],
    'acme-labs/vault/keys': all,
    'acme-labs/handbook': [...all, 'sam', 'olga'],
    'acme-labs/open-data': [...all, 'ann', 'carl', 'cleo', 'sam', 'gus'],
  };
  for (const [path, people] of Object.entries(expected)) {
    expect([path, readers(path).sort()]).toEqual([path, people.sort()]);
  }
});
