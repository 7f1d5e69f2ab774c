import { expect, it } from 'vitest';
import { aFact } from '../../test/support/memory-forge.ts';
import { factText } from '../sync/plan/change-text.ts';
import { nameThings } from './name-things.ts';

const team = { ...aFact.team(5), slug: 'backend' };
const repository = { ...aFact.repository(9), fullName: 'acme/billing' };
const named = nameThings([team], [repository]);

it('puts names beside the numbers of teams and repositories', () => {
  expect(named(`${factText(aFact.teamRepository(5, 9))} removed: not in the whole read`)).toBe(
    'team backend (5) on repository acme/billing (9) removed: not in the whole read',
  );
  expect(named(factText(aFact.teamMember(5, 1)))).toBe('user-1 (1) in team backend (5)');
});

it('takes the name of what is gone from where it stands', () => {
  const texts = [factText(team), factText(aFact.teamMember(5, 1))];
  expect(texts.map(nameThings([], [], texts))[1]).toBe('user-1 (1) in team backend (5)');
});

it('leaves what has a name, and the number of what is not there any more', () => {
  for (const fact of [team, repository, { ...team, slug: '5' }, aFact.teamMember(6, 1)]) {
    expect(named(factText(fact))).toBe(factText(fact));
  }
});
