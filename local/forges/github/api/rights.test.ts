import { describe, expect, it } from 'vitest';
import {
  effectivePermission,
  findRepository,
  permissionFlags,
  permissionSources,
  stronger,
  teamMembers,
  teamRepositories,
} from './rights.ts';
import { acme, addRepository, addTeam, addUser, emptyState } from './test-world.ts';

/** Grandparent, parent, child: the grandparent has the repository, the child the member. */
function tree() {
  const state = emptyState();
  const user = addUser(state, 1, 'ann', 'member');
  acme(state).defaultRepositoryPermission = 'none';
  const repository = addRepository(state, 900, 'billing');
  const [top, middle, bottom] = [
    addTeam(state, 60, 'top'),
    addTeam(state, 61, 'middle', 60),
    addTeam(state, 62, 'bottom', 61),
  ];
  top.repositories.set(900, 'push');
  bottom.members.set(1, 'maintainer');
  return { state, user, repository, top, middle, bottom };
}

describe('nested teams', () => {
  it('pass rights down and members up', () => {
    const { state, repository, top, middle, bottom } = tree();
    expect(effectivePermission(state, repository, 1)).toBe('push');
    expect([...teamRepositories(state, bottom)]).toEqual([[900, 'push']]);
    expect(teamMembers(state, top)).toMatchObject([{ role: 'member', inherited: true }]);
    expect(teamMembers(state, middle)).toHaveLength(1);
    expect(teamMembers(state, bottom)).toMatchObject([{ role: 'maintainer', inherited: false }]);
  });

  it('do not pass rights up or sideways', () => {
    const { state, repository, bottom, top } = tree();
    top.repositories.clear();
    bottom.repositories.set(900, 'admin');
    addUser(state, 2, 'bob', 'member');
    top.members.set(2, 'member');
    addTeam(state, 63, 'sibling', 60).members.set(2, 'member');
    expect(effectivePermission(state, repository, 2)).toBeUndefined();
    expect(effectivePermission(state, repository, 1)).toBe('admin');
  });

  it('do not loop for ever when a team is its own ancestor', () => {
    const { state, top, bottom } = tree();
    top.parentId = bottom.id;
    expect(teamRepositories(state, bottom).size).toBe(1);
  });
});

describe('the effective permission', () => {
  it.each([
    ['none', undefined],
    ['read', 'pull'],
    ['write', 'push'],
    ['admin', 'admin'],
  ] as const)('of a member with the base permission %s is %s', (base, expected) => {
    const { state, repository, top } = tree();
    top.repositories.clear();
    acme(state).defaultRepositoryPermission = base;
    expect(effectivePermission(state, repository, 1)).toBe(expected);
  });

  it('is the strongest of all sources', () => {
    const { state, repository } = tree();
    acme(state).defaultRepositoryPermission = 'read';
    repository.collaborators.set(1, 'maintain');
    expect(permissionSources(state, repository, 1).map(({ kind, permission }) => [kind, permission])).toEqual(
      [
        ['organization', 'pull'],
        ['team', 'push'],
        ['repository', 'maintain'],
      ],
    );
    expect(effectivePermission(state, repository, 1)).toBe('maintain');
  });

  it('is none for invited and suspended people, and none through teams for people outside', () => {
    const { state, repository, user } = tree();
    acme(state).members.set(1, { role: 'admin', state: 'pending' });
    expect(effectivePermission(state, repository, 1)).toBeUndefined();
    acme(state).members.set(1, { role: 'admin', state: 'active' });
    expect(effectivePermission(state, repository, 1)).toBe('admin');
    user.suspended = true;
    expect(effectivePermission(state, repository, 1)).toBeUndefined();
  });

  it('lets every member read internal repositories', () => {
    const { state, repository, top } = tree();
    top.repositories.clear();
    repository.visibility = 'internal';
    expect(effectivePermission(state, repository, 1)).toBe('pull');
    addUser(state, 2, 'outside');
    expect(effectivePermission(state, repository, 2)).toBeUndefined();
  });
});

describe('names', () => {
  it('resolve to the repository that has them now, before one that had them earlier', () => {
    const { state, repository } = tree();
    state.formerNames.set('acme/old', 900);
    expect(findRepository(state, 'ACME/Old')).toEqual({ repository, former: true });
    const other = addRepository(state, 901, 'old');
    expect(findRepository(state, 'acme/old')).toEqual({ repository: other, former: false });
    expect(findRepository(state, 'acme/none')).toBeUndefined();
  });
});

it('permissions are ordered', () => {
  expect(stronger('triage', 'pull')).toBe('triage');
  expect(stronger(undefined, 'pull')).toBe('pull');
  expect(permissionFlags('push')).toEqual({
    admin: false,
    maintain: false,
    push: true,
    triage: true,
    pull: true,
  });
});
