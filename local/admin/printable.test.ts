import { expect, it } from 'vitest';
import { printable, printableJson } from './printable.ts';

it.each([
  ['a sequence that moves the cursor', '\u001b[2J'],
  ['the same in one character', '\u009b2J'],
  ['another line', '\n'],
  ['a separator of lines', '\u2028'],
  ['a mark that turns the text round', '\u202e'],
  ['an invisible character beyond the basic plane', '\u{e0041}'],
])('a terminal is not given %s', (_, text) => {
  const line = `a${text}b`;
  expect(printable(line)).toBe(
    `a\ufffd${text.slice(String.fromCodePoint(text.codePointAt(0) ?? 0).length)}b`,
  );
  const json = printableJson({ line, list: [1] });
  expect(json).toMatch(/^[\x20-\x7e\n]+$/);
  expect(json.split('\n')).toHaveLength(6);
  expect(JSON.parse(json)).toEqual({ line, list: [1] });
});
