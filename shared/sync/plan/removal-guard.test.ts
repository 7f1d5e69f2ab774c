import { describe, expect, it } from 'vitest';
import { aFact, stored } from '../../../test/support/memory-forge.ts';
import { planScope } from '../../../test/support/traits.ts';
import { type Fact, factKey } from '../../domain/facts.ts';
import { defaultCaution } from '../../domain/synchronization.ts';
import { type GuardHistory, guardRemovals } from './removal-guard.ts';

const members = (count: number, from = 1): Fact[] =>
  Array.from({ length: count }, (_, place) => aFact.member(from + place));

function held(
  before: readonly Fact[],
  after: readonly Fact[],
  input: { expected?: string[]; absenceIsAuthoritative?: boolean } & GuardHistory = {},
) {
  const current = before.map((fact) => stored(fact));
  const { changes } = planScope({
    scope: 'members',
    current,
    read: { facts: after, absenceIsAuthoritative: input.absenceIsAuthoritative ?? false },
    observedAt: 2,
    startedAt: 1_000_000,
    goneByEvents: new Set(input.expected),
  });
  return guardRemovals(changes, current, defaultCaution, input);
}

describe('the removal guard', () => {
  it('lets a few removals pass, and many of very many', () => {
    expect(held(members(6), members(1)).held).toEqual([]);
    expect(held(members(100), members(75)).held).toEqual([]);
  });

  it('holds more than a quarter and more than five, and lets the rest of the plan pass', () => {
    const { changes, held: waiting } = held(members(100), [...members(74), aFact.member(500)]);
    expect(waiting).toHaveLength(26);
    expect(changes.map(({ kind, fact }) => `${kind} ${factKey(fact)}`)).toEqual(['add member#500']);
    expect(held(members(7), members(1)).held).toHaveLength(6);
  });

  it('holds nothing that an event reported or the forge confirmed', () => {
    const expected = members(6, 2).map(factKey);
    expect(held(members(7), members(1), { expected }).held).toEqual([]);
    expect(held(members(7), members(1), { absenceIsAuthoritative: true }).held).toEqual([]);
  });

  it('adds up what was missing within a day', () => {
    const missed = members(4, 101);
    expect(held(members(20), members(17)).held).toEqual([]);
    expect(held(members(20), members(17), { missed }).held).toHaveLength(3);
    // What the forge confirmed is not held for that.
    expect(held(members(20), members(17), { missed, absenceIsAuthoritative: true }).held).toEqual([]);
  });

  it('keeps holding what already waits, although the list has grown', () => {
    const waiting = new Set(members(6, 95).map(factKey));
    expect(held(members(100), members(94), { waiting }).held).toHaveLength(6);
    expect(held(members(100), members(93), { waiting }).changes).toHaveLength(1);
    // Most came back, so few are missing now.
    expect(held(members(100), members(95), { waiting }).held).toEqual([]);
  });

  it('holds what an owner refused, however little', () => {
    const refused = new Set(members(1, 100).map(factKey));
    expect(held(members(100), members(99), { refused }).held).toHaveLength(1);
  });

  it('counts each team by itself', () => {
    const rows = (team: number, count: number): Fact[] =>
      Array.from({ length: count }, (_, place) => aFact.teamMember(team, place + 1));
    const before = [1, 2, 3, 4, 5].flatMap((team) => [aFact.team(team), ...rows(team, 10)]);
    const current = before.map((fact) => stored(fact));
    const after = before.filter((fact) => !(fact.kind === 'team-member' && fact.team === '1'));
    const { changes } = planScope({
      scope: 'teams',
      current,
      read: { facts: after },
      observedAt: 2,
      startedAt: 1_000_000,
    });
    expect(changes).toHaveLength(10);
    expect(guardRemovals(changes, current, defaultCaution).held).toHaveLength(10);
  });
});
