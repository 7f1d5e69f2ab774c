import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aFact } from '../../test/support/memory-forge.ts';
import { decideAccess } from '../domain/access.ts';
import {
  type Fact,
  factKey,
  type ScopeName,
  type StoredFact,
  scopeKinds,
  scopeNames,
} from '../domain/facts.ts';
import { type PlannedChange, planScope, repositoryToScan } from './plan.ts';

const small = fc.integer({ min: 1, max: 4 });
const facts: Record<ScopeName, fc.Arbitrary<Fact>> = {
  settings: fc.boolean().map(aFact.settings),
  members: fc.tuple(small, fc.constantFrom('owner', 'member')).map(([id, role]) => aFact.member(id, role)),
  teams: fc.oneof(
    small.map(aFact.team),
    fc.tuple(small, small).map(([id, member]) => aFact.teamMember(id, member)),
    fc
      .tuple(small, small, fc.constantFrom('read', 'write'))
      .map(([id, repository, permission]) => aFact.teamRepository(id, repository, permission)),
  ),
  repositories: fc.oneof(
    fc
      .tuple(small, fc.constantFrom('public', 'internal', 'private'), fc.constantFrom('main', 'master'))
      .map(([id, visibility, defaultBranch]) => aFact.repository(id, { visibility, defaultBranch })),
    fc.tuple(small, small).map(([id, member]) => aFact.collaborator(id, member)),
  ),
};

const snapshot = (scope: ScopeName): fc.Arbitrary<Fact[]> =>
  fc.uniqueArray(facts[scope], { selector: factKey, minLength: scope === 'settings' ? 1 : 0, maxLength: 20 });

const stored = (fact: Fact, observedAt = 1): StoredFact => ({ fact, observedAt, firstObservedAt: 1 });

const twoSnapshots = fc
  .constantFrom(...scopeNames)
  .chain((scope) => fc.tuple(fc.constant(scope), snapshot(scope), snapshot(scope)));

function apply(before: readonly Fact[], changes: readonly PlannedChange[]): Fact[] {
  const now = new Map(before.map((fact) => [factKey(fact), fact]));
  for (const { kind, fact } of changes) {
    if (kind === 'remove') {
      now.delete(factKey(fact));
    } else {
      now.set(factKey(fact), fact);
    }
  }
  return [...now.values()];
}

const sorted = (list: readonly Fact[]): Fact[] =>
  [...list].sort((one, other) => (factKey(one) < factKey(other) ? -1 : 1));

/** Who may read what, as `account repository`. */
function access(all: readonly Fact[]): Set<string> {
  const of = <Kind extends Fact['kind']>(kind: Kind) =>
    all.filter((fact): fact is Extract<Fact, { kind: Kind }> => fact.kind === kind);
  const input = {
    settings: of('settings')[0],
    members: of('member'),
    teamMembers: of('team-member'),
    teamRepositories: of('team-repository'),
    collaborators: of('collaborator'),
    repositories: of('repository'),
  };
  const accounts = [1, 2, 3, 4]
    .map((id) => aFact.member(id))
    .flatMap((fact) => (fact.kind === 'member' ? [fact.account] : []));
  return new Set(
    accounts.flatMap((account) =>
      [...decideAccess({ kind: 'account', account }, input).keys()].map(
        (repository) => `${account} ${repository}`,
      ),
    ),
  );
}

