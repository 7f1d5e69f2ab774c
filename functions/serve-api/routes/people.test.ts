import { describe, expect, it } from 'vitest';
import { asPrincipal } from '../../../shared/domain/ids.ts';
import { peoplePage } from '../../../shared/organizations/list-people.ts';
import { personIn } from '../../../shared/organizations/people.ts';
import { setPersonState } from '../../../shared/organizations/set-person-state.ts';
import { auditLog } from '../../../shared/store/audit-log.ts';
import { putFact } from '../../../shared/store/fact-store.ts';
import { keys } from '../../../shared/store/keys.ts';
import { findPerson, personsOf, putPerson } from '../../../shared/store/member-store.ts';
import { findOrganization } from '../../../shared/store/organization-store.ts';
import { synchronizationsOf } from '../../../shared/store/synchronization-store.ts';
import { type Table, transactionItemsMax } from '../../../shared/store/table.ts';
import { requestWork } from '../../../shared/store/work.ts';
import { grantsWork, principalWork } from '../../../shared/store/work-items.ts';
import { integrationKey } from '../../../test/support/api-forges.ts';
import { packageExample } from '../../../test/support/api-people-examples.ts';
import { createApiWorld, type Person, userOf } from '../../../test/support/api-world.ts';
import { countReads } from '../../../test/support/count-reads.ts';
import { meanwhile } from '../../../test/support/meanwhile.ts';
import { aFact } from '../../../test/support/memory-forge.ts';
import { organizationId, synchronizationId } from '../../../test/support/synchronized.ts';

const path = '/organizations/acme/people';
const put = (...facts: Parameters<typeof putFact>[1][]) =>
  facts.map((fact) => putFact(synchronizationId, fact, 3));

describe('the people of an organization', () => {
  it('are members and collaborators, users under their ids', async () => {
    const world = await createApiWorld();
    await world.table.transact(put(aFact.member(70), aFact.collaborator(5, 3), aFact.collaborator(5, 80)));
    const members = await world.ask('owner', { path });
    expect(members.body.items.map(({ id, role, state }: never) => [id, role, state])).toEqual([
      [userOf('owner'), 'owner', 'active'],
      [userOf('member'), 'member', 'active'],
      [userOf('outside'), 'outside', 'active'],
      [`${synchronizationId}.70`, 'member', 'active'],
    ]);
    const others = await world.ask('owner', { path: `${path}?cursor=${members.body.next}` });
    expect(others.body).toMatchObject({
      items: [{ id: `${synchronizationId}.80`, role: 'outside', isKnown: false }],
    });
    expect(others.body.next).toBeUndefined();
  });

  it('are found by a part of the login, over pages that may be short', async () => {
    const world = await createApiWorld();
    await world.table.transact(put(aFact.member(70), aFact.collaborator(5, 80)));
    const find = async (query: string) => (await world.ask('owner', { path: `${path}?${query}` })).body;
    const logins = ({ items }: { readonly items: readonly { readonly login: string }[] }) =>
      items.map(({ login }) => login);
    expect(logins(await find('name=SER-70'))).toEqual(['user-70']);
    const first = await find('name=user&limit=2');
    expect(logins(first)).toHaveLength(2);
    const second = await find(`name=user&limit=2&cursor=${first.next}`);
    expect(logins(second).every((login) => !logins(first).includes(login))).toBe(true);
    expect(logins(await find('name=nobody'))).toEqual([]);
    expect(logins(await find('name=user&state=off'))).toEqual([]);
  });

  it('are read in pages of three reads', async () => {
    const { table, now } = await createApiWorld();
    const all = Array.from({ length: 5000 }, (_, place) => aFact.member(1000 + place));
    for (let start = 0; start < all.length; start += 100) {
      await table.transact(put(...all.slice(start, start + 100)));
    }
    const reads = countReads(table);
    const organization = await findOrganization(table, organizationId);
    const synchronizations = await synchronizationsOf(table, organizationId);
    const seen = new Set<string>();
    let after: string | undefined;
    do {
      const before = reads();
      const page = await peoplePage(
        table,
        organization ?? { id: organizationId },
        synchronizations,
        { limit: 100, after },
        now(),
      );
      expect(reads() - before).toBeLessThanOrEqual(3);
      for (const { id } of page.people) {
        seen.add(id);
      }
      after = page.next;
    } while (after !== undefined);
    expect(seen.size).toBe(5003);
  });

  it('who are switched off are nobody there, until they are switched on again', async () => {
    const world = await createApiWorld();
    const view = keys.principal(organizationId, `u.${userOf('member')}`);
    await world.table.update({ key: view, set: { wanted: 1, done: 1 } });
    const set = (state: string) =>
      world.ask('owner', { method: 'PATCH', path: `${path}/${userOf('member')}`, body: { state } });
    expect((await set('off')).body).toEqual({
      id: userOf('member'),
      name: 'member-login',
      synchronization: synchronizationId,
      state: 'off',
      isKnown: true,
    });
    expect((await world.table.get(view))?.wanted).toBe(2);
    expect((await world.ask('member', { path: '/organizations/acme' })).status).toBe(404);
    const [entry] = await auditLog(world.table, organizationId, 1);
    expect(entry).toMatchObject({
      act: 'set-person-state',
      before: { state: 'active' },
      after: { state: 'off' },
    });
    expect((await set('active')).body).toMatchObject({ role: 'member', state: 'active' });
    expect((await world.ask('member', { path: '/organizations/acme' })).status).toBe(200);
  });

  it('are switched off before they ever signed in, but never by themselves', async () => {
    const world = await createApiWorld();
    await world.table.transact(put(aFact.member(70)));
    const off = (id: string) =>
      world.ask('owner', { method: 'PATCH', path: `${path}/${id}`, body: { state: 'off' } });
    const { status, body } = await off(`${synchronizationId}.70`);
    expect([status, body.state, body.isKnown]).toEqual([200, 'off', true]);
    expect((await world.ask('owner', { path: `${path}/${body.id}` })).body.state).toBe('off');
    expect((await off(userOf('owner'))).status).toBe(409);
    expect((await off(userOf('stranger'))).status).toBe(404);
    const last = { method: 'PATCH', path: `${path}/${userOf('owner')}`, body: { state: 'off' } };
    expect((await world.ask('operator', last)).status).toBe(409);
  });
});

