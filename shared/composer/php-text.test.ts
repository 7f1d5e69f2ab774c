import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asciiLower, compareBytes, END, phpTrim, trimEnd, trimStart } from './php-text.ts';

describe('END', () => {
  it.each([
    ['a', true],
    ['a\n', true],
    ['a\n\n', false],
    ['a\r', false],
    ['a\u2028', false],
    ['ab', false],
  ])('after the a of %j: %j', (text, isEnd) => {
    expect(new RegExp(`^a${END}`).test(text)).toBe(isEnd);
  });
});

describe('phpTrim', () => {
  it('removes six characters', () => {
    expect(phpTrim(' \t\n\r\0\v a \t\n\r\0\v')).toBe('a');
    expect(phpTrim('\fa\u00a0')).toBe('\fa\u00a0');
    expect(phpTrim(' \n')).toBe('');
  });
});

describe('trimStart and trimEnd', () => {
  it('remove only the given characters', () => {
    expect(trimStart('xyxa', 'xy')).toBe('a');
    expect(trimEnd('axyx', 'xy')).toBe('a');
  });
});

describe('asciiLower', () => {
  it('leaves non-ASCII characters unchanged', () => {
    expect(asciiLower('ABÄİ\u212a')).toBe('abÄİ\u212a');
  });
});

describe('compareBytes', () => {
  it('is the order of the UTF-8 bytes', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', 'ä', '\uffee', '😀', '-', '.') });
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(Math.sign(compareBytes(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
      }),
    );
  });
});
