/**
 * An independent implementation of GitLab's rules: who may read the code of which project.
 *
 * Written from GitLab's documentation alone, naive and slow, without knowledge of the code that it checks. It must not be adapted to
 * `shared/forge/gitlab` or to the simulator: where two differ, one is wrong.
 */
import {
  type DescribedGroup,
  type DescribedInstance,
  type DescribedMember,
  type DescribedProject,
  type DescribedUser,
  type Invitation,
  type Role,
  roles,
} from './instance.ts';

/** Whether anyone on the internet may pull the project's code. */
export function mayAnyoneRead({ visibility, repository }: DescribedProject): boolean {
  // "For public projects, any user, including unauthenticated users, can: clone the project."
  // https://docs.gitlab.com/user/public_access/#public-projects-and-groups
  return visibility === 'public' && repository === 'enabled';
}

/** Whether this user, signed in, may pull the project's code. */
export function mayRead(
  instance: DescribedInstance,
  user: DescribedUser,
  project: DescribedProject,
): boolean {
  if (mayAnyoneRead(project)) {
    return true;
  }
  // "Disabled: not enabled for anyone." Administrators are no exception.
  // https://docs.gitlab.com/user/project/settings/#configure-project-features-and-permissions
  if (project.repository === 'disabled' || !mayUseTheInstance(user)) {
    return false;
  }
  // "Users with administrator access have all permissions and can perform any action."
  // https://docs.gitlab.com/user/permissions/
  if (user.administrator) {
    return true;
  }
  const held = rolesOnProject(instance, user, project);
  return (
    held.some((role) => readsCodeOfPrivateProjects(role, instance.version)) ||
    (isOpenTo(user, project) && (project.repository === 'enabled' || held.length > 0))
  );
}

/**
 * Whether this user, signed in, may view the project's code in the browser. "Custom member roles can be assigned to members of a group or project",
 * and give "the same permissions in any subgroups or projects".
 *
 * "When you invite a group to a group … users are assigned the role with the smallest access level", and "only the base role is used for access level
 * comparisons": by the table there, a guest with `read_code` who is invited as a developer keeps it, and one who is invited as a guest does not. In
 * 17.4, and not for groups that are invited to a project.
 *
 * https://docs.gitlab.com/user/custom_roles/
 * https://docs.gitlab.com/user/custom_roles/#assign-a-custom-role-to-an-invited-group
 */
export function mayView(
  instance: DescribedInstance,
  user: DescribedUser,
  project: DescribedProject,
): boolean {
  const groups = withAncestors(instance, groupNamed(instance, project.group));
  const viewing = ({ members }: { readonly members: readonly DescribedMember[] }) =>
    members.filter((one) => one.username === user.username && one.custom && !one.awaiting && isRunning(one));
  const isInvitedViewer = ({ group, maximum }: Invitation): boolean =>
    viewing(groupNamed(instance, group)).some(({ role }) => roles.indexOf(role) < roles.indexOf(maximum));
  const isViewer =
    [project, ...groups].some((each) => viewing(each).length > 0) ||
    (!isBefore(instance.version, '17.4') &&
      groups.some(({ invited }) => invited.filter(isRunning).some(isInvitedViewer)));
  return (
    mayRead(instance, user, project) ||
    (isViewer && project.repository !== 'disabled' && mayUseTheInstance(user))
  );
}

/**
 * "A blocked user: cannot sign in or access any repositories", "a user pending approval is functionally identical to a blocked user",
 * "a deactivated user: cannot access repositories or the API" (signing in to the web pages activates it again), "a banned user: cannot
 * sign in or access any repositories".
 *
 * https://docs.gitlab.com/administration/moderate_users/
 */
function mayUseTheInstance({ state }: DescribedUser): boolean {
  return state === 'active';
}

/**
 * "For internal projects, any authenticated user, including users with the Guest role, can: clone the project. External users cannot
 * clone the project." Public ones are open to external users too: "Can access public groups, projects, and snippets." So also for a
 * member whose role alone would not do: "users with the Guest role are able to perform this action only on public and internal projects
 * (not on private projects). External users must be given explicit access (at least the Reporter role) even if the project is internal."
 *
 * https://docs.gitlab.com/user/public_access/#internal-projects-and-groups
 * https://docs.gitlab.com/administration/external_users/
 * https://docs.gitlab.com/user/permissions/#repository (footnote of "pull project code")
 */
function isOpenTo(user: DescribedUser, { visibility }: DescribedProject): boolean {
  return visibility === 'public' || (visibility === 'internal' && !user.external);
}

/**
 * "Reporter: view code", and every role above it. Security Manager is based on Reporter. "Guest: cannot push code or access repository."
 * "A custom Guest member role that includes only the `read_code` permission" views code; to pull it was withdrawn
 * (https://gitlab.com/gitlab-org/gitlab/-/issues/376180, merge request 106256), so a custom role pulls what its base role pulls.
 *
 * Planner had `download_code` in 17.7 (merge request 169256), lost it in the next version ("Do not grant download_code access to Planner
 * role", https://gitlab.com/gitlab-org/gitlab/-/issues/510627), and has it again since 18.7 (merge request 212966).
 */
