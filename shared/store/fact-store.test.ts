import { describe, expect, it } from 'vitest';
import { account, aFact, repository, team } from '../../test/support/memory-forge.ts';
import { synchronizationId } from '../../test/support/synchronized.ts';
import { useTables } from '../../test/support/table.ts';
import { layout } from '../../test/support/traits.ts';
import { decideAccess, type Subject } from '../domain/access.ts';
import { type Fact, factKey, type RepositoryFact, type TeamFact } from '../domain/facts.ts';
import { loadAccessFacts } from './access-fact-store.ts';
import { loadFacts, loadScope, putFact, removeFact } from './fact-store.ts';
import { keys } from './keys.ts';
import { scopeState } from './scope-store.ts';
import { ConflictError } from './table.ts';

const newTable = useTables();
const now = Date.parse('2026-11-22T12:00:00Z');

describe('facts', () => {
  it('are loaded as they were stored, also where an attribute is undefined', async () => {
    const table = await newTable();
    const facts: Fact[] = [
      aFact.settings(true),
      aFact.member(1, 'owner'),
      aFact.team(5),
      { kind: 'team', team: team(6), slug: 'x', name: 'X', parent: team(5) },
      aFact.teamMember(5, 1),
      { ...aFact.teamMember(6, 1), ...{ via: team(5) } },
      { ...aFact.teamRepository(6, 10), ...{ via: team(5), keyedByVia: true } },
      { ...aFact.teamMember(6, 1), ...{ level: 'reporter', expiresAt: now } },
      aFact.teamRepository(5, 10),
      { ...aFact.teamRepository(6, 10), ...{ readers: ['reporter'], expiresAt: now } },
      { ...aFact.member(3, 'outside'), ...{ expiresAt: now } },
      aFact.repository(10, { defaultBranch: undefined, pushedAt: undefined }),
      aFact.repository(11, { handle: 'R_kg' }),
      aFact.collaborator(10, 2),
    ];
    await table.transact(facts.map((fact) => putFact(synchronizationId, fact, 1)));
    const scopes = await Promise.all(
      (['settings', 'members', 'teams', 'repositories'] as const).map((scope) =>
        loadScope(table, synchronizationId, layout, scope),
      ),
    );
    const back = scopes.flatMap((scope) => scope.facts.map((stored) => stored.fact));
    expect(back).toHaveLength(facts.length);
    for (const fact of facts) {
      expect(back).toContainEqual(fact);
    }
  });

  it('are neither written nor removed by a read that began earlier', async () => {
    const table = await newTable();
    await table.transact([putFact(synchronizationId, aFact.member(1), 5)]);
    for (const stale of [4, 5]) {
      await expect(
        table.transact([putFact(synchronizationId, aFact.member(1, 'owner'), stale)]),
      ).rejects.toThrow(ConflictError);
      await expect(
        table.transact([removeFact(synchronizationId, aFact.member(1), stale, now)]),
      ).rejects.toThrow(ConflictError);
    }
    expect(await loadFacts(table, synchronizationId, 'member')).toEqual([aFact.member(1)]);
    await table.transact([removeFact(synchronizationId, aFact.member(1), 6, now)]);
    await expect(table.transact([putFact(synchronizationId, aFact.member(1), 5)])).rejects.toThrow(
      ConflictError,
    );
    expect(await loadFacts(table, synchronizationId, 'member')).toEqual([]);
  });

  it('lose the trace of their removal when they come back, and keep when they were first seen', async () => {
    const table = await newTable();
    await table.transact([putFact(synchronizationId, aFact.member(1), 1)]);
    await table.transact([removeFact(synchronizationId, aFact.member(1), 2, now)]);
    await table.transact([putFact(synchronizationId, aFact.member(1), 3)]);
    const [item] = await table.query(`SYNC#${synchronizationId}`, 'FACT#');
    expect(Object.keys(item ?? {}).sort()).toEqual([
      'changedAt',
      'fact',
      'firstObservedAt',
      'observedAt',
      'pk',
      'sk',
    ]);
    expect(item).toMatchObject({ observedAt: 3, firstObservedAt: 1 });
  });
});

