import { expect, it } from 'vitest';
import { codeSpans } from './code-spans.ts';

const shown = (text: string): readonly string[] =>
  codeSpans(text).map((span) => (span.isCode ? `<${span.text}>` : span.text));

it.each([
  ['plain', ['plain']],
  ['has to be `http` or `https`.', ['has to be ', '<http>', ' or ', '<https>', '.']],
  ['`all` of it', ['<all>', ' of it']],
  ['one ` alone', ['one ` alone']],
  ['`one` and ` alone', ['<one>', ' and ` alone']],
  ['', []],
])('finds the code in %j', (text, spans) => {
  expect(shown(text)).toEqual(spans);
});
