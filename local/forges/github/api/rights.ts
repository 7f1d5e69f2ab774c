import type { GitHubState, Organization, Permission, Repository, Team, User } from '../state.ts';

const LEVELS: readonly Permission[] = ['pull', 'triage', 'push', 'maintain', 'admin'];
const BASE_PERMISSION = { none: undefined, read: 'pull', write: 'push', admin: 'admin' } as const;

/** The stronger of two permissions; undefined is none at all. */
export function stronger(a: Permission | undefined, b: Permission | undefined): Permission | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return LEVELS.indexOf(a) >= LEVELS.indexOf(b) ? a : b;
}

/** The five flags that REST shows for a permission. */
export function permissionFlags(permission: Permission | undefined) {
  const level = permission === undefined ? -1 : LEVELS.indexOf(permission);
  return {
    admin: level >= 4,
    maintain: level >= 3,
    push: level >= 2,
    triage: level >= 1,
    pull: level >= 0,
  };
}

/** REST's `role_name` of a base role. */
export function roleName(permission: Permission | undefined): string {
  if (permission === undefined) return 'none';
  return permission === 'pull' ? 'read' : permission === 'push' ? 'write' : permission;
}

/** The team's ancestors, the nearest first. */
export function ancestorsOf(state: GitHubState, team: Team): Team[] {
  const ancestors: Team[] = [];
  const seen = new Set([team.id]);
  for (let id = team.parentId; id !== undefined && !seen.has(id); ) {
    const parent = state.teams.get(id);
    if (parent === undefined) break;
    seen.add(id);
    ancestors.push(parent);
    id = parent.parentId;
  }
  return ancestors;
}

/** All teams below the team, at any depth. */
export function descendantsOf(state: GitHubState, team: Team): Team[] {
  return [...state.teams.values()].filter((other) =>
    ancestorsOf(state, other).some((ancestor) => ancestor.id === team.id),
  );
}

/** The organization's teams. */
export function teamsOf(state: GitHubState, organizationId: number): Team[] {
  return [...state.teams.values()].filter((team) => team.organizationId === organizationId);
}

/** All repositories of an organization. */
export function repositoriesOf(state: GitHubState, organizationId: number): Repository[] {
  return [...state.repositories.values()].filter(
    (repository) => repository.organizationId === organizationId,
  );
}

/**
 * Repositories that the team may access, with the strongest permission over itself and its ancestors. "Child teams inherit the parent's
 * access permissions" (https://docs.github.com/en/organizations/organizing-members-into-teams/about-teams#nested-teams).
 */
export function teamRepositories(state: GitHubState, team: Team): Map<number, Permission> {
  const result = new Map<number, Permission>();
  for (const source of [team, ...ancestorsOf(state, team)]) {
    for (const [repositoryId, permission] of source.repositories) {
      const best = stronger(permission, result.get(repositoryId));
      if (best !== undefined && state.repositories.has(repositoryId)) result.set(repositoryId, best);
    }
  }
  return result;
}

export type TeamRole = 'member' | 'maintainer';

/** A member of a team, and whether only through a child team. */
export interface TeamMember {
  readonly user: User;
  readonly role: TeamRole;
  readonly inherited: boolean;
}

/** Members of the team and of its child teams; an immediate membership overrides an inherited one. */
export function teamMembers(state: GitHubState, team: Team): TeamMember[] {
  const result = new Map<number, TeamMember>();
  const add = (source: Team, inherited: boolean) => {
    for (const [userId, role] of source.members) {
      const user = state.users.get(userId);
      if (user !== undefined && !user.suspended && !result.has(userId)) {
        result.set(userId, { user, role: inherited ? 'member' : role, inherited });
      }
    }
  };
  add(team, false);
  for (const child of descendantsOf(state, team)) add(child, true);
  return [...result.values()];
}

/** Whether the user is an active member; an invitation (`pending`) is no membership. */
export function isMember(organization: Organization, userId: number): boolean {
  return organization.members.get(userId)?.state === 'active';
}

/**
 * Active members with their role. No list has suspended users: docs/unproven.md says what depends on it.
 */
export function membersOf(
  state: GitHubState,
  organization: Organization,
): { user: User; role: 'admin' | 'member' }[] {
  return [...organization.members].flatMap(([userId, membership]) => {
    const user = state.users.get(userId);
    return user !== undefined && !user.suspended && membership.state === 'active'
      ? [{ user, role: membership.role }]
      : [];
  });
}

