import { expect, it } from 'vitest';
import { enteredLine, Line } from './common.ts';

it.each([
  ['nothing but spaces', ' '],
  ['two lines', 'token\nleaked'],
  ['a sequence that moves the cursor', 'token \u001b[2Jleaked'],
  ['a mark that turns the text round', '\u202Eann'],
  ['more characters than it may', 'x'.repeat(101)],
])('a line of text that a terminal shows is not %s', (_, text) => {
  expect(Line(100).safeParse(text).success).toBe(false);
});

it.each([
  [' token\n leaked ', 'token  leaked'],
  ['a\u001b[2Jb\u202ec\u2028d', 'a [2Jb c d'],
  [`${'x'.repeat(99)} y`, 'x'.repeat(99)],
  ['\u202e', ''],
  [null, ''],
])('what is entered as %j is a line', (text, entered) => {
  expect(enteredLine(text, 100)).toBe(entered);
  expect(entered === '' || Line(100).safeParse(entered).data === entered).toBe(true);
});
