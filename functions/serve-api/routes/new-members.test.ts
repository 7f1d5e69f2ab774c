import { describe, expect, it } from 'vitest';
import type { Fact } from '../../../shared/domain/facts.ts';
import {
  asId,
  type ForgeAccountId,
  type ForgeRepositoryId,
  userPrincipal,
} from '../../../shared/domain/ids.ts';
import { peoplePage } from '../../../shared/organizations/list-people.ts';
import { decisionsFor, effectiveRightsOf, type Reader } from '../../../shared/publish/effective-rights.ts';
import { putFact, removeFact } from '../../../shared/store/fact-store.ts';
import { keys } from '../../../shared/store/keys.ts';
import { findOrganization } from '../../../shared/store/organization-store.ts';
import { synchronizationsOf } from '../../../shared/store/synchronization-store.ts';
import { changeUser, giveAccount, noteAccounts } from '../../../shared/store/user-store.ts';
import { grantsWork } from '../../../shared/store/work-items.ts';
import { packageExample } from '../../../test/support/api-people-examples.ts';
import { createApiWorld, type Sender, userOf } from '../../../test/support/api-world.ts';
import { countReads } from '../../../test/support/count-reads.ts';
import { aFact } from '../../../test/support/memory-forge.ts';
import { gitHubHost, organizationId, synchronizationId } from '../../../test/support/synchronized.ts';

const people = '/organizations/acme/people';
const neverSignedIn = `${synchronizationId}.70`;
const repository = asId<ForgeRepositoryId>('5');

/** `acme` with a public package; the accounts 1 (owner), 2 (member), 3 and 30 (outside) are there. */
async function createWorld() {
  const world = await createApiWorld();
  const { table } = world;
  let number = 1;
  const see = async (...facts: Fact[]) => {
    number++;
    const right = { changedAt: world.now(), gives: true };
    await table.transact(facts.map((fact) => putFact(synchronizationId, fact, number, right)));
  };
  await packageExample(world);
  await see(aFact.collaborator(5, 30));
  const set = async (newMembers: 'active' | 'waiting') => {
    const path = '/organizations/acme/settings';
    const { headers } = await world.ask('owner', { path });
    const request = { method: 'PATCH', path, body: { newMembers }, headers: { 'if-match': headers.etag } };
    expect((await world.ask('owner', request)).status).toBe(200);
  };
  return {
    ...world,
    see,
    set,
    forget: (fact: Fact) => table.transact([removeFact(synchronizationId, fact, ++number, world.now())]),
    states: async (query = '') => {
      const list = async (cursor: string | undefined): Promise<readonly (readonly string[])[]> => {
        const page = cursor === undefined ? '' : `cursor=${cursor}&`;
        const { body } = await world.ask('owner', { path: `${people}?${page}${query}` });
        const here = body.items.map(({ account, state }: never) => [account, state]);
        return [...here, ...(body.next === undefined ? [] : await list(body.next))];
      };
      return Object.fromEntries(await list(undefined));
    },
    reads: async (person: 'stranger' | 'member') =>
      (await effectiveRightsOf(table, organizationId, userPrincipal(userOf(person)), world.now())).mayRead(
        synchronizationId,
        repository,
      ),
    readsAs: async (account: number) => {
      const reader: Reader = { kind: 'account', synchronization: synchronizationId, account: asId(account) };
      const [decision] = await decisionsFor(table, organizationId, reader, world.now());
      return decision?.readable.has(repository);
    },
    get: (sender: Sender, path: string) => world.ask(sender, { path }),
    activate: (...ids: string[]) =>
      world.ask('owner', { method: 'POST', path: `${people}/activate`, body: { ids } }),
  };
}

