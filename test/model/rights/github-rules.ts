/**
 * An independent implementation of GitHub's rules: who may read which repository of an organization, and through which grants.
 *
 * Written from GitHub's documentation alone, naive and slow, without knowledge of the code that it checks. Each rule is one function
 * of the complete description. It must not be adapted to `shared/domain/access.ts`: where the two differ, one is wrong.
 */
import {
  type DescribedAccount,
  type DescribedOrganization,
  type DescribedRepository,
  type DescribedTeam,
  type Role,
  roles,
} from './organization.ts';

/** One reason why somebody may read a repository. */
export type Route =
  | { readonly through: 'public' }
  | { readonly through: 'owner' }
  | { readonly through: 'base permission'; readonly role: Role }
  | { readonly through: 'internal' }
  /** `of` the team that one is in, which has the role itself or inherits it from `givenTo`. */
  | { readonly through: 'team'; readonly of: string; readonly givenTo: string; readonly role: Role }
  /** `of` the team that one is in, undefined if it was given to oneself. */
  | {
      readonly through: 'organization role';
      readonly name: string;
      readonly role: Role;
      readonly of: string | undefined;
      readonly givenTo: string | undefined;
    }
  | { readonly through: 'collaborator'; readonly role: Role };

/** Routes by the repository's name; only readable repositories. */
export type Reading = ReadonlyMap<string, readonly Route[]>;

/**
 * "Roles and permissions are additive. If a person is given different levels of access through different avenues, such as team
 * membership and the base permissions for an organization, the user has the sum of all access grants." So each rule adds and none
 * takes away, but for the two at the end, which are about the account and the repository as such.
 *
 * https://docs.github.com/en/enterprise-cloud@latest/organizations/managing-user-access-to-your-organizations-repositories/managing-repository-roles/about-custom-repository-roles#precedence-for-different-levels-of-access
 */
export function readingOfAccount(organization: DescribedOrganization, account: DescribedAccount): Reading {
  return readingOf(organization, (repository) => {
    const own = [
      ...asOwner(account),
      ...byBasePermission(organization, account),
      ...asInternal(organization, account, repository),
      ...throughTeams(organization, account, repository),
      ...byOrganizationRoles(organization, account),
      ...asCollaborator(account, repository),
    ];
    return [...asPublic(repository), ...(mayUseItsAccount(account) ? own : [])];
  });
}

/**
 * What a team as such may read: what it was given, what it inherits, and what anyone may. What its members may read besides, each
 * for himself, is not the team's.
 */
export function readingOfTeam(organization: DescribedOrganization, team: DescribedTeam): Reading {
  return readingOf(organization, (repository) => [
    ...asPublic(repository),
    ...ofTeam(organization, team, repository),
    ...organizationRolesOfTeam(organization, team),
  ]);
}

/** What anyone on the internet may read. */
export function readingOfAnyone(organization: DescribedOrganization): Reading {
  return readingOf(organization, asPublic);
}

/**
 * What one may do in the end: "the user has the sum of all access grants", an owner "admin access to every repository", and who reads
 * because it is internal or public reads.
 */
export function highestRole(routes: readonly Route[]): Role {
  let highest: Role = 'read';
  for (const route of routes) {
    const role = route.through === 'owner' ? 'admin' : 'role' in route ? route.role : 'read';
    if (roles.indexOf(role) > roles.indexOf(highest)) {
      highest = role;
    }
  }
  return highest;
}

function readingOf(
  organization: DescribedOrganization,
  routes: (repository: DescribedRepository) => readonly Route[],
): Reading {
  const reading = new Map<string, readonly Route[]>();
  for (const repository of organization.repositories) {
    const found = isServed(repository) ? routes(repository) : [];
    if (found.length > 0) {
      reading.set(repository.name, found);
    }
  }
  return reading;
}

/**
 * "Public repositories are accessible to everyone on the internet."
 *
 * https://docs.github.com/en/repositories/creating-and-managing-repositories/about-repositories#about-repository-visibility
 */
function asPublic(repository: DescribedRepository): Route[] {
  return repository.visibility === 'public' ? [{ through: 'public' }] : [];
}

/**
 * "Organization owners always have access to every repository created in an organization", whatever teams they are in.
 *
 * https://docs.github.com/en/repositories/creating-and-managing-repositories/about-repositories#about-repository-visibility
 */
