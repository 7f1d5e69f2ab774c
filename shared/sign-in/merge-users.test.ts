import { describe, expect, it } from 'vitest';
import { invitedBy } from '../../test/support/invitations.ts';
import { aFact } from '../../test/support/memory-forge.ts';
import { createPeople, origin, proven } from '../../test/support/people.ts';
import { minute } from '../../test/support/session-bench.ts';
import { organizationId, synchronizationId } from '../../test/support/synchronized.ts';
import {
  asId,
  type ForgeRepositoryId,
  type OrganizationId,
  type OwnTeamId,
  type UserId,
  userPrincipal,
} from '../domain/ids.ts';
import { effectiveRightsOf } from '../publish/effective-rights.ts';
import { putFact } from '../store/fact-store.ts';
import { changeInstallationSettings, findInstallationSettings } from '../store/installation-settings.ts';
import { invitationsIn, organizationsInviting } from '../store/invitation-store.ts';
import { keys } from '../store/keys.ts';
import { personsIn, putPerson } from '../store/member-store.ts';
import { addOrganization, findOrganization } from '../store/organization-store.ts';
import { addOwnTeam, addOwnTeamMember, ownTeamMembershipsOf } from '../store/own-team-store.ts';
import { signInLog } from '../store/sign-in-log.ts';
import type { Operation, Table } from '../store/table.ts';
import { accountsOf, accountsOfHolder, findUser, readUser } from '../store/user-store.ts';
import { grantsWork } from '../store/work-items.ts';
import { mergeUsers } from './merge-users.ts';
import { linkAccount, signInUser } from './user-accounts.ts';

const other = asId<OrganizationId>('org2');

async function annAndBob() {
  const people = await createPeople([
    aFact.member(1),
    aFact.member(2),
    aFact.repository(7),
    aFact.collaborator(7, 2),
  ]);
  const reads = async (user: UserId): Promise<boolean> => {
    const { table, clock } = people;
    const { mayRead } = await effectiveRightsOf(table, organizationId, userPrincipal(user), clock.time);
    return mayRead(synchronizationId, asId<ForgeRepositoryId>(7));
  };
  const tokens = { ann: await people.giveToken('user-1'), bob: await people.giveToken('user-2') };
  const ann = await signInUser(people.dependencies, proven(1, 'ann'));
  const bob = await signInUser(people.dependencies, proven(2, 'bob'));
  const now = people.clock.time;
  const merge = { into: ann, merged: bob, provenInto: now, provenMerged: now };
  return { ...people, tokens, ann, bob, merge, reads };
}

