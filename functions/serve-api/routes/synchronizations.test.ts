import { describe, expect, it } from 'vitest';
import { asId, type ForgeAccountId } from '../../../shared/domain/ids.ts';
import { addSynchronizationTo } from '../../../shared/organizations/create-organization.ts';
import { disconnectSynchronization } from '../../../shared/organizations/disconnect-synchronization.ts';
import { putFact } from '../../../shared/store/fact-store.ts';
import { keys } from '../../../shared/store/keys.ts';
import { personsOf, putPerson } from '../../../shared/store/member-store.ts';
import { changeOwners, findOrganization } from '../../../shared/store/organization-store.ts';
import { keepPersonGrant } from '../../../shared/store/person-grant-store.ts';
import { everySynchronization } from '../../../shared/store/synchronization-store.ts';
import type { Table } from '../../../shared/store/table.ts';
import { findUsers } from '../../../shared/store/user-store.ts';
import { integrationKey } from '../../../test/support/api-forges.ts';
import { addSecond, secondSynchronization } from '../../../test/support/api-organization-examples.ts';
import { type ApiWorld, createApiWorld, otherOrganization, userOf } from '../../../test/support/api-world.ts';
import { meanwhile } from '../../../test/support/meanwhile.ts';
import { aFact } from '../../../test/support/memory-forge.ts';
import { gitHubHost, organizationId, synchronizationId } from '../../../test/support/synchronized.ts';

const path = '/organizations/acme/synchronizations';
const makePrimary = (world: ApiWorld) =>
  world.ask('owner', { method: 'PUT', path: `${path}/${secondSynchronization}/primary` });
const end = (world: ApiWorld, body: object, id: string = synchronizationId) =>
  world.ask('owner', { method: 'DELETE', path: `${path}/${id}`, body: { why: 'we move', ...body } });
const idsOf = async (world: ApiWorld) =>
  (await everySynchronization(world.table, organizationId)).map(({ id }) => id);

describe('the list of synchronizations', () => {
  it('says what each is read with and as of when', async () => {
    const world = await createApiWorld();
    await addSecond(world);
    const { body } = await world.ask('member', { path });
    expect(body.items).toMatchObject([
      {
        ...{ id: synchronizationId, login: 'acme', isPrimary: true, repositories: 'some' },
        ...{ state: 'importing', importProgress: { scanned: 0 } },
      },
      { id: secondSynchronization, login: 'acme-labs', isPrimary: false, repositories: 'all' },
    ]);
    const connections = await world.ask('owner', { path: '/organizations/acme/connections' });
    expect(connections.body.items[0]).toMatchObject({
      kind: 'app-installation',
      installation: '77',
      state: 'working',
      usedBy: { synchronization: synchronizationId, login: 'acme' },
      checkedAt: '2026-11-22T12:00:00.000Z',
    });
  });
});

describe('another primary synchronization', () => {
  it('makes its owners the owners here', async () => {
    const world = await createApiWorld();
    await addSecond(world);
    const give = { changedAt: world.now(), gives: true };
    await world.table.transact([putFact(secondSynchronization, aFact.member(2, 'owner'), 1, give)]);
    expect((await makePrimary(world)).status).toBe(204);
    expect((await world.ask('member', { path: '/organizations/acme' })).body.role).toBe('owner');
    expect((await makePrimary(world)).status).toBe(204);
  });

  it('is refused with the names of owners who would be locked out', async () => {
    const world = await createApiWorld();
    await addSecond(world, 2);
    const { status, body } = await makePrimary(world);
    expect([status, body.detail]).toEqual([409, expect.stringMatching(/locked out: user-1$/)]);
    expect((await world.ask('owner', { path: '/organizations/acme' })).body.role).toBe('owner');
  });

  it('is refused for owners who never signed in, unless the same account owns the other one', async () => {
    const world = await createApiWorld();
    await addSecond(world);
    const give = { changedAt: world.now(), gives: true };
    await world.table.transact([putFact(synchronizationId, aFact.member(70, 'owner'), 2, give)]);
    expect((await makePrimary(world)).body.detail).toMatch(/locked out: user-70$/);
    await world.table.transact([putFact(secondSynchronization, aFact.member(70, 'owner'), 2, give)]);
    expect((await makePrimary(world)).status).toBe(204);
  });

  it('counts no owner whom the organization switched off', async () => {
    const world = await createApiWorld();
    await addSecond(world);
    const give = { changedAt: world.now(), gives: true };
    await world.table.transact([
      putFact(synchronizationId, aFact.member(2, 'owner'), 2, give),
      ...putPerson(organizationId, userOf('member'), { isOwner: false, isOff: true }),
    ]);
    expect((await makePrimary(world)).status).toBe(204);
  });
});

