import { expect, it } from 'vitest';
import type { UserId } from '../../../shared/domain/ids.ts';
import type { Organization } from '../../../shared/domain/organization.ts';
import { addSynchronizationTo } from '../../../shared/organizations/create-organization.ts';
import { acceptInvitation } from '../../../shared/organizations/invitations.ts';
import { addPersonByHand } from '../../../shared/organizations/people-by-hand.ts';
import { setPersonState } from '../../../shared/organizations/set-person-state.ts';
import { findInvitation, removeInvitation } from '../../../shared/store/invitation-store.ts';
import { keys } from '../../../shared/store/keys.ts';
import { findPerson, putPerson } from '../../../shared/store/member-store.ts';
import { findOrganization } from '../../../shared/store/organization-store.ts';
import { keepPersonGrant } from '../../../shared/store/person-grant-store.ts';
import { everySynchronization } from '../../../shared/store/synchronization-store.ts';
import type { Operation } from '../../../shared/store/table.ts';
import { integrationKey } from '../../../test/support/api-forges.ts';
import { type ApiWorld, createApiWorld, otherOrganization, userOf } from '../../../test/support/api-world.ts';
import { invitedBy } from '../../../test/support/invitations.ts';
import { meanwhile } from '../../../test/support/meanwhile.ts';
import { gitHubHost } from '../../../test/support/synchronized.ts';

const act = { by: 'stranger', why: 'we grow' };
const signedIn: Operation = {
  update: {
    key: keys.user(userOf('member')),
    set: { accounts: [{ ...gitHubHost, account: '2', lastSignInAt: 1 }] },
  },
};

interface Way {
  readonly before: (user: UserId, now: number) => readonly Operation[];
  readonly become: (world: ApiWorld, organization: Organization, user: UserId) => Promise<unknown>;
}

const ways: Readonly<Record<string, Way>> = {
  'accepts an invitation': {
    before: (user, now) => invitedBy(otherOrganization, user, { role: 'owner', at: now }),
    become: ({ dependencies }, _, user) => acceptInvitation(dependencies, user, 'other', act),
  },
  'was a member': {
    before: (user) => [
      ...putPerson(otherOrganization, user, { isOwner: false, isMember: true, isOff: false }),
      signedIn,
    ],
    become: ({ dependencies }, organization, user) =>
      addPersonByHand(dependencies, organization, { user }, 'owner', act),
  },
  'was switched off': {
    before: (user) => putPerson(otherOrganization, user, { isOwner: true, isOff: true }),
    become: ({ dependencies }, organization, user) =>
      setPersonState(
        dependencies,
        organization,
        { id: user, user, name: 'member', reader: { kind: 'user', user } },
        'active',
        act,
      ),
  },
};

it.each(Object.keys(ways))(
  'a code host is not connected by owners as they were before somebody became one: who %s',
  async (name) => {
    const world = await createApiWorld();
    const { table, dependencies } = world;
    const user = userOf('member');
    await table.transact(ways[name]?.before(user, world.now()) ?? []);
    await keepPersonGrant(dependencies, userOf('stranger'), gitHubHost, { accessToken: 'ghu_1' });
    const organization = await findOrganization(table, otherOrganization);
    if (organization === undefined) {
      throw new Error('nothing there');
    }
    const during = meanwhile(table, async () => {
      await ways[name]?.become(world, organization, user);
    });
    const choice = { integration: integrationKey, organization: '901', repositories: 'later' } as const;
    const connecting = addSynchronizationTo(
      { ...dependencies, table: during },
      organization,
      userOf('stranger'),
      choice,
      act,
    );
    await expect(connecting).rejects.toThrow('owners of the organization changed at the same moment');
    expect(await everySynchronization(table, otherOrganization)).toEqual([]);
    expect((await world.ask('member', { path: '/organizations/other' })).body.role).toBe('owner');
  },
);

it('an invitation is not accepted for what it offered before it was withdrawn and another one made', async () => {
  const { table, dependencies, now } = await createApiWorld();
  const user = userOf('member');
  const at = now();
  await table.transact(invitedBy(otherOrganization, user, { role: 'owner', at }));
  const during = meanwhile(table, async () => {
    const before = await findInvitation(table, otherOrganization, user);
    await table.transact(removeInvitation(otherOrganization, user, before ?? expect.fail()));
    await table.transact(invitedBy(otherOrganization, user, { role: 'member', at }));
  });
  await expect(acceptInvitation({ ...dependencies, table: during }, user, 'other', act)).rejects.toThrow(
    'at the same moment',
  );
  expect((await findPerson(table, otherOrganization, user)).isOwner).toBe(false);
  await acceptInvitation(dependencies, user, 'other', act);
  expect(await findPerson(table, otherOrganization, user)).toMatchObject({ isOwner: false, isMember: true });
});
