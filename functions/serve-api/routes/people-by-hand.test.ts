import { describe, expect, it } from 'vitest';
import { keys } from '../../../shared/store/keys.ts';
import { linkAnother } from '../../../test/support/another-account.ts';
import { integrationKey } from '../../../test/support/api-forges.ts';
import { type ApiWorld, createApiWorld, userOf } from '../../../test/support/api-world.ts';
import { synchronizationId } from '../../../test/support/synchronized.ts';

/** `other` has no synchronization, and belongs to the stranger. */
const path = '/organizations/other/people';
const byLogin = { integration: integrationKey, login: 'Second' };
const add = (world: ApiWorld, person: object, role = 'member', slug = 'other') =>
  world.ask(slug === 'other' ? 'stranger' : 'owner', {
    method: 'POST',
    path: `/organizations/${slug}/people`,
    body: { person, role },
  });
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
  it('has the people whom owners add, by id or login', async () => {
    const world = await worldWith('member');
    expect((await add(world, byLogin)).body).toMatchObject({ id: userOf('member'), role: 'member' });
    expect((await world.ask('member', { path: '/organizations/other' })).body.role).toBe('member');
    expect((await world.ask('member', { path: '/organizations' })).body.items).toMatchObject([
      { slug: 'acme' },
      { slug: 'other', role: 'member' },
    ]);
    const { body } = await world.ask('stranger', { path });
    expect(body.items.map(({ id, role }: never) => [id, role]).sort()).toEqual(
      [
        [userOf('member'), 'member'],
        [userOf('stranger'), 'owner'],
      ].sort(),
    );
    expect((await add(world, { user: userOf('member') }, 'owner')).status).toBe(200);
    expect((await world.ask('member', { path: '/organizations/other' })).body.role).toBe('owner');
    expect((await add(world, { user: userOf('member') }, 'member')).status).toBe(409);
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
    expect([status, body.detail]).toEqual([404, expect.stringContaining('has to sign in first')]);
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
    expect((await remove(world, 'stranger')).status).toBe(204);
    expect((await world.ask('stranger', { path })).status).toBe(404);
    expect((await remove(world, 'member')).status).toBe(409);
  });

  it('takes whoever is removed out of its teams, and keeps somebody off who was off', async () => {
    const world = await worldWith('member');
    await add(world, byLogin);
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
  expect((await world.ask('stranger', { path: '/organizations/acme' })).body.role).toBe('member');
  await world.table.update({
    key: keys.synchronization(synchronizationId),
    set: { membersSucceededAt: 1 },
  });
  expect((await world.ask('stranger', { path: '/organizations/acme' })).status).toBe(404);
  expect((await add(world, { user: userOf('stranger') }, 'member', 'acme')).status).toBe(409);
});
