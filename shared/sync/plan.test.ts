import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aFact, role } from '../../test/support/memory-forge.ts';
import { accessFactsOf, decideAccess } from '../domain/access.ts';
import { type Claim, lagMs } from '../domain/claim.ts';
import {
  type Fact,
  factKey,
  type ScopeName,
  type StoredFact,
  scopeKinds,
  scopeNames,
} from '../domain/facts.ts';
import type { ScopeRead } from '../forge/forge.ts';
import { type PlannedChange, planScope } from './plan.ts';
import { repositoryToScan } from './repository-to-scan.ts';

const small = fc.integer({ min: 1, max: 4 });
const facts: Record<ScopeName, fc.Arbitrary<Fact>> = {
  settings: fc.boolean().map(aFact.settings),
  members: fc.tuple(small, fc.constantFrom('owner', 'member')).map(([id, role]) => aFact.member(id, role)),
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

const snapshot = (scope: ScopeName): fc.Arbitrary<Fact[]> =>
  fc.uniqueArray(facts[scope], { selector: factKey, minLength: scope === 'settings' ? 1 : 0, maxLength: 20 });

const stored = (fact: Fact, observedAt = 1, changedAt = 0): StoredFact => ({
  fact,
  observedAt,
  firstObservedAt: 1,
  changedAt,
  givenAt: observedAt,
  inDoubt: false,
});
/** Long after everything that changed. */
const startedAt = 10 * lagMs;

/** The changes of a plan that nothing has to wait in. */
function plan(
  input: Omit<Parameters<typeof planScope>[0], 'read' | 'startedAt'> & { read: readonly Fact[] },
): readonly PlannedChange[] {
  const { changes, deferred } = planScope({ ...input, read: { facts: input.read }, startedAt });
  expect(deferred).toEqual([]);
  return changes;
}

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
  const input = accessFactsOf(all);
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
        const planned = plan({ scope, current: before.map((fact) => stored(fact)), read, observedAt: 2 });
        expect(sorted(apply(before, planned))).toEqual(sorted(read));
      }),
    );
  });

  it('has no change for what stayed', () => {
    fc.assert(
      fc.property(twoSnapshots, ([scope, before]) => {
        expect(
          plan({ scope, current: before.map((fact) => stored(fact)), read: before, observedAt: 2 }),
        ).toEqual([]);
      }),
    );
  });

  it('takes no notice of an attribute that is there and undefined', () => {
    const { tagCount: _, ...fact } = { tagCount: 1, ...aFact.repository(1, { nodeId: undefined }) };
    const read = [fact];
    const current = [stored(aFact.repository(1, { nodeId: undefined, tagCount: undefined }))];
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
        const planned = plan({ scope, current: before.map((fact) => stored(fact)), read, observedAt: 2 });
        const [first, last] = [access([...others, ...before]), access([...others, ...read])];
        for (let step = 0; step <= planned.length; step++) {
          const now = [...access([...others, ...apply(before, planned.slice(0, step))])];
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

  it('takes one thing shown twice for one, but refuses two versions of it', () => {
    const twice = [aFact.member(1), aFact.member(1)];
    expect(plan({ scope: 'members', current: [], read: twice, observedAt: 1 })).toHaveLength(1);
    const contradiction = [aFact.member(1), aFact.member(1, 'owner')];
    expect(() => plan({ scope: 'members', current: [], read: contradiction, observedAt: 1 })).toThrow(
      expect.objectContaining({ code: 'incomplete' }),
    );
  });

  it('refuses settings that are not there, and facts of another scope', () => {
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
      { kind: 'update', narrows: true, widens: false, reason: 'role: owner → member' },
    ]);
  });
});