describe('the first synchronization', () => {
  /** An organization that the stranger and, after a while, the member own by hand. */
  async function ownedByTwo() {
    const world = await createApiWorld();
    const byHand = { isOwner: true, isOff: false };
    await world.table.transact(putPerson(otherOrganization, userOf('member'), byHand));
    await keepPersonGrant(world.dependencies, userOf('stranger'), gitHubHost, { accessToken: 'ghu_1' });
    const body = { integration: integrationKey, organization: '901' };
    const request = { method: 'POST', path: '/organizations/other/synchronizations', body };
    return { world, add: () => world.ask('stranger', request) };
  }

  it('is refused with the names of owners by hand who do not own it', async () => {
    const { world, add } = await ownedByTwo();
    world.forges.contents.facts = [aFact.member(4, 'owner'), aFact.member(2, 'member')];
    const { status, body } = await add();
    expect([status, body.detail]).toEqual([
      409,
      expect.stringMatching(/do not own rocket .* out: member-login\./),
    ]);
    expect(await everySynchronization(world.table, otherOrganization)).toEqual([]);
    const off = { method: 'PATCH', path: `/organizations/other/people/${userOf('member')}` };
    await world.ask('stranger', { ...off, body: { state: 'off' } });
    expect((await add()).status).toBe(201);
  });

  it('is added where all owners by hand own it', async () => {
    const { world, add } = await ownedByTwo();
    world.forges.contents.facts = [aFact.member(2, 'owner')];
    expect((await add()).status).toBe(201);
  });
});

