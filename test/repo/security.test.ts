/** The tests that docs/security.md names exist. */
import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const page = readFileSync('docs/security.md', 'utf8');

/** By the label that the page has for it. */
const files = new Map(
  [...page.matchAll(/^\[([\w-]+)\]: \.\.\/(\S+)$/gm)].map(([, label = '', path = '']) => [label, path]),
);
/** `[label] "title", "another title"` */
const citations = [...page.matchAll(/\[([\w-]+)\] ((?:"[^"]+"(?:, )?)+)/g)].map(
  ([, label = '', titles = '']) => ({
    label,
    titles: [...titles.matchAll(/"([^"]+)"/g)].map(([, title = '']) => title),
  }),
);

it('every file is there, and named somewhere on the page', () => {
  const missing = [...files].filter(
    ([label, path]) => !existsSync(path) || page.split(`[${label}]`).length < 3,
  );
  expect(missing).toEqual([]);
});

it('every title stands in its file', () => {
  expect(citations.length).toBeGreaterThan(50);
  const wrong = citations.flatMap(({ label, titles }) => {
    const path = files.get(label);
    const text = path === undefined ? '' : readFileSync(path, 'utf8');
    return titles.filter((title) => !text.includes(title)).map((title) => `${label}: ${title}`);
  });
  expect(wrong).toEqual([]);
});

it('every gap is in the list, and every number of the list is used', () => {
  const [lines = '', list = ''] = page.split('\n## Gaps\n');
  const used = [...lines.matchAll(/\*\*gaps? ([\d and]+)\*\*/gi)].flatMap(([, numbers = '']) =>
    (numbers.match(/\d+/g) ?? []).map(Number),
  );
  const listed = [...list.matchAll(/^\| (\d+) \|/gm)].map(([, number]) => Number(number));
  expect([...new Set(used)].sort((one, other) => one - other)).toEqual(listed);
});