describe('planScope', () => {
  it('makes the stored scope equal to the read', () => {
    fc.assert(
      fc.property(twoSnapshots, ([scope, before, read]) => {
        const plan = planScope({ scope, current: before.map((fact) => stored(fact)), read, observedAt: 2 });
        expect(sorted(apply(before, plan))).toEqual(sorted(read));
      }),
    );
  });

  it('has no change for what stayed', () => {
    fc.assert(
      fc.property(twoSnapshots, ([scope, before]) => {
        expect(
          planScope({ scope, current: before.map((fact) => stored(fact)), read: before, observedAt: 2 }),
        ).toEqual([]);
      }),
    );
  });

  it('takes no notice of an attribute that is there and undefined', () => {
    const read = [aFact.repository(1, { nodeId: undefined })];
    const current = [stored(aFact.repository(1))];
    expect(planScope({ scope: 'repositories', current, read, observedAt: 2 })).toEqual([]);
  });

  it('puts narrowings first', () => {
    fc.assert(
      fc.property(twoSnapshots, ([scope, before, read]) => {
        const narrows = planScope({
          scope,
          current: before.map((fact) => stored(fact)),
          read,
          observedAt: 2,
        }).map((change) => change.narrows);
        expect(narrows).toEqual([...narrows].sort((one, other) => Number(other) - Number(one)));
      }),
    );
  });

  it('at no step lets anybody read what neither the rights before nor those after allow', () => {
    const whole = fc.tuple(
      snapshot('settings'),
      snapshot('members'),
      snapshot('teams'),
      snapshot('repositories'),
    );
    fc.assert(
      fc.property(whole, twoSnapshots, (parts, [scope, before, read]) => {
        const kinds: readonly string[] = scopeKinds[scope];
        const others = parts.flat().filter((fact) => !kinds.includes(fact.kind));
        const plan = planScope({ scope, current: before.map((fact) => stored(fact)), read, observedAt: 2 });
        const [first, last] = [access([...others, ...before]), access([...others, ...read])];
        for (let step = 0; step <= plan.length; step++) {
          const now = [...access([...others, ...apply(before, plan.slice(0, step))])];
          expect(now.every((right) => first.has(right)) || now.every((right) => last.has(right))).toBe(true);
        }
      }),
    );
  });

  it('marks a change that alters rights as narrowing or widening', () => {
    const whole = fc.tuple(
      snapshot('settings'),
      snapshot('members'),
      snapshot('teams'),
      snapshot('repositories'),
    );
    fc.assert(
      fc.property(whole, twoSnapshots, (parts, [scope, before, read]) => {
        const kinds: readonly string[] = scopeKinds[scope];
        const others = parts.flat().filter((fact) => !kinds.includes(fact.kind));
        const plan = planScope({ scope, current: before.map((fact) => stored(fact)), read, observedAt: 2 });
        for (const [step, change] of plan.entries()) {
          const then = access([...others, ...apply(before, plan.slice(0, step))]);
          const now = access([...others, ...apply(before, plan.slice(0, step + 1))]);
          expect(change.narrows || [...then].every((right) => now.has(right))).toBe(true);
          expect(change.widens || [...now].every((right) => then.has(right))).toBe(true);
        }
      }),
    );
  });

  it('leaves alone what a later read wrote or removed', () => {
    fc.assert(
      fc.property(twoSnapshots, ([scope, later, read]) => {
        const removed = new Map(read.map((fact) => [factKey(fact), 5]));
        const current = later.map((fact) => stored(fact, 5));
        expect(planScope({ scope, current, removed, read, observedAt: 4 })).toEqual([]);
      }),
    );
  });

  it('adds again what an earlier read removed', () => {
    const removed = new Map([['member#1', 3]]);
    const plan = planScope({
      scope: 'members',
      current: [],
      removed,
      read: [aFact.member(1)],
      observedAt: 4,
    });
    expect(plan).toMatchObject([{ kind: 'add', widens: true }]);
  });

  it('takes one thing shown twice for one, but refuses two versions of it', () => {
    const twice = [aFact.member(1), aFact.member(1)];
    expect(planScope({ scope: 'members', current: [], read: twice, observedAt: 1 })).toHaveLength(1);
    const contradiction = [aFact.member(1), aFact.member(1, 'owner')];
    expect(() => planScope({ scope: 'members', current: [], read: contradiction, observedAt: 1 })).toThrow(
      expect.objectContaining({ code: 'incomplete' }),
    );
  });

  it('refuses settings that are not there, and facts of another scope', () => {
    expect(() => planScope({ scope: 'settings', current: [], read: [], observedAt: 1 })).toThrow(
      expect.objectContaining({ code: 'incomplete' }),
    );
    expect(() => planScope({ scope: 'teams', current: [], read: [aFact.member(1)], observedAt: 1 })).toThrow(
      RangeError,
    );
  });

  it('says what changed', () => {
    const current = [stored(aFact.member(1, 'owner'))];
    expect(planScope({ scope: 'members', current, read: [aFact.member(1)], observedAt: 2 })).toMatchObject([
      { kind: 'update', narrows: true, widens: false, reason: 'role: owner → member' },
    ]);
  });
});

describe('repositoryToScan', () => {
  const before = aFact.repository(7);
  const change = (differences: Parameters<typeof aFact.repository>[1]): PlannedChange | undefined =>
    planScope({
      scope: 'repositories',
      current: [stored(before)],
      read: [aFact.repository(7, differences)],
      observedAt: 2,
    })[0];

  it.each([
    ['a push', { pushedAt: '2026-11-02T00:00:00Z' }, true],
    ['a first push', { pushedAt: undefined }, true],
    ['another default branch', { defaultBranch: 'next' }, true],
    ['archiving', { archived: true }, true],
    ['another name', { name: 'new' }, true],
    ['another owner name alone', { fullName: 'other/repository-7' }, false],
    ['another visibility', { visibility: 'public' }, false],
  ] as const)('%s', (_, differences, scans) => {
    const planned = change(differences);
    expect(planned && repositoryToScan(planned)).toBe(scans ? '7' : undefined);
  });

  it('is a repository that came or went, and nothing for other facts', () => {
    const base = { narrows: false, widens: false, reason: '' };
    expect(repositoryToScan({ ...base, kind: 'add', fact: before })).toBe('7');
    expect(repositoryToScan({ ...base, kind: 'remove', fact: before })).toBe('7');
    expect(repositoryToScan({ ...base, kind: 'add', fact: aFact.collaborator(7, 1) })).toBeUndefined();
  });
});
