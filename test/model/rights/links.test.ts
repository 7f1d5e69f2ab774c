/**
 * Compares the product with a second, naive implementation of what GitLab and Bitbucket have and GitHub has not: outside people, levels
 * capped by a link, rights that expire. It decides for one account and one repository at a time, from all facts.
 */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { accessFactsOf, decideAccess } from '../../../shared/domain/access.ts';
import { compareBreadth, narrowerOf } from '../../../shared/domain/breadth.ts';
import { type Fact, factKey } from '../../../shared/domain/facts.ts';
import { account, aFact, repository } from '../../support/memory-forge.ts';

const now = 1_000;
const small = fc.integer({ min: 1, max: 3 });
const level = fc.option(fc.constantFrom('guest', 'reporter', 'developer'), { nil: undefined });
const readers = fc.option(fc.subarray(['guest', 'reporter', 'developer']), { nil: undefined });
const expiresAt = fc.option(fc.constantFrom(now - 1, now, now + 1, now + 2), { nil: undefined });

const teamMember: fc.Arbitrary<Fact> = fc
  .tuple(small, small, level, expiresAt)
  .map(([team, person, of, end]) => ({
    ...aFact.teamMember(team, person),
    ...{ level: of, expiresAt: end },
  }));
const teamRepository: fc.Arbitrary<Fact> = fc
  .tuple(small, small, readers, expiresAt)
  .map(([team, id, of, end]) => ({
    ...aFact.teamRepository(team, id),
    ...{ readers: of, expiresAt: end },
  }));
const collaborator: fc.Arbitrary<Fact> = fc
  .tuple(small, small, expiresAt)
  .map(([id, person, end]) => ({ ...aFact.collaborator(id, person), expiresAt: end }));
const member = fc
  .tuple(small, fc.constantFrom('owner', 'member', 'outside'))
  .map(([person, role]) => aFact.member(person, role));
const row = fc.oneof(teamMember, teamRepository, collaborator, member);
const facts = fc.uniqueArray(
  fc.oneof(
    row,
    fc
      .tuple(small, fc.constantFrom('public', 'internal', 'private'))
      .map(([id, visibility]) => aFact.repository(id, { visibility })),
    fc.boolean().map(aFact.settings),
  ),
  { maxLength: 25, selector: factKey },
);

function mayRead(all: readonly Fact[], person: number, id: number): boolean {
  const [who, where] = [account(person), repository(id)];
  const there = all.find((fact) => fact.kind === 'repository' && fact.repository === where);
  if (there?.kind !== 'repository') {
    return false;
  }
  const visibility = there.visibility;
  const lasts = (fact: { readonly expiresAt?: number | undefined }): boolean =>
    fact.expiresAt === undefined || now < fact.expiresAt;
  const isNamed = all.some(
    (fact) =>
      fact.kind === 'collaborator' && fact.account === who && fact.repository === where && lasts(fact),
  );
  if (visibility === 'public' || isNamed) {
    return true;
  }
  const known = all.find((fact) => fact.kind === 'member' && fact.account === who);
  if (known?.kind !== 'member') {
    return false;
  }
  if (known.role === 'owner') {
    return true;
  }
  if (known.role === 'member') {
    const isEveryMembers = all.some((fact) => fact.kind === 'settings' && fact.membersRead);
    if (isEveryMembers || visibility === 'internal') {
      return true;
    }
  }
  return all.some(
    (place) =>
      place.kind === 'team-member' &&
      place.account === who &&
      lasts(place) &&
      all.some(
        (right) =>
          right.kind === 'team-repository' &&
          right.team === place.team &&
          right.repository === where &&
          lasts(right) &&
          (right.readers === undefined ||
            right.readers.some((one) => place.level !== undefined && one === place.level)),
      ),
  );
}

const people = [1, 2, 3];
const decided = (all: readonly Fact[], person: number): readonly number[] => {
  const readable = decideAccess({ kind: 'account', account: account(person) }, accessFactsOf(all), now);
  return [1, 2, 3].filter((id) => readable.has(repository(id)));
};

it('is decided as by the second implementation', () => {
  fc.assert(
    fc.property(facts, (all) => {
      for (const person of people) {
        expect(decided(all, person)).toEqual([1, 2, 3].filter((id) => mayRead(all, person, id)));
      }
    }),
    { numRuns: 1000 },
  );
});

/** Two versions of one fact, and the other facts. */
const versions = fc
  .tuple(row, row, facts)
  .map(([one, other, all]) => ({
    before: one,
    // The same key makes them versions of one fact.
    after: { ...other, ...idsOf(one) } as Fact,
    others: all.filter((fact) => factKey(fact) !== factKey(one)),
    isOne: one.kind === other.kind,
  }))
  .filter(({ isOne }) => isOne);

function idsOf(fact: Fact): Partial<Record<'account' | 'team' | 'repository' | 'via', unknown>> {
  const names = ['account', 'team', 'repository', 'via'];
  return Object.fromEntries(Object.entries(fact).filter(([name]) => names.includes(name)));
}

it('an update that alters what somebody reads is marked as narrowing or widening', () => {
  fc.assert(
    fc.property(versions, ({ before, after, others }) => {
      const { narrows, widens } = compareBreadth(before, after);
      for (const person of people) {
        const [then, since] = [before, after].map((fact) => decided([...others, fact], person));
        expect(narrows || then?.every((id) => since?.includes(id))).toBe(true);
        expect(widens || since?.every((id) => then?.includes(id))).toBe(true);
      }
    }),
    { numRuns: 1000 },
  );
});

it('the narrower of two versions gives nobody what one of them does not', () => {
  fc.assert(
    fc.property(versions, ({ before, after, others }) => {
      for (const person of people) {
        const least = decided([...others, narrowerOf(before, after)], person);
        for (const fact of [before, after]) {
          expect(decided([...others, fact], person)).toEqual(expect.arrayContaining([...least]));
        }
      }
    }),
    { numRuns: 1000 },
  );
});
