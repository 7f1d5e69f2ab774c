/**
 * An organization on GitHub, described in GitHub's terms and by names, so that a failing case is readable.
 *
 * What GitHub would refuse to make is not described here: outside collaborators in a team, secret teams with a parent or child,
 * `internal` without an enterprise.
 */

/** From least to most. https://docs.github.com/en/organizations/managing-user-access-to-your-organizations-repositories/managing-repository-roles/repository-roles-for-an-organization */
export const roles = ['read', 'triage', 'write', 'maintain', 'admin'] as const;
export type Role = (typeof roles)[number];

/** A role given to somebody on one repository. */
export interface Grant {
  readonly repository: string;
  /** For a custom role the one that it inherits from. */
  readonly role: Role;
  /** The name of a custom role. */
  readonly custom?: string;
}

export interface DescribedAccount {
  readonly login: string;
  /** `none` for outside collaborators and strangers. */
  readonly role: 'owner' | 'member' | 'none';
  /** Of the membership: `pending` until the invitation is accepted. Means nothing where the role is `none`. */
  readonly state: 'active' | 'pending';
  readonly suspended: boolean;
  /** Is an active member of another organization of the same enterprise. */
  readonly elsewhereInEnterprise: boolean;
  /** Its own accepted roles on repositories. */
  readonly direct: readonly Grant[];
}

export interface DescribedTeam {
  readonly name: string;
  readonly parent: string | undefined;
  readonly secret: boolean;
  /** Of the enterprise, and added to the organization; it has no parent and no children. */
  readonly enterprise: boolean;
  /** Immediate members, with those invited to the organization and the team at once. */
  readonly members: readonly string[];
  /** The team's own roles, without inherited ones. */
  readonly grants: readonly Grant[];
}

/** A role in the organization itself, on top of being a member. */
export interface DescribedOrganizationRole {
  readonly name: string;
  /** The repository role that it gives on all repositories, if any. */
  readonly base: Role | undefined;
  /** Its direct holders. */
  readonly members: readonly string[];
  readonly teams: readonly string[];
}

export interface DescribedRepository {
  readonly name: string;
  readonly visibility: 'public' | 'internal' | 'private';
  readonly archived: boolean;
  /** By GitHub's staff, or locked for a migration. */
  readonly disabled: boolean;
  readonly fork: boolean;
}

export interface DescribedOrganization {
  readonly basePermission: 'none' | 'read' | 'write' | 'admin';
  /** Whether it belongs to an enterprise. */
  readonly enterprise: boolean;
  readonly accounts: readonly DescribedAccount[];
  readonly teams: readonly DescribedTeam[];
  readonly repositories: readonly DescribedRepository[];
  /** Undefined where the plan has none. */
  readonly organizationRoles: readonly DescribedOrganizationRole[] | undefined;
}
