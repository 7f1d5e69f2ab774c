import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aFact, role, stored } from '../../../test/support/memory-forge.ts';
import { type GitHubScope, gitHubScopes, lagMs, layout, planScope } from '../../../test/support/traits.ts';
import { accessFactsOf, decideAccess } from '../../domain/access.ts';
import { type Fact, factKey } from '../../domain/facts.ts';
import { kindsOf } from '../../domain/scopes.ts';
import type { ScopeRead } from '../../forge/forge.ts';
import type { PlannedChange } from './plan.ts';
import { repositoryToScan } from './repository-to-scan.ts';

const small = fc.integer({ min: 1, max: 4 });
const facts: Record<GitHubScope, fc.Arbitrary<Fact>> = {
  settings: fc.boolean().map(aFact.settings),
  members: fc
    .tuple(small, fc.constantFrom('owner', 'member', 'outside'))
    .map(([id, role]) => aFact.member(id, role)),
  teams: fc.oneof(
    fc.tuple(small, fc.option(small, { nil: undefined })).map(([id, parent]) => aFact.team(id, parent)),
    fc.tuple(small, small).map(([id, member]) => aFact.teamMember(id, member)),
    fc
      .tuple(small, small, fc.constantFrom('read', 'write'))
      .map(([id, repository, permission]) => aFact.teamRepository(id, repository, permission)),
  ),
  roles: fc.oneof(
    fc.tuple(small, small).map(([role, id]) => aFact.roleMember(role, id)),
    fc.tuple(small, small).map(([role, id]) => aFact.roleTeam(role, id)),
  ),
  repositories: fc.oneof(
    fc
      .tuple(small, fc.constantFrom('public', 'internal', 'private'), fc.constantFrom('main', 'master'))
      .map(([id, visibility, defaultBranch]) => aFact.repository(id, { visibility, defaultBranch })),
    fc.tuple(small, small).map(([id, member]) => aFact.collaborator(id, member)),
  ),
};

const snapshot = (scope: GitHubScope): fc.Arbitrary<Fact[]> =>
  fc.uniqueArray(facts[scope], { selector: factKey, minLength: scope === 'settings' ? 1 : 0, maxLength: 20 });

/** Long after every change. */
const startedAt = 10 * lagMs;

/** The changes of a plan in which nothing is deferred. */
function plan(
  input: Omit<Parameters<typeof planScope>[0], 'read' | 'startedAt'> & { read: readonly Fact[] },
): readonly PlannedChange[] {
  const { changes, deferred } = planScope({ ...input, read: { facts: input.read }, startedAt });
  expect(deferred).toEqual([]);
  return changes;
}

const twoSnapshots = fc
  .constantFrom(...gitHubScopes)
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
  const input = accessFactsOf(all);
  const accounts = [1, 2, 3, 4]
    .map((id) => aFact.member(id))
    .flatMap((fact) => (fact.kind === 'member' ? [fact.account] : []));
  return new Set(
    accounts.flatMap((account) =>
      [...decideAccess({ kind: 'account', account }, input, startedAt).keys()].map(
        (repository) => `${account} ${repository}`,
      ),
    ),
  );
}

