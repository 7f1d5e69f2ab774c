/** The organizations with which sequences begin. They are small, so that one or two changes have an effect. */
import { join } from 'node:path';
import { grantedPermissions } from '../../../local/forges/github/app-identity.ts';
import {
  type GitHubState,
  nodeId,
  type Organization,
  type Permission,
  type Repository,
} from '../../../local/forges/github/state.ts';
import { forgeOrganizationId, installationId } from '../../support/synchronized.ts';
import type { GitPool, Refs } from './git-pool.ts';

export const acmeId = Number(forgeOrganizationId);
export const sisterId = 901;
const roleId = 70;
/** The next id of anything that a sequence makes. */
const firstFreeId = 5000;
const when = '2026-01-05T09:00:00Z';

/** The contents of the git repositories, by directory. */
export type Contents = ReadonlyMap<string, Refs>;

export interface BaseWorld {
  readonly state: Omit<GitHubState, 'app' | 'deliveries'>;
  readonly contents: Contents;
  /** Who has a token from the beginning. */
  readonly members: readonly string[];
  readonly teams: readonly string[];
}

export const logins = [
  'ann',
  'bob',
  'cid',
  'dea',
  'eve',
  'fay',
  'gus',
  'hal',
  'ida',
  'jon',
  'kay',
  'leo',
] as const;

/** More than fit into one transaction. */
const throng = Array.from({ length: 110 }, (_, place) => `person-${place}`);

export const baseWorldNames = ['nested', 'broad', 'crowded'] as const;
export type BaseWorldName = (typeof baseWorldNames)[number];

/** @param gitRoot folder of the repositories */
export function baseWorld(name: BaseWorldName, pool: GitPool, gitRoot: string): BaseWorld {
  const make = maker(pool, gitRoot, name === 'crowded' ? throng : []);
  if (name === 'crowded') {
    make.members({
      ann: 'owner',
      bob: 'member',
      cid: 'member',
      ...Object.fromEntries(throng.map((login) => [login, 'member'] as const)),
    });
    make.team('throng', undefined, ['bob', ...throng], { apple: 'pull' });
    make.team('few', 'throng', ['cid'], { birch: 'pull' });
    make.repository('apple', 'private', {});
    make.repository('birch', 'private', {});
    make.repository(
      'cedar',
      'private',
      Object.fromEntries(['cid', ...throng].map((login) => [login, 'pull'] as const)),
    );
    return { ...make.world(), members: ['bob', 'cid', 'person-7'], teams: ['few'] };
  }
  if (name === 'nested') {
    make.members({ ann: 'owner', bob: 'member', cid: 'member', dea: 'member' });
    make.team('everybody', undefined, ['bob'], { apple: 'pull' });
    make.team('makers', 'everybody', ['cid'], { birch: 'push' });
    make.team('menders', 'makers', ['dea'], {});
    make.team('others', undefined, ['bob', 'dea'], { cedar: 'admin' });
    make.repository('apple', 'private', { eve: 'pull' });
    make.repository('birch', 'private', { bob: 'triage' });
    make.repository('cedar', 'internal', {});
    make.repository('daisy', 'private', {});
    return { ...make.world(), members: ['bob', 'dea', 'eve'], teams: ['makers'] };
  }
  make.members({
    ann: 'owner',
    ...Object.fromEntries(logins.slice(1).map((login) => [login, 'member'] as const)),
  });
  make.team('crowd', undefined, logins.slice(1), { apple: 'pull', birch: 'pull' });
  make.repository('apple', 'private', {});
  make.repository('birch', 'public', {});
  make.repository(
    'cedar',
    'private',
    Object.fromEntries(logins.slice(1).map((login) => [login, 'push'] as const)),
  );
  make.repository('daisy', 'private', {});
  return { ...make.world(), members: ['bob', 'cid', 'leo'], teams: ['crowd'] };
}

