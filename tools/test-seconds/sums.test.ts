import { expect, it } from 'vitest';
import { folderOf, sumLines } from './sums.ts';

it('a folder is the first two of a path', () => {
  expect(['shared/sync/run/a.test.ts', 'infra/a.test.ts', 'a.test.ts'].map(folderOf)).toEqual([
    'shared/sync',
    'infra',
    '.',
  ]);
});

it('seconds are summed by project and folder, the longest first', () => {
  const file = (project: string, path: string, seconds: number) => ({
    ...{ project, file: path, seconds },
    tests: 2,
    loading: 0.5,
  });
  const lines = sumLines([
    file('parts', 'shared/sync/a.test.ts', 1),
    file('parts', 'test/model/b.test.ts', 3),
    file('parts', 'test/model/c.test.ts', 4),
    file('system', 'test/system/d.test.ts', 10),
  ]);
  expect(lines.map((line) => line.trim().split(/ {2,}/))).toEqual([
    ['tests, s', 'loading, s', 'tests', 'files'],
    ['parts', '8.0', '1.5', '6', '3'],
    ['test/model', '7.0', '1.0', '4', '2'],
    ['shared/sync', '1.0', '0.5', '2', '1'],
    ['system', '10.0', '0.5', '2', '1'],
    ['test/system', '10.0', '0.5', '2', '1'],
    ['all', '18.0', '2.0', '8', '4'],
  ]);
});
