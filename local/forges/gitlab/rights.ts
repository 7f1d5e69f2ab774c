/**
 * Who may do what, written from GitLab's documentation and source: lib/gitlab/project_authorizations.rb and
 * https://docs.gitlab.com/user/project/members/sharing_projects_groups/ for levels, app/policies/project_policy.rb,
 * app/models/project_feature.rb and config/authz/roles for what they allow.
 */
import { GUEST, levelNumbers, MAINTAINER, MINIMAL, OWNER } from './levels.ts';
import { groupOf, groupsAbove, projectsOf, topLevelOf } from './paths.ts';
import type { GitLabState, Group, GroupLink, Member, MemberRole, Project, User } from './state.ts';
import { differences, type Variant } from './variants.ts';

/** What rights are decided from. */
export interface RightsContext {
  readonly state: GitLabState;
  /** Milliseconds. */
  now(): number;
}

/** "The user loses access on that day": https://docs.gitlab.com/user/project/members/#membership-expiration */
export function isOver({ expiresAt }: Pick<Member, 'expiresAt'>, now: number): boolean {
  return expiresAt !== undefined && Date.parse(expiresAt) <= now;
}

/** Ten minutes into the day a worker removes what has expired; until then lists show it (config/initializers/1_settings.rb). */
export function isListed({ expiresAt }: Pick<Member, 'expiresAt'>, now: number): boolean {
  return expiresAt === undefined || Date.parse(expiresAt) + 10 * 60 * 1000 > now;
}

/** Whether an account can do anything: https://docs.gitlab.com/administration/moderate_users/ */
export function canSignIn(user: User): boolean {
  return user.state === 'active';
}

const highest = (levels: readonly number[]): number => Math.max(0, ...levels);

/** The level of a direct membership that counts for projects: Minimal access and members who wait have none. */
function directLevel(context: RightsContext, members: Group['members'], userId: number): number {
  const member = members.get(userId);
  if (member === undefined || member.awaiting || isOver(member, context.now())) return 0;
  return member.level > MINIMAL ? member.level : 0;
}

/** Links of Minimal access give nothing. */
function cap(context: RightsContext, link: GroupLink, level: number): number {
  return link.level <= MINIMAL || isOver(link, context.now()) ? 0 : Math.min(level, link.level);
}

/**
 * The user's level in a group: of the group and its ancestors the highest, each by direct membership or as a direct member of a group that
 * is invited to it.
 */
export function groupLevel(context: RightsContext, group: Group, userId: number): number {
  const { state } = context;
  return highest(
    groupsAbove(state, group).flatMap((above) => [
      directLevel(context, above.members, userId),
      ...[...above.sharedWith].map(([id, link]) => {
        const invited = state.groups.get(id);
        return invited === undefined ? 0 : cap(context, link, directLevel(context, invited.members, userId));
      }),
    ]),
  );
}

/** The user's level in a project; 0 if there is none. Whether somebody can sign in does not matter for it. */
export function projectLevel(context: RightsContext, project: Project, userId: number): number {
  const { state } = context;
  const group = groupOf(state, project);
  const shares = group.shareWithGroupLock ? [] : [...project.sharedWith];
  return highest([
    directLevel(context, project.members, userId),
    groupLevel(context, group, userId),
    ...shares.map(([id, link]) => {
      const invited = state.groups.get(id);
      return invited === undefined ? 0 : cap(context, link, groupLevel(context, invited, userId));
    }),
  ]);
}

/** The levels that may read the code of a private project. */
export function codeReaders(variant: Variant): ReadonlySet<number> {
  const { reporter, planner, security_manager: securityManager, developer } = levelNumbers;
  return new Set([
    ...[reporter, developer, MAINTAINER, OWNER],
    ...(differences.hasPlanner(variant) && differences.plannerReadsCode(variant) ? [planner] : []),
    ...(differences.hasSecurityManager(variant) ? [securityManager] : []),
  ]);
}