/** One reason why a user may access a repository. */
export type Source =
  | { readonly kind: 'organization'; readonly organization: Organization; readonly permission: Permission }
  | { readonly kind: 'team'; readonly team: Team; readonly permission: Permission }
  | { readonly kind: 'repository'; readonly repository: Repository; readonly permission: Permission };

/**
 * Every source of a user's permission on a repository, except its being public.
 * https://docs.github.com/en/organizations/managing-user-access-to-your-organizations-repositories/managing-repository-roles
 */
export function permissionSources(state: GitHubState, repository: Repository, userId: number): Source[] {
  if (state.users.get(userId)?.suspended) return [];
  const sources: Source[] = [];
  const organization = state.organizations.get(repository.organizationId);
  if (organization !== undefined && isMember(organization, userId)) {
    const owner = organization.members.get(userId)?.role === 'admin';
    const base = owner ? 'admin' : BASE_PERMISSION[organization.defaultRepositoryPermission];
    if (base !== undefined) sources.push({ kind: 'organization', organization, permission: base });
    for (const team of teamsOf(state, organization.id)) {
      if (!team.members.has(userId)) continue;
      for (const from of [team, ...ancestorsOf(state, team)]) {
        const permission = from.repositories.get(repository.id);
        if (permission !== undefined) sources.push({ kind: 'team', team: from, permission });
      }
    }
    for (const { base, users, teams } of organization.roles?.values() ?? []) {
      const holds =
        users.has(userId) ||
        teamsOf(state, organization.id).some(
          (team) =>
            team.members.has(userId) && [team, ...ancestorsOf(state, team)].some(({ id }) => teams.has(id)),
        );
      if (base !== undefined && holds) sources.push({ kind: 'organization', organization, permission: base });
    }
    if (repository.visibility === 'internal' && sources.length === 0) {
      sources.push({ kind: 'organization', organization, permission: 'pull' });
    }
  }
  const direct = repository.collaborators.get(userId);
  if (direct !== undefined) sources.push({ kind: 'repository', repository, permission: direct });
  return sources;
}

/** The strongest permission over all sources; undefined is none. */
export function effectivePermission(state: GitHubState, repository: Repository, userId: number) {
  return permissionSources(state, repository, userId).reduce<Permission | undefined>(
    (best, source) => stronger(best, source.permission),
    undefined,
  );
}

export type Affiliation = 'all' | 'direct' | 'outside';

/** Collaborators of a repository: `direct` have a grant of their own, `outside` are those of them who are no members. */
export function collaboratorsOf(
  state: GitHubState,
  repository: Repository,
  affiliation: Affiliation,
): User[] {
  const organization = state.organizations.get(repository.organizationId);
  return [...state.users.values()].filter((user) => {
    if (affiliation === 'all') return permissionSources(state, repository, user.id).length > 0;
    if (user.suspended || !repository.collaborators.has(user.id)) return false;
    return affiliation === 'direct' || organization === undefined || !isMember(organization, user.id);
  });
}

/** People with access to a repository of the organization who are not its members. */
export function outsideCollaboratorsOf(state: GitHubState, organization: Organization): User[] {
  const ids = new Set(
    repositoriesOf(state, organization.id).flatMap((repository) => [...repository.collaborators.keys()]),
  );
  return [...ids].flatMap((id) => {
    const user = state.users.get(id);
    return user !== undefined && !user.suspended && !isMember(organization, id) ? [user] : [];
  });
}

/** `owner/name` of a repository. */
export function fullName(state: GitHubState, repository: Repository): string {
  return `${state.organizations.get(repository.organizationId)?.login ?? 'ghost'}/${repository.name}`;
}

/** The repository that has this full name now, or had it earlier; names compare without case. */
export function findRepository(
  state: GitHubState,
  name: string,
): { repository: Repository; former: boolean } | undefined {
  const wanted = name.toLowerCase();
  for (const repository of state.repositories.values()) {
    if (fullName(state, repository).toLowerCase() === wanted) return { repository, former: false };
  }
  const former = state.formerNames.get(wanted);
  const repository = former === undefined ? undefined : state.repositories.get(former);
  return repository === undefined ? undefined : { repository, former: true };
}

/** The organization with this login now; logins compare without case. */
export function findOrganization(state: GitHubState, login: string): Organization | undefined {
  const wanted = login.toLowerCase();
  return [...state.organizations.values()].find(
    (organization) => organization.login.toLowerCase() === wanted,
  );
}

/** The user with this login now; logins compare without case. */
export function findUser(state: GitHubState, login: string): User | undefined {
  const wanted = login.toLowerCase();
  return [...state.users.values()].find((user) => user.login.toLowerCase() === wanted);
}