function asOwner(account: DescribedAccount): Route[] {
  return isMember(account) && account.role === 'owner' ? [{ through: 'owner' }] : [];
}

/**
 * "You can set base permissions that apply to all members of an organization when accessing any of the organization's repositories.
 * Base permissions do not apply to outside collaborators." All of them but `none` hold reading.
 *
 * https://docs.github.com/en/organizations/managing-user-access-to-your-organizations-repositories/managing-repository-roles/setting-base-permissions-for-an-organization
 */
function byBasePermission(organization: DescribedOrganization, account: DescribedAccount): Route[] {
  const { basePermission } = organization;
  return isMember(account) && basePermission !== 'none'
    ? [{ through: 'base permission', role: basePermission }]
    : [];
}

/**
 * "All enterprise members have read permissions to the internal repository, but internal repositories are not visible to people
 * outside of the enterprise, including outside collaborators on organization repositories." A member of any organization of an
 * enterprise is a member of the enterprise, and nothing is said of base permissions. (A role on the very repository is another rule.)
 *
 * https://docs.github.com/en/enterprise-cloud@latest/repositories/creating-and-managing-repositories/about-repositories#about-internal-repositories
 */
function asInternal(
  organization: DescribedOrganization,
  account: DescribedAccount,
  repository: DescribedRepository,
): Route[] {
  const inEnterprise = organization.enterprise && (isMember(account) || account.elsewhereInEnterprise);
  return repository.visibility === 'internal' && inEnterprise ? [{ through: 'internal' }] : [];
}

/**
 * Teams of the enterprise may be "added to organizations, where organization administrators can grant the team additional access and
 * permissions": in the organization they are as any other team.
 *
 * https://docs.github.com/en/enterprise-cloud@latest/admin/concepts/enterprise-fundamentals/teams-in-an-enterprise
 *
 * Through each team that one is on oneself: "Members of a child team are not direct members of the parent team", nor the other way
 * round. "Teams can only be made up of members of your organization, outside collaborators are unable to be on a team."
 *
 * https://docs.github.com/en/organizations/organizing-members-into-teams/about-teams#nested-teams
 *
 * Whoever is invited to a team and the organization at once is on neither yet: the membership "will be in the “pending” state until
 * the person accepts the invitation, at which point the membership will transition to the “active” state and the user will be added
 * as a member of the team".
 *
 * https://docs.github.com/en/rest/teams/members#add-or-update-team-membership-for-a-user
 */
function throughTeams(
  organization: DescribedOrganization,
  account: DescribedAccount,
  repository: DescribedRepository,
): Route[] {
  if (!isMember(account)) {
    return [];
  }
  const routes: Route[] = [];
  for (const team of organization.teams) {
    if (team.members.includes(account.login)) {
      routes.push(...ofTeam(organization, team, repository));
    }
  }
  return routes;
}

/**
 * "Child teams inherit the parent's access permissions. […] For example, if your team structure is Employees > Engineering >
 * Application Engineering > Identity, granting Engineering write access to a repository means Application Engineering and Identity
 * also get that access": downwards, over any number of levels, and never upwards.
 *
 * https://docs.github.com/en/organizations/organizing-members-into-teams/about-teams#nested-teams
 */
function ofTeam(
  organization: DescribedOrganization,
  team: DescribedTeam,
  repository: DescribedRepository,
): Route[] {
  const routes: Route[] = [];
  let giver: DescribedTeam | undefined = team;
  while (giver !== undefined) {
    for (const grant of giver.grants) {
      if (grant.repository === repository.name && holdsReading(grant.role)) {
        routes.push({ through: 'team', of: team.name, givenTo: giver.name, role: grant.role });
      }
    }
    const { parent }: DescribedTeam = giver;
    giver = organization.teams.find(({ name }) => name === parent);
  }
  return routes;
}

/**
 * "All-repository read: Grants read access to all repositories in the organization", and a custom one may have "a base role for
 * repository access": "Repository permissions grant access to all current and future repositories in the organization." "Without
 * repository permissions or a base repository role, the organization role doesn't grant access to any repositories." Only members and
 * teams hold one.
 *
 * https://docs.github.com/en/enterprise-cloud@latest/organizations/managing-peoples-access-to-your-organization-with-roles/about-custom-organization-roles
 */
