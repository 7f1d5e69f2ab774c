import { expect, it } from 'vitest';
import { treeOf } from './tree.ts';

const team = (id: string, parent?: string) => ({
  ...{ id, name: id, slug: id, from: 'code-host' as const, rights: [] },
  ...(parent === undefined ? {} : { parent }),
});

it('puts each team after the one above it, by name', () => {
  const teams = [
    team('web', 'core'),
    team('ops'),
    team('core'),
    team('api', 'core'),
    team('alone', 'not-read'),
  ];
  expect(treeOf(teams).map(({ id, depth }) => `${depth} ${id}`)).toEqual([
    '0 alone',
    '0 core',
    '1 api',
    '1 web',
    '0 ops',
  ]);
});
