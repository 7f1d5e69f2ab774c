import { describe, expect, it } from 'vitest';
import { changed, changesOf, etagOf } from './draft.ts';

interface Values {
  readonly days: number;
  readonly names: readonly string[];
  readonly limit?: number | null;
}

const read = (etag: string, data: Values) => ({ etag, data });
const begun = read('"1"', { days: 30, names: ['a'] });
const draft = changed<Values>(changed(undefined, begun, { days: 40 }), begun, { days: 45 });

describe('a draft', () => {
  it('keeps what was entered last, whatever is read meanwhile', () => {
    expect(changesOf(draft, read('"2"', { days: 31, names: ['a'] }))).toEqual({ days: 45 });
  });

  it('is no change once it is what is stored; nothing and null are alike', () => {
    expect(changesOf(draft, read('"2"', { days: 45, names: ['a'] }))).toEqual({});
    expect(changesOf(changed<Values>(undefined, begun, { limit: null }), begun)).toEqual({});
  });

  it('is made to the newest state as long as others changed only what it does not touch', () => {
    expect(etagOf(draft, begun)).toBe('"1"');
    expect(etagOf(draft, read('"2"', { days: 30, names: ['a', 'b'] }))).toBe('"2"');
  });

  it('is made to the state that it was begun with when others changed the same', () => {
    expect(etagOf(draft, read('"2"', { days: 31, names: ['a'] }))).toBe('"1"');
  });

  it('sees others change what it touched later, too', () => {
    const later = read('"2"', { days: 30, names: ['a', 'b'] });
    const both = changed<Values>(draft, later, { names: ['c'] });
    expect(etagOf(both, later)).toBe('"2"');
    expect(etagOf(both, read('"3"', { days: 30, names: ['a', 'b', 'd'] }))).toBe('"1"');
  });
});
