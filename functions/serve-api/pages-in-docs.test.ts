import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { operations } from '../../test/support/api-operations.ts';

it('the table of pages in docs/api.md names operations that there are', () => {
  const text = readFileSync(new URL('../../docs/api.md', import.meta.url), 'utf8');
  const [, section = ''] = text.split('## Which operation a page uses\n');
  const rows = [...section.matchAll(/^\| [^|]+ \| (.+) \|$/gm)].map(([, cell = '']) => cell);
  const named = rows.flatMap((cell) => [...cell.matchAll(/`(\w+)`/g)].map(([, name = '']) => name));
  expect(named.length).toBeGreaterThan(80);
  const known = new Set(operations.map(({ name }) => name));
  expect(named.filter((name) => !known.has(name))).toEqual([]);
});
