import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Key, keys, nameInKey, ranges } from './keys.ts';

const source = readFileSync(new URL('keys.ts', import.meta.url), 'utf8');

/** The shape of `SYNC#id` and `SYNC#7` is `SYNC#*`: words in capitals are fixed, everything else is a variable. */
const shape = (text: string): string =>
  text
    .split('#')
    .map((part) => (/^[A-Z]+$/.test(part) ? part : '*'))
    .join('#');

/** The rows of the table in the comment, without its head. */
const rows = [...source.matchAll(/^ \* \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$/gm)]
  .map(([, item = '', pk = '', sk = '']) => ({ item, key: `${shape(pk)} ${shape(sk)}` }))
  .slice(1);

const built = Object.entries(keys).map(([name, build]) => {
  const { pk, sk }: Key = Reflect.apply(
    build,
    undefined,
    Array.from({ length: build.length }, () => '7'),
  );
  return { name, key: `${shape(pk)} ${shape(sk)}` };
});

describe('the table of keys in the comment', () => {
  it('has a row for every key', () => {
    const listed = new Set(rows.map(({ key }) => key));
    expect(built.filter(({ key }) => !listed.has(key))).toEqual([]);
  });

  it('has no row without a key, and none twice', () => {
    const known = new Set(built.map(({ key }) => key));
    expect(rows.filter(({ key }) => !known.has(key))).toEqual([]);
    expect(new Set(rows.map(({ key }) => key)).size).toBe(rows.length);
    expect(new Set(built.map(({ key }) => key)).size).toBe(built.length);
  });

  it('is the only place where keys are made', () => {
    const kinds = new Set(
      built.flatMap(({ key }) => key.split(' ')).map((part) => part.slice(0, part.indexOf('#'))),
    );
    const files = globSync('{shared,functions}/**/*.ts').filter(
      (file) => !file.endsWith('.test.ts') && file !== 'shared/store/keys.ts',
    );
    const found = files.filter((file) =>
      [...readFileSync(file, 'utf8').matchAll(/['"`]([A-Z]+)#/g)].some(([, kind = '']) => kinds.has(kind)),
    );
    expect(files.length).toBeGreaterThan(150);
    expect(found).toEqual([]);
  });
});

describe('ranges', () => {
  const begins = (key: Key, range: Key): boolean => key.pk === range.pk && key.sk.startsWith(range.sk);

  it('contain the keys that they are for, and no similar ones', () => {
    expect(begins(keys.runChanges('s', 4, 12), ranges.runChanges('s', 4))).toBe(true);
    expect(begins(keys.runChanges('s', 40, 0), ranges.runChanges('s', 4))).toBe(false);
    expect(begins(keys.chunk('s', 'PLAN#team:1', 3), ranges.chunks('s', 'PLAN#team:1'))).toBe(true);
    expect(begins(keys.chunk('s', 'PLAN#team:12', 0), ranges.chunks('s', 'PLAN#team:1'))).toBe(false);
    expect(begins(keys.nameClaim('o', 'acme/lib', 's', 'r'), ranges.nameClaims('o', 'acme/lib'))).toBe(true);
    expect(begins(keys.nameClaim('o', 'acme/library', 's', 'r'), ranges.nameClaims('o', 'acme/lib'))).toBe(
      false,
    );
    expect(begins(keys.package('o', 12), ranges.packages('o'))).toBe(true);
    expect(begins(keys.packages('o'), ranges.packages('o'))).toBe(false);
  });

  it("allow the name to be read from an item's sort key", () => {
    expect(nameInKey(keys.principal('o', 't.team#1').sk)).toBe('t.team#1');
    expect(nameInKey(keys.dist('o', 1, 'c0ffee').sk)).toBe('c0ffee');
  });
});