function byOrganizationRoles(organization: DescribedOrganization, account: DescribedAccount): Route[] {
  if (!isMember(account)) {
    return [];
  }
  const routes: Route[] = [];
  for (const { name, base, members } of organization.organizationRoles ?? []) {
    if (base !== undefined && holdsReading(base) && members.includes(account.login)) {
      routes.push({ through: 'organization role', name, role: base, of: undefined, givenTo: undefined });
    }
  }
  for (const team of organization.teams) {
    if (team.members.includes(account.login)) {
      routes.push(...organizationRolesOfTeam(organization, team));
    }
  }
  return routes;
}

/**
 * A team may hold a role "directly", or have "an indirect relationship" to it; "child teams inherit the parent's access permissions".
 *
 * https://docs.github.com/en/rest/orgs/organization-roles#list-teams-that-are-assigned-to-an-organization-role
 */
function organizationRolesOfTeam(organization: DescribedOrganization, team: DescribedTeam): Route[] {
  const routes: Route[] = [];
  let giver: DescribedTeam | undefined = team;
  while (giver !== undefined) {
    for (const { name, base, teams } of organization.organizationRoles ?? []) {
      if (base !== undefined && holdsReading(base) && teams.includes(giver.name)) {
        routes.push({ through: 'organization role', name, role: base, of: team.name, givenTo: giver.name });
      }
    }
    const { parent }: DescribedTeam = giver;
    giver = organization.teams.find(({ name }) => name === parent);
  }
  return routes;
}

/**
 * "You can give organization members, outside collaborators, and teams of people different levels of access to repositories": a role
 * on the repository itself needs no membership, not even on an internal one, and is not lost by being a member too.
 *
 * https://docs.github.com/en/organizations/managing-user-access-to-your-organizations-repositories/managing-repository-roles/repository-roles-for-an-organization
 */
function asCollaborator(account: DescribedAccount, repository: DescribedRepository): Route[] {
  const routes: Route[] = [];
  for (const grant of account.direct) {
    if (grant.repository === repository.name && holdsReading(grant.role)) {
      routes.push({ through: 'collaborator', role: grant.role });
    }
  }
  return routes;
}

/**
 * "Pull from the person or team's assigned repositories" is ticked in every column of the table, and a custom role holds all that the
 * role does which it inherits from.
 *
 * https://docs.github.com/en/organizations/managing-user-access-to-your-organizations-repositories/managing-repository-roles/repository-roles-for-an-organization#permissions-for-each-role
 */
function holdsReading(role: Role): boolean {
  return roles.includes(role);
}

/**
 * An invitation is not yet a membership: the `state` of one is `active` or `pending`, and becomes active when it is accepted.
 *
 * https://docs.github.com/en/rest/orgs/members#set-organization-membership-for-a-user
 */
function isMember(account: DescribedAccount): boolean {
  return account.role !== 'none' && account.state === 'active';
}

/**
 * "Suspended users cannot sign into your instance, nor can they push or pull code." What is public they read signed out, as anyone.
 *
 * https://docs.github.com/en/enterprise-server@3.19/admin/managing-accounts-and-repositories/managing-users-in-your-enterprise/suspending-and-unsuspending-users#about-suspended-users
 */
function mayUseItsAccount(account: DescribedAccount): boolean {
  return !account.suspended;
}

/**
 * Archived, a repository stays readable: "permissions become read-only" (they are kept as they are), and "contributors with access to
 * the repository can only fork or star your project".
 *
 * https://docs.github.com/en/repositories/archiving-a-github-repository/archiving-repositories#about-repository-archival
 *
 * Disabled, nobody can clone it, owners no more than others: "Access to this repository has been disabled by GitHub staff", or
 * "Repository '…' is disabled. Please ask the owner to check their account" while it is locked for a migration, both 403.
 *
 * https://github.com/seart-group/ghs/issues/263, https://github.com/github/docs/pull/6862
 *
 * A fork has permissions of its own: "Forks within the same organization copy the collaborators and team settings of their upstream
 * repositories", so what it has is named on the fork.
 *
 * https://docs.github.com/en/pull-requests/collaborating-with-pull-requests/working-with-forks/about-permissions-and-visibility-of-forks#about-forks-within-an-organization
 */
function isServed(repository: DescribedRepository): boolean {
  return !repository.disabled;
}