describe('the end of a synchronization', () => {
  it('is only shown until the login confirms it', async () => {
    const world = await createApiWorld();
    const shown = await end(world, { packages: 'delete' });
    expect(shown.body).toMatchObject({ done: false, login: 'acme', packages: [], owners: ['user-1'] });
    expect(await idsOf(world)).toEqual([synchronizationId]);
    expect((await end(world, { packages: 'delete', confirm: 'other' })).status).toBe(422);
  });

  it.each(['keep', 'delete'])(
    'leaves its owners in charge, and the packages as it is told: %s',
    async (packages) => {
      const world = await createApiWorld();
      expect((await end(world, { packages, confirm: 'acme' })).body).toMatchObject({ done: true });
      expect(await idsOf(world)).toEqual([]);
      expect((await world.ask('owner', { path: '/organizations/acme' })).body.role).toBe('owner');
      expect((await world.ask('member', { path: '/organizations/acme' })).status).toBe(404);
      const deletions = [...world.table.dump().keys()].filter((name) => name.includes('DELETION#'));
      expect(deletions).toHaveLength(packages === 'keep' ? 0 : 1);
    },
  );

  it('keeps every owner, however many they are and whether they have signed in or not', async () => {
    const world = await createApiWorld();
    const others = Array.from({ length: 40 }, (_, place) => aFact.member(100 + place, 'owner'));
    const give = { changedAt: world.now(), gives: true };
    await world.table.transact(
      [aFact.member(2, 'owner'), ...others].map((fact) => putFact(synchronizationId, fact, 2, give)),
    );
    expect((await end(world, { packages: 'keep', owners: 'only-me', confirm: 'acme' })).status).toBe(422);
    const { body } = await end(world, { packages: 'keep', confirm: 'acme' });
    expect(body.owners).toHaveLength(42);
    expect((await world.ask('member', { path: '/organizations/acme' })).body.role).toBe('owner');
    const owners = (await personsOf(world.table, organizationId)).filter(({ isOwner }) => isOwner);
    const known = await findUsers(
      world.table,
      others.map((_, place) => ({ ...gitHubHost, account: asId<ForgeAccountId>(100 + place) })),
    );
    expect(new Set(owners.map(({ user }) => user))).toEqual(
      new Set([userOf('owner'), userOf('member'), ...known]),
    );
  });

  it('is not decided by owners as they were before one of them changed', async () => {
    const world = await createApiWorld();
    const organization = await findOrganization(world.table, organizationId);
    const [synchronization] = await everySynchronization(world.table, organizationId);
    if (organization === undefined || synchronization === undefined) {
      throw new Error('nothing there');
    }
    const table = meanwhile(world.table, () => world.table.transact([changeOwners(organization)]));
    const act = {
      packages: 'keep',
      members: 'remove',
      confirm: 'acme',
      isOperator: false,
      by: 'owner',
      why: 'we move',
    } as const;
    const ended = disconnectSynchronization(
      { ...world.dependencies, table },
      organization,
      synchronization,
      act,
    );
    await expect(ended).rejects.toThrow('something else changed');
    expect(await idsOf(world)).toEqual([synchronizationId]);
  });

  /** One of two owners, who alone owns another organization on the code host, connects that one and ends this one at once. */
  async function takingAlone(first: 'add' | 'end') {
    const world = await createApiWorld();
    const { table, dependencies } = world;
    const give = { changedAt: world.now(), gives: true };
    await table.transact([putFact(synchronizationId, aFact.member(2, 'owner'), 2, give)]);
    await keepPersonGrant(dependencies, userOf('owner'), gitHubHost, { accessToken: 'ghu_1' });
    world.forges.contents.facts = [aFact.member(1, 'owner')];
    const [one] = await everySynchronization(table, organizationId);
    const organization = await findOrganization(table, organizationId);
    if (one === undefined || organization === undefined) {
      throw new Error('nothing there');
    }
    const choice = { integration: integrationKey, organization: '901', repositories: 'later' } as const;
    const act = { by: 'owner', why: 'we move' };
    const acts = {
      add: (on: Table) =>
        addSynchronizationTo({ ...dependencies, table: on }, organization, userOf('owner'), choice, act),
      end: (on: Table) =>
        disconnectSynchronization({ ...dependencies, table: on }, organization, one, {
          ...{ packages: 'keep', members: 'remove', confirm: 'acme', isOperator: false, ...act },
        }),
    };
    const later = acts[first === 'add' ? 'end' : 'add'];
    const refused = later(meanwhile(table, () => acts[first](table)));
    return { world, refused };
  }

  it.each([
    ['add', 2],
    ['end', 0],
  ] as const)(
    'leaves every owner in charge when another organization is connected at once, whichever is first: %s',
    async (first, left) => {
      const { world, refused } = await takingAlone(first);
      await expect(refused).rejects.toThrow('try again');
      expect(await idsOf(world)).toHaveLength(left);
      expect((await world.ask('member', { path: '/organizations/acme' })).body.role).toBe('owner');
    },
  );

  it('makes nobody an owner again who once owned by hand', async () => {
    const world = await createApiWorld();
    await addSecond(world);
    const byHand = { isOwner: true, isOff: false };
    await world.table.transact([
      ...putPerson(organizationId, userOf('member'), byHand),
      ...putPerson(organizationId, userOf('outside'), { ...byHand, isOff: true }),
    ]);
    const isOwner = async () =>
      new Map((await personsOf(world.table, organizationId)).map((one) => [one.user, one.isOwner]));
    await end(world, { packages: 'keep', confirm: 'acme-labs' }, secondSynchronization);
    expect([...(await isOwner()).values()]).toEqual([false, false]);
    await world.table.transact(putPerson(organizationId, userOf('member'), byHand));
    await end(world, { packages: 'keep', confirm: 'acme' });
    expect(await isOwner()).toEqual(
      new Map([
        [userOf('member'), false],
        [userOf('outside'), false],
        [userOf('owner'), true],
      ]),
    );
    expect((await world.ask('member', { path: '/organizations/acme' })).status).toBe(404);
  });

  it('leaves owners by hand as they are while the primary one has read no members', async () => {
    const world = await createApiWorld();
    await addSecond(world);
    await world.table.update({
      key: keys.synchronization(synchronizationId),
      remove: ['membersSucceededAt'],
    });
    await world.table.transact(putPerson(organizationId, userOf('member'), { isOwner: true, isOff: false }));
    await end(world, { packages: 'keep', confirm: 'acme-labs' }, secondSynchronization);
    expect(await personsOf(world.table, organizationId)).toMatchObject([
      { user: userOf('member'), isOwner: true },
    ]);
  });

  it('asks about members: those who are kept belong to the organization by hand', async () => {
    const world = await createApiWorld();
    const give = { changedAt: world.now(), gives: true };
    await world.table.transact([
      putFact(synchronizationId, aFact.member(70), 2, give),
      // Kept at an earlier end; the code host has removed the person since.
      ...putPerson(organizationId, userOf('stranger'), { isOwner: false, isMember: true, isOff: false }),
    ]);
    const read = { membersSucceededAt: world.now() };
    await world.table.update({ key: keys.synchronization(synchronizationId), set: read });
    const keep = { packages: 'keep', members: 'keep' };
    expect((await end(world, keep)).body).toMatchObject({ done: false, members: 2 });
    expect((await end(world, { ...keep, confirm: 'acme' })).body.done).toBe(true);
    const role = async (person: 'member' | 'owner') =>
      (await world.ask(person, { path: '/organizations/acme' })).body.role;
    expect([await role('owner'), await role('member')]).toEqual(['owner', 'member']);
    for (const gone of ['outside', 'stranger'] as const) {
      expect((await world.ask(gone, { path: '/organizations/acme' })).status).toBe(404);
    }
    const { body } = await world.ask('owner', { path: '/organizations/acme/people' });
    expect(body.items.map(({ login }: { login: string }) => login).sort()).toEqual([
      ...['member-login', 'owner-login', 'user-70'],
    ]);
  });

  it('leaves nobody without an owner', async () => {
    const world = await createApiWorld();
    const give = { changedAt: world.now(), gives: true };
    await world.table.transact([putFact(synchronizationId, aFact.member(1, 'member'), 2, give)]);
    const { status } = await world.ask(await world.machine(['danger']), {
      method: 'DELETE',
      path: `${path}/${synchronizationId}`,
      body: { packages: 'keep', confirm: 'acme', why: 'a mistake' },
    });
    expect(status).toBe(409);
  });

  it('is refused for the primary one of several', async () => {
    const world = await createApiWorld();
    await addSecond(world);
    expect((await end(world, { packages: 'keep', confirm: 'acme' })).status).toBe(409);
    const other = await end(world, { packages: 'keep', confirm: 'acme-labs' }, secondSynchronization);
    expect(other.body).toMatchObject({ done: true, owners: [] });
  });

  it('is up to the operator, even if it is the primary one, or the last and nobody owns it', async () => {
    const world = await createApiWorld();
    await addSecond(world, 4);
    const endAs = (id: string, confirm?: string) =>
      world.ask('operator', {
        method: 'DELETE',
        path: `${path}/${id}`,
        body: { packages: 'delete', confirm, why: 'it is gone' },
      });
    const locksOut = { owners: [], endingOwners: ['user-1'] };
    expect((await endAs(synchronizationId)).body).toMatchObject({ done: false, ...locksOut });
    expect((await endAs(synchronizationId, 'acme')).body).toMatchObject({ done: true, ...locksOut });
    expect((await world.ask('owner', { path: '/organizations/acme' })).status).toBe(404);
    const give = { changedAt: world.now(), gives: true };
    await world.table.transact([putFact(secondSynchronization, aFact.member(4, 'member'), 2, give)]);
    expect((await endAs(secondSynchronization, 'acme-labs')).body).toMatchObject({ done: true, owners: [] });
    expect(await idsOf(world)).toEqual([]);
  });
});
