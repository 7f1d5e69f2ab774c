import { expect, it } from 'vitest';
import { repository } from '../../../test/support/memory-forge.ts';
import type { Comparison } from '../../forge/forge.ts';
import { parseScope } from '../../store/scope-store.ts';
import { comparedState } from './compared-state.ts';
import type { Run } from './run.ts';
import type { TakenScope } from './take-scopes.ts';

/** Notes one read after the other, at times 1, 2 and so on. */
function createReads() {
  const warned: string[] = [];
  let state: ReturnType<typeof comparedState> = { differences: undefined, uncompared: undefined };
  let now = 0;
  return {
    warned,
    note(...compared: readonly Comparison[]) {
      now += 1;
      const dependencies = {
        clock: { now: () => now },
        logger: { warn: (text: string) => warned.push(text) },
      };
      const run = { dependencies, synchronization: { organization: 'o', id: 's' } } as unknown as Run;
      const taken = { scope: 'members', state: { ...parseScope({}), ...state } } as unknown as TakenScope;
      state = comparedState(run, taken, compared);
      return state;
    },
  };
}

const agrees = (id: number): Comparison => ({ repository: repository(id), difference: undefined });
const differs = (id: number): Comparison => ({ repository: repository(id), difference: 'Ann' });
const fails = (id: number): Comparison => ({ repository: repository(id), failure: `${id}: gone` });

it('keeps what differs until the repository was compared again, and warns of it once', () => {
  const { note, warned } = createReads();
  const noted = [{ repository: '1', why: 'Ann', since: 1 }];
  expect(note(differs(1), agrees(2)).differences).toEqual(noted);
  expect(note(differs(1)).differences).toEqual(noted);
  expect(note(agrees(2)).differences).toEqual(noted);
  expect(note(fails(1)).differences, 'no answer is no agreement').toEqual(noted);
  expect(warned.filter((text) => text.includes('differs'))).toHaveLength(1);
  expect(note(agrees(1)).differences).toBeUndefined();
});

it('keeps what could not be compared likewise, and warns of it when it begins', () => {
  const { note, warned } = createReads();
  expect(note(agrees(1), fails(2)).uncompared).toEqual([{ repository: '2', why: '2: gone', since: 1 }]);
  expect(note(fails(3)).uncompared).toEqual([
    { repository: '3', why: '3: gone', since: 2 },
    { repository: '2', why: '2: gone', since: 1 },
  ]);
  expect(note(agrees(3), differs(2)).uncompared).toBeUndefined();
  expect(warned.filter((text) => text.includes('could not be read'))).toHaveLength(1);
});

it('keeps a few', () => {
  const { note } = createReads();
  const all = Array.from({ length: 30 }, (_, place) => fails(place));
  expect(note(...all).uncompared).toHaveLength(20);
});
