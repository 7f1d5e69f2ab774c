import { expect, it } from 'vitest';
import { allMembers, directMembers, type Relation, relatedMembers } from './members.ts';
import { makeScene, type Scene } from './test-world.ts';
import type { Variant } from './variants.ts';

const world = `
users: [{ login: alice }, { login: ann }, { login: bob }, { login: carl }, { login: cleo }, { login: olga }]
organizations:
  - forge: gitlab
    path: acme
    members: { alice: owner, ann: { level: guest, role: viewer } }
    roles: [{ name: viewer, base: guest, readCode: true }]
    sharedWithGroups: { partners: reporter }
    projects:
      - path: money
        members: { ann: { level: developer, expires: 2026-12-31 }, carl: guest }
        sharedWithGroups: { clients/east: developer }
  - forge: gitlab
    path: partners
    members: { carl: owner }
  - forge: gitlab
    path: clients
    members: { bob: owner }
    sharedWithGroups: { friends: maintainer }
    groups: [{ path: east, members: { olga: { level: reporter, expires: 2026-06-15 } } }]
  - forge: gitlab
    path: friends
    visibility: public
    members: { cleo: owner }
`;

const scene = (variant: Partial<Variant> = {}): Promise<Scene> => makeScene(world, variant);

it('direct lists have direct members only', async () => {
  const it = await scene();
  const rows = directMembers(it, it.project('acme/money')).map(({ user, level }) => [user.username, level]);
  expect(rows).toEqual([
    ['ann', 30],
    ['carl', 10],
  ]);
});

it('the list of all has one row for each user: the highest for groups', async () => {
  const it = await scene();
  const rows = allMembers(it, it.group('acme'), it.user('alice'));
  expect(rows.map(({ user, level, role }) => [user.username, level, role?.name])).toEqual([
    ['alice', 50, undefined],
    ['ann', 10, 'viewer'],
    ['carl', 20, undefined],
  ]);
});

it('for projects it has the effective level beside the date and role of the nearest row', async () => {
  const it = await scene();
  Object.assign(it.group('acme').members.get(it.user('ann').id) ?? {}, { level: 40 });
  const rows = allMembers(it, it.project('acme/money'), it.user('alice'));
  expect(rows.find(({ user }) => user.username === 'ann')).toMatchObject({
    level: 40,
    expiresAt: '2026-12-31',
    role: undefined,
  });
});

it.each([
  ['18.0', ['alice', 'ann', 'bob', 'carl']],
  ['19.3', ['alice', 'ann', 'bob', 'carl', 'cleo']],
])('members of groups invited to an invited group are missing before 19.3: %s', async (version, expected) => {
  const it = await scene({ version });
  // What has expired was removed in the night.
  const rows = allMembers(it, it.project('acme/money'), it.user('alice'));
  expect(rows.map(({ user }) => user.username)).toEqual(expected);
});

it('private invited groups were hidden from whoever is no member of them before 17.4', async () => {
  const old = await scene({ version: '17.3' });
  const names = (it: Scene, requester: string) =>
    allMembers(it, it.group('acme'), it.user(requester)).map(({ user }) => user.username);
  expect(names(old, 'alice')).toEqual(['alice', 'ann']);
  expect(names(old, 'carl')).toEqual(['alice', 'ann', 'carl']);
});

it('where sharing is locked, members of groups invited to a project are listed without access', async () => {
  const it = await scene();
  it.group('acme').shareWithGroupLock = true;
  const rows = allMembers(it, it.project('acme/money'), it.user('alice'));
  const levels = Object.fromEntries(rows.map(({ user, level }) => [user.username, level]));
  expect(levels).toEqual({ alice: 50, ann: 30, bob: 0, carl: 20, cleo: 0 });
});

it('lists by one relation of a project have the members of its groups, too, unless it is the direct one', async () => {
  const it = await scene();
  const names = (relation: Relation) =>
    relatedMembers(it, it.project('acme/money'), [relation], it.user('alice')).map(
      ({ user }) => user.username,
    );
  expect(names('DIRECT')).toEqual(['ann', 'carl']);
  expect(names('INVITED_GROUPS')).toEqual(['alice', 'ann', 'bob', 'cleo']);
  expect(names('SHARED_INTO_ANCESTORS')).toEqual(['alice', 'ann', 'carl']);
});