describe('a person’s state', () => {
  const by = { by: 'owner', why: 'left' };

  async function worldOf() {
    const { table, dependencies, now } = await createApiWorld();
    const organization = await findOrganization(table, organizationId);
    if (organization === undefined) {
      throw new Error('no organization');
    }
    await table.transact([
      putFact(synchronizationId, aFact.member(2, 'owner'), 2, { changedAt: now(), gives: true }),
    ]);
    return {
      table,
      switchOff: async (who: 'owner' | 'member', during?: () => Promise<unknown>) =>
        setPersonState(
          { ...dependencies, table: during === undefined ? table : meanwhile(table, during) },
          organization,
          await personIn(table, organization, userOf(who)),
          'off',
          by,
        ),
    };
  }

  it('is not off for two owners who switch each other off at once', async () => {
    const { table, switchOff } = await worldOf();
    const last = switchOff('owner', () => switchOff('member'));
    await expect(last).rejects.toThrow('it is the last owner');
    expect((await personsOf(table, organizationId)).filter(({ isOff }) => isOff)).toHaveLength(1);
  });

  it('is off however many organizations have tokens here, and while the person makes more of them', async () => {
    const world = await createApiWorld();
    const give = { changedAt: world.now(), gives: true };
    await world.table.transact([putFact(synchronizationId, aFact.member(2, 'owner'), 2, give)]);
    for (let place = 0; place < transactionItemsMax; place++) {
      const principal = principalWork(organizationId, asPrincipal(`o.home${place}`));
      await world.table.transact([requestWork(principal, world.now())]);
    }
    const token = {
      method: 'POST',
      path: '/organizations/acme/tokens',
      body: { for: { kind: 'organization' } },
    };
    const table: Table = {
      ...world.table,
      async transact(operations) {
        await world.ask('member', token);
        return world.table.transact(operations);
      },
    };
    const organization = await findOrganization(table, organizationId);
    if (organization === undefined) {
      throw new Error('no organization');
    }
    const person = await personIn(table, organization, userOf('member'));
    await setPersonState({ ...world.dependencies, table }, organization, person, 'off', by);
    expect((await world.ask('member', { path: '/organizations/acme' })).status).toBe(404);
    expect(await world.table.get(grantsWork(organizationId).key)).toMatchObject({ wanted: 1 });
  });

  it('takes nothing back that was said of the person meanwhile', async () => {
    const { table, switchOff } = await worldOf();
    const byHand = putPerson(organizationId, userOf('member'), { isOwner: true, isOff: false });
    await switchOff('member', () => table.transact(byHand));
    expect(await findPerson(table, organizationId, userOf('member'))).toEqual({ isOwner: true, isOff: true });
  });
});

describe('what people may install', () => {
  it('is for owners to ask about anybody, and for everybody else about themselves', async () => {
    const world = await createApiWorld();
    const of = (id: string) => ({ path: `${path}/${id}/access` });
    expect((await world.ask('owner', of(userOf('member')))).status).toBe(200);
    expect((await world.ask('member', of(userOf('member')))).status).toBe(200);
    const others = await world.ask('member', of(userOf('owner')));
    const nobody = await world.ask('owner', of('nobody'));
    expect([others.status, others.text]).toEqual([404, nobody.text]);
  });

  it('is explained for a login at its code host, to owners', async () => {
    const world = await createApiWorld();
    await packageExample(world);
    const ask = (sender: Person, person: string) =>
      world.ask(sender, {
        path: `/organizations/acme/access?package=acme/one&person=${encodeURIComponent(person)}`,
      });
    const byId = await ask('owner', userOf('member'));
    const byLogin = await ask('owner', `USER-2@${integrationKey}`);
    expect([byLogin.status, byLogin.text]).toEqual([200, byId.text]);
    const others = [
      await ask('owner', `nobody@${integrationKey}`),
      await ask('owner', 'user-2@gitea~git.example.com'),
      await ask('member', `user-2@${integrationKey}`),
    ];
    expect(others.map(({ status }) => status)).toEqual([404, 404, 404]);
  });
});
