import { describe, expect, it } from 'vitest';
import { meanwhile } from '../../test/support/meanwhile.ts';
import { aFact } from '../../test/support/memory-forge.ts';
import { createPeople, origin, proven } from '../../test/support/people.ts';
import { gitHubHost, organizationId } from '../../test/support/synchronized.ts';
import {
  asId,
  type ForgeOrganizationId,
  type InstallationId,
  type OrganizationId,
  type SynchronizationId,
  type TokenId,
  userPrincipal,
} from '../domain/ids.ts';
import { auditLog } from '../store/audit-log.ts';
import { putFact } from '../store/fact-store.ts';
import { keys } from '../store/keys.ts';
import { putPerson } from '../store/member-store.ts';
import { addOrganization, findOrganization } from '../store/organization-store.ts';
import { addPersonalToken } from '../store/personal-token-store.ts';
import { signInLog } from '../store/sign-in-log.ts';
import { addSynchronization } from '../store/synchronization-store.ts';
import type { Table } from '../store/table.ts';
import { accountsOf, accountsOfHolder, findUser, readUser } from '../store/user-store.ts';
import { requestWork } from '../store/work.ts';
import { grantsWork, principalWork } from '../store/work-items.ts';
import { linkAccount, signInUser, unlinkAccount } from './user-accounts.ts';

/** Organizations that the account 2 owns, each with another owner. */
async function ownMany(
  table: Table,
  length: number,
  other = (_place: number): number => 9,
): Promise<readonly OrganizationId[]> {
  const organizations = Array.from({ length }, (_, place) => asId<OrganizationId>(`many${place}`));
  for (const [place, organization] of organizations.entries()) {
    const id = asId<SynchronizationId>(`sync-${organization}`);
    await table.transact([
      ...addOrganization({ id: organization, slug: organization, name: organization, ownedVendors: [] }),
      ...addSynchronization({
        ...{ id, organization, createdAt: 1, ...gitHubHost, login: organization, choice: 'all' },
        forgeOrganization: asId<ForgeOrganizationId>(`8${organization}`),
        connection: { kind: 'app-installation', installation: asId<InstallationId>(1) },
      }),
      ...[2, other(place)].map((account) =>
        putFact(id, aFact.member(account, 'owner'), 1, { changedAt: 1, gives: true }),
      ),
    ]);
  }
  return organizations;
}

describe('the first sign-in', () => {
  it('creates the user, and each one after it says what is known now', async () => {
    const { dependencies, table, clock } = await createPeople();
    const user = await signInUser(dependencies, proven(1, 'ann'));
    expect(await readUser(table, user)).toMatchObject({
      login: 'ann',
      name: 'ANN',
      accounts: [{ account: '1', login: 'ann', lastSignInAt: clock.time }],
    });
    clock.time += 1000;
    expect(await signInUser(dependencies, proven(1, 'anna'))).toBe(user);
    expect(await readUser(table, user)).toMatchObject({
      login: 'anna',
      accounts: [{ account: '1', login: 'anna', lastSignInAt: clock.time }],
    });
  });

  it('is that of the user whose account was given a token before', async () => {
    const { dependencies, giveToken } = await createPeople([aFact.member(1)]);
    const { principal } = await giveToken('user-1');
    expect(userPrincipal(await signInUser(dependencies, proven(1)))).toBe(principal);
  });

  it('at once in two browsers makes one user', async () => {
    const { dependencies } = await createPeople();
    const users = await Promise.all([1, 2].map(() => signInUser(dependencies, proven(1))));
    expect(new Set(users).size).toBe(1);
  });

  it('R36: knows nobody by a login: who has it now may be somebody else', async () => {
    const { dependencies } = await createPeople();
    const before = await signInUser(dependencies, proven(1, 'ann'));
    expect(await signInUser(dependencies, proven(2, 'ann'))).not.toBe(before);
  });
});