describe('what has just changed', () => {
  const now = 1_000_000;
  const read = (facts: readonly Fact[], differences: Partial<Parameters<typeof planScope>[0]> = {}) =>
    planScope({
      scope: 'members',
      current: [],
      read: { facts },
      observedAt: 4,
      startedAt: now,
      ...differences,
    });
  const until = now - 60_000 + lagMs;

  it('does not come back by a read that may lag behind its removal', () => {
    const removed = new Map([['member#1', { observedAt: 3, changedAt: now - 60_000 }]]);
    expect(read([aFact.member(1)], { removed })).toMatchObject({
      changes: [],
      deferred: [{ key: 'member#1', until }],
      doubtful: [],
    });
    // A person's word brings it back, but it is looked at again.
    expect(read([aFact.member(1)], { removed, putBack: new Set(['member#1']) })).toMatchObject({
      changes: [{ kind: 'add' }],
      deferred: [],
      doubtful: [{ key: 'member#1' }],
    });
    const old = new Map([['member#1', { observedAt: 3, changedAt: now - lagMs }]]);
    expect(read([aFact.member(1)], { removed: old })).toMatchObject({
      changes: [{ kind: 'add' }],
      deferred: [],
    });
  });

  it('comes back at once by a new event that gives it and a read that agrees', () => {
    const removed = new Map([['member#1', { observedAt: 2, changedAt: now - 1_000 }]]);
    expect(read([aFact.member(1)], { removed, arrivals: new Map([['member#1', 3]]) })).toMatchObject({
      changes: [{ kind: 'add', widens: true }],
      deferred: [],
    });
    // The event is from before the removal, or the read from before the event.
    for (const number of [1, 5]) {
      expect(read([aFact.member(1)], { removed, arrivals: new Map([['member#1', number]]) }).changes).toEqual(
        [],
      );
    }
  });

  it('goes at once by a read that shows less, however fresh it is, and is looked at again', () => {
    const current = [stored(aFact.member(1), 1, now - 60_000)];
    expect(read([], { current, now: now + 500 })).toMatchObject({
      changes: [{ kind: 'remove', stated: false, inDoubt: true }],
      deferred: [],
      doubtful: [{ key: 'member#1', until: now + 500 + lagMs }],
    });
    const removed = new Map([['member#1', { observedAt: 3, changedAt: now - 5_000, inDoubt: true }]]);
    expect(read([], { removed }).doubtful).toEqual([{ key: 'member#1', until: now - 5_000 + lagMs }]);
  });

  it('an owner who was demoted, or a base permission lowered, right after another change is narrowed at once', () => {
    const owner = [stored(aFact.member(1, 'owner'), 1, now - 10_000)];
    expect(read([aFact.member(1)], { current: owner })).toMatchObject({
      changes: [{ kind: 'update', narrows: true, inDoubt: true }],
      deferred: [],
    });
    const current = [stored(aFact.settings(true), 1, now - 10_000)];
    expect(read([aFact.settings(false)], { scope: 'settings', current })).toMatchObject({
      changes: [{ kind: 'update', narrows: true }],
      deferred: [],
      doubtful: [{ key: 'settings', until: now + lagMs }],
    });
  });

  it('does not grow by a read that may lag behind, but its other attributes follow at once', () => {
    const scope = 'repositories';
    const current = [stored(aFact.repository(7), 1, now - 60_000)];
    expect(read([aFact.repository(7, { visibility: 'public' })], { scope, current })).toMatchObject({
      changes: [],
      deferred: [{ key: 'repository#7', until }],
    });
    expect(
      read([aFact.repository(7, { visibility: 'public', name: 'new' })], { scope, current }),
    ).toMatchObject({
      changes: [
        { kind: 'update', narrows: false, widens: false, fact: { visibility: 'private', name: 'new' } },
      ],
      deferred: [{ key: 'repository#7', until }],
    });
    const arrivals = new Map([['repository#7', 3]]);
    expect(read([aFact.repository(7, { visibility: 'public' })], { scope, current, arrivals })).toMatchObject(
      { changes: [{ kind: 'update', widens: true }], deferred: [] },
    );
  });

  it('a team that moved has the roles of neither parent until a read knows', () => {
    const current = [stored(aFact.team(5, 6), 1, now - 10_000)];
    expect(read([aFact.team(5, 7)], { scope: 'teams', current })).toMatchObject({
      changes: [{ kind: 'update', narrows: true, widens: false, fact: { parent: undefined } }],
      deferred: [{ key: 'team#5' }],
    });
  });

  it('is stated when an event told of the account or the thing that it hangs on', () => {
    const rows = [aFact.teamMember(5, 1), aFact.teamRepository(5, 7)];
    const current = rows.map((fact) => stored(fact, 1, now - 60_000));
    const scope = 'teams';
    const stated = (told: string) =>
      read([], { scope, current, told: new Set([told]) }).changes.map(
        (change) => change.kind === 'remove' && change.stated,
      );
    expect(stated('member#1')).toEqual([true, false]);
    expect(stated('team#5')).toEqual([true, true]);
  });
});