describe('two users who are one person', () => {
  it('become one, who has the accounts of both', async () => {
    const { dependencies, table, ann, bob, merge } = await annAndBob();
    await mergeUsers(dependencies, merge, origin);
    expect((await accountsOf(table, ann)).map(({ account }) => account)).toEqual(['1', '2']);
    expect(await findUser(table, proven(2).account)).toBe(ann);
    for (const { account } of [proven(1), proven(2)]) {
      const item = await table.get(keys.account(account.forge, account.baseUrl, account.account));
      expect(item && accountsOfHolder(item)).toEqual([proven(1).account, proven(2).account]);
    }
    expect(await signInUser(dependencies, proven(2))).toBe(ann);
    expect(await readUser(table, bob)).toMatchObject({ mergedInto: ann, accounts: [] });
    const entries = await signInLog(table, 9);
    expect(entries).toContainEqual(
      expect.objectContaining({
        act: 'users-merged',
        user: ann,
        why: expect.stringContaining('bob'),
        ...origin,
      }),
    );
  });

  it('read what both read, as one; tokens of the merged one end', async () => {
    const { dependencies, ann, bob, merge, tokens, tokenStates, askedFor, reads } = await annAndBob();
    expect([await reads(ann), await reads(bob)]).toEqual([false, true]);
    askedFor();
    await mergeUsers(dependencies, merge, origin);
    expect([await reads(ann), await reads(bob)]).toEqual([true, false]);
    expect(await tokenStates(bob)).toEqual(['revoked']);
    expect(await tokenStates(ann)).toEqual(['waiting']);
    // Their root files and bitmaps are written again, and those of the merged one removed.
    expect(new Set(askedFor())).toEqual(new Set([tokens.ann.principal, tokens.bob.principal]));
  });

  it('end the sessions of the merged one, and no other', async () => {
    const { dependencies, ann, bob, merge, browser } = await annAndBob();
    const [annsBrowser, bobsBrowser] = [browser(), browser()];
    await annsBrowser.signIn(ann);
    await bobsBrowser.signIn(bob);
    await mergeUsers(dependencies, merge, origin);
    expect(await annsBrowser.read({ isChange: true })).toMatchObject({ user: ann });
    expect(await bobsBrowser.read({ isChange: true })).toBeUndefined();
  });

  it('are administrators when one of them was', async () => {
    const { dependencies, table, ann, bob, merge } = await annAndBob();
    const settings = await findInstallationSettings(table);
    await table.transact([changeInstallationSettings(settings, { administrators: [bob] })]);
    await mergeUsers(dependencies, merge, origin);
    expect((await findInstallationSettings(table)).administrators).toEqual([ann]);
  });

  it.each([
    ['into whom the other is merged, while that is looked at', 'ann', 'person'],
    ['who is merged, right before it', 'bob', 'mergedInto'],
  ] as const)('are off when the one is switched off meanwhile: %s', async (_, name, moment) => {
    const { dependencies, table, ann, bob, merge } = await annAndBob();
    const owner = { isOwner: true, isOff: false };
    await table.transact([
      ...putPerson(organizationId, bob, owner),
      ...putPerson(organizationId, asId<UserId>('third'), owner),
    ]);
    const switchedOff = putPerson(organizationId, { ann, bob }[name], { isOwner: false, isOff: true });
    const isMoment = (operation: Operation): boolean =>
      moment === 'person'
        ? 'put' in operation && operation.put.sk === keys.person(organizationId, ann).sk
        : 'update' in operation && operation.update.set?.mergedInto !== undefined;
    let isDone = false;
    const transact: Table['transact'] = async (operations) => {
      if (!isDone && operations.some(isMoment)) {
        isDone = true;
        await table.transact(switchedOff);
      }
      await table.transact(operations);
    };
    await mergeUsers({ ...dependencies, table: { ...table, transact } }, merge, origin);
    expect(isDone).toBe(true);
    expect(await personsIn(table, ann, [organizationId])).toMatchObject([{ isOff: true }]);
  });

  it('are owners by hand where one of them was, and off where one of them was', async () => {
    const { dependencies, table, ann, bob, merge } = await annAndBob();
    await table.transact(addOrganization({ id: other, slug: 'other', name: 'Other', ownedVendors: [] }));
    await table.transact(putPerson(organizationId, bob, { isOwner: false, isOff: true }));
    await table.transact(putPerson(other, bob, { isOwner: true, isOff: false }));
    await mergeUsers(dependencies, merge, origin);
    expect(await personsIn(table, ann, [organizationId, other])).toEqual([
      { isOwner: false, isOff: true },
      { isOwner: true, isOff: false },
    ]);
    expect(await personsIn(table, bob, [other])).toEqual([{ isOwner: false, isOff: false }]);
  });

  it('are invited where one of them was', async () => {
    const { dependencies, table, bob, ann, merge } = await annAndBob();
    await table.transact(invitedBy(other, bob, { role: 'owner', at: 1 }));
    await mergeUsers(dependencies, merge, origin);
    expect(await invitationsIn(table, ann, [other])).toMatchObject([{ offers: [{ role: 'owner', at: 1 }] }]);
    expect(await organizationsInviting(table, ann)).toEqual([other]);
    expect(await organizationsInviting(table, bob)).toEqual([]);
  });

  it.each(['ann', 'bob'] as const)('are not invited where one of them belongs: %s', async (name) => {
    const { dependencies, table, ann, bob, merge } = await annAndBob();
    const [member, invited] = name === 'ann' ? [ann, bob] : [bob, ann];
    await table.transact([
      ...addOrganization({ id: other, slug: 'other', name: 'Other', ownedVendors: [] }),
      ...putPerson(other, member, { isOwner: false, isMember: true, isOff: false }),
      ...invitedBy(other, invited, { role: 'owner', at: 1 }),
    ]);
    await mergeUsers(dependencies, merge, origin);
    expect(await invitationsIn(table, ann, [other])).toEqual([undefined]);
    expect([
      ...(await organizationsInviting(table, ann)),
      ...(await organizationsInviting(table, bob)),
    ]).toEqual([]);
  });

  it('are in the teams by hand of both', async () => {
    const { dependencies, table, ann, bob, merge } = await annAndBob();
    const team = { id: asId<OwnTeamId>('team1'), name: 'Crew', slug: 'crew' };
    await table.transact([addOwnTeam(organizationId, team)]);
    await table.transact([...addOwnTeamMember(organizationId, team.id, bob)]);
    await mergeUsers(dependencies, merge, origin);
    expect(await ownTeamMembershipsOf(table, organizationId, ann)).toEqual([team.id]);
    expect(await ownTeamMembershipsOf(table, organizationId, bob)).toEqual([]);
  });

  it.each(['ann', 'bob'] as const)(
    'are not merged while the last owner of an organization would be off by it: %s owns it',
    async (owner) => {
      const { dependencies, table, ann, bob, merge, tokenStates } = await annAndBob();
      const [owning, off] = owner === 'ann' ? [ann, bob] : [bob, ann];
      const third = asId<UserId>('third');
      const isOwner = { isOwner: true, isOff: false };
      await table.transact([
        ...addOrganization({ id: other, slug: 'other', name: 'Other', ownedVendors: [] }),
        ...putPerson(other, owning, isOwner),
        ...putPerson(other, off, { isOwner: false, isOff: true }),
      ]);
      await expect(mergeUsers(dependencies, merge, origin)).rejects.toThrow(/^other has switched off one/);
      expect(await tokenStates(bob)).toEqual(['waiting']);
      expect(await personsIn(table, owning, [other])).toEqual([isOwner]);
      // Fails when two last owners go at once.
      await table.transact(putPerson(other, third, isOwner));
      await mergeUsers(dependencies, merge, origin);
      expect(await personsIn(table, ann, [other])).toEqual([{ isOwner: true, isOff: true }]);
      expect(await findOrganization(table, other)).toMatchObject({ ownersVersion: 1 });
      expect(await table.get(grantsWork(other).key)).toMatchObject({ wanted: expect.any(Number) });
    },
  );

  it('are not merged into who is off where the other is the last owner on the code host', async () => {
    const { dependencies, table, ann, bob, merge } = await annAndBob();
    await table.transact([
      putFact(synchronizationId, aFact.member(2, 'owner'), 2),
      ...putPerson(organizationId, ann, { isOwner: false, isOff: true }),
    ]);
    await expect(mergeUsers(dependencies, merge, origin)).rejects.toThrow(/^acme has switched off one/);
    await table.transact([putFact(synchronizationId, aFact.member(9, 'owner'), 2)]);
    await signInUser(dependencies, proven(9, 'cleo'));
    await mergeUsers(dependencies, merge, origin);
    expect(await findOrganization(table, organizationId)).toMatchObject({ ownersVersion: 1 });
    expect((await readUser(table, bob))?.mergedInto).toBe(ann);
  });

  it('are not merged by a proof that is 15 minutes old, on either side', async () => {
    const { dependencies, table, clock, bob, merge } = await annAndBob();
    for (const side of ['provenInto', 'provenMerged'] as const) {
      const old = { ...merge, [side]: clock.time - 15 * minute };
      await expect(mergeUsers(dependencies, old, origin)).rejects.toThrow('too long ago');
    }
    expect(await accountsOf(table, bob)).toHaveLength(1);
  });

  it('cannot be merged again, nor into somebody who was merged away', async () => {
    const { dependencies, ann, bob, merge } = await annAndBob();
    await mergeUsers(dependencies, merge, origin);
    await expect(mergeUsers(dependencies, merge, origin)).rejects.toThrow('no such user');
    await expect(mergeUsers(dependencies, { ...merge, into: bob, merged: ann }, origin)).rejects.toThrow(
      'no such user',
    );
    await expect(linkAccount(dependencies, bob, proven(3), origin)).rejects.toThrow('no such user');
  });
});
