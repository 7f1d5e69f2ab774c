import { readFileSync } from 'node:fs';
import { buildSchema, parse, validate } from 'graphql';
import { describe, expect, test } from 'vitest';
import { ForgeError } from '../errors.ts';
import { OverloadError } from '../http.ts';
import { filesQuery, inBatches, numberedVariables, tagTargetsQuery } from './object-queries.ts';

const text = readFileSync(new URL('schema.graphql', import.meta.resolve('@octokit/graphql-schema')), 'utf8');
const published = buildSchema(text, { assumeValid: true, assumeValidSDL: true, noLocation: true });

test.each([
  ['TagTargets', tagTargetsQuery],
  ['Files', filesQuery],
] as const)('%s is valid in the published schema for one object and for many', (name, query) => {
  for (const count of [1, 50]) {
    const { name: own, text } = query(count);
    expect(own).toBe(name);
    expect(validate(published, parse(text))).toEqual([]);
  }
});

test('variables are numbered from 0', () => {
  expect(numberedVariables('oid', ['a', 'b'])).toEqual({ oid0: 'a', oid1: 'b' });
});

describe('items in batches', () => {
  const items = Array.from({ length: 120 }, (_, place) => place);

  test('are read in order, at most 50 at once', async () => {
    const sizes: number[] = [];
    const found = await inBatches(items, async (part) => {
      sizes.push(part.length);
      return part.map((item) => item * 2);
    });
    expect(found).toEqual(items.map((item) => item * 2));
    expect(sizes).toEqual([50, 50, 20]);
  });

  test('are read in halves when GitHub gives up, and fail when that does not help', async () => {
    const read = (most: number) => async (part: readonly number[]) => {
      if (part.length > most) {
        throw new OverloadError('unavailable', 'too much');
      }
      return part;
    };
    expect(await inBatches(items, read(13))).toEqual(items);
    await expect(inBatches(items, read(2))).rejects.toThrow('too much');
  });

  test('fail at once for any other reason', async () => {
    let requests = 0;
    const read = async () => {
      requests += 1;
      throw new ForgeError('incomplete', 'not whole');
    };
    await expect(inBatches(items, read)).rejects.toThrow('not whole');
    expect(requests).toBe(1);
  });

  test('that are empty send no request', async () => {
    expect(await inBatches([], async () => [1])).toEqual([]);
  });
});
