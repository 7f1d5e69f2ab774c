import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accessFactsOf, decideAccess, type Subject } from './access.ts';
import type { Fact, MemberFact, RepositoryFact } from './facts.ts';
import {
  account,
  anyone,
  aTeam,
  collaborator,
  member,
  now,
  repository,
  roleMember,
  roleTeam,
  settings,
  team,
  teamMember,
  teamRepository,
} from './test-access-facts.ts';

const number = fc.integer({ min: 1, max: 3 });
const anyFact: fc.Arbitrary<Fact> = fc.oneof(
  fc.boolean().map(settings),
  fc
    .tuple(number, fc.constantFrom<MemberFact['role']>('owner', 'member', 'outside'))
    .map((row) => member(...row)),
  fc.tuple(number, number).map((row) => teamMember(...row)),
  fc.tuple(number, number, number).map((row) => teamRepository(...row)),
  fc
    .tuple(number, fc.constantFrom<RepositoryFact['visibility']>('public', 'internal', 'private'))
    .map((row) => repository(...row)),
  fc.tuple(number, number).map((row) => collaborator(...row)),
  fc.tuple(number, fc.option(number, { nil: undefined })).map((row) => aTeam(...row)),
  number.map(roleMember),
  number.map(roleTeam),
);
/** As stored: one fact per key. */
const someFacts = fc.uniqueArray(anyFact, {
  maxLength: 25,
  selector: (fact) =>
    ['kind', 'account', 'team', 'repository']
      .map((name) => String(new Map<string, unknown>(Object.entries(fact)).get(name)))
      .join(),
});
const someSubject: fc.Arbitrary<Subject> = fc.oneof(
  number.map((id): Subject => ({ kind: 'account', account: account(id) })),
  number.map((id): Subject => ({ kind: 'team', team: team(id) })),
  fc.constant(anyone),
);

describe('any set of facts', () => {
  it('grants no more when any fact is missing', () => {
    fc.assert(
      fc.property(someFacts, someSubject, fc.nat(), (facts, subject, place) => {
        const without = facts.filter((_, index) => index !== place % Math.max(1, facts.length));
        const all = decideAccess(subject, accessFactsOf(facts), now);
        for (const [id, grants] of decideAccess(subject, accessFactsOf(without), now)) {
          expect(all.get(id)).toEqual(expect.arrayContaining([...grants]));
        }
      }),
    );
  });

  it('gives the same result in any order', () => {
    fc.assert(
      fc.property(someFacts, someSubject, (facts, subject) => {
        const ids = (list: readonly Fact[]) =>
          [...decideAccess(subject, accessFactsOf(list), now).keys()].sort();
        expect(ids([...facts].reverse())).toEqual(ids(facts));
      }),
    );
  });

  it('gives everybody at least what it gives anyone', () => {
    fc.assert(
      fc.property(someFacts, someSubject, (facts, subject) => {
        const readable = decideAccess(subject, accessFactsOf(facts), now);
        for (const id of decideAccess(anyone, accessFactsOf(facts), now).keys()) {
          expect(readable.has(id)).toBe(true);
        }
      }),
    );
  });
});