describe('what an event withdrew', () => {
  const at = 1_000_000;
  const claim: Claim = { key: 'team-member#1#5', expect: 'gone', number: 10, at };
  const row = aFact.teamMember(5, 1);
  const read = (number: number, startedAt: number, more: Partial<Parameters<typeof planScope>[0]> = {}) =>
    planScope({
      scope: 'teams',
      current: [stored(row)],
      read: { facts: [row] },
      observedAt: number,
      startedAt,
      claims: [claim],
      ...more,
    });

  it('stays withdrawn while reads may lag behind the event', () => {
    expect(read(11, at + lagMs - 1)).toMatchObject({
      changes: [],
      deferred: [{ key: claim.key, until: at + lagMs }],
      contradicted: [],
    });
    // A read that began before the event, and took its time.
    expect(read(9, at + lagMs)).toMatchObject({ changes: [], contradicted: [] });
  });

  it('is given back by a read that knows, and the event was wrong', () => {
    expect(read(11, at + lagMs)).toMatchObject({
      changes: [{ kind: 'return', fact: row, widens: true }],
      deferred: [],
      contradicted: [claim],
    });
  });

  it('is given back by an event that gives it and a read that agrees, and the event that took it was right', () => {
    const arrivals = new Map([[claim.key, 11]]);
    expect(read(12, at + 1000, { arrivals })).toMatchObject({
      changes: [{ kind: 'return' }],
      contradicted: [],
    });
    expect(read(12, at + lagMs, { arrivals }).contradicted).toEqual([]);
    expect(read(12, at + 1000, { arrivals: new Map([[claim.key, 9]]) }).changes).toEqual([]);
    // A read took it in between, as the event had said: that withdrew nothing itself.
    const removed = new Map([[claim.key, { observedAt: 12, changedAt: at + 500 }]]);
    expect(read(13, at + 1000, { current: [], removed, arrivals }).changes).toMatchObject([{ kind: 'add' }]);
  });

  it('is removed by a read that agrees, with no doubt left', () => {
    expect(read(11, at + 1000, { read: { facts: [] }, told: new Set([claim.key]) })).toMatchObject({
      changes: [{ kind: 'remove', stated: true }],
      doubtful: [],
    });
  });

  it('is looked at again if only a hint says that it is gone, recovered after the person was added again', () => {
    // The read may show what was between the two; also the look-up of the thing itself.
    for (const absenceIsStated of [false, true]) {
      const hinted = { read: { facts: [], absenceIsStated }, claims: [], told: new Set([claim.key]) };
      expect(read(11, at + 1000, hinted)).toMatchObject({
        changes: [{ kind: 'remove', inDoubt: true }],
        doubtful: [{ key: claim.key }],
      });
    }
  });

  it('is looked at again if it was given back since, and a read that may lag behind does not show it', () => {
    const given = { ...stored(row, 12, at + 500), givenAt: 12 };
    expect(read(13, at + 1000, { current: [given], read: { facts: [] } })).toMatchObject({
      changes: [{ kind: 'remove', inDoubt: true }],
      doubtful: [{ key: claim.key }],
    });
  });

  it('is not added by a read that may lag behind, if nothing was known of it', () => {
    expect(read(11, at + 1000, { current: [] })).toMatchObject({
      changes: [],
      deferred: [{ key: claim.key, until: at + lagMs }],
    });
    expect(read(11, at + lagMs, { current: [] })).toMatchObject({ changes: [{ kind: 'add' }] });
  });

  it('takes a repository from everybody that is public no more, and lets it be public when a read knows', () => {
    const open = aFact.repository(7, { visibility: 'public' });
    const hidden: Claim = { key: 'repository#7', expect: 'not-public', number: 10, at };
    const of = (current: Fact, startedAt: number) =>
      read(11, startedAt, {
        scope: 'repositories',
        current: [stored(current)],
        read: { facts: [open] },
        claims: [hidden],
      });
    expect(of(open, at + 1000).changes).toEqual([]);
    expect(of(aFact.repository(7), at + 1000).changes).toEqual([]);
    expect(of(aFact.repository(7), at + lagMs).changes).toMatchObject([{ kind: 'update', widens: true }]);
    expect(of(open, at + lagMs)).toMatchObject({ changes: [{ kind: 'return' }], contradicted: [hidden] });
  });

  it('follows in what gives nothing, and what is narrower', () => {
    const owner = aFact.member(1, 'owner');
    const gone: Claim = { key: 'member#1', expect: 'gone', number: 10, at };
    expect(
      read(11, at + 1000, {
        scope: 'members',
        current: [stored(owner)],
        read: { facts: [aFact.member(1)] },
        claims: [gone],
      }),
    ).toMatchObject({ changes: [{ kind: 'update', narrows: true, widens: false }], deferred: [{}] });
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
    }).changes.map((change) => [
      factKey(change.fact),
      change.kind === 'remove' && change.stated,
      change.reason,
    ]);

  it('is taken by the forge’s word when the role reads nothing any more', () => {
    const gone = 'not in the whole read';
    expect(removed({ powerless: [role(70)] })).toEqual([
      ['role-member#1#70', true, `${gone}; the role reads no repositories any more`],
      ['role-team#5#70', true, `${gone}; the role reads no repositories any more`],
      ['role-member#1#71', false, gone],
    ]);
  });

  it('is not said to be gone by a forge that shows none', () => {
    expect(new Set(removed({ notShown: 'no permission' }).map(([, stated]) => stated))).toEqual(
      new Set([false]),
    );
  });

  it('may come or go with another parent of a team', () => {
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

  it('that was read later by itself is left alone by a read of the list', () => {
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

  it('holds no facts of what its read does not cover', () => {
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
    ['a tag less', { tagCount: 3 }, true],
    ['a branch less', { branchCount: 3 }, true],
    ['another name', { name: 'new' }, true],
    ['another owner name, which is in its addresses', { fullName: 'other/repository-7' }, true],
    ['another visibility, by which its code is fetched otherwise', { visibility: 'public' }, true],
  ] as const)('%s', (_, differences, scans) => {
    const planned = change(differences);
    expect(planned && repositoryToScan(planned)).toBe(scans ? '7' : undefined);
  });

  it('is a repository that came or went, and nothing for other facts', () => {
    const base = { narrows: false, widens: false, reason: '' };
    expect(repositoryToScan({ ...base, kind: 'add', fact: before })).toBe('7');
    expect(repositoryToScan({ ...base, kind: 'remove', stated: true, fact: before })).toBe('7');
    expect(repositoryToScan({ ...base, kind: 'add', fact: aFact.collaborator(7, 1) })).toBeUndefined();
  });
});
