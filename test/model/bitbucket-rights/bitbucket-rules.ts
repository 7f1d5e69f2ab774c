/**
 * An independent implementation of Bitbucket Cloud's rules: who may read the code of which repository.
 *
 * Written from Atlassian's documentation alone, naive and slow, without knowledge of the code that it checks. It must not be adapted to
 * `shared/forge/bitbucket` or to the simulator: where two differ, one is wrong.
 */
import type {
  DescribedAccount,
  DescribedProject,
  DescribedRepository,
  DescribedWorkspace,
  Given,
} from './instance.ts';

/**
 * "If your repository is public, anyone can access it. If your repository is private, you can grant access to individuals and groups of
 * users." So also in a project that is shown to nobody else.
 *
 * https://support.atlassian.com/bitbucket-cloud/docs/grant-repository-access-to-users-and-groups/
 */
export function mayAnyoneRead({ isPrivate }: DescribedRepository): boolean {
  return !isPrivate;
}

/** Whether this account may read the repository's code with what is its own. */
export function mayRead(
  account: DescribedAccount,
  workspace: DescribedWorkspace,
  project: DescribedProject,
  repository: DescribedRepository,
): boolean {
  return mayAnyoneRead(repository) || (maySignIn(account) && hasAny(account, workspace, project, repository));
}

/**
 * Whoever deletes his account, or whose administrator does, cannot sign in any more, though the account is kept: "you'll have a 14-day
 * grace period, during which the account will appear as temporarily deactivated". Then "Bitbucket automatically deletes that user from all
 * repository access lists".
 *
 * https://support.atlassian.com/user-management/docs/delete-a-managed-account/
 * https://support.atlassian.com/bitbucket-cloud/docs/grant-access-to-a-workspace/
 */
export function maySignIn({ deactivatedFor }: DescribedAccount): boolean {
  return deactivatedFor === undefined;
}

/**
 * "Project permissions inheritance works by assigning the user the highest level of permissions combining the workspace, project, and
 * repository level permissions": so none takes away what another gives, and each reads at least.
 *
 * https://community.atlassian.com/forums/Bitbucket-questions/Is-one-able-to-override-project-permissions-at-the-repo-level/qaq-p/2845838
 */
export function hasAny(
  { nickname }: DescribedAccount,
  workspace: DescribedWorkspace,
  project: DescribedProject,
  repository: DescribedRepository,
): boolean {
  return (
    isAdministrator(workspace, nickname) ||
    // "Any permissions set within a project will apply to all the repositories in that project", and each "includes all permissions
    // below it", down to "read".
    // https://support.atlassian.com/bitbucket-cloud/docs/configure-project-permissions-for-users-and-groups/
    isGiven(workspace, project, nickname) ||
    isGiven(workspace, repository, nickname)
  );
}

/**
 * "This inheritance extends to the workspace as well so that workspace admin permissions are inherited by all projects." A member as such
 * has no permission on any repository.
 *
 * https://bitbucket.org/blog/project-permissions-are-available-in-bitbucket
 */
export function isAdministrator({ people }: DescribedWorkspace, nickname: string): boolean {
  return people.get(nickname) === 'owner';
}

/**
 * Directly, or through a group, which is a group of the workspace that owns the repository: "when you delete a group, all group members lose
 * access too unless they're part of another group with access".
 *
 * https://support.atlassian.com/bitbucket-cloud/docs/organize-groups-for-your-repositories/
 */
export function isGiven(workspace: DescribedWorkspace, given: Given<string>, nickname: string): boolean {
  return (
    given.users.has(nickname) ||
    [...given.groups.keys()].some((name) => workspace.groups.get(name)?.includes(nickname) ?? false)
  );
}
