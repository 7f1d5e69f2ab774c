/** Recent changes and withdrawals by events: which reads remove a fact, and which give it back. */

import { describe, expect, it } from 'vitest';
import { aFact, stored } from '../../../test/support/memory-forge.ts';
import { lagMs, planScope } from '../../../test/support/traits.ts';
import type { Claim } from '../../domain/claim.ts';
import { hasConfirmation } from '../../domain/evidence.ts';
import type { Fact } from '../../domain/facts.ts';

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
    // An owner's request brings it back, but it is rechecked.
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

  it('comes back at once by a new event that adds it and a read that agrees', () => {
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

  it('is removed at once by a read that shows less, however fresh it is, and is rechecked', () => {
    const current = [stored(aFact.member(1), 1, now - 60_000)];
    expect(read([], { current, now: now + 500 })).toMatchObject({
      changes: [{ kind: 'remove', evidence: ['list'], inDoubt: true }],
      deferred: [],
      doubtful: [{ key: 'member#1', until: now + 500 + lagMs }],
    });
    const removed = new Map([['member#1', { observedAt: 3, changedAt: now - 5_000, inDoubt: true }]]);
    expect(read([], { removed }).doubtful).toEqual([{ key: 'member#1', until: now - 5_000 + lagMs }]);
  });

  it('is narrowed at once for an owner who was demoted, or a base permission that was lowered', () => {
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

  it('does not widen by a read that may lag behind, but its other attributes follow at once', () => {
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

  it('gives a team that moved the roles of neither parent until a read began late enough to know', () => {
    const current = [stored(aFact.team(5, 6), 1, now - 10_000)];
    expect(read([aFact.team(5, 7)], { scope: 'teams', current })).toMatchObject({
      changes: [{ kind: 'update', narrows: true, widens: false, fact: { parent: undefined } }],
      deferred: [{ key: 'team#5' }],
    });
  });

  it('is confirmed gone when an event reported the account or the parent gone', () => {
    const rows = [aFact.teamMember(5, 1), aFact.teamRepository(5, 7)];
    const current = rows.map((fact) => stored(fact, 1, now - 60_000));
    const scope = 'teams';
    const confirmedBy = (key: string) =>
      read([], { scope, current, goneByEvents: new Set([key]) }).changes.map(({ evidence }) =>
        hasConfirmation(evidence),
      );
    expect(confirmedBy('member#1')).toEqual([true, false]);
    expect(confirmedBy('team#5')).toEqual([true, true]);
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
    // A slow read that began before the event.
    expect(read(9, at + lagMs)).toMatchObject({ changes: [], contradicted: [] });
  });

  it('is given back by a read that began late enough, and the event was wrong', () => {
    expect(read(11, at + lagMs)).toMatchObject({
      changes: [{ kind: 'return', fact: row, widens: true }],
      deferred: [],
      contradicted: [claim],
    });
  });

  it('is given back by an event that adds it and a read that agrees, and the first event was right', () => {
    const arrivals = new Map([[claim.key, 11]]);
    expect(read(12, at + 1000, { arrivals })).toMatchObject({
      changes: [{ kind: 'return' }],
      contradicted: [],
    });
    expect(read(12, at + lagMs, { arrivals }).contradicted).toEqual([]);
    expect(read(12, at + 1000, { arrivals: new Map([[claim.key, 9]]) }).changes).toEqual([]);
    // A read removed it in between, as the event had said: that withdrew nothing itself.
    const removed = new Map([[claim.key, { observedAt: 12, changedAt: at + 500 }]]);
    expect(read(13, at + 1000, { current: [], removed, arrivals }).changes).toMatchObject([{ kind: 'add' }]);
  });

  it('is removed by a read that agrees, with no doubt left', () => {
    expect(read(11, at + 1000, { read: { facts: [] }, goneByEvents: new Set([claim.key]) })).toMatchObject({
      changes: [{ kind: 'remove', evidence: ['list', 'event'] }],
      doubtful: [],
    });
  });

  it('is rechecked if only a hint says that it is gone, recovered after the person was added again', () => {
    // The read, and the look-up too, may show the state between the two events.
    for (const absenceIsAuthoritative of [false, true]) {
      const hinted = {
        read: { facts: [], absenceIsAuthoritative },
        claims: [],
        goneByEvents: new Set([claim.key]),
      };
      expect(read(11, at + 1000, hinted)).toMatchObject({
        changes: [{ kind: 'remove', inDoubt: true }],
        doubtful: [{ key: claim.key }],
      });
    }
  });

  it('is rechecked if it was given back since, and a read that may lag behind does not show it', () => {
    const given = { ...stored(row, 12, at + 500), givenAt: 12 };
    expect(read(13, at + 1000, { current: [given], read: { facts: [] } })).toMatchObject({
      changes: [{ kind: 'remove', inDoubt: true }],
      doubtful: [{ key: claim.key }],
    });
  });

  it('is not added by a read that may lag behind, if nothing was stored of it', () => {
    expect(read(11, at + 1000, { current: [] })).toMatchObject({
      changes: [],
      deferred: [{ key: claim.key, until: at + lagMs }],
    });
    expect(read(11, at + lagMs, { current: [] })).toMatchObject({ changes: [{ kind: 'add' }] });
  });

  it('takes a repository that is not public any more from everybody, until a read that began late enough shows it public', () => {
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

  it('follows reads in attributes that grant nothing, and in what is narrower', () => {
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
