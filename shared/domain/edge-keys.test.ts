import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bitmapChunks,
  bitmapHas,
  packageNumberOf,
  packagesPerChunk,
  packageValue,
  refusedCommitsMax,
  type TokenReach,
  tokenValue,
} from './edge-keys.ts';

/** https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html#limits-keyvaluestores */
const valueBytesMax = 1024;

const has = (chunks: ReadonlyMap<number, string>, packageNumber: number): boolean =>
  bitmapHas(chunks.get(Math.floor(packageNumber / packagesPerChunk)), packageNumber);

describe('bitmaps', () => {
  it('contain exactly the given numbers, across all chunks', () => {
    const someNumber = fc.oneof(
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: packagesPerChunk - 20, max: packagesPerChunk + 20 }),
      fc.integer({ min: 1, max: 5 * packagesPerChunk }),
    );
    fc.assert(
      fc.property(fc.uniqueArray(someNumber), fc.array(someNumber), (numbers, others) => {
        const chunks = bitmapChunks(numbers);
        const set = new Set(numbers);
        for (const asked of [...numbers, ...others]) {
          expect(has(chunks, asked)).toBe(set.has(asked));
        }
      }),
    );
  });

  it('are the same in any order of the numbers', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 3 * packagesPerChunk })), (numbers) => {
        expect(bitmapChunks([...numbers].reverse().concat(numbers))).toEqual(bitmapChunks(numbers));
      }),
    );
  });

  it.each([
    ['the last of a chunk', packagesPerChunk - 1, 0, 1024],
    ['the first of the next', packagesPerChunk, 1, 2],
    ['the last of the next', 2 * packagesPerChunk - 1, 1, 1024],
  ])('put %s into the right chunk', (_, packageNumber, chunk, length) => {
    const chunks = bitmapChunks([packageNumber]);
    expect([...chunks.keys()]).toEqual([...new Set([0, chunk])]);
    expect(chunks.get(chunk)).toHaveLength(length);
    expect(has(chunks, packageNumber)).toBe(true);
    expect(has(chunks, packageNumber - 1)).toBe(false);
    expect(has(chunks, packageNumber + 1)).toBe(false);
  });

  it('fit into a value when every bit is set, and are never empty', () => {
    const chunks = bitmapChunks(Array.from({ length: 2 * packagesPerChunk }, (_, place) => place));
    expect([...chunks.keys()]).toEqual([0, 1]);
    for (const value of chunks.values()) {
      expect(value).toHaveLength(valueBytesMax);
      expect(value).toMatch(/^[\w-]+$/);
    }
    expect(bitmapChunks([])).toEqual(new Map([[0, 'AA']]));
    expect(bitmapChunks([packagesPerChunk]).get(0)).toBe('AA');
  });

  it('contain no number if the value is missing', () => {
    expect(bitmapHas(undefined, 5)).toBe(false);
    expect(bitmapHas('', 0)).toBe(false);
  });
});

describe('values of tokens', () => {
  it('contain whether bitmaps decide, the principal, the expiry, and the organizations', () => {
    expect(tokenValue('u.abc', 0, { only: ['acme'] })).toBe('own|u.abc|0|only:acme');
    expect(tokenValue('u.abc', 0, { not: [] })).toBe('own|u.abc|0|not:');
    expect(tokenValue('u.abc', 0, { not: ['acme', 'umbrella'] })).toBe('own|u.abc|0|not:acme,umbrella');
    expect(tokenValue('t.sync.7', 9, { only: ['acme'] })).toBe('own|t.sync.7|9|only:acme');
    expect(tokenValue('o.abc', 1_800_000_000, { only: ['acme', 'b'] })).toBe(
      'all|o.abc|1800000000|only:acme,b',
    );
  });

  it.each<[string, string, TokenReach]>([
    ['of no organization', 'u.abc', { only: [] }],
    ['of every package of organizations that are not named', 'o.abc', { not: [] }],
    ['of every package of all organizations but one', 'o.abc', { not: ['acme'] }],
    ['of two slugs in one', 'u.abc', { only: ['acme,umbrella'] }],
    ['of an empty slug', 'u.abc', { not: [''] }],
    [
      'of more than fits',
      'u.abc',
      { not: Array.from({ length: 30 }, (_, place) => `${place}`.padStart(40, 'x')) },
    ],
  ])('are never %s', (_, principal, reach) => {
    expect(() => tokenValue(principal, 0, reach)).toThrow(RangeError);
  });
});

describe('values of packages', () => {
  const commit = (number: number): string => number.toString(16).padStart(12, '0').padEnd(40, 'f');
  const commits = (count: number): string[] => Array.from({ length: count }, (_, place) => commit(place));

  it('contain the number and the prefixes of refused commits, sorted and without duplicates', () => {
    expect(packageValue(12)).toBe('12');
    expect(packageValue(12, [commit(2), commit(1), commit(2)])).toBe('12!000000000001,000000000002');
    expect(packageValue(12, ['0123456789ab'])).toBe('12!0123456789ab');
  });

  it('fit with the maximum of refused commits, and one more is an error', () => {
    const value = packageValue(999_999_999, commits(refusedCommitsMax));
    expect(Buffer.byteLength(value)).toBeLessThanOrEqual(valueBytesMax);
    expect(packageNumberOf(value)).toBe(999_999_999);
    expect(() => packageValue(1, commits(refusedCommitsMax + 1))).toThrow('61 refused commits of package 1');
  });

  it.each(['', '0123456789a', `${commit(1)}\n`, 'A123456789ab', '0123456789ab,'])(
    'reject %j as a commit',
    (text) => {
      expect(() => packageValue(1, [text])).toThrow(RangeError);
    },
  );

  it('are parsed to their number, and nothing else is', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 999_999_999 }),
        fc.integer({ min: 0, max: 60 }),
        (number, count) => {
          expect(packageNumberOf(packageValue(number, commits(count)))).toBe(number);
        },
      ),
    );
    for (const value of [
      undefined,
      '',
      '012',
      '12!',
      '12!0123',
      '12\n',
      'x',
      '12!0123456789ab,',
      '1234567890',
    ]) {
      expect(packageNumberOf(value)).toBeUndefined();
    }
  });
});