describe('people who come after owners said that new members wait', () => {
  it('are decided about again when it begins and when it ends: whoever comes meanwhile has a view already', async () => {
    const world = await createWorld();
    const requested = async () => (await world.table.get(grantsWork(organizationId).key))?.wanted ?? 0;
    const before = Number(await requested());
    await world.set('waiting');
    expect(await requested()).toBe(before + 1);
    await world.set('active');
    expect(await requested()).toBe(before + 2);
  });

  it('read nothing until an owner activates them, whether they signed in or not', async () => {
    const world = await createWorld();
    await world.set('waiting');
    expect(await world.reads('stranger')).toBe(true);
    await world.see(aFact.member(4), aFact.member(70), aFact.collaborator(5, 80));
    expect([await world.reads('stranger'), await world.readsAs(70), await world.readsAs(80)]).toEqual([
      ...[false, false, false],
    ]);
    expect([await world.reads('member'), await world.readsAs(30)]).toEqual([true, true]);
    expect(await world.states('state=waiting')).toEqual({ 4: 'waiting', 70: 'waiting', 80: 'waiting' });

    const { body } = await world.activate(userOf('stranger'), neverSignedIn);
    expect(body.items).toMatchObject([
      { id: userOf('stranger'), role: 'member', state: 'active' },
      { name: 'user-70', state: 'active', isKnown: true },
    ]);
    expect(await world.reads('stranger')).toBe(true);
    expect(await world.states('state=waiting')).toEqual({ 80: 'waiting' });
    expect((await world.get('stranger', '/organizations/acme')).body.role).toBe('member');
  });

  it('are told so, and may nothing else', async () => {
    const world = await createWorld();
    await world.set('waiting');
    await world.see(aFact.member(4));
    for (const path of ['', '/packages', '/people']) {
      const { status, body } = await world.get('stranger', `/organizations/acme${path}`);
      expect([status, body.detail]).toEqual([403, expect.stringMatching(/wait for an owner/)]);
    }
    expect((await world.get('stranger', '/organizations')).body.waiting).toEqual([
      { slug: 'acme', name: 'Acme' },
    ]);
    const query = `person=${userOf('stranger')}&package=acme/one`;
    const explained = await world.get('owner', `/organizations/acme/access?${query}`);
    expect(explained.body).toMatchObject({ mayInstall: false, missing: ['waiting'] });
    const unknown = await world.get('owner', `${people}/${userOf('stranger')}`);
    expect(unknown.body).toMatchObject({ state: 'waiting' });
  });

  it('are not among those who may install a package', async () => {
    const world = await createWorld();
    await world.set('waiting');
    await world.see(aFact.member(4), aFact.member(70));
    const logins = async () =>
      (await world.get('owner', '/organizations/acme/packages/acme/one/access')).body.items.map(
        ({ login }: { login: string }) => login,
      );
    expect(await logins()).toEqual(['user-1', 'user-2', 'user-3', 'user-30']);
    await world.activate(neverSignedIn);
    expect(await logins()).toEqual(['user-1', 'user-2', 'user-3', 'user-30', 'user-70']);
  });

  it('are no owners by the primary synchronization, and nobody who was there in any role', async () => {
    const world = await createWorld();
    await world.set('waiting');
    await world.see(aFact.member(71, 'owner'), aFact.member(30), aFact.member(3, 'member'));
    await world.forget(aFact.member(2));
    await world.see(aFact.collaborator(5, 2));
    expect(await world.states()).toEqual(
      Object.fromEntries(['1', '2', '3', '30', '71'].map((account) => [account, 'active'])),
    );
    expect((await world.get('member', '/organizations/acme')).body.role).toBe('outside');
  });

  it('use their rights once new members do not wait any more, but for who was switched off', async () => {
    const world = await createWorld();
    await world.set('waiting');
    await world.see(aFact.member(4), aFact.member(70));
    const off = { method: 'PATCH', path: `${people}/${neverSignedIn}`, body: { state: 'off' } };
    await world.ask('owner', off);
    await world.set('active');
    expect(await world.reads('stranger')).toBe(true);
    await world.set('waiting');
    await world.see(aFact.member(70), aFact.member(72));
    expect(await world.states()).toMatchObject({ 4: 'active', 70: 'off', 72: 'waiting' });
  });

  it('have their own tokens decided again when they are activated', async () => {
    const world = await createWorld();
    await world.set('waiting');
    await world.see(aFact.member(4));
    await world.ask('stranger', { method: 'POST', path: '/me/tokens', body: { description: 'laptop' } });
    const view = keys.principal(organizationId, userPrincipal(userOf('stranger')));
    expect(await world.table.get(view)).toBeUndefined();
    await world.activate(userOf('stranger'));
    expect((await world.table.get(view))?.wanted).toBe(1);
  });

  it('are listed in pages of three reads too', async () => {
    const world = await createWorld();
    await world.set('waiting');
    for (let start = 0; start < 300; start += 100) {
      await world.see(...Array.from({ length: 100 }, (_, place) => aFact.member(1000 + start + place)));
    }
    const organization = await findOrganization(world.table, organizationId);
    const synchronizations = await synchronizationsOf(world.table, organizationId);
    const reads = countReads(world.table);
    let after: string | undefined;
    let waiting = 0;
    do {
      const query = { limit: 100, after, state: 'waiting' } as const;
      const before = reads();
      const page = await peoplePage(
        world.table,
        organization ?? { id: organizationId },
        synchronizations,
        query,
        world.now(),
      );
      expect(reads() - before).toBeLessThanOrEqual(3);
      waiting += page.people.length;
      after = page.next;
    } while (after !== undefined);
    expect(waiting).toBe(300);
  });
});

describe('a user with two accounts in one synchronization', () => {
  const second = asId<ForgeAccountId>(90);

  it('does not wait when the other was there, also as earlier versions stored accounts', async () => {
    const world = await createWorld();
    await world.set('waiting');
    await world.see(aFact.member(90), aFact.member(70));
    const account = { ...gitHubHost, account: second };
    const accounts = [{ ...gitHubHost, account: asId<ForgeAccountId>(2) }, account];
    await world.table.transact([
      changeUser({ id: userOf('member'), version: 0 }, { accounts }),
      {
        put: keys.account(account.forge, account.baseUrl, account.account),
        item: { user: userOf('member') },
      },
      // Alone in the list: the other one is a member no more.
      removeFact(synchronizationId, aFact.member(2), 9, world.now()),
    ]);
    expect(await world.states()).toMatchObject({ 70: 'waiting', 90: 'active' });
    await world.table.transact(noteAccounts(userOf('member'), [account], accounts));
    expect(await world.states()).toMatchObject({ 70: 'waiting', 90: 'active' });
  });

  it('is named once, with what both may', async () => {
    const world = await createWorld();
    await world.see(aFact.member(90), aFact.collaborator(5, 90));
    const account = { ...gitHubHost, account: second };
    const accounts = [{ ...gitHubHost, account: asId<ForgeAccountId>(2) }, account];
    await world.table.transact([
      changeUser({ id: userOf('member'), version: 0 }, { accounts }),
      giveAccount(account, userOf('member'), accounts),
      ...noteAccounts(userOf('member'), accounts.slice(0, 1), accounts),
    ]);
    expect(await world.states()).toEqual({ 1: 'active', 2: 'active', 3: 'active', 30: 'active' });
    const { body } = await world.get('owner', '/organizations/acme/packages/acme/one/access');
    const mine = body.items.filter(({ id }: { id: string }) => id === userOf('member'));
    expect(mine).toHaveLength(1);
    expect(mine[0].paths).toContainEqual(expect.objectContaining({ through: 'collaborator', account: '90' }));
  });
});
