import { describe, expect, it } from 'vitest';
import { aFact } from '../../test/support/memory-forge.ts';
import { createMemoryTable } from '../../test/support/memory-table.ts';
import {
  addSynchronized,
  gitHubHost,
  organizationId,
  synchronizationId,
} from '../../test/support/synchronized.ts';
import { watchReads } from '../../test/support/watch-reads.ts';
import { asId, type ForgeAccountId, type SynchronizationId, type UserId } from '../domain/ids.ts';
import { putClaim } from '../store/claim-store.ts';
import { putFact, removeFact } from '../store/fact-store.ts';
import { putPerson } from '../store/member-store.ts';
import { findOrganization } from '../store/organization-store.ts';
import { makeUser } from '../store/user-store.ts';
import { membershipOf, organizationsOf, roleIn } from './membership.ts';

const now = Date.parse('2026-11-22T12:00:00Z');
const ann = asId<UserId>('ann');
const first = { id: asId<SynchronizationId>('a'), createdAt: 1, lastSuccessAt: { members: 5 } };
const second = { id: asId<SynchronizationId>('b'), createdAt: 2, lastSuccessAt: { members: 5 } };
const said = { isOwner: false, isOff: false };

describe('a role', () => {
  it.each([
    ['an owner of the first synchronization owns', [[first, 'owner']], {}, 'owner'],
    ['an owner of another is a member', [[second, 'owner']], {}, 'member'],
    ['unless that one is primary', [[second, 'owner']], { primarySynchronization: second.id }, 'owner'],
    [
      'and the first one’s is then a member',
      [[first, 'owner']],
      { primarySynchronization: second.id },
      'member',
    ],
    ['a collaborator is outside', [[first, 'outside']], {}, 'outside'],
    [
      'and a member when he is one elsewhere',
      [
        [first, 'outside'],
        [second, 'member'],
      ],
      {},
      'member',
    ],
    ['whom nobody names has none', [], {}, undefined],
    [
      'a primary that is gone leaves the first',
      [[first, 'owner']],
      { primarySynchronization: asId<SynchronizationId>('gone') },
      'owner',
    ],
  ] as const)('%s', (_, standings, organization, role) => {
    const list = standings.map(([{ id }, is]) => ({ synchronization: id, role: is }));
    expect(roleIn(organization, [second, first], list, said)).toBe(role);
  });

  it('of one who is switched off is none, whatever code hosts say', () => {
    const owner = [{ synchronization: first.id, role: 'owner' }] as const;
    expect(roleIn({}, [first], owner, { isOwner: true, isOff: true })).toBeUndefined();
  });

  it('given by hand counts until a synchronization has read its members', () => {
    const byHand = { isOwner: true, isOff: false };
    expect(roleIn({}, [], [], byHand)).toBe('owner');
    expect(roleIn({}, [{ ...first, lastSuccessAt: {} }], [], byHand)).toBe('owner');
    expect(roleIn({}, [first], [], byHand)).toBeUndefined();
  });
});

async function createWorld() {
  const table = createMemoryTable();
  await addSynchronized(table);
  await table.transact(makeUser(ann, { ...gitHubHost, account: asId<ForgeAccountId>(1) }, 'ann', now));
  const organization = await findOrganization(table, organizationId);
  if (organization === undefined) {
    throw new Error('no organization');
  }
  const right = { changedAt: now, gives: true };
  return {
    table,
    see: (role: 'owner' | 'member', number: number, ends?: number) =>
      table.transact([
        putFact(
          synchronizationId,
          { ...aFact.member(1, role), ...(ends && { expiresAt: ends }) } as ReturnType<typeof aFact.member>,
          number,
          right,
        ),
      ]),
    role: async () => (await membershipOf(table, ann, organization, now))?.role,
    roles: async () =>
      (await organizationsOf(table, ann, now)).map(({ organization: { slug }, role }) => `${slug} ${role}`),
    organization,
  };
}

describe('a membership', () => {
  it('is what the code host said last', async () => {
    const { table, see, role, roles } = await createWorld();
    expect([await role(), await roles()]).toEqual([undefined, []]);
    await see('owner', 2);
    expect([await role(), await roles()]).toEqual(['owner', ['acme owner']]);
    await table.transact([removeFact(synchronizationId, aFact.member(1), 3, now)]);
    expect([await role(), await roles()]).toEqual([undefined, []]);
  });

  it('is outside for who is only a collaborator, until an event takes that', async () => {
    const { table, role } = await createWorld();
    const fact = aFact.collaborator(5, 1);
    await table.transact([putFact(synchronizationId, fact, 2, { changedAt: now, gives: true })]);
    expect(await role()).toBe('outside');
    await table.transact([
      putClaim(synchronizationId, { key: 'collaborator#1#5', expect: 'gone', at: now, bodies: [] }),
    ]);
    expect(await role()).toBeUndefined();
  });

  it('that an event withdrew counts no more, before any read', async () => {
    const { table, see, role } = await createWorld();
    await see('owner', 2);
    await table.transact([
      putClaim(synchronizationId, { key: 'member#1', expect: 'gone', at: now, bodies: [] }),
    ]);
    expect(await role()).toBeUndefined();
  });

  it('that ends by itself is over then', async () => {
    const { see, role } = await createWorld();
    await see('member', 2, now);
    expect(await role()).toBeUndefined();
    await see('member', 3, now + 1);
    expect(await role()).toBe('member');
  });

  it('takes five reads, and all of somebody’s seven', async () => {
    const { table, see, organization } = await createWorld();
    await see('owner', 2);
    await table.transact(putPerson(organization.id, ann, said));
    const watched = watchReads(table);
    await membershipOf(watched.table, ann, organization, now);
    expect(watched.take()).toBe(5);
    expect(await organizationsOf(watched.table, ann, now)).toHaveLength(1);
    expect(watched.take()).toBe(7);
  });
});