describe('items of an earlier version', () => {
  it('have the handle under another name, in facts and in the states of parts', async () => {
    const table = await newTable();
    const [one, other] = [aFact.team(5), aFact.repository(10)];
    const asStored = ({ handle, ...fact }: TeamFact | RepositoryFact) => ({ ...fact, nodeId: handle });
    await table.transact([
      ...[one, other].map((fact) => ({
        put: keys.fact(synchronizationId, factKey(fact)),
        item: { fact: asStored(fact), observedAt: 1, firstObservedAt: 1 },
      })),
      { put: keys.scope(synchronizationId, 'team:5'), item: { nodeId: 'T_5' } },
    ]);
    expect(await loadFacts(table, synchronizationId, 'team')).toEqual([one]);
    expect(await loadFacts(table, synchronizationId, 'repository')).toEqual([other]);
    expect((await scopeState(table, synchronizationId, 'team:5'))?.handle).toBe('T_5');
  });
});

describe('loadScope', () => {
  it('leaves no other query running whose error nobody handles when one fails', async () => {
    const fails = (call: string) => () => Promise.reject(new Error(call));
    const table = { ...(await newTable()), getMany: fails('getMany'), query: fails('query') };
    const load = loadScope(table, synchronizationId, layout, 'team:5', ['team:5']);
    await expect(load).rejects.toThrow('getMany');
    // Unhandled rejections are reported after the current turn.
    await new Promise(setImmediate);
  });
});

describe('loadAccessFacts', () => {
  const facts: Fact[] = [
    aFact.settings(),
    aFact.member(1),
    aFact.member(11, 'owner'),
    aFact.team(5),
    aFact.teamMember(5, 1),
    aFact.teamMember(6, 11),
    aFact.teamRepository(5, 10),
    aFact.teamRepository(6, 12),
    aFact.repository(10),
    aFact.repository(12),
    aFact.repository(13, { visibility: 'public' }),
    aFact.repository(14),
    aFact.collaborator(14, 2),
    aFact.collaborator(12, 2),
    // 7 reads everything by a direct role, 8 by a team two levels below the one with the role.
    aFact.member(7),
    aFact.roleMember(70, 7),
    aFact.member(8),
    aFact.team(20),
    aFact.team(21, 20),
    aFact.team(22, 21),
    aFact.teamMember(22, 8),
    aFact.roleTeam(70, 20),
  ];

  it.each([
    ['a member', { kind: 'account', account: account(1) }, [10, 13]],
    ['an owner', { kind: 'account', account: account(11) }, [10, 12, 13, 14]],
    ['an outside collaborator', { kind: 'account', account: account(2) }, [12, 13, 14]],
    ['the holder of a role', { kind: 'account', account: account(7) }, [10, 12, 13, 14]],
    ['an account with a role through teams', { kind: 'account', account: account(8) }, [10, 12, 13, 14]],
    ['a team with a role', { kind: 'team', team: team(21) }, [10, 12, 13, 14]],
    ['an unknown account', { kind: 'account', account: account(3) }, [13]],
    ['a team', { kind: 'team', team: team(5) }, [10, 13]],
    ['anyone', { kind: 'anyone' }, [13]],
  ] as const)(
    'returns for %s all facts that matter, with the same result as the full set',
    async (_, subject: Subject, ids) => {
      const table = await newTable();
      await table.transact(facts.map((fact) => putFact(synchronizationId, fact, 1)));
      const part = await loadAccessFacts(table, synchronizationId, subject);
      const whole = await loadAccessFacts(table, synchronizationId);
      const readable = decideAccess(subject, part, now);
      expect([...readable.keys()].sort()).toEqual(ids.map(repository));
      expect(readable).toEqual(decideAccess(subject, whole, now));
    },
  );

  it('leaves out removed facts', async () => {
    const table = await newTable();
    await table.transact(facts.map((fact) => putFact(synchronizationId, fact, 1)));
    await table.transact([removeFact(synchronizationId, aFact.teamMember(5, 1), 2, now)]);
    const subject = { kind: 'account', account: account(1) } as const;
    expect([
      ...decideAccess(subject, await loadAccessFacts(table, synchronizationId, subject), now).keys(),
    ]).toEqual(['13']);
    expect((await loadAccessFacts(table, synchronizationId)).teamMembers).toEqual([
      aFact.teamMember(6, 11),
      aFact.teamMember(22, 8),
    ]);
  });
});