describe('a further account', () => {
  it('stands with each account of the user, as long as it is linked', async () => {
    const { dependencies, table } = await createPeople();
    const user = await signInUser(dependencies, proven(1));
    const noted = async (id: number) => {
      const { forge, baseUrl, account } = proven(id).account;
      const item = await table.get(keys.account(forge, baseUrl, account));
      return item && accountsOfHolder(item)?.map((one) => one.account);
    };
    expect(await noted(1)).toEqual(['1']);
    await linkAccount(dependencies, user, proven(2), origin);
    expect([await noted(1), await noted(2)]).toEqual([
      ['1', '2'],
      ['1', '2'],
    ]);
    await unlinkAccount(dependencies, user, proven(1).account, origin);
    expect([await noted(1), await noted(2)]).toEqual([undefined, ['2']]);
    const { forge, baseUrl, account } = proven(2).account;
    // As earlier versions left it.
    await table.update({ key: keys.account(forge, baseUrl, account), remove: ['accounts'] });
    await signInUser(dependencies, proven(2));
    expect(await noted(2)).toEqual(['2']);
  });

  it('is linked, and what the tokens of the user read is decided again', async () => {
    const { dependencies, table, giveToken, askedFor } = await createPeople([aFact.member(1)]);
    const { principal } = await giveToken('user-1');
    const user = await signInUser(dependencies, proven(1));
    askedFor();
    expect(await linkAccount(dependencies, user, proven(2), origin)).toEqual({ kind: 'linked' });
    expect((await accountsOf(table, user)).map(({ account }) => account)).toEqual(['1', '2']);
    expect(await signInUser(dependencies, proven(2))).toBe(user);
    expect(askedFor()).toEqual([principal]);
    expect(await signInLog(table, 9)).toMatchObject([
      { act: 'account-linked', user, account: { account: '2', login: 'user-2' }, address: '192.0.2.1' },
    ]);
  });

  it('gives the user’s own tokens what it reads in an organization where they read nothing so far', async () => {
    const { dependencies, table, askedFor, clock } = await createPeople([aFact.member(2)]);
    const user = await signInUser(dependencies, proven(1));
    const token = { id: asId<TokenId>('token1'), user, hash: 'hash', description: 'laptop', expiry: 0 };
    await addPersonalToken(table, { ...token, createdAt: clock.time }, [], []);
    askedFor();
    await linkAccount(dependencies, user, proven(3), origin);
    expect(askedFor()).toEqual([]);
    await linkAccount(dependencies, user, proven(2), origin);
    expect(askedFor()).toEqual([userPrincipal(user)]);
  });

  it('that the user has already changes nothing', async () => {
    const { dependencies, table } = await createPeople();
    const user = await signInUser(dependencies, proven(1));
    expect(await linkAccount(dependencies, user, proven(1), origin)).toEqual({ kind: 'linked-already' });
    expect(await accountsOf(table, user)).toHaveLength(1);
  });

  it('of another user is named, and stays where it is', async () => {
    const { dependencies, table } = await createPeople();
    const [ann, bob] = [
      await signInUser(dependencies, proven(1)),
      await signInUser(dependencies, proven(2, 'bob')),
    ];
    expect(await linkAccount(dependencies, ann, proven(2), origin)).toMatchObject({
      kind: 'taken',
      by: { id: bob, login: 'bob' },
    });
    expect(await findUser(table, proven(2).account)).toBe(bob);
    expect(await accountsOf(table, ann)).toHaveLength(1);
  });
});

