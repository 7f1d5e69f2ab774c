/** Contract: long lists are read to their end, in one step or in many. */
import { beforeAll, expect, test } from 'vitest';
import { factKey } from '../../../shared/domain/facts.ts';
import { scopeOfKind, traitsIn } from '../../../shared/domain/scopes.ts';
import type { ScopeRead } from '../../../shared/forge/forge.ts';
import { type ForgeFixture, longLists } from './fixture.ts';
import { errorOf, readWhole } from './reading.ts';

const keysOf = ({ facts }: ScopeRead): string[] => facts.map(factKey).sort();

export function stepsContract(fixture: () => ForgeFixture): void {
  let count: number;
  beforeAll(async () => {
    count = await fixture().fill();
  });

  const members = () => scopeOfKind(fixture().traits.scopes, 'member');
  const whyNot = (scope: (typeof longLists)[number]): string | undefined => {
    const { traits, unpaged } = fixture();
    if (traitsIn(traits.scopes, scope) === undefined) return `the layout has no scope ${scope}`;
    return unpaged?.includes(scope) ? `${scope} are one answer` : undefined;
  };

  test.for(longLists)(
    '%s: all pages are read, at once or with one request per step, by one process or by many',
    async (scope, { skip }) => {
      const lacks = whyNot(scope);
      if (lacks !== undefined) return skip(lacks);
      const atOnce = await readWhole(fixture(), scope);
      expect(atOnce.facts.length).toBeGreaterThanOrEqual(count);
      const inSteps = await readWhole(fixture(), scope, { mayContinue: () => false });
      expect(inSteps.steps).toBeGreaterThan(2);
      expect(keysOf(inSteps)).toEqual(keysOf(atOnce));
      expect(inSteps).toMatchObject({
        covers: atOnce.covers,
        absenceIsAuthoritative: atOnce.absenceIsAuthoritative,
      });
    },
  );

  test('reports its progress', async () => {
    const { structure } = await fixture().open();
    const step = await structure.readScope(members(), { mayContinue: () => false });
    if ('done' in step) {
      throw new Error('the reading had only one step');
    }
    expect(step.unfinished.read).toBeGreaterThan(0);
    expect(step.unfinished.read).toBeLessThanOrEqual(step.unfinished.total ?? Number.POSITIVE_INFINITY);
  });

  test.each([
    ['nothing', undefined],
    ['another shape', { pages: 3 }],
    ['no object', 'x'],
  ])('starts from the beginning when given %s', async (_, from) => {
    const { facts } = await readWhole(fixture(), members(), { from });
    expect(facts.length).toBeGreaterThanOrEqual(count);
  });

  test.for(longLists)('R7: %s is incomplete as long as a page is short', async (scope, { skip }) => {
    const lacks = fixture().cannot?.includes('short-pages') ? 'its pages are never short' : whyNot(scope);
    if (lacks !== undefined) return skip(lacks);
    fixture().fault({ shortPagesOf: scope });
    expect((await errorOf(readWhole(fixture(), scope))).code).toBe('incomplete');
    fixture().fault(undefined);
    expect((await readWhole(fixture(), scope)).facts.length).toBeGreaterThanOrEqual(count);
  });

  test('R7: a list that changes between two steps is read in its latest state, or not at all', async () => {
    const { changes, open } = fixture();
    const account = await changes.addMember();
    const first = await (await open()).structure.readScope(members(), { mayContinue: () => false });
    if ('done' in first) {
      throw new Error('the reading had only one step');
    }
    await changes.removeMember(account);
    const rest = readWhole(fixture(), members(), {
      from: JSON.parse(JSON.stringify(first.unfinished.state)),
    });
    const read = await rest.catch((error: unknown) => error);
    if (read instanceof Error) {
      expect(read).toMatchObject({ code: 'incomplete' });
    } else {
      expect(await rest.then(({ facts }) => facts.map(factKey))).not.toContain(`member#${account}`);
    }
  });
}
