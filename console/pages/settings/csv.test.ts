import { expect, it } from 'vitest';
import { csvOf } from './csv.ts';

it('quotes what would end a cell, and defuses formulas', () => {
  expect(
    csvOf([
      ['when', 'who'],
      ['1, 2', 'say "hi"'],
      ['=1+1', 'a\nb'],
    ]),
  ).toBe('when,who\r\n"1, 2","say ""hi"""\r\n\'=1+1,"a\nb"\r\n');
});
