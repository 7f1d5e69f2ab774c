import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expand, minify, UnminifiableError } from './metadata-minifier.ts';

/** Versions that share keys and values, as real ones do; without integer-like keys, which JavaScript reorders. */
const versions = fc.array(
  fc.dictionary(
    fc.constantFrom('name', 'version', 'require', 'extra', '__proto__', 'x'),
    fc.oneof(fc.constantFrom(null, true, false, 0, '', '0', 'a'), fc.jsonValue({ maxDepth: 3 })),
    { noNullPrototype: true },
  ),
  { maxLength: 6 },
);

describe('minify', () => {
  it('writes differences, as in composer/metadata-minifier tests/MetadataMinifierTest.php at tag 1.0.1', () => {
    const list = [
      { name: 'foo/bar', version: '2.0.0', version_normalized: '2.0.0.0', type: 'library', scripts: { foo: ['bar'] }, license: ['MIT'] },
      { name: 'foo/bar', version: '1.2.0', version_normalized: '1.2.0.0', type: 'library', license: ['GPL'], homepage: 'https://example.org' },
      { name: 'foo/bar', version: '1.0.0', version_normalized: '1.0.0.0', type: 'library', license: ['GPL'] },
    ]; // biome-ignore format: a table
    const minified = [
      { name: 'foo/bar', version: '2.0.0', version_normalized: '2.0.0.0', type: 'library', scripts: { foo: ['bar'] }, license: ['MIT'] },
      { version: '1.2.0', version_normalized: '1.2.0.0', license: ['GPL'], homepage: 'https://example.org', scripts: '__unset' },
      { version: '1.0.0', version_normalized: '1.0.0.0', homepage: '__unset' },
    ]; // biome-ignore format: a table
    expect(JSON.stringify(minify(list))).toBe(JSON.stringify(minified));
    expect(expand(minified)).toEqual(list);
  });

  it.each([
    ['order of keys', { a: 1, b: 2 }, { b: 2, a: 1 }],
    ['order of keys inside', { x: [{ a: 1, b: 2 }] }, { x: [{ b: 2, a: 1 }] }],
    ['type', 1, '1'],
    ['type inside', { x: [1] }, { x: ['1'] }],
    ['null and nothing inside', { x: null }, {}],
  ])('distinguishes values by %s', (_, first, second) => {
    const list = [{ extra: first }, { extra: second }];
    expect(JSON.stringify(minify(list))).toBe(JSON.stringify(list));
  });

  it('distinguishes null from a missing key', () => {
    expect(minify([{ a: null }, { a: null }, {}, { a: null }])).toEqual([
      { a: null },
      {},
      { a: '__unset' },
      { a: null },
    ]);
  });

  it('refuses a value that means "removed", unless it is nested', () => {
    expect(() => minify([{ a: 1 }, { a: '__unset' }])).toThrow(UnminifiableError);
    expect(minify([{ a: ['__unset'] }])).toEqual([{ a: ['__unset'] }]);
  });

  it('is reversed by expand, byte for byte except for the position of keys that come back', () => {
    fc.assert(
      fc.property(versions, (list) => {
        const usable = list.filter((version) => !Object.values(version).includes('__unset'));
        expect(expand(minify(usable))).toEqual(usable);
        expect(JSON.stringify(minify(usable))).toBe(JSON.stringify(minify(structuredClone(usable))));
      }),
      { numRuns: 300 },
    );
  });

  it('never makes a list longer by more than the marks for removed keys', () => {
    fc.assert(
      fc.property(versions, (list) => {
        const usable = list.filter((version) => !Object.values(version).includes('__unset'));
        const kept = minify(usable).map((one) =>
          Object.entries(one).filter(([, value]) => value !== '__unset'),
        );
        expect(
          kept.every((entries, index) => entries.length <= Object.keys(usable[index] ?? {}).length),
        ).toBe(true);
      }),
    );
  });
});

describe('expand', () => {
  it('puts a key that comes back at the end', () => {
    const expanded = expand([{ a: 1, b: 2 }, { a: '__unset' }, { a: 3 }]);
    expect(JSON.stringify(expanded)).toBe('[{"a":1,"b":2},{"b":2},{"b":2,"a":3}]');
  });

  it('takes a version as it is if there is nothing before it', () => {
    expect(expand([{}, { a: '__unset' }])).toEqual([{}, { a: '__unset' }]);
  });
});
