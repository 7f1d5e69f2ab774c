import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  asId,
  asPrincipal,
  type ForgeTeamId,
  isId,
  parsePrincipal,
  type SynchronizationId,
  teamPrincipal,
} from './ids.ts';
import { idOfPart, isPart, isScope, mainKeyOf, teamPart } from './scopes.ts';

const uuid = '{4f5c0c1e-7a51-4d0e-9a3e-0d6c1c7b2a10}';
const synchronization = asId<SynchronizationId>('sync1');
const ids = fc.string({ minLength: 1, maxLength: 40, unit: fc.constantFrom(...'a7b_{}-F05d') });

describe('ids of any form', () => {
  it.each(['7', uuid, 'A_b-9'])('accept %s', (id) => {
    expect(isId(id)).toBe(true);
    expect(asId(id)).toBe(id);
  });

  it.each(['', 'a:b', 'a#b', 'a.b', 'a/b', '7\n', ' 7', 'é'])('reject %j', (text) => {
    expect(isId(text)).toBe(false);
    expect(() => asId(text)).toThrow(RangeError);
    expect(isScope(`team:${text}`)).toBe(false);
  });

  it('are parts of names that are parsed again', () => {
    const part = teamPart(asId<ForgeTeamId>(uuid));
    expect(isScope(part) && isPart(part)).toBe(true);
    expect(idOfPart(part)).toBe(uuid);
    expect(mainKeyOf(part)).toBe(`team#${uuid}`);
  });

  it('are written in principals with characters that are safe in addresses and object keys', () => {
    expect(teamPrincipal(synchronization, asId<ForgeTeamId>(uuid))).toBe(
      't.sync1._7b4f5c0c1e-7a51-4d0e-9a3e-0d6c1c7b2a10_7d',
    );
    fc.assert(
      fc.property(ids, (id) => {
        const team = asId<ForgeTeamId>(id);
        const principal = teamPrincipal(synchronization, team);
        expect(principal).toMatch(/^[\w.-]+$/);
        expect(parsePrincipal(principal)).toEqual({ kind: 'team', synchronization, team });
      }),
    );
  });

  it.each([`t.sync1.${uuid}`, 't.sync1.a_b', 't.sync1._7B', 't.sync1'])(
    'rejects %s as a principal',
    (text) => {
      expect(() => asPrincipal(text)).toThrow(RangeError);
    },
  );
});
