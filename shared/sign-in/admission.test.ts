import { describe, expect, it } from 'vitest';
import { invitedBy } from '../../test/support/invitations.ts';
import { aFact } from '../../test/support/memory-forge.ts';
import { createPeople, origin, proven } from '../../test/support/people.ts';
import { organizationId, synchronizationId } from '../../test/support/synchronized.ts';
import { watchReads } from '../../test/support/watch-reads.ts';
import { asId, type OrganizationId, type UserId } from '../domain/ids.ts';
import { putClaim } from '../store/claim-store.ts';
import { changeInstallationSettings, findInstallationSettings } from '../store/installation-settings.ts';
import { putPerson } from '../store/member-store.ts';
import { addOrganization } from '../store/organization-store.ts';
import { findSynchronization, noteSuccess } from '../store/synchronization-store.ts';
import { findRefusal, refusalOf, refusalOfUser } from './admission.ts';
import { linkAccount, signInUser } from './user-accounts.ts';

const administrator = asId<UserId>('root');
const settings = { administrators: [administrator], signIn: 'members', allowList: [] } as const;
const { account } = proven(1);

describe('who may sign in', () => {
  it('is nobody while there is no administrator', () => {
    for (const signIn of ['members', 'allow-list', 'anyone'] as const) {
      const open = { administrators: [], signIn, allowList: [account] };
      expect(refusalOf(open, account, undefined)).toBe('not-set-up');
    }
  });

  it('is always an administrator', () => {
    for (const signIn of ['members', 'allow-list', 'anyone'] as const) {
      expect(refusalOf({ ...settings, signIn }, account, administrator)).toBeUndefined();
    }
  });

  it('is anyone, or who is listed by the id of the account', () => {
    expect(refusalOf({ ...settings, signIn: 'anyone' }, account, undefined)).toBeUndefined();
    const listed = { ...settings, signIn: 'allow-list', allowList: [account] } as const;
    expect(refusalOf(listed, account, undefined)).toBeUndefined();
    expect(refusalOf(listed, proven(2).account, undefined)).toBe('not-listed');
    expect(refusalOf(listed, { ...account, baseUrl: 'https://git.example.com' }, undefined)).toBe(
      'not-listed',
    );
    expect(refusalOf({ ...listed, signIn: 'members' }, account, undefined)).toBeUndefined();
    expect(refusalOf({ ...listed, signIn: 'members' }, proven(2).account, undefined)).toBe('ask-membership');
  });

  it.each([
    ['a member', [aFact.member(1)], undefined],
    ['an outside collaborator', [aFact.repository(7), aFact.collaborator(7, 1)], undefined],
    ['somebody else', [aFact.member(2), aFact.collaborator(7, 2)], 'no-member'],
  ])('may be who belongs to a connected organization: %s', async (_, facts, refusal) => {
    const { table, clock } = await createPeople(facts);
    await table.transact([
      changeInstallationSettings(await findInstallationSettings(table), { administrators: [administrator] }),
    ]);
    expect(await findRefusal(table, [account], undefined, clock.time)).toBe(refusal);
  });

  it('is not who left by an event that no read has confirmed yet', async () => {
    const { table, clock } = await createPeople([aFact.member(1), aFact.collaborator(7, 1)]);
    await table.transact([
      changeInstallationSettings(await findInstallationSettings(table), { administrators: [administrator] }),
      putClaim(synchronizationId, { key: 'member#1', expect: 'gone', at: clock.time, bodies: [] }),
    ]);
    expect(await findRefusal(table, [account], undefined, clock.time)).toBe('no-member');
  });

  it('is an owner by hand, and not who was switched off everywhere', async () => {
    const { table, clock } = await createPeople([aFact.member(1)]);
    const user = asId<UserId>('ann');
    await table.transact([
      changeInstallationSettings(await findInstallationSettings(table), { administrators: [administrator] }),
      ...putPerson(organizationId, user, { isOwner: false, isOff: true }),
    ]);
    expect(await findRefusal(table, [account], user, clock.time)).toBe('no-member');
    const id = asId<OrganizationId>('org2');
    await table.transact([
      ...addOrganization({ id, slug: 'other', name: 'Other', ownedVendors: [] }),
      ...putPerson(id, user, { isOwner: true, isOff: false }),
    ]);
    expect(await findRefusal(table, [account], user, clock.time)).toBeUndefined();
  });

  it('is who is invited, so that he can accept', async () => {
    const { table, clock } = await createPeople([]);
    const user = asId<UserId>('ann');
    const empty = { id: asId<OrganizationId>('org7'), slug: 'empty', name: 'Empty', ownedVendors: [] };
    await table.transact([
      changeInstallationSettings(await findInstallationSettings(table), { administrators: [administrator] }),
      ...addOrganization(empty),
    ]);
    expect(await findRefusal(table, [account], user, clock.time)).toBe('no-member');
    await table.transact(invitedBy(empty.id, user, { role: 'member', at: clock.time }));
    expect(await findRefusal(table, [account], user, clock.time)).toBeUndefined();
    expect(await findRefusal(table, [account], asId<UserId>('ben'), clock.time)).toBe('no-member');
    const later = clock.time + 30 * 24 * 3600_000;
    expect(await findRefusal(table, [account], user, later)).toBe('no-member');
  });

  it('is no owner by hand once the code host has said who the owners are', async () => {
    const { table, clock } = await createPeople([aFact.member(2, 'owner')]);
    const user = asId<UserId>('ann');
    await table.transact([
      changeInstallationSettings(await findInstallationSettings(table), { administrators: [administrator] }),
      ...putPerson(organizationId, user, { isOwner: true, isOff: false }),
    ]);
    expect(await findRefusal(table, [account], user, clock.time)).toBeUndefined();
    const synchronization = await findSynchronization(table, synchronizationId);
    if (synchronization === undefined) {
      throw new Error('no synchronization');
    }
    await noteSuccess(table, synchronization, ['members'], clock.time);
    expect(await findRefusal(table, [account], user, clock.time)).toBe('no-member');
  });
});

describe('who signed in before', () => {
  it('is let in by any of the accounts, with twelve reads for two accounts and one synchronization', async () => {
    const { table, clock, dependencies } = await createPeople([aFact.member(1)]);
    await table.transact([
      changeInstallationSettings(await findInstallationSettings(table), { administrators: [administrator] }),
    ]);
    const user = await signInUser(dependencies, proven(3));
    const { table: watched, take } = watchReads(table);
    const findRefusalOf = refusalOfUser({ table: watched, clock });
    expect(await findRefusalOf(user)).toBe('no-member');
    await linkAccount(dependencies, user, proven(1), origin);
    take();
    expect(await findRefusalOf(user)).toBeUndefined();
    expect(take()).toBe(12);
  });
});
