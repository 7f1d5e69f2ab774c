import { expect, it } from 'vitest';
import { addressIn, textOfHtml } from './readme-text.ts';

const base = 'https://host.test/acme/money/tree/main';

it('leads to pages and to files of the repository, and nowhere else', () => {
  expect(addressIn('https://example.com/a', base)).toBe('https://example.com/a');
  expect(addressIn('docs/use.md', base)).toBe('https://host.test/acme/money/tree/main/docs/use.md');
  expect(addressIn('docs/use.md', undefined)).toBe(undefined);
  expect(addressIn('#usage', base)).toBe(undefined);
  expect(addressIn('javascript:alert(1)', base)).toBe(undefined);
  expect(addressIn('data:text/html,x', base)).toBe(undefined);
});

it('keeps the text of HTML', () => {
  expect(textOfHtml('<p align="center">Money <!-- <b> --></p>')).toBe('Money');
});
