/**
 * Workspaces on Bitbucket, described in Bitbucket's terms and by names, so that a failing case is readable.
 *
 * What Bitbucket would refuse to make is not described here: a group with somebody who is no member of the workspace, a permission of
 * somebody who is neither a member nor a collaborator.
 */

/** https://support.atlassian.com/bitbucket-cloud/docs/grant-repository-access-to-users-and-groups/ */
export type RepositoryPermission = 'read' | 'write' | 'admin';

/** https://support.atlassian.com/bitbucket-cloud/docs/configure-project-permissions-for-users-and-groups/ */
export type ProjectPermission = RepositoryPermission | 'create-repo';

export interface DescribedAccount {
  readonly nickname: string;
  /** Days since it was deactivated: from 14 on it is deleted. Undefined: it is active. */
  readonly deactivatedFor: number | undefined;
}

/** What is given explicitly: permissions by nickname, and by the name of a group of the same workspace. */
export interface Given<Permission extends string> {
  readonly users: ReadonlyMap<string, Permission>;
  readonly groups: ReadonlyMap<string, Permission>;
}

export interface DescribedRepository extends Given<RepositoryPermission> {
  readonly slug: string;
  readonly isPrivate: boolean;
}

export interface DescribedProject extends Given<ProjectPermission> {
  readonly key: string;
  readonly repositories: readonly DescribedRepository[];
}

export type WorkspaceRole = 'owner' | 'member' | 'collaborator';

export interface DescribedWorkspace {
  readonly slug: string;
  /** By nickname. A collaborator was given something and is no member; an owner is an administrator of the workspace. */
  readonly people: ReadonlyMap<string, WorkspaceRole>;
  /** Nicknames of the members by the name of the group. */
  readonly groups: ReadonlyMap<string, readonly string[]>;
  readonly projects: readonly DescribedProject[];
}

export interface DescribedInstance {
  /** Whether the list of effective permissions has in it what is given on projects, which is documented and was denied. */
  readonly listsProjectGrants: boolean;
  /** How API 1.0 answers for groups. */
  readonly groups: 'served' | 'empty' | 'not-found' | 'removed';
  /** Where people are administered: https://developer.atlassian.com/cloud/bitbucket/deprecation-notice-collaborator-role/ */
  readonly administration: 'bitbucket' | 'atlassian';
  readonly accounts: readonly DescribedAccount[];
  /** The one that is synchronized, and another one. */
  readonly workspaces: readonly [DescribedWorkspace, DescribedWorkspace];
}
