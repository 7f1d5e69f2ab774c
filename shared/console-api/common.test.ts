import { expect, it } from 'vitest';
import { Line } from './common.ts';

it.each([
  ['nothing but spaces', ' '],
  ['two lines', 'token\nleaked'],
  ['a sequence that moves the cursor', 'token \u001b[2Jleaked'],
  ['a mark that turns the text round', '\u202Eann'],
  ['more characters than it may', 'x'.repeat(101)],
])('a line of text that a terminal shows is not %s', (_, text) => {
  expect(Line(100).safeParse(text).success).toBe(false);
});
