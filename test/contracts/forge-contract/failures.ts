/** What goes wrong has a name, and nothing is concluded from it. */
import { describe, expect, test } from 'vitest';
import { memberPart, namesIn, repositoryPart, teamPart } from '../../../shared/domain/scopes.ts';
import type { ForgeErrorCode } from '../../../shared/forge/errors.ts';
import type { Fault, ForgeFixture } from './fixture.ts';
import { errorOf, readWhole } from './reading.ts';
import { makeOne } from './scopes.ts';

type Answer = Extract<Fault, { answers: string }>['answers'];
const codes: readonly (readonly [Answer, readonly ForgeErrorCode[]])[] = [
  ['unavailable', ['unavailable']],
  ['gone', ['gone']],
  ['unauthorized', ['credential-rejected']],
  ['forbidden', ['insufficient-scope', 'incomplete']],
  ['too-many-requests', ['rate-limited']],
];

export function failuresContract(fixture: () => ForgeFixture): void {
  describe.each(codes)('R5: where the forge answers %s', (answers, expected) => {
    test('no scope, no part and no look-up shows anything', async ({ skip }) => {
      const { traits, changes, clock, cannot, fault } = fixture();
      if (cannot?.includes(answers)) return skip();
      const one = await makeOne(changes, `fails-${answers}`);
      const parts = [memberPart(one.account), teamPart(one.team), repositoryPart(one.repository)];
      for (const scope of [...namesIn(traits.scopes.filter((scope) => !scope.mayBeMissing)), ...parts]) {
        fault({ answers });
        expect(expected).toContain((await errorOf(readWhole(fixture(), scope))).code);
        fault(undefined);
        // What is believed for a while is over.
        clock.advance(3_700_000);
      }
      fault({ answers });
      const { structure } = await fixture().open();
      const looked = structure.lookUp([
        { part: teamPart(one.team) },
        { part: repositoryPart(one.repository) },
      ]);
      expect(expected).toContain((await errorOf(looked)).code);
      fault(undefined);
      clock.advance(3_700_000);
      expect((await readWhole(fixture(), teamPart(one.team))).facts.length).toBe(1);
    });
  });

  test('R29, R33: one limit silences every process until its end', async ({ skip }) => {
    const { clock, cannot, fault, requests, open } = fixture();
    if (cannot?.includes('too-many-requests')) return skip();
    const other = await open();
    await other.structure.readScope('settings');
    fault({ answers: 'too-many-requests' });
    const { notBefore = 0 } = await errorOf(readWhole(fixture(), 'teams'));
    expect(notBefore).toBeGreaterThan(clock.now());
    fault(undefined);
    const before = requests();
    for (const client of [other, await open()]) {
      expect(await errorOf(client.structure.readScope('teams'))).toMatchObject({ code: 'rate-limited' });
    }
    expect(requests()).toBe(before);
    clock.advance(notBefore - clock.now() + 1000);
    expect(await readWhole(fixture(), 'teams')).toMatchObject({ absenceIsStated: false });
  });
}