describe('planScope', () => {
  it('makes the stored scope equal to the read', () => {
    fc.assert(
      fc.property(twoSnapshots, ([scope, before, read]) => {
        const planned = plan({ scope, current: before.map((fact) => stored(fact)), read, observedAt: 2 });
        expect(sorted(apply(before, planned))).toEqual(sorted(read));
      }),
    );
  });

  it('has no change for what stayed the same', () => {
    fc.assert(
      fc.property(twoSnapshots, ([scope, before]) => {
        expect(
          plan({ scope, current: before.map((fact) => stored(fact)), read: before, observedAt: 2 }),
        ).toEqual([]);
      }),
    );
  });

  it('ignores an attribute that is present but undefined', () => {
    const { tagCount: _, ...fact } = { tagCount: 1, ...aFact.repository(1, { handle: undefined }) };
    const read = [fact];
    const current = [stored(aFact.repository(1, { handle: undefined, tagCount: undefined }))];
    expect(plan({ scope: 'repositories', current, read, observedAt: 2 })).toEqual([]);
  });

  it('puts narrowings first', () => {
    fc.assert(
      fc.property(twoSnapshots, ([scope, before, read]) => {
        const narrows = plan({
          scope,
          current: before.map((fact) => stored(fact)),
          read,
          observedAt: 2,
        }).map((change) => change.narrows);
        expect(narrows).toEqual([...narrows].sort((one, other) => Number(other) - Number(one)));
      }),
    );
  });

  const whole = fc.tuple(
    snapshot('settings'),
    snapshot('members'),
    snapshot('teams'),
    snapshot('repositories'),
  );

  it('never lets anybody read in between what neither the rights before nor those after allow', () => {
    fc.assert(
      fc.property(whole, twoSnapshots, (parts, [scope, before, read]) => {
        const kinds: readonly string[] = kindsOf(layout, scope);
        const others = parts.flat().filter((fact) => !kinds.includes(fact.kind));
        const planned = plan({ scope, current: before.map((fact) => stored(fact)), read, observedAt: 2 });
        const [first, last] = [access([...others, ...before]), access([...others, ...read])];
        for (let step = 0; step <= planned.length; step++) {
          const now = [...access([...others, ...apply(before, planned.slice(0, step))])];
          expect(now.every((right) => first.has(right)) || now.every((right) => last.has(right))).toBe(true);
        }
      }),
    );
  });

  it('marks a change of rights as narrowing or widening', () => {
    fc.assert(
      fc.property(whole, twoSnapshots, (parts, [scope, before, read]) => {
        const kinds: readonly string[] = kindsOf(layout, scope);
        const others = parts.flat().filter((fact) => !kinds.includes(fact.kind));
        const planned = plan({ scope, current: before.map((fact) => stored(fact)), read, observedAt: 2 });
        for (const [step, change] of planned.entries()) {
          const then = access([...others, ...apply(before, planned.slice(0, step))]);
          const now = access([...others, ...apply(before, planned.slice(0, step + 1))]);
          expect(change.narrows || [...then].every((right) => now.has(right))).toBe(true);
          expect(change.widens || [...now].every((right) => then.has(right))).toBe(true);
        }
      }),
    );
  });

  it('leaves alone what a later read wrote or removed', () => {
    fc.assert(
      fc.property(twoSnapshots, ([scope, later, read]) => {
        const removed = new Map(read.map((fact) => [factKey(fact), { observedAt: 5, changedAt: 0 }]));
        const current = later.map((fact) => stored(fact, 5));
        expect(plan({ scope, current, removed, read, observedAt: 4 })).toEqual([]);
      }),
    );
  });

  it('adds again what an earlier read removed', () => {
    const removed = new Map([['member#1', { observedAt: 3, changedAt: 0 }]]);
    const planned = plan({
      scope: 'members',
      current: [],
      removed,
      read: [aFact.member(1)],
      observedAt: 4,
    });
    expect(planned).toMatchObject([{ kind: 'add', widens: true }]);
  });

  it('accepts a fact that is shown twice, but refuses two versions of it', () => {
    const twice = [aFact.member(1), aFact.member(1)];
    expect(plan({ scope: 'members', current: [], read: twice, observedAt: 1 })).toHaveLength(1);
    const contradiction = [aFact.member(1), aFact.member(1, 'owner')];
    expect(() => plan({ scope: 'members', current: [], read: contradiction, observedAt: 1 })).toThrow(
      expect.objectContaining({ code: 'incomplete' }),
    );
  });

  it('refuses missing settings, and facts of another scope', () => {
    expect(() => plan({ scope: 'settings', current: [], read: [], observedAt: 1 })).toThrow(
      expect.objectContaining({ code: 'incomplete' }),
    );
    expect(() => plan({ scope: 'teams', current: [], read: [aFact.member(1)], observedAt: 1 })).toThrow(
      RangeError,
    );
  });

  it('says what changed', () => {
    const current = [stored(aFact.member(1, 'owner'))];
    expect(plan({ scope: 'members', current, read: [aFact.member(1)], observedAt: 2 })).toMatchObject([
      { kind: 'update', narrows: true, widens: false, before: current[0]?.fact, evidence: ['read'] },
    ]);
  });
});

