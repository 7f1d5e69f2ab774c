import { beforeEach, describe, expect, it } from 'vitest';
import { account, aFact } from '../../../test/support/memory-forge.ts';
import { createMemoryTable } from '../../../test/support/memory-table.ts';
import { addSynchronized, organizationId, synchronizationId } from '../../../test/support/synchronized.ts';
import type { Fact } from '../../domain/facts.ts';
import { asId, asPrincipal, teamPrincipal, type UserId, userPrincipal } from '../../domain/ids.ts';
import type { Synchronization } from '../../domain/synchronization.ts';
import { putFact } from '../../store/fact-store.ts';
import { keys } from '../../store/keys.ts';
import { findSynchronization } from '../../store/synchronization-store.ts';
import { ConflictError, type Table, transactionItemsMax } from '../../store/table.ts';
import { accountIn, makeUser } from '../../store/user-store.ts';
import { requestWork } from '../../store/work.ts';
import { grantsWork, principalWork } from '../../store/work-items.ts';
import { affectedBy, affectedByClaims, affectedMax } from './affected-principals.ts';
import type { PlannedChange } from './plan.ts';

const now = 1000;
const user = (id: number): UserId => asId<UserId>(`user${id}`);
const added = (fact: Fact): PlannedChange => ({
  kind: 'add',
  fact,
  narrows: false,
  widens: true,
  evidence: ['read'],
});

let table: Table;
let synchronization: Synchronization;

beforeEach(async () => {
  table = createMemoryTable();
  await addSynchronized(table);
  const found = await findSynchronization(table, synchronizationId);
  if (found === undefined) {
    throw new Error('nothing is synchronized');
  }
  synchronization = found;
  // 1 and 2 have tokens, 3 has signed in and has none, 4 was never here.
  for (const id of [1, 2, 3]) {
    await table.transact(makeUser(user(id), accountIn(found, account(id)), `user-${id}`, now));
  }
  for (const id of [1, 2]) {
    await table.transact([requestWork(principalWork(organizationId, userPrincipal(user(id))), now)]);
  }
});

async function requestedBy(...facts: Fact[]): Promise<string[]> {
  const { requested } = await affectedBy(table, synchronization, facts.map(added), now);
  return requested.map(({ key }) => key.sk);
}

describe('affectedBy', () => {
  it.each([
    ['the base permission', aFact.settings(true)],
    ['a repository', aFact.repository(7)],
    ['a team, whose roles are inherited', aFact.team(5)],
    ["a team's role", aFact.roleTeam(70, 5)],
  ])('names everybody for %s', async (_, fact) => {
    expect(await requestedBy(fact)).toEqual([grantsWork(organizationId).key.sk]);
  });

  it.each([
    ['a membership', aFact.member(1)],
    ['a team membership', aFact.teamMember(5, 1)],
    ['a direct grant on a repository', aFact.collaborator(7, 1)],
    ['a role', aFact.roleMember(70, 1)],
  ])('names one user for %s', async (_, fact) => {
    expect(await requestedBy(fact)).toEqual(['PRINCIPAL#u.user1']);
  });

  it.each([
    ['removed', { kind: 'remove', fact: aFact.member(1) }],
    ['narrowed', { kind: 'update', fact: aFact.member(1, 'outside'), before: aFact.member(1) }],
  ] as const)('names who loses access by what is %s', async (_, change) => {
    const narrowing: PlannedChange = { ...change, narrows: true, widens: false, evidence: ['list'] };
    const { requested } = await affectedBy(table, synchronization, [narrowing], now);
    expect(requested.map(({ key }) => key.sk)).toEqual(['PRINCIPAL#u.user1']);
  });

  it("names a team's members, and the team if it has a token, for what the team may read", async () => {
    await table.transact([
      putFact(synchronizationId, aFact.teamMember(5, 1), 1),
      putFact(synchronizationId, aFact.teamMember(6, 2), 1),
    ]);
    expect(await requestedBy(aFact.teamRepository(5, 7))).toEqual(['PRINCIPAL#u.user1']);
    const team = principalWork(organizationId, teamPrincipal(synchronizationId, asId('5')));
    await table.transact([requestWork(team, now)]);
    expect(await requestedBy(aFact.teamRepository(5, 7))).toEqual(['PRINCIPAL#u.user1', team.key.sk]);
  });

  it('names nobody without a root file, and makes this a condition of the transaction', async () => {
    expect(await requestedBy(aFact.member(3), aFact.member(4))).toEqual([]);
    const { operations } = await affectedBy(
      table,
      synchronization,
      [aFact.member(3), aFact.member(4)].map(added),
      now,
    );
    await table.transact(operations);
    const token = principalWork(organizationId, userPrincipal(user(3)));
    await table.transact([requestWork(token, now)]);
    await expect(table.transact(operations)).rejects.toThrow(ConflictError);
    const { operations: fourth } = await affectedBy(table, synchronization, [added(aFact.member(4))], now);
    await table.transact(makeUser(user(4), accountIn(synchronization, account(4)), 'user-4', now));
    await expect(table.transact(fourth)).rejects.toThrow(ConflictError);
    expect(keys.account('github', 'https://github.com', '4').pk).toContain('ACCOUNT');
  });

  it.each(['removed', 'claimed to be gone'])(
    'names an owner who is %s, and everybody after him, however many organizations have tokens here',
    async (how) => {
      const fact = aFact.member(1, 'owner');
      await table.transact([putFact(synchronizationId, fact, 1)]);
      for (let place = 0; place < transactionItemsMax; place++) {
        const principal = principalWork(organizationId, asPrincipal(`o.home${place}`));
        await table.transact([requestWork(principal, now)]);
      }
      const removal: PlannedChange = {
        kind: 'remove',
        fact,
        narrows: true,
        widens: false,
        evidence: ['list'],
      };
      const { operations, requested } =
        how === 'removed'
          ? await affectedBy(table, synchronization, [removal], now)
          : await affectedByClaims(table, synchronization, [{ key: 'member#1' }], now);
      expect(requested.map(({ key }) => key.sk)).toEqual([
        'PRINCIPAL#u.user1',
        grantsWork(organizationId).key.sk,
      ]);
      await table.transact(operations);
    },
  );

  it('names nobody else for a member who is claimed to be gone', async () => {
    await table.transact([putFact(synchronizationId, aFact.member(1), 1)]);
    const { requested } = await affectedByClaims(table, synchronization, [{ key: 'member#1' }], now);
    expect(requested.map(({ key }) => key.sk)).toEqual(['PRINCIPAL#u.user1']);
  });

  it('names everybody when there are many, and nobody for what changes no right', async () => {
    const many = Array.from({ length: affectedMax + 1 }, (_, place) => aFact.member(100 + place));
    expect(await requestedBy(...many)).toEqual([grantsWork(organizationId).key.sk]);
    expect(await requestedBy(...many.slice(1), aFact.member(101))).toEqual([]);
    const unchanged = { ...added(aFact.repository(7)), widens: false };
    expect((await affectedBy(table, synchronization, [unchanged], now)).operations).toEqual([]);
  });
});