function maker(pool: GitPool, gitRoot: string, more: readonly string[]) {
  const users = new Map(
    [...logins, 'max', 'nia', ...more].map((login, place) => {
      const id = place + 1;
      return [id, { id, nodeId: nodeId('U', id), login, type: 'User' as const }];
    }),
  );
  const idOf = (login: string): number => {
    const user = [...users.values()].find((one) => one.login === login);
    if (user === undefined) {
      throw new Error(`nobody is called ${login}`);
    }
    return user.id;
  };
  const organization = (id: number, login: string): Organization => ({
    id,
    nodeId: nodeId('O', id),
    login,
    name: login,
    enterprise: 'example',
    defaultRepositoryPermission: 'none',
    members: new Map([[1, { role: 'admin', state: 'active' }]]),
  });
  const acme = organization(acmeId, 'acme');
  const role = { id: roleId, name: 'all_repo_read', base: 'pull' as const, isPredefined: true };
  acme.roles = new Map([[roleId, { ...role, users: new Set(), teams: new Set() }]]);
  const teams: GitHubState['teams'] = new Map();
  const grants: { team: number; repositories: Readonly<Record<string, Permission>> }[] = [];
  const repositories: GitHubState['repositories'] = new Map();
  const contents = new Map<string, Refs>();
  const repositoryId = (name: string): number =>
    [...repositories.values()].find((one) => one.name === name)?.id ?? 0;

  return {
    members(roles: Readonly<Record<string, 'owner' | 'member'>>): void {
      for (const [login, role] of Object.entries(roles)) {
        acme.members.set(idOf(login), { role: role === 'owner' ? 'admin' : 'member', state: 'active' });
      }
    },
    team(
      slug: string,
      parent: string | undefined,
      members: readonly string[],
      given: Readonly<Record<string, Permission>>,
    ): void {
      const id = 101 + teams.size;
      const parentId = [...teams.values()].find((one) => one.slug === parent)?.id;
      teams.set(id, {
        id,
        nodeId: nodeId('T', acmeId, id),
        organizationId: acmeId,
        slug,
        name: slug,
        privacy: 'closed',
        ...(parentId !== undefined && { parentId }),
        members: new Map(members.map((login) => [idOf(login), 'member'])),
        repositories: new Map(),
      });
      grants.push({ team: id, repositories: given });
    },
    repository(
      name: string,
      visibility: Repository['visibility'],
      collaborators: Readonly<Record<string, Permission>>,
    ): void {
      const id = 201 + repositories.size;
      const gitDirectory = join(gitRoot, `${id}.git`);
      const [first, second] = pool.named(`acme/${name}`);
      contents.set(gitDirectory, {
        'refs/heads/main': second?.id ?? '',
        'refs/tags/1.0.0': first?.id ?? '',
      });
      repositories.set(id, {
        id,
        nodeId: nodeId('R', id),
        organizationId: acmeId,
        name,
        visibility,
        archived: false,
        disabled: false,
        defaultBranch: 'main',
        gitDirectory,
        createdAt: when,
        pushedAt: when,
        collaborators: new Map(Object.entries(collaborators).map(([login, role]) => [idOf(login), role])),
      });
    },
    world(): Pick<BaseWorld, 'state' | 'contents'> {
      for (const { team, repositories: given } of grants) {
        for (const [name, permission] of Object.entries(given)) {
          teams.get(team)?.repositories.set(repositoryId(name), permission);
        }
      }
      const installation = {
        id: Number(installationId),
        organizationId: acmeId,
        repositorySelection: 'all' as const,
        repositoryIds: new Set<number>(),
        permissions: grantedPermissions(acme),
        createdAt: when,
      };
      return {
        contents,
        state: {
          users,
          organizations: new Map([
            [acmeId, acme],
            [sisterId, organization(sisterId, 'sister')],
          ]),
          teams,
          repositories,
          installations: new Map([[installation.id, installation]]),
          formerNames: new Map(),
          nextId: firstFreeId,
        },
      };
    },
  };
}
