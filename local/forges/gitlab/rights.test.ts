import { describe, expect, it } from 'vitest';
import { projectAccess, projectLevel, seesGroup } from './rights.ts';
import { makeScene, type Scene } from './test-world.ts';
import type { Variant } from './variants.ts';

const people = ['alice', 'ann', 'bob', 'paul', 'sam', 'olga', 'cleo', 'carl', 'mini', 'dave', 'root'];
const users = [
  ...people
    .filter((login) => !['olga', 'dave', 'root'].includes(login))
    .map((login) => `{ login: ${login} }`),
  '{ login: olga, external: true }',
  '{ login: dave, suspended: true }',
  '{ login: root, admin: true }',
].join(', ');

/**
 * `acme/core/money` is a private project of a subgroup. `partners` is invited to `acme/core`, and `clients` to the project; `clients/east` is a
 * subgroup, and `friends` is invited to `clients`.
 */
const world = `
users: [${users}]
organizations:
  - forge: gitlab
    path: acme
    visibility: public
    members: { alice: owner, bob: guest, paul: planner, sam: security_manager, mini: minimal_access, dave: owner }
    roles: [{ name: viewer, base: guest, readCode: true }]
    groups:
      - path: core
        visibility: public
        members: { ann: developer }
        sharedWithGroups: { partners: { level: reporter }, partners/deep: developer }
        projects:
          - path: money
            sharedWithGroups: { clients: guest, clients/east: reporter }
          - { path: open, visibility: public, repositoryAccessLevel: private }
          - { path: wide, visibility: internal }
          - { path: shut, visibility: public, repositoryAccessLevel: disabled }
      - path: locked
        shareWithGroupLock: true
        projects: [{ path: box, sharedWithGroups: { clients: developer } }]
  - forge: gitlab
    path: partners
    members: { carl: owner }
    groups: [{ path: deep, members: { cleo: guest } }]
  - forge: gitlab
    path: clients
    members: { olga: owner }
    sharedWithGroups: { friends: reporter }
    groups: [{ path: east }]
  - forge: gitlab
    path: friends
    members: { cleo: owner }
`;

const readers = (scene: Scene, path: string): string[] =>
  people.filter((login) => projectAccess(scene, scene.project(path), scene.user(login)).viewsCode);
const levels = (scene: Scene, path: string): Record<string, number> =>
  Object.fromEntries(
    people.flatMap((login): [string, number][] => {
      const level = projectLevel(scene, scene.project(path), scene.user(login).id);
      return level === 0 ? [] : [[login, level]];
    }),
  );

describe('levels', () => {
  it('come from the project, its groups and the groups that are invited to them, each capped by its link', async () => {
    const scene = await makeScene(world);
    expect(levels(scene, 'acme/core/money')).toEqual({
      ...{ alice: 50, dave: 50, bob: 10, paul: 15, sam: 25, ann: 30 },
      // As direct members of groups that are invited to the group.
      ...{ carl: 20, cleo: 20 },
      // As an inherited member of a group that is invited to the project; cleo too, as a member of a group that is invited to that.
      olga: 20,
    });
  });

  it('of a group that is invited to a group count for its direct members only', async () => {
    const scene = await makeScene(world);
    const { sharedWith } = scene.group('acme/core');
    sharedWith.delete(scene.group('partners').id);
    // carl is an inherited member of partners/deep.
    expect(levels(scene, 'acme/core/money').carl).toBeUndefined();
  });

  it('do not come from groups that are invited to a project of a locked group', async () => {
    const scene = await makeScene(world);
    expect(levels(scene, 'acme/locked/box').olga).toBeUndefined();
    scene.group('acme/locked').shareWithGroupLock = false;
    expect(levels(scene, 'acme/locked/box').olga).toBe(30);
  });

  it.each(['2026-06-15', '2026-06-16'])('end on the day %s', async (expiresAt) => {
    const scene = await makeScene(world);
    const money = scene.project('acme/core/money');
    const link = money.sharedWith.get(scene.group('clients/east').id);
    const member = scene.group('acme/core').members.get(scene.user('ann').id);
    if (link === undefined || member === undefined) throw new Error('no link or member');
    Object.assign(link, { expiresAt });
    Object.assign(member, { expiresAt });
    const isOver = expiresAt === '2026-06-15';
    expect(levels(scene, 'acme/core/money')).toMatchObject({ olga: isOver ? 10 : 20 });
    expect(levels(scene, 'acme/core/money').ann).toBe(isOver ? undefined : 30);
  });

  it('are not given to members who wait for approval, nor by links of Minimal access', async () => {
    const scene = await makeScene(world);
    const member = scene.group('acme/core').members.get(scene.user('ann').id);
    Object.assign(member ?? {}, { awaiting: true });
    for (const link of scene.group('acme/core').sharedWith.values()) link.level = 5;
    const { ann, carl } = levels(scene, 'acme/core/money');
    expect([ann, carl]).toEqual([undefined, undefined]);
  });
});

