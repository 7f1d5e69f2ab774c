/** Contract: failures have a code, and no conclusion is drawn from one. */
import { describe, expect, test } from 'vitest';
import { factKey } from '../../../shared/domain/facts.ts';
import { mainKeyOf, namesIn, scopeOfKind } from '../../../shared/domain/scopes.ts';
import { makeOne } from './created.ts';
import { type Answer, codeOfAnswer, type ForgeFixture } from './fixture.ts';
import { errorOf, readWhole } from './reading.ts';

const allAnswers = Object.keys(codeOfAnswer) as Answer[];

export function failuresContract(fixture: () => ForgeFixture): void {
  describe.each(allAnswers)('R2, R5: when the forge answers %s', (answers) => {
    // A forge may hide what is forbidden instead of refusing it; then the read is incomplete.
    const expected =
      answers === 'forbidden' ? [codeOfAnswer.forbidden, 'incomplete'] : [codeOfAnswer[answers]];
    test('every read of a scope or part and every look-up fails', async ({ skip }) => {
      const { traits, clock, cannot, fault, open } = fixture();
      if (cannot?.includes(answers)) return skip(`it never answers ${answers}`);
      const one = await makeOne(fixture(), `fails-${answers}`);
      const reads: readonly (() => Promise<unknown>)[] = [
        ...namesIn(traits.scopes.filter(({ mayBeMissing }) => !mayBeMissing)).map(
          (name) => () => readWhole(fixture(), name),
        ),
        ...one.allParts.map((part) => () => one.readPart(part)),
        async () => (await open()).structure.lookUp(one.workItems.map(one.lookedUp)),
      ];
      for (const read of reads) {
        fault({ answers });
        expect(expected).toContain((await errorOf(read())).code);
        fault(undefined);
        // More than an hour later: nothing is cached or throttled any more.
        clock.advance(3_700_000);
      }
      for (const part of one.allParts) {
        expect((await one.readPart(part)).facts.map(factKey)).toContain(mainKeyOf(part));
      }
    });
  });

  test('R29, R33: one limit silences every process until its end', async ({ skip }) => {
    const { traits, clock, cannot, fault, requests, open } = fixture();
    if (cannot?.includes('too-many-requests')) return skip('it has no limit');
    const limited = scopeOfKind(traits.scopes, 'repository');
    fault({ answers: 'too-many-requests' });
    const { notBefore = 0 } = await errorOf(readWhole(fixture(), limited));
    expect(notBefore).toBeGreaterThan(clock.now());
    fault(undefined);
    const before = requests();
    for (const scope of [limited, scopeOfKind(traits.scopes, 'member')]) {
      const { structure } = await open();
      expect(await errorOf(structure.readScope(scope))).toMatchObject({ code: 'rate-limited' });
    }
    expect(requests()).toBe(before);
    clock.advance(notBefore - clock.now() + 1000);
    expect(await readWhole(fixture(), limited)).toMatchObject({ absenceIsAuthoritative: false });
  });
}
