import { describe, expect, it } from 'vitest';
import { account, aFact, repository, role } from '../../test/support/memory-forge.ts';
import { createMemoryTable } from '../../test/support/memory-table.ts';
import { addSynchronized, synchronizationId } from '../../test/support/synchronized.ts';
import type { FactChange } from '../domain/change.ts';
import type { Fact } from '../domain/facts.ts';
import { putFact } from '../store/fact-store.ts';
import { changeText, factText } from './change-text.ts';
import { displayNames, namesFor } from './display-names.ts';

const backend = { ...aFact.team(5), slug: 'backend' };
const billing = { ...aFact.repository(9), fullName: 'acme/billing' };
const names = displayNames([aFact.member(1), backend, billing]);
const removed = (before: Fact): FactChange => ({ kind: 'remove', before, evidence: ['list', 'event'] });

describe('changeText', () => {
  it.each<[Fact, string]>([
    [aFact.settings(), 'settings'],
    [aFact.member(1), 'member user-1 (1)'],
    [backend, 'team backend (5)'],
    [aFact.teamMember(5, 1), 'user-1 (1) in team backend (5)'],
    [aFact.teamRepository(5, 9), 'team backend (5) on repository acme/billing (9)'],
    [aFact.roleMember(70, 1), 'user-1 (1) with the role role-70 (70)'],
    [aFact.roleTeam(70, 5), 'team backend (5) with the role role-70 (70)'],
    [billing, 'repository acme/billing (9)'],
    [aFact.collaborator(9, 1), 'user-1 (1) on repository acme/billing (9)'],
    [aFact.teamRepository(6, 8), 'team 6 on repository 8'],
  ])('names the subject of the change: %#', (fact, words) => {
    expect(factText(fact, names)).toBe(words);
  });

  it('says what changed, and why', () => {
    const after = aFact.member(1, 'owner');
    const texts = (
      [
        { kind: 'add', after, evidence: ['owner', 'read'] },
        { kind: 'update', before: aFact.member(1), after, evidence: ['read'] },
        { kind: 'return', after, evidence: ['read'] },
        removed(after),
      ] satisfies FactChange[]
    ).map((change) => changeText(change, names));
    expect(texts).toEqual([
      'member user-1 (1) added: put back by an undo; the read shows it',
      'member user-1 (1) changed: role: member → owner',
      'member user-1 (1) given back: an event had withdrawn it, but the read shows it',
      'member user-1 (1) removed: missing from a complete read; confirmed by an event',
    ]);
  });

  it('shows a change that an earlier version stored as text as it is', () => {
    expect(changeText('member bob (1) added: new in the read', names)).toBe(
      'member bob (1) added: new in the read',
    );
  });
});

describe('names in a change', () => {
  async function stored(...facts: readonly Fact[]) {
    const table = createMemoryTable();
    await addSynchronized(table);
    await table.transact(facts.map((fact) => putFact(synchronizationId, fact, 1)));
    return table;
  }

  it('are the current ones', async () => {
    const table = await stored({ ...aFact.member(1), login: 'ann' } as Fact, backend, billing);
    const changes = [removed(aFact.teamMember(5, 1)), removed(aFact.teamRepository(5, 9))];
    const now = await namesFor(table, synchronizationId, changes);
    expect(changes.map((change) => changeText(change, now).split(' removed')[0])).toEqual([
      'ann (1) in team backend (5)',
      'team backend (5) on repository acme/billing (9)',
    ]);
  });

  it('of what is gone come from the changes, or else are the ids', async () => {
    const table = await stored();
    const of = await namesFor(table, synchronizationId, [removed(backend), removed(aFact.teamMember(5, 1))]);
    expect(of('team', '5')).toBe('backend (5)');
    expect(of('account', account(1))).toBe('user-1 (1)');
    expect(of('repository', repository(9))).toBe('9');
    expect(of('team', role(70))).toBe('70');
  });

  it('include both repositories when a package name passed from one to the other', async () => {
    const table = await stored(billing);
    const change = {
      kind: 'package-name',
      name: 'acme/one',
      before: { repository: repository(8), number: 1 },
      after: { repository: repository(9), number: 2 },
      reason: 'an owner gave it',
    } as const;
    expect(changeText(change, await namesFor(table, synchronizationId, [change]))).toBe(
      'package acme/one (number 1) of repository 8 moved to repository acme/billing (9) as number 2: an owner gave it',
    );
  });
});
