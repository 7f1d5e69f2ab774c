/** Lists of members as GitLab's API shows them, with their known gaps. https://docs.gitlab.com/api/members/ */
import { MINIMAL } from './levels.ts';
import { descendantsOf, groupOf, groupsAbove, projectsOf, topLevelOf } from './paths.ts';
import { groupLevel, isListed, projectLevel, type RightsContext, roleOf, seesGroup } from './rights.ts';
import type { Group, GroupLink, MemberRole, Project, User } from './state.ts';
import { differences } from './variants.ts';

/** One row of a list of members. */
export interface MemberRow {
  /** Where the membership is. */
  readonly source: Group | Project;
  readonly user: User;
  readonly level: number;
  readonly expiresAt: string | undefined;
  readonly createdAt: string;
  readonly awaiting: boolean;
  readonly role: MemberRole | undefined;
}

/** A group or project that gives members, at most at a level. */
interface MemberSource {
  readonly source: Group | Project;
  readonly cap?: number;
  /** Rows of groups that are invited to a project name no role. */
  readonly withoutRole?: true;
}

function rowsOf(context: RightsContext, { source, cap, withoutRole }: MemberSource): MemberRow[] {
  const { state } = context;
  const roles = differences.hasMemberRoles(state.variant) ? topLevelOf(state, source).memberRoles : undefined;
  return [...source.members].flatMap(([id, member]) => {
    const user = state.users.get(id);
    if (user === undefined || !isListed(member, context.now())) return [];
    return [
      {
        source,
        user,
        level: cap === undefined ? member.level : Math.min(cap, member.level),
        expiresAt: member.expiresAt,
        createdAt: member.createdAt,
        awaiting: member.awaiting === true,
        role: withoutRole ? undefined : roleOf(roles, member),
      },
    ];
  });
}

/** The simulator's memberships have no ids of their own. Groups, projects and users have different ids. */
export const membershipId = ({ source, user }: MemberRow): string =>
  `${source.kind === 'group' ? 1 : 2}${source.id}${`${user.id}`.padStart(6, '0')}`;

const byUser = (a: MemberRow, b: MemberRow): number => a.user.id - b.user.id;

/** `/members`: direct members only, by the user's id. */
export function directMembers(context: RightsContext, source: Group | Project): MemberRow[] {
  return rowsOf(context, { source }).sort(byUser);
}

/**
 * Who waits for a seat or an approval in a group or below it: of each user one membership (ee/app/models/ee/member.rb,
 * `distinct_awaiting_or_invited_for_group`).
 */
export function waitingMembers(context: RightsContext, group: Group): MemberRow[] {
  const { state } = context;
  const groups = [group, ...descendantsOf(state, group)];
  const rows = [...groups, ...projectsOf(state, group, true)].flatMap((source) =>
    rowsOf(context, { source }),
  );
  const waiting = rows.filter(({ awaiting }) => awaiting).sort(byUser);
  return waiting.filter(({ user }, place) => waiting[place - 1]?.user !== user);
}

/** The groups that are invited to a group or project, as far as lists still show the links. */
export function invitedGroups(
  context: RightsContext,
  source: Group | Project,
): { readonly group: Group; readonly link: GroupLink }[] {
  return [...source.sharedWith].flatMap(([id, link]) => {
    const group = context.state.groups.get(id);
    return group === undefined || !isListed(link, context.now()) ? [] : [{ group, link }];
  });
}

/** Whose groups are listed, and for whom. */
interface Question {
  readonly source: Group | Project;
  readonly requester: User | undefined;
}

/**
 * Whether the requester gets to see the members of an invited group: if he sees it, or is a member of the group or project whose members he
 * asks for (#219230; app/finders/group_members_finder.rb).
 */
function showsInvited(context: RightsContext, { source, requester }: Question): (group: Group) => boolean {
  const isMember =
    requester !== undefined &&
    differences.showsPrivateInvitedGroups(context.state.variant) &&
    (source.kind === 'group'
      ? groupLevel(context, source, requester.id)
      : projectLevel(context, source, requester.id)) > 0;
  return (group) => isMember || seesGroup(context, group, requester);
}

function shownInvited(context: RightsContext, source: Group | Project, shows: (group: Group) => boolean) {
  return invitedGroups(context, source).filter(({ group, link }) => link.level > MINIMAL && shows(group));
}

/** Which members a list has. https://docs.gitlab.com/api/graphql/reference/#groupmemberrelation and #projectmemberrelation */
export type Relation =
  | 'DIRECT'
  | 'INHERITED'
  | 'DESCENDANTS'
  | 'SHARED_FROM_GROUPS'
  | 'INVITED_GROUPS'
  | 'SHARED_INTO_ANCESTORS';

/** The groups that are invited to groups, of which only direct members count. */
function invitedTo(
  context: RightsContext,
  groups: readonly Group[],
  shows: (group: Group) => boolean,
): MemberSource[] {
  return groups.flatMap((source) =>
    shownInvited(context, source, shows).map(({ group, link }) => ({ source: group, cap: link.level })),
  );
}