describe('a role on every repository', () => {
  const current = [aFact.roleMember(70, 1), aFact.roleTeam(70, 5), aFact.roleMember(71, 1)].map((fact) =>
    stored(fact),
  );
  const removed = (read: Partial<ScopeRead>) =>
    planScope({
      scope: 'roles',
      current,
      read: { facts: [], ...read },
      observedAt: 2,
      startedAt,
    }).changes.map(({ fact, evidence }) => [factKey(fact), evidence]);

  it('is removed, confirmed by the forge, when the role reads nothing any more', () => {
    expect(removed({ powerless: [role(70)] })).toEqual([
      ['role-member#1#70', ['list', 'powerless-role']],
      ['role-team#5#70', ['list', 'powerless-role']],
      ['role-member#1#71', ['list']],
    ]);
  });

  it('is not confirmed gone by a forge that hides all roles', () => {
    expect(removed({ hiddenReason: 'no permission' }).map(([, evidence]) => evidence)).toEqual(
      Array(3).fill(['not-shown']),
    );
  });

  it('may be added or removed by another parent of a team', () => {
    const moved = (before: Fact, after: Fact) =>
      plan({ scope: 'teams', current: [stored(before)], read: [after], observedAt: 2 });
    expect(moved(aFact.team(5), aFact.team(5, 6))).toMatchObject([{ narrows: false, widens: true }]);
    expect(moved(aFact.team(5, 6), aFact.team(5))).toMatchObject([{ narrows: true, widens: false }]);
    expect(moved(aFact.team(5, 6), aFact.team(5, 7))).toMatchObject([{ narrows: true, widens: true }]);
    expect(moved(aFact.team(5, 6), { ...aFact.team(5, 6), name: 'new' } as Fact)).toMatchObject([
      { narrows: false, widens: false },
    ]);
  });
});

describe('a part', () => {
  const members = { scope: 'members', read: { facts: [] as Fact[] }, observedAt: 4, startedAt } as const;

  it('that was read later by itself is left alone by a list read', () => {
    const current = [stored(aFact.member(1)), stored(aFact.member(2))];
    const newer = new Map([['member:1', 5]] as const);
    const read = { facts: [aFact.member(3)] };
    expect(planScope({ ...members, read, current, newer }).changes).toMatchObject([
      { kind: 'remove', fact: { account: '2' } },
      { kind: 'add', fact: { account: '3' } },
    ]);
    const absent = new Map([['member:3', 5]] as const);
    expect(planScope({ ...members, read, current: [], newer: absent }).changes).toEqual([]);
  });

  it('has no facts that its read does not cover', () => {
    const read = { facts: [aFact.teamMember(6, 1)], covers: ['team:5'] as const };
    expect(() => planScope({ scope: 'team:5', current: [], read, observedAt: 1, startedAt })).toThrow(
      RangeError,
    );
  });
});

describe('repositoryToScan', () => {
  const before = aFact.repository(7);
  const change = (differences: Parameters<typeof aFact.repository>[1]): PlannedChange | undefined =>
    plan({
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
    ['one tag less', { tagCount: 3 }, true],
    ['one branch less', { branchCount: 3 }, true],
    ['another name', { name: 'new' }, true],
    ['another owner name, which is part of its addresses', { fullName: 'other/repository-7' }, true],
    ['another visibility, which changes how its code is fetched', { visibility: 'public' }, true],
  ] as const)('requires a scan after %s', (_, differences, scans) => {
    const planned = change(differences);
    expect(planned && repositoryToScan(planned)).toBe(scans ? '7' : undefined);
  });

  it('is a repository that was added or removed, and undefined for other facts', () => {
    const base = { narrows: false, widens: false, evidence: [] };
    expect(repositoryToScan({ ...base, kind: 'add', fact: before })).toBe('7');
    expect(repositoryToScan({ ...base, kind: 'remove', fact: before })).toBe('7');
    expect(repositoryToScan({ ...base, kind: 'add', fact: aFact.collaborator(7, 1) })).toBeUndefined();
  });
});
