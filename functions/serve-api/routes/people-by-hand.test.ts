import { describe, expect, it } from 'vitest';
import { asId, type UserId } from '../../../shared/domain/ids.ts';
import { invitationsMax } from '../../../shared/organizations/invite.ts';
import { mergeUsers } from '../../../shared/sign-in/merge-users.ts';
import { keys } from '../../../shared/store/keys.ts';
import { linkAnother } from '../../../test/support/another-account.ts';
import { integrationKey } from '../../../test/support/api-forges.ts';
import { type ApiWorld, createApiWorld, otherOrganization, userOf } from '../../../test/support/api-world.ts';
import { invitedBy } from '../../../test/support/invitations.ts';
import { gitHubHost, synchronizationId } from '../../../test/support/synchronized.ts';

/** `other` has no synchronization, and belongs to the stranger. */
const path = '/organizations/other/people';
const byLogin = { integration: integrationKey, login: 'Second' };
const add = (world: ApiWorld, person: object, role = 'member', slug = 'other') =>
  world.ask(slug === 'other' ? 'stranger' : 'owner', {
    method: 'POST',
    path: `/organizations/${slug}/people`,
    body: { person, role },
  });
const accept = (world: ApiWorld, person: Parameters<typeof userOf>[0]) =>
  world.ask(person, { method: 'POST', path: '/me/invitations/other/accept' });
const leave = (world: ApiWorld, person: Parameters<typeof userOf>[0]) =>
  world.ask(person, { method: 'DELETE', path: '/me/memberships/other' });
const remove = (world: ApiWorld, person: Parameters<typeof userOf>[0], by = person) =>
  world.ask(by, { method: 'DELETE', path: `${path}/${userOf(person)}` });

async function worldWith(...signedIn: readonly Parameters<typeof userOf>[0][]): Promise<ApiWorld> {
  const world = await createApiWorld();
  for (const person of signedIn) {
    await linkAnother(world, person);
  }
  return world;
}