/** Whether a custom role of the user lets him view the code of a project. */
function viewsByRole(context: RightsContext, project: Project, userId: number): boolean {
  const { state } = context;
  if (!differences.hasMemberRoles(state.variant)) return false;
  const viewer = (source: Group | Project): Member | undefined => {
    const member = source.members.get(userId);
    if (member === undefined || member.awaiting || isOver(member, context.now())) return undefined;
    // No custom role is based on Minimal Access: https://docs.gitlab.com/api/member_roles/
    const views =
      member.level > MINIMAL && roleOf(topLevelOf(state, source).memberRoles, member)?.readCode === true;
    return views ? member : undefined;
  };
  const keepsRole = ([id, link]: [number, GroupLink]): boolean => {
    const invited = state.groups.get(id);
    const member = invited && viewer(invited);
    return member !== undefined && !isOver(link, context.now()) && member.level < link.level;
  };
  const above = groupsAbove(state, project);
  return (
    [project, ...above].some((source) => viewer(source) !== undefined) ||
    (differences.keepsInvitedRoles(state.variant) &&
      above.some(({ sharedWith }) => [...sharedWith].some(keepsRole)))
  );
}

export function roleOf(
  roles: ReadonlyMap<number, MemberRole> | undefined,
  { roleId }: Member,
): MemberRole | undefined {
  return roleId === undefined ? undefined : roles?.get(roleId);
}

/** What somebody may do with a project. */
export interface ProjectAccess {
  readonly level: number;
  /** Whether it exists for him; otherwise every answer is 404. */
  readonly sees: boolean;
  /** `read_code`: the repository API. */
  readonly viewsCode: boolean;
  /** `download_code`: git. A custom role does not give it (#376180). */
  readonly downloadsCode: boolean;
}

const nothing: ProjectAccess = { level: 0, sees: false, viewsCode: false, downloadsCode: false };

/** Whether a visibility shows something to somebody who is no member. External users see no internal things. */
function isVisibleTo(
  context: RightsContext,
  { visibility }: Group | Project,
  user: User | undefined,
): boolean {
  if (visibility === 'public') return true;
  const hasInternal = differences.hasInternalVisibility(context.state.variant);
  return visibility === 'internal' && hasInternal && user !== undefined && !user.external;
}

/** @param user undefined for a request without a credential */
export function projectAccess(
  context: RightsContext,
  project: Project,
  user: User | undefined,
): ProjectAccess {
  if (user !== undefined && !canSignIn(user)) return nothing;
  const hasCode = project.repositoryAccess !== 'disabled';
  if (user?.admin) return { level: OWNER, sees: true, viewsCode: hasCode, downloadsCode: hasCode };
  const level = user === undefined ? 0 : projectLevel(context, project, user.id);
  const isOpen = isVisibleTo(context, project, user);
  if (!isOpen && level < GUEST) return { ...nothing, level };
  // In a project that one sees anyway members read code as guests too (project_feature.rb).
  const isMember = level >= GUEST;
  const reads = isOpen
    ? project.repositoryAccess === 'enabled' || isMember
    : codeReaders(context.state.variant).has(level);
  const byRole = isMember && user !== undefined && viewsByRole(context, project, user.id);
  return { level, sees: true, viewsCode: hasCode && (reads || byRole), downloadsCode: hasCode && reads };
}

/**
 * Whether a group exists for somebody: for its members from guests on, whoever is in one of its projects (app/policies/group_policy.rb), and
 * with Minimal access for direct members (https://docs.gitlab.com/user/permissions/#users-with-minimal-access).
 */
export function seesGroup(context: RightsContext, group: Group, user: User | undefined): boolean {
  if (user !== undefined && !canSignIn(user)) return false;
  if (isVisibleTo(context, group, user)) return true;
  if (user === undefined) return false;
  const { state } = context;
  const member = group.members.get(user.id);
  return (
    user.admin ||
    (member !== undefined && !member.awaiting && !isOver(member, context.now())) ||
    groupLevel(context, group, user.id) > 0 ||
    projectsOf(state, group, true).some((project) => projectLevel(context, project, user.id) > 0)
  );
}

/** The level for what only members may do; administrators have all. */
export function effectiveLevel(
  context: RightsContext,
  source: Group | Project,
  user: User | undefined,
): number {
  if (user === undefined || !canSignIn(user)) return 0;
  if (user.admin) return OWNER;
  return source.kind === 'group'
    ? groupLevel(context, source, user.id)
    : projectLevel(context, source, user.id);
}
