/** Loads one described organization after the other into the simulated GitHub. */
import { appPermissions, rolesPermission } from '../../../local/forges/github/app-identity.ts';
import {
  type GitHubState,
  nodeId,
  type Organization,
  type Permission,
} from '../../../local/forges/github/state.ts';
import type { DescribedOrganization, Grant, Role } from './organization.ts';

/** What GitHub's API calls the roles. */
const permissions: Readonly<Record<Role, Permission>> = {
  read: 'pull',
  triage: 'triage',
  write: 'push',
  maintain: 'maintain',
  admin: 'admin',
};

/** The organization, and one that shares its enterprise. */
export const acmeId = 1;
const sisterId = 2;
export const installationId = 1;
const when = '2026-01-05T09:00:00Z';

export interface SimulatedIds {
  readonly accounts: ReadonlyMap<string, number>;
  readonly teams: ReadonlyMap<string, number>;
  readonly repositories: ReadonlyMap<string, number>;
}

/**
 * Replaces the simulator's whole state. Ids count from 1 within each kind, so that an id mistaken for another kind's exists there.
 *
 * @param gitDirectory an existing bare repository, which all repositories share, since contents do not matter
 */
export function simulate(
  state: GitHubState,
  described: DescribedOrganization,
  gitDirectory: string,
): SimulatedIds {
  const ids: SimulatedIds = {
    accounts: numbered(described.accounts.map(({ login }) => login)),
    teams: numbered(described.teams.map(({ name }) => name)),
    repositories: numbered(described.repositories.map(({ name }) => name)),
  };
  const { users, organizations, teams, repositories, installations } = state;
  for (const map of [users, organizations, teams, repositories, installations, state.formerNames]) {
    map.clear();
  }

  const acme = organization(acmeId, 'acme', described);
  const sister = organization(sisterId, 'sister', described);
  organizations.set(acme.id, acme).set(sister.id, sister);
  for (const { login, role, state, suspended, elsewhereInEnterprise } of described.accounts) {
    const id = idOf(ids.accounts, login);
    users.set(id, { id, nodeId: nodeId('U', id), login, suspended, type: 'User' });
    if (role !== 'none') {
      acme.members.set(id, { role: role === 'owner' ? 'admin' : 'member', state });
    }
    if (elsewhereInEnterprise) {
      sister.members.set(id, { role: 'admin', state: 'active' });
    }
  }
  for (const { name, parent, secret, enterprise, members, grants } of described.teams) {
    const id = idOf(ids.teams, name);
    teams.set(id, {
      id,
      nodeId: nodeId('T', acmeId, id),
      organizationId: acmeId,
      slug: name,
      name,
      privacy: secret ? 'secret' : 'closed',
      ...(enterprise && { enterprise: true as const }),
      ...(parent !== undefined && { parentId: idOf(ids.teams, parent) }),
      members: new Map(members.map((login) => [idOf(ids.accounts, login), 'member'])),
      repositories: rows(grants, ids),
    });
  }
  for (const { name, visibility, archived, disabled, fork } of described.repositories) {
    const id = idOf(ids.repositories, name);
    const collaborators = described.accounts.flatMap(({ login, direct }) =>
      direct
        .filter(({ repository }) => repository === name)
        .map(({ role }) => [idOf(ids.accounts, login), permissions[role]] as const),
    );
    repositories.set(id, {
      id,
      nodeId: nodeId('R', id),
      organizationId: acmeId,
      name,
      visibility,
      archived,
      disabled,
      ...(fork && { forkOf: 'upstream/original' }),
      defaultBranch: 'main',
      gitDirectory,
      createdAt: when,
      pushedAt: when,
      collaborators: new Map(collaborators),
    });
  }
  if (described.organizationRoles !== undefined) {
    acme.roles = new Map(
      described.organizationRoles.map(({ name, base, members, teams: holders }, place) => [
        place + 1,
        {
          id: place + 1,
          name,
          ...(base !== undefined && { base: permissions[base] }),
          isPredefined: false,
          users: new Set(members.map((login) => idOf(ids.accounts, login))),
          teams: new Set(holders.map((team) => idOf(ids.teams, team))),
        },
      ]),
    );
  }
  installations.set(installationId, {
    id: installationId,
    organizationId: acmeId,
    repositorySelection: 'all',
    repositoryIds: new Set(),
    permissions: { ...appPermissions, ...rolesPermission },
    createdAt: when,
  });
  return ids;
}

function organization(
  id: number,
  login: string,
  { basePermission, enterprise }: DescribedOrganization,
): Organization {
  return {
    id,
    nodeId: nodeId('O', id),
    login,
    name: login,
    ...(enterprise && { enterprise: 'example' }),
    defaultRepositoryPermission: basePermission,
    members: new Map(),
  };
}

/** GitHub's GraphQL knows a custom role by the role that it inherits from, so its name is not simulated. */
function rows(grants: readonly Grant[], { repositories }: SimulatedIds): Map<number, Permission> {
  return new Map(grants.map(({ repository, role }) => [idOf(repositories, repository), permissions[role]]));
}

function numbered(names: readonly string[]): ReadonlyMap<string, number> {
  return new Map(names.map((name, place) => [name, place + 1]));
}

function idOf(ids: ReadonlyMap<string, number>, name: string): number {
  const id = ids.get(name);
  if (id === undefined) {
    throw new Error(`nothing is called ${name}`);
  }
  return id;
}