describe('an organization that no code host knows', () => {
  it('has the people whom owners invite, by id or login, once they accept', async () => {
    const world = await worldWith('member');
    const { id: invitation } = (await add(world, byLogin)).body;
    const listed = async () =>
      (await world.ask('stranger', { path })).body.items.map(({ id, role, state }: never) => [
        id,
        role,
        state,
      ]);
    const own = [userOf('stranger'), 'owner', 'active'];
    expect(await listed()).toEqual([own, [invitation, 'member', 'invited']]);
    expect((await accept(world, 'member')).status).toBe(204);
    expect((await accept(world, 'member')).status).toBe(404);
    expect((await world.ask('member', { path: '/organizations' })).body).toMatchObject({
      items: [{ slug: 'acme' }, { slug: 'other', role: 'member' }],
      invitations: [],
    });
    expect(await listed()).toEqual([[userOf('member'), 'member', 'active'], own]);
    expect((await add(world, { user: userOf('member') }, 'owner')).body.state).toBe('active');
    expect((await world.ask('member', { path: '/organizations/other' })).body.role).toBe('owner');
    expect((await add(world, { user: userOf('member') }, 'member')).status).toBe(409);
  });

  it('is nothing to who is invited, and learns nothing of his tokens', async () => {
    const world = await worldWith('member');
    const settings = { path: '/organizations/other/settings' };
    const { headers } = await world.ask('stranger', settings);
    const limit = { ...settings, method: 'PATCH', headers: { 'if-match': headers.etag } };
    const body = { longestTokenDays: 1, usualTokenDays: 1 };
    expect((await world.ask('stranger', { ...limit, body })).status).toBe(200);
    await add(world, byLogin, 'owner');
    const { body: organizations } = await world.ask('member', { path: '/organizations' });
    expect(organizations.invitations).toEqual([
      { slug: 'other', name: 'Other', role: 'owner', endsAt: '2026-12-22T12:00:00.000Z' },
    ]);
    expect(organizations.items).toMatchObject([{ slug: 'acme' }]);
    expect((await world.ask('member', { path: '/organizations/other' })).status).toBe(404);
    const token = { description: 'laptop', expiresAt: '2026-12-22T12:00:00Z' };
    const made = await world.ask('member', { method: 'POST', path: '/me/tokens', body: token });
    expect(made.body.organizations).toEqual([{ slug: 'acme', isExcluded: false }]);
    expect((await world.ask('stranger', { path: '/organizations/other/tokens' })).body.items).toEqual([]);
    for (const [method, below] of [
      ['PATCH', `${path}/${userOf('member')}`],
      ['GET', `${path}/${userOf('member')}`],
    ] as const) {
      const change = method === 'PATCH' ? { body: { state: 'active' } } : {};
      expect((await world.ask('stranger', { method, path: below, ...change })).status).toBe(404);
    }
  });

  it('invites 200 people at a time, and changes what is offered to one of them', async () => {
    const world = await worldWith('member');
    const signedIn = [{ ...gitHubHost, account: '3', lastSignInAt: world.now() }];
    await world.table.update({ key: keys.user(userOf('outside')), set: { accounts: signedIn } });
    const others = Array.from({ length: invitationsMax - 1 }, (_, place) => asId<UserId>(`other${place}`));
    for (const user of others) {
      await world.table.transact(invitedBy(otherOrganization, user, { role: 'member', at: world.now() }));
      // Its time is over, and the table has not removed it yet.
      await world.table.transact(
        invitedBy(otherOrganization, asId<UserId>(`${user}old`), { role: 'owner', at: 0 }),
      );
    }
    const [member, outside] = [{ user: userOf('member') }, { user: userOf('outside') }];
    const both = await Promise.all([add(world, member), add(world, outside)]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
    const [first, second] = both[0].status === 200 ? [member, outside] : [outside, member];
    expect((await add(world, first, 'owner')).status).toBe(200);
    const refused = await add(world, second);
    expect([refused.status, refused.body.detail]).toEqual([
      409,
      'at most 200 people can be invited at a time; withdraw an invitation first',
    ]);
  });

  it('learns of who is invited only what it named, until the person accepts', async () => {
    const world = await worldWith('member');
    await linkAnother(world, 'member', { account: '778', login: 'Third' });
    const [second, third] = [
      (await add(world, byLogin)).body,
      (await add(world, { ...byLogin, login: 'third' }, 'owner')).body,
    ];
    const shown = { state: 'invited', isKnown: true, invitationEndsAt: '2026-12-22T12:00:00.000Z' };
    expect([second, third]).toEqual([
      { ...shown, id: expect.any(String), name: 'Second', role: 'member' },
      { ...shown, id: expect.any(String), name: 'third', role: 'owner' },
    ]);
    expect((await add(world, byLogin, 'owner')).body.id).toBe(second.id);
    expect((await add(world, byLogin)).body.id).toBe(second.id);
    const seen = async () => [
      (await world.ask('stranger', { path })).text,
      (await world.ask('stranger', { path: '/organizations/other/history' })).text,
    ];
    const hidden = new RegExp(`${userOf('member')}|member-login`);
    expect((await seen()).join()).not.toMatch(hidden);
    const listed = (await world.ask('stranger', { path })).body.items;
    expect(
      listed
        .slice(1)
        .map(({ id, login }: Record<string, string>) => [id, login])
        .sort(),
    ).toEqual(
      [
        [second.id, 'Second'],
        [third.id, 'third'],
      ].sort(),
    );
    await world.ask('stranger', { method: 'DELETE', path: `${path}/${third.id}` });
    await world.ask('member', { method: 'DELETE', path: '/me/invitations/other' });
    expect((await seen()).join()).not.toMatch(hidden);
    await add(world, byLogin);
    await accept(world, 'member');
    expect((await world.ask('stranger', { path })).text).toMatch(hidden);
  });

  it.each([
    ['removed', { method: 'DELETE' }],
    ['switched off', { method: 'PATCH', body: { state: 'off' } }],
  ])('makes nobody an owner by one who was %s since', async (_, change) => {
    const world = await worldWith('member');
    await linkAnother(world, 'outside', { account: '778', login: 'third' });
    await add(world, byLogin, 'owner');
    await accept(world, 'member');
    const invite = (person: 'outside' | 'administrator', role: string) =>
      world.ask('member', { method: 'POST', path, body: { person: { user: userOf(person) }, role } });
    await linkAnother(world, 'administrator', { account: '779', login: 'fourth' });
    expect((await invite('outside', 'owner')).status).toBe(200);
    expect((await invite('administrator', 'member')).status).toBe(200);
    await world.ask('stranger', { ...change, path: `${path}/${userOf('member')}` });
    expect((await accept(world, 'outside')).status).toBe(404);
    expect((await accept(world, 'administrator')).status).toBe(204);
    const entries = (await world.ask('stranger', { path: '/organizations/other/history' })).body.items;
    expect(entries).toContainEqual(
      expect.objectContaining({
        act: 'remove-person',
        why: 'who invited owns the organization no more',
        before: { person: userOf('outside'), role: 'owner', state: 'invited' },
      }),
    );
  });

  it.each([
    ['and is accepted', 204, async () => {}],
    [
      'and is withdrawn with what that one offers',
      404,
      (world: ApiWorld) =>
        world.ask('stranger', { method: 'DELETE', path: `${path}/${userOf('administrator')}` }),
    ],
  ])('an offer of one who became another user is that one’s, %s', async (_, status, change) => {
    const world = await worldWith('member');
    await linkAnother(world, 'outside', { account: '778', login: 'third' });
    await add(world, byLogin, 'owner');
    await accept(world, 'member');
    await world.ask('member', {
      ...{ method: 'POST', path },
      body: { person: { user: userOf('outside') }, role: 'owner' },
    });
    const [provenInto, provenMerged] = [world.now(), world.now()];
    const merge = { into: userOf('administrator'), merged: userOf('member'), provenInto, provenMerged };
    await mergeUsers(world.dependencies, merge, { address: '192.0.2.7', userAgent: 'Firefox' });
    await change(world);
    expect((await accept(world, 'outside')).status).toBe(status);
  });

  it('says in the history what somebody was before', async () => {
    const world = await worldWith('member');
    const { id } = (await add(world, byLogin)).body;
    for (const act of [
      () => add(world, byLogin, 'owner'),
      () => add(world, byLogin, 'member'),
      () => accept(world, 'member'),
      () => add(world, { user: userOf('member') }, 'owner'),
    ]) {
      world.advance(1);
      await act();
    }
    const { items } = (await world.ask('stranger', { path: '/organizations/other/history' })).body;
    const person = userOf('member');
    const invited = { person: id, state: 'invited', until: expect.stringMatching(/^2026-12-22T12/) };
    expect(
      items.map(({ act, before, after }: Record<string, unknown>) => ({ act, before, after })).reverse(),
    ).toEqual([
      { act: 'add-person', after: { ...invited, role: 'member' } },
      {
        act: 'add-person',
        before: { role: 'member', state: 'invited' },
        after: { ...invited, role: 'owner' },
      },
      {
        act: 'add-person',
        before: { role: 'owner', state: 'invited' },
        after: { ...invited, role: 'member' },
      },
      {
        act: 'accept-invitation',
        before: { invitations: [id], role: 'member', state: 'invited' },
        after: { person, role: 'member', state: 'active' },
      },
      {
        act: 'add-person',
        before: { role: 'member', state: 'active' },
        after: { person, role: 'owner', state: 'active' },
      },
    ]);
  });

  it('is declined, and its invitation withdrawn', async () => {
    const world = await worldWith('member');
    await add(world, byLogin);
    const declined = { method: 'DELETE', path: '/me/invitations/other' };
    expect((await world.ask('member', declined)).status).toBe(204);
    expect((await accept(world, 'member')).status).toBe(404);
    const { id } = (await add(world, byLogin)).body;
    expect((await remove(world, 'member', 'stranger')).status).toBe(404);
    const withdraw = { method: 'DELETE', path: `${path}/${id}` };
    expect((await world.ask('stranger', withdraw)).status).toBe(204);
    expect((await world.ask('stranger', withdraw)).status).toBe(404);
    expect((await accept(world, 'member')).status).toBe(404);
    await add(world, { user: userOf('member') });
    expect((await remove(world, 'member', 'stranger')).status).toBe(204);
    expect((await accept(world, 'member')).status).toBe(404);
    expect((await world.ask('stranger', { path })).body.items).toHaveLength(1);
  });

  it('is left by its people, and never by its last owner', async () => {
    const world = await worldWith('member');
    expect((await leave(world, 'member')).status).toBe(404);
    expect((await leave(world, 'stranger')).status).toBe(409);
    await add(world, byLogin, 'owner');
    expect((await leave(world, 'stranger')).status).toBe(409);
    await accept(world, 'member');
    expect((await leave(world, 'stranger')).status).toBe(204);
    expect((await world.ask('stranger', { path: '/organizations/other' })).status).toBe(404);
    expect((await leave(world, 'member')).status).toBe(409);
  });

  it('invites for 30 days', async () => {
    const world = await worldWith('member');
    await add(world, byLogin, 'owner');
    world.advance(30 * 24 * 3600_000);
    await world.signIn('stranger');
    await world.signIn('member');
    expect((await world.ask('stranger', { path })).body.items).toHaveLength(1);
    expect((await world.ask('member', { path: '/organizations' })).body.invitations).toEqual([]);
    expect((await accept(world, 'member')).status).toBe(404);
    expect((await add(world, byLogin)).body.state).toBe('invited');
    expect((await accept(world, 'member')).status).toBe(204);
  });

  it('shows everybody once in pages, members and invited', async () => {
    const world = await worldWith('member');
    const invited = ['a1', 'm1', 'z1'].map((id) => asId<UserId>(id.padEnd(16, '2')));
    const at = { role: 'member', at: world.now() } as const;
    await world.table.transact(invited.flatMap((user) => invitedBy(otherOrganization, user, at)));
    const seen: string[] = [];
    for (let next: string | undefined = ''; next !== undefined; ) {
      const query = `limit=2${next === '' ? '' : `&cursor=${encodeURIComponent(next)}`}`;
      const { body }: { body: { items: { id: string }[]; next?: string } } = await world.ask('stranger', {
        path: `${path}?${query}`,
      });
      seen.push(...body.items.map(({ id }) => id));
      next = body.next;
    }
    expect(seen).toEqual([userOf('stranger'), ...invited]);
  });

  it('has nobody who has not signed in, or whose login was last seen too long ago', async () => {
    const world = await worldWith('member');
    expect((await add(world, { user: userOf('outside') })).status).toBe(404);
    expect((await add(world, { user: 'nobody' })).status).toBe(404);
    expect((await add(world, { ...byLogin, login: 'nobody' })).status).toBe(404);
    expect((await add(world, { ...byLogin, integration: 'gitea~git.example.com' })).status).toBe(404);
    world.advance(90 * 24 * 3600_000 + 1);
    await world.signIn('stranger');
    const { status, body } = await add(world, byLogin);
    expect([status, body.detail]).toEqual([
      404,
      expect.stringMatching(/has to sign in first;.*administrator/),
    ]);
  });

  it('takes no login for the person who had it before', async () => {
    const world = await worldWith('member');
    await world.table.update({
      key: keys.user(userOf('member')),
      set: {
        accounts: [{ forge: 'github', baseUrl: 'https://github.com', account: '777', login: 'renamed' }],
      },
    });
    expect((await add(world, byLogin)).status).toBe(404);
  });

  it('never loses its last owner', async () => {
    const world = await worldWith('member');
    expect((await remove(world, 'stranger')).status).toBe(409);
    await add(world, byLogin, 'owner');
    expect((await remove(world, 'stranger')).status).toBe(409);
    await accept(world, 'member');
    expect((await remove(world, 'stranger')).status).toBe(204);
    expect((await world.ask('stranger', { path })).status).toBe(404);
    expect((await remove(world, 'member')).status).toBe(409);
  });

  it('takes whoever is removed out of its teams, and keeps somebody off who was off', async () => {
    const world = await worldWith('member');
    await add(world, byLogin);
    await accept(world, 'member');
    const teams = '/organizations/other/teams';
    const made = await world.ask('stranger', { method: 'POST', path: teams, body: { name: 'Releases' } });
    const members = `${teams}/${made.body.id}/members`;
    await world.ask('stranger', { method: 'PUT', path: `${members}/${userOf('member')}` });
    expect((await world.ask('stranger', { path: members })).body.items).toHaveLength(1);
    const off = { method: 'PATCH', path: `${path}/${userOf('member')}`, body: { state: 'off' } };
    expect((await world.ask('stranger', off)).status).toBe(200);
    expect((await remove(world, 'member', 'stranger')).status).toBe(204);
    expect((await world.ask('stranger', { path: members })).body.items).toEqual([]);
    expect((await add(world, byLogin)).status).toBe(409);
    const on = { ...off, body: { state: 'active' } };
    await world.ask('stranger', on);
    expect((await world.ask('member', { path: '/organizations/other' })).status).toBe(404);
  });
});

it('once members were read from a code host, it alone says who the people are', async () => {
  const world = await worldWith('stranger');
  expect((await add(world, { user: userOf('stranger') }, 'member', 'acme')).status).toBe(200);
  await world.ask('stranger', { method: 'POST', path: '/me/invitations/acme/accept' });
  expect((await world.ask('stranger', { path: '/organizations/acme' })).body.role).toBe('member');
  await world.table.update({
    key: keys.synchronization(synchronizationId),
    set: { membersSucceededAt: 1 },
  });
  expect((await world.ask('stranger', { path: '/organizations/acme' })).status).toBe(404);
  expect((await add(world, { user: userOf('stranger') }, 'member', 'acme')).status).toBe(409);
});
