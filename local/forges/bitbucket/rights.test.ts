import { beforeAll, describe, expect, it } from 'vitest';
import { permissionRows, repositoryPermission } from './rights.ts';
import { makeScene, type Scene, smallWorld, testNow } from './test-world.ts';

const day = 24 * 60 * 60 * 1000;
let scene: Scene;
beforeAll(async () => {
  scene = await makeScene(smallWorld);
});

const permissionOf = (nickname: string, repository: string) =>
  repositoryPermission(scene.state, scene.repository(repository), scene.account(nickname).uuid);

describe('a permission on a repository', () => {
  it.each([
    ['alice', 'acme/money', 'admin', 'the owner of the workspace'],
    ['alice', 'acme/empty', 'admin', 'without any grant, too'],
    ['ann', 'acme/money', 'write', 'the higher one: create-repo on the project, read on the repository'],
    ['ann', 'acme/clock', 'write', 'through a group on the project'],
    ['bob', 'acme/money', 'read', 'through a group on the repository'],
    ['bob', 'acme/clock', undefined, 'a member without a grant'],
    ['olga', 'acme/money', 'read', 'a grant of her own, without membership'],
    ['bob', 'acme/blog', undefined, 'that a repository is public is no permission'],
    ['carl', 'acme/money', undefined, 'the owner of another workspace'],
  ] as const)('%s on %s: %s (%s)', (nickname, repository, permission, _why) => {
    expect(permissionOf(nickname, repository)).toBe(permission);
  });
});

const rowsOf = (at: Scene, projects = true) =>
  permissionRows(at, [...at.state.repositories.values()], { projects }).map(
    ({ account, repository, permission }) => `${account.nickname} ${repository.slug} ${permission}`,
  );

describe("everybody's permissions", () => {
  it('are one row for each person and repository', () => {
    const rows = rowsOf(scene);
    expect(rows).toEqual([
      ...['alice money admin', 'ann money write', 'bob money read', 'olga money read'],
      ...['alice clock admin', 'ann clock write', 'alice blog admin', 'alice empty admin'],
      'carl secret admin',
    ]);
  });

  it('may lack what comes from projects', () => {
    const rows = rowsOf(scene, false);
    expect(rows).toContain('ann money read');
    expect(rows).not.toContain('ann clock write');
  });

  it('have a deactivated account for 14 days', async () => {
    const at = await makeScene(smallWorld);
    at.account('bob').deactivatedAt = new Date(testNow).toISOString();
    expect(rowsOf({ ...at, now: () => testNow + 14 * day - 1 })).toContain('bob money read');
    expect(rowsOf({ ...at, now: () => testNow + 14 * day })).not.toContain('bob money read');
  });
});