function readsCodeOfPrivateProjects(role: Role, version: string): boolean {
  switch (role) {
    case 'Minimal Access':
    case 'Guest':
      return false;
    case 'Planner':
      return isVersion(version, '17.7') || !isBefore(version, '18.7');
    default:
      return true;
  }
}

/**
 * Direct, inherited, shared and inherited shared members. "Users always retain the permissions for their highest role": none takes
 * away what another gives.
 *
 * https://docs.gitlab.com/user/project/members/#membership-types
 */
export function rolesOnProject(
  instance: DescribedInstance,
  { username }: DescribedUser,
  project: DescribedProject,
): readonly Role[] {
  const group = groupNamed(instance, project.group);
  return [
    ...direct(project.members, username),
    ...rolesInGroup(instance, username, group),
    ...(group.sharingLocked ? [] : asInvitedToProject(instance, username, project)),
  ];
}

/**
 * "The group's direct and inherited members get access to the project", and "members of other groups that are shared with the invited
 * group": whoever has a role in the invited group, other than through its subgroups. "Invited members keep the lower of these two roles."
 *
 * "Projects in this group cannot be shared with other groups: groups already added to a project lose access to it."
 *
 * https://docs.gitlab.com/user/project/members/sharing_projects_groups/#sharing-projects
 */
function asInvitedToProject(
  instance: DescribedInstance,
  username: string,
  project: DescribedProject,
): Role[] {
  return project.invited
    .filter(isRunning)
    .flatMap(({ group, maximum }) =>
      rolesInGroup(instance, username, groupNamed(instance, group)).map((role) => lower(role, maximum)),
    );
}

/**
 * "When you add a member to a subgroup, they inherit the membership and permission level from the parent groups." "Inherited shared: the
 * user is a member of a group invited to an ancestor."
 *
 * "Users with the Minimal Access role do not automatically have access to projects and subgroups in that top-level group."
 *
 * https://docs.gitlab.com/user/permissions/#subgroup-permissions
 * https://docs.gitlab.com/user/permissions/#users-with-minimal-access
 */
export function rolesInGroup(
  instance: DescribedInstance,
  username: string,
  group: DescribedGroup,
): readonly Role[] {
  return withAncestors(instance, group)
    .flatMap((each) => [...direct(each.members, username), ...asInvitedToGroup(instance, username, each)])
    .filter((role) => role !== 'Minimal Access');
}

/**
 * "Only direct members of the invited group get access to the shared group, not inherited, shared or subgroup members." "Invited members
 * keep the lower of these two roles."
 *
 * https://docs.gitlab.com/user/project/members/sharing_projects_groups/#sharing-groups
 */
function asInvitedToGroup(instance: DescribedInstance, username: string, group: DescribedGroup): Role[] {
  return group.invited
    .filter(isRunning)
    .flatMap((invitation) =>
      direct(groupNamed(instance, invitation.group).members, username).map((role) =>
        lower(role, invitation.maximum),
      ),
    );
}

/**
 * Whoever waits for approval is no member yet: "any new member is put in a pending state and must be approved".
 *
 * https://docs.gitlab.com/user/group/manage/#approve-pending-members-for-a-group
 */
function direct(members: readonly DescribedMember[], username: string): Role[] {
  return members
    .filter((member) => member.username === username && !member.awaiting && isRunning(member))
    .map(({ role }) => role);
}

/**
 * "From that date onward, the user can no longer access the project"; "the invited group can no longer access".
 *
 * https://docs.gitlab.com/user/project/members/#add-users-to-a-project
 */
function isRunning({ expiresIn }: Pick<Invitation, 'expiresIn'>): boolean {
  return expiresIn === undefined || expiresIn > 0;
}

function lower(one: Role, other: Role): Role {
  return roles.indexOf(one) < roles.indexOf(other) ? one : other;
}

export function withAncestors(instance: DescribedInstance, group: DescribedGroup): DescribedGroup[] {
  return [
    group,
    ...(group.parent === undefined ? [] : withAncestors(instance, groupNamed(instance, group.parent))),
  ];
}

export function groupNamed(instance: DescribedInstance, name: string): DescribedGroup {
  const group = instance.groups.find((each) => each.name === name);
  if (group === undefined) {
    throw new Error(`no group is called ${name}`);
  }
  return group;
}

function isVersion(version: string, other: string): boolean {
  return !isBefore(version, other) && !isBefore(other, version);
}

function isBefore(version: string, other: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [otherMajor = 0, otherMinor = 0] = other.split('.').map(Number);
  return major < otherMajor || (major === otherMajor && minor < otherMinor);
}

/**
 * Whether a user finds the group at all: "public: anonymous users; internal: all authenticated users; private: only explicit group
 * members", with those who inherit or share a membership.
 *
 * https://docs.gitlab.com/user/group/#group-visibility
 */
export function maySee(instance: DescribedInstance, user: DescribedUser, group: DescribedGroup): boolean {
  return (
    group.visibility === 'public' ||
    (group.visibility === 'internal' && !user.external) ||
    rolesInGroup(instance, user.username, group).length > 0
  );
}