describe('an account that is taken from its user', () => {
  it('gives the user nothing any more, and may sign in as somebody new', async () => {
    const { dependencies, table, clock, giveToken, askedFor } = await createPeople([aFact.member(1)]);
    const { principal } = await giveToken('user-1');
    const user = await signInUser(dependencies, proven(1));
    await linkAccount(dependencies, user, proven(2), origin);
    askedFor();
    clock.time += 1000;
    await unlinkAccount(dependencies, user, proven(1).account, origin);
    expect((await accountsOf(table, user)).map(({ account }) => account)).toEqual(['2']);
    expect(askedFor()).toEqual([principal]);
    expect(await signInUser(dependencies, proven(1))).not.toBe(user);
    expect(await signInLog(table, 1)).toMatchObject([{ act: 'account-unlinked', account: { account: '1' } }]);
  });

  it('is not the last one, and none of somebody else', async () => {
    const { dependencies, table } = await createPeople();
    const [ann, bob] = [await signInUser(dependencies, proven(1)), await signInUser(dependencies, proven(2))];
    await expect(unlinkAccount(dependencies, ann, proven(1).account, origin)).rejects.toThrow('last account');
    await expect(unlinkAccount(dependencies, ann, proven(2).account, origin)).rejects.toThrow(
      'no such account',
    );
    expect(await findUser(table, proven(2).account)).toBe(bob);
  });

  it('stays while an organization has switched the user off', async () => {
    const { dependencies, table } = await createPeople();
    const user = await signInUser(dependencies, proven(1));
    await linkAccount(dependencies, user, proven(2), origin);
    await table.transact(putPerson(organizationId, user, { isOwner: false, isOff: true }));
    await expect(unlinkAccount(dependencies, user, proven(1).account, origin)).rejects.toThrow(
      'switched you off',
    );
  });

  it('is not the one by which the user alone owns an organization', async () => {
    const facts = [aFact.member(1, 'owner'), aFact.member(3, 'owner'), aFact.member(9, 'owner')];
    const { dependencies, table } = await createPeople(facts);
    const user = await signInUser(dependencies, proven(1, 'ann'));
    await linkAccount(dependencies, user, proven(2), origin);
    const unlink = (id: number) => unlinkAccount(dependencies, user, proven(id).account, origin);
    await expect(unlink(1)).rejects.toThrow('the last owner of acme');
    expect(await auditLog(table, organizationId, 9)).toEqual([]);
    // By another account the user goes on owning it.
    await linkAccount(dependencies, user, proven(3), origin);
    await unlink(1);
    await expect(unlink(3)).rejects.toThrow('the last owner of acme');
    await signInUser(dependencies, proven(9));
    await unlink(3);
    expect(await auditLog(table, organizationId, 9)).toMatchObject([
      {
        ...{ by: 'ann', act: 'unlink-account', subject: 'user-3', actor: { kind: 'user', id: user } },
        before: { person: user, role: 'owner' },
      },
    ]);
  });

  it('may be the one by which the user owns 60 organizations', async () => {
    const { dependencies, table } = await createPeople();
    const [user] = [
      await signInUser(dependencies, proven(1, 'ann')),
      await signInUser(dependencies, proven(9)),
    ];
    await linkAccount(dependencies, user, proven(2), origin);
    const organizations = await ownMany(table, 60);
    await unlinkAccount(dependencies, user, proven(2).account, origin);
    expect(await accountsOf(table, user)).toHaveLength(1);
    for (const organization of organizations) {
      expect(await auditLog(table, organization, 2)).toMatchObject([{ act: 'unlink-account' }]);
      expect((await findOrganization(table, organization))?.ownersVersion).toBe(1);
    }
  });

  it('is not the one by which the user owns more than one transaction holds', async () => {
    const { dependencies, table } = await createPeople();
    const user = await signInUser(dependencies, proven(1, 'ann'));
    await signInUser(dependencies, proven(9));
    await linkAccount(dependencies, user, proven(2), origin);
    await ownMany(table, 61);
    await expect(unlinkAccount(dependencies, user, proven(2).account, origin)).rejects.toThrow(
      'you own 61 organizations, and can cease to own 60 at once',
    );
    expect(await accountsOf(table, user)).toHaveLength(2);
  });

  it('leaves one of two owners of many who take theirs away at once, however late the other does', async () => {
    const { dependencies, table } = await createPeople();
    const [ann, bob] = [await signInUser(dependencies, proven(1)), await signInUser(dependencies, proven(9))];
    await linkAccount(dependencies, ann, proven(2), origin);
    await linkAccount(dependencies, bob, proven(10), origin);
    await signInUser(dependencies, proven(11));
    await ownMany(table, 30, (place) => (place === 29 ? 9 : 11));
    const { pk } = keys.user(ann);
    let isFirst = true;
    const during: Table = {
      ...table,
      async transact(operations) {
        if (isFirst && JSON.stringify(operations).includes(`"pk":"${pk}"`)) {
          isFirst = false;
          await unlinkAccount(dependencies, bob, proven(9).account, origin);
        }
        return table.transact(operations);
      },
    };
    const last = unlinkAccount({ ...dependencies, table: during }, ann, proven(2).account, origin);
    await expect(last).rejects.toThrow('the last owner of many29');
    expect([await accountsOf(table, ann), await accountsOf(table, bob)].map(({ length }) => length)).toEqual([
      2, 1,
    ]);
  });

  it('leaves one of two owners who take theirs away at once', async () => {
    const { dependencies, table } = await createPeople([aFact.member(1, 'owner'), aFact.member(3, 'owner')]);
    const [ann, bob] = [await signInUser(dependencies, proven(1)), await signInUser(dependencies, proven(3))];
    await linkAccount(dependencies, ann, proven(2), origin);
    await linkAccount(dependencies, bob, proven(4), origin);
    const during = meanwhile(table, () => unlinkAccount(dependencies, bob, proven(3).account, origin));
    const last = unlinkAccount({ ...dependencies, table: during }, ann, proven(1).account, origin);
    await expect(last).rejects.toThrow('the last owner of acme');
  });

  it('is one of two when both are taken at once', async () => {
    const { dependencies, table } = await createPeople();
    const user = await signInUser(dependencies, proven(1));
    await linkAccount(dependencies, user, proven(2), origin);
    const taken = await Promise.allSettled(
      [1, 2].map((id) => unlinkAccount(dependencies, user, proven(id).account, origin)),
    );
    expect(taken.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await accountsOf(table, user)).toHaveLength(1);
  });
});

describe('a change of accounts', () => {
  it.each([
    ['owner', 3],
    ['member', undefined],
  ] as const)(
    'has everything decided again where the account owns the organization: linked twice, taken once: %s',
    async (role, wanted) => {
      const { dependencies, table } = await createPeople([aFact.member(2, role), aFact.member(9, 'owner')]);
      await signInUser(dependencies, proven(9));
      const user = await signInUser(dependencies, proven(1, 'ann'));
      const second = proven(2, 'ann-too');
      await linkAccount(dependencies, user, second, origin);
      await unlinkAccount(dependencies, user, second.account, origin);
      await linkAccount(dependencies, user, second, origin);
      expect((await table.get(grantsWork(organizationId).key))?.wanted).toBe(wanted);
    },
  );

  it('has the view decided again of an organization without a synchronization', async () => {
    const { dependencies, table, askedFor } = await createPeople();
    const user = await signInUser(dependencies, proven(1, 'ann'));
    const other = asId<OrganizationId>('org2');
    await table.transact([
      ...putPerson(other, user, { isOwner: true, isOff: false }),
      requestWork(principalWork(other, userPrincipal(user)), 0),
    ]);
    askedFor();
    await linkAccount(dependencies, user, proven(2, 'ann-too'), origin);
    expect(askedFor()).toEqual([userPrincipal(user)]);
  });
});
