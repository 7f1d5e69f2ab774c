/** Lists of members as GitLab's API shows them, with their known gaps. https://docs.gitlab.com/api/members/ */
import { MINIMAL } from './levels.ts';
import { descendantsOf, groupOf, groupsAbove, topLevelOf } from './paths.ts';
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

const byUser = (a: MemberRow, b: MemberRow): number => a.user.id - b.user.id;

/** `/members`: direct members only, by the user's id. */
export function directMembers(context: RightsContext, source: Group | Project): MemberRow[] {
  return rowsOf(context, { source }).sort(byUser);
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

/**
 * Invited groups whose members the requester gets to see: those that he sees, and private ones if he is a member of the group or project that
 * they are invited to (#219230).
 */
function shownInvited(context: RightsContext, source: Group | Project, requester: User | undefined) {
  return invitedGroups(context, source).filter(({ group, link }) => {
    if (link.level <= MINIMAL) return false;
    if (seesGroup(context, group, requester)) return true;
    if (requester === undefined || !differences.showsPrivateInvitedGroups(context.state.variant))
      return false;
    const level =
      source.kind === 'group'
        ? groupLevel(context, source, requester.id)
        : projectLevel(context, source, requester.id);
    return level > 0;
  });
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
  requester: User | undefined,
): MemberSource[] {
  return groups.flatMap((source) =>
    shownInvited(context, source, requester).map(({ group, link }) => ({ source: group, cap: link.level })),
  );
}

/** Groups that are invited to a project bring their inherited members too; and, by version, those of groups invited to them. */
function sourcesOfShares(
  context: RightsContext,
  project: Project,
  requester: User | undefined,
): MemberSource[] {
  const { state } = context;
  if (groupOf(state, project).shareWithGroupLock) return [];
  return shownInvited(context, project, requester).flatMap(({ group, link }) => {
    const above = groupsAbove(state, group);
    const invited = differences.listsInvitedOfInvited(state.variant)
      ? invitedTo(context, above, requester)
      : [];
    return [...above.map((source): MemberSource => ({ source })), ...invited].map(
      ({ source, cap = link.level }): MemberSource => ({
        source,
        cap: Math.min(cap, link.level),
        withoutRole: true,
      }),
    );
  });
}

function sourcesOf(
  context: RightsContext,
  source: Group | Project,
  relation: Relation,
  requester: User | undefined,
): MemberSource[] {
  const { state } = context;
  const above = groupsAbove(state, source);
  const isGroup = source.kind === 'group';
  switch (relation) {
    case 'DIRECT':
      return [{ source }];
    case 'INHERITED':
      return above.filter((group) => group !== source).map((group) => ({ source: group }));
    case 'DESCENDANTS':
      return isGroup ? descendantsOf(state, source).map((group) => ({ source: group })) : [];
    case 'SHARED_FROM_GROUPS':
      return isGroup ? invitedTo(context, above, requester) : [];
    case 'SHARED_INTO_ANCESTORS':
      return isGroup ? [] : invitedTo(context, above, requester);
    default:
      return isGroup ? [] : sourcesOfShares(context, source, requester);
  }
}

/** The rows of each user, in the order of the sources. */
function rowsByUser(context: RightsContext, sources: readonly MemberSource[]): MemberRow[][] {
  const found = new Map<number, MemberRow[]>();
  for (const row of sources.flatMap((source) => rowsOf(context, source))) {
    found.set(row.user.id, [...(found.get(row.user.id) ?? []), row]);
  }
  return [...found.values()];
}

/**
 * Members by the chosen relations, one row for each user. For groups it is the row with the highest level. For projects the level is the
 * highest while `expires_at` and the role are those of the nearest row, which may be another.
 */
export function relatedMembers(
  context: RightsContext,
  source: Group | Project,
  relations: readonly Relation[],
  requester: User | undefined,
): MemberRow[] {
  const sources = relations.flatMap((relation) => sourcesOf(context, source, relation, requester));
  return rowsByUser(context, sources)
    .flatMap((rows) => {
      const [first] = rows;
      if (first === undefined) return [];
      const top = rows.reduce((best, row) => (row.level > best.level ? row : best));
      return [source.kind === 'group' ? top : { ...first, level: top.level }];
    })
    .sort(byUser);
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
