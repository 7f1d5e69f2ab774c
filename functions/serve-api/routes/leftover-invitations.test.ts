import { describe, expect, it } from 'vitest';
import { disconnectSynchronization } from '../../../shared/organizations/disconnect-synchronization.ts';
import { acceptInvitation } from '../../../shared/organizations/invitations.ts';
import { addPersonByHand } from '../../../shared/organizations/people-by-hand.ts';
import { findInvitation } from '../../../shared/store/invitation-store.ts';
import { putPerson } from '../../../shared/store/member-store.ts';
import { findOrganization } from '../../../shared/store/organization-store.ts';
import { findSynchronization } from '../../../shared/store/synchronization-store.ts';
import { linkAnother } from '../../../test/support/another-account.ts';
import { createApiWorld, otherOrganization, userOf } from '../../../test/support/api-world.ts';
import { invitedBy } from '../../../test/support/invitations.ts';
import { meanwhile } from '../../../test/support/meanwhile.ts';
import { organizationId, synchronizationId } from '../../../test/support/synchronized.ts';

const path = '/organizations/other/people';
const user = userOf('member');
const act = { by: 'stranger', why: 'we grow' };

describe('an invitation beside a membership', () => {
  it('shows the person once, and goes with the membership', async () => {
    const world = await createApiWorld();
    await world.table.transact([
      ...putPerson(otherOrganization, user, { isOwner: true, isMember: true, isOff: false }),
      ...invitedBy(otherOrganization, user, { role: 'owner', at: world.now() }),
    ]);
    const listed = (await world.ask('stranger', { path })).body.items;
    expect(listed.map(({ id, state }: Record<string, string>) => [id, state])).toEqual([
      [user, 'active'],
      [userOf('stranger'), 'active'],
    ]);
    expect((await world.ask('stranger', { method: 'DELETE', path: `${path}/${user}` })).status).toBe(204);
    expect((await world.ask('stranger', { path })).body.items).toHaveLength(1);
    expect((await world.ask('member', { path: '/organizations/other' })).status).toBe(404);
  });

  it('does not come about while the person accepts the one before', async () => {
    const world = await createApiWorld();
    const { table, dependencies } = world;
    await linkAnother(world, 'member');
    await table.transact(invitedBy(otherOrganization, user, { role: 'member', at: world.now() }));
    const during = meanwhile(table, () => acceptInvitation(dependencies, user, 'other', act));
    const organization = await findOrganization(table, otherOrganization);
    const again =
      organization &&
      addPersonByHand({ ...dependencies, table: during }, organization, { user }, 'owner', act);
    await expect(again).rejects.toThrow('changed at the same moment');
    expect(await findInvitation(table, otherOrganization, user)).toBeUndefined();
  });

  it.each([
    ['a member', 'member'],
    ['an owner', 'owner'],
  ] as const)('ends when the last synchronization leaves the person as %s', async (_, person) => {
    const world = await createApiWorld();
    const { table, dependencies } = world;
    const invited = userOf(person);
    await table.transact(invitedBy(organizationId, invited, { role: 'owner', at: world.now() }));
    const [organization, synchronization] = [
      await findOrganization(table, organizationId),
      await findSynchronization(table, synchronizationId),
    ];
    if (organization === undefined || synchronization === undefined) {
      throw new Error('nothing there');
    }
    await disconnectSynchronization(dependencies, organization, synchronization, {
      ...{ packages: 'keep', members: 'keep', confirm: 'acme', isOperator: false, ...act },
    });
    expect(await findInvitation(table, organizationId, invited)).toBeUndefined();
  });
});
