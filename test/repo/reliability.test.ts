import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';

const text = await readFile('docs/reliability.md', 'utf8');
const rows = [...text.matchAll(/^\| (R\d+) \|[^|]*\| (.*) \|$/gm)].map(([, name = '', shown = '']) => ({
  name,
  files: [...shown.matchAll(/`([^`]+)`/g)].map(([, file = '']) => file),
}));

it('lists each reliability case once', () => {
  const numbers = rows.map(({ name }) => Number(name.slice(1))).sort((one, other) => one - other);
  expect(numbers).toEqual(Array.from({ length: 39 }, (_, place) => place + 1));
});

it.each(rows.filter(({ files }) => files.length > 0))(
  '$name has its name in $files',
  async ({ name, files }) => {
    for (const file of files) {
      expect(await readFile(file, 'utf8')).toMatch(new RegExp(`['"\`(][^'"\`]*\\b${name}\\b`));
    }
  },
);