describe('code', () => {
  const variants: [Partial<Variant>, string[]][] = [
    [{ version: '19.5' }, ['paul', 'sam']],
    [{ version: '18.7' }, ['paul']],
    [{ version: '18.6' }, []],
    [{ version: '17.7' }, ['paul']],
  ];
  it.each(variants)(
    'of a private project is read from Reporter on, and by others by version: %o',
    async (variant, more) => {
      const scene = await makeScene(world, variant);
      const expected = ['alice', 'ann', 'olga', 'cleo', 'carl', 'root', ...more];
      expect(readers(scene, 'acme/core/money').sort()).toEqual(expected.sort());
    },
  );

  it('with access for members is read by guests too where the project is public', async () => {
    const scene = await makeScene(world);
    expect(readers(scene, 'acme/core/open')).toContain('bob');
    expect(readers(scene, 'acme/core/open')).not.toContain('mini');
    expect(projectAccess(scene, scene.project('acme/core/open'), undefined)).toMatchObject({
      sees: true,
      viewsCode: false,
    });
  });

  it('of an internal project is not for external users, and on GitLab.com for members only', async () => {
    const scene = await makeScene(world);
    expect(readers(scene, 'acme/core/wide')).toContain('mini');
    scene.project('acme/core/wide').sharedWith.clear();
    expect(readers(scene, 'acme/core/wide')).not.toContain('olga');
    scene.state.variant = { ...scene.state.variant, offering: 'gitlab.com' };
    expect(readers(scene, 'acme/core/wide')).not.toContain('mini');
  });

  it('that is disabled is for nobody', async () => {
    const scene = await makeScene(world);
    expect(readers(scene, 'acme/core/shut')).toEqual([]);
  });

  it('is viewed and not downloaded through a custom role', async () => {
    const scene = await makeScene(world);
    const role = [...(scene.group('acme').memberRoles?.values() ?? [])][0];
    Object.assign(scene.group('acme').members.get(scene.user('bob').id) ?? {}, { roleId: role?.id });
    const access = () => projectAccess(scene, scene.project('acme/core/money'), scene.user('bob'));
    expect(access()).toMatchObject({ level: 10, viewsCode: true, downloadsCode: false });
    scene.state.variant = { ...scene.state.variant, plan: 'free' };
    expect(access().viewsCode).toBe(false);
  });

  it('is for nobody who cannot sign in', async () => {
    const scene = await makeScene(world);
    expect(projectAccess(scene, scene.project('acme/core/open'), scene.user('dave'))).toMatchObject({
      sees: false,
      viewsCode: false,
    });
  });
});

it('a private group exists for its members, those of its projects, and administrators', async () => {
  const scene = await makeScene(world);
  const seen = (path: string) =>
    people.filter((login) => seesGroup(scene, scene.group(path), scene.user(login)));
  expect(seen('clients')).toEqual(['olga', 'cleo', 'root']);
  // With Minimal access one sees the group where one is a member, and nothing below.
  Object.assign(scene.group('acme'), { visibility: 'private' });
  Object.assign(scene.group('acme/locked'), { visibility: 'private' });
  expect([seen('acme').includes('mini'), seen('acme/locked').includes('mini')]).toEqual([true, false]);
});