/**
 * Groups that are invited to a project bring their inherited members too; and, by version, those of groups invited to them. Where sharing is
 * locked they are listed without access.
 */
function sourcesOfShares(context: RightsContext, project: Project, question: Question): MemberSource[] {
  const { state } = context;
  const isLocked = groupOf(state, project).shareWithGroupLock;
  const shows = showsInvited(context, question);
  return shownInvited(context, project, shows).flatMap(({ group, link }) => {
    const above = groupsAbove(state, group);
    const invited = differences.listsInvitedOfInvited(state.variant) ? invitedTo(context, above, shows) : [];
    return [...above.map((source): MemberSource => ({ source })), ...invited].map(
      ({ source, cap = link.level }): MemberSource => ({
        source,
        cap: isLocked ? 0 : Math.min(cap, link.level),
        withoutRole: true,
      }),
    );
  });
}

function sourcesOfGroup(
  context: RightsContext,
  group: Group,
  relations: readonly Relation[],
  requester: User | undefined,
): MemberSource[] {
  const { state } = context;
  const above = groupsAbove(state, group);
  const has = (relation: Relation): boolean => relations.includes(relation);
  const groups = [
    ...(has('DIRECT') ? [group] : []),
    ...(has('INHERITED') ? above.filter((each) => each !== group) : []),
    ...(has('DESCENDANTS') ? descendantsOf(state, group) : []),
  ];
  const shows = showsInvited(context, { source: group, requester });
  return [
    ...groups.map((source) => ({ source })),
    ...(has('SHARED_FROM_GROUPS') ? invitedTo(context, above, shows) : []),
  ];
}

/** Members of the project's group and its ancestors are in every list but that of direct ones (app/finders/members_finder.rb). */
function sourcesOfProject(
  context: RightsContext,
  project: Project,
  relations: readonly Relation[],
  requester: User | undefined,
): MemberSource[] {
  const has = (relation: Relation): boolean => relations.includes(relation);
  const direct: MemberSource[] = has('DIRECT') ? [{ source: project }] : [];
  if (relations.every((relation) => relation === 'DIRECT')) return direct;
  const ofGroup: Relation[] = [
    ...(['DIRECT', 'INHERITED'] as const),
    ...(has('DESCENDANTS') ? (['DESCENDANTS'] as const) : []),
    ...(has('SHARED_INTO_ANCESTORS') ? (['SHARED_FROM_GROUPS'] as const) : []),
  ];
  return [
    ...direct,
    ...sourcesOfGroup(context, groupOf(context.state, project), ofGroup, requester),
    ...(has('INVITED_GROUPS') ? sourcesOfShares(context, project, { source: project, requester }) : []),
  ];
}

/** The rows of each user, in the order of the sources. */
function rowsByUser(context: RightsContext, sources: readonly MemberSource[]): MemberRow[][] {
  const found = new Map<number, MemberRow[]>();
  for (const row of sources.flatMap((source) => rowsOf(context, source))) {
    found.set(row.user.id, [...(found.get(row.user.id) ?? []), row]);
  }
  return [...found.values()];
}

const highest = (rows: readonly MemberRow[]): MemberRow[] => {
  const [first, ...others] = rows;
  return first === undefined
    ? []
    : [others.reduce((best, row) => (row.level > best.level ? row : best), first)];
};

/**
 * The first row with the user's effective level in the project, which may come from another; `expires_at` and the role are the first row's.
 * Who has no level keeps that of the row.
 */
function nearest(context: RightsContext, project: Project, rows: readonly MemberRow[]): MemberRow[] {
  const [row] = rows.filter(({ source, level }) => source === project || level !== MINIMAL);
  return row === undefined
    ? []
    : [{ ...row, level: projectLevel(context, project, row.user.id) || row.level }];
}

/** Members by the chosen relations, one row for each user: the highest of a group, the nearest of a project. */
export function relatedMembers(
  context: RightsContext,
  source: Group | Project,
  relations: readonly Relation[],
  requester: User | undefined,
): MemberRow[] {
  const isDirect = relations.every((relation) => relation === 'DIRECT');
  if (source.kind === 'project' && isDirect) return directMembers(context, source);
  const rows =
    source.kind === 'group'
      ? rowsByUser(context, sourcesOfGroup(context, source, relations, requester)).flatMap(highest)
      : rowsByUser(context, sourcesOfProject(context, source, relations, requester)).flatMap((each) =>
          nearest(context, source, each),
        );
  return rows.sort(byUser);
}

/** `/members/all`: direct, inherited and invited members. */
export function allMembers(
  context: RightsContext,
  source: Group | Project,
  requester: User | undefined,
): MemberRow[] {
  const relations: readonly Relation[] =
    source.kind === 'group'
      ? ['DIRECT', 'INHERITED', 'SHARED_FROM_GROUPS']
      : ['DIRECT', 'INHERITED', 'SHARED_INTO_ANCESTORS', 'INVITED_GROUPS'];
  return relatedMembers(context, source, relations, requester);
}
