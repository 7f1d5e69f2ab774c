/**
 * Who has which level in a group and reads which project through it.
 *
 * The rules are those of gitlabhq: lib/gitlab/project_authorizations.rb and
 * https://docs.gitlab.com/user/project/members/sharing_projects_groups/:
 *
 * - A member of a group has the same level in all groups and projects below it; of several levels the highest counts.
 * - A group that is invited to a group brings its direct members, and nobody else, each with the lower of both levels.
 * - A group that is invited to a project brings its direct and inherited members and those of groups invited to it or to one above it, each
 *   with the lowest of all levels on the way; not if the project's own group forbids this.
 *
 * A team stands for a group, with its direct members and those invited to it. Inheritance is in the rights: a team may read what is in the
 * groups below it, so a change of a member changes one team.
 *
 * GitLab's own query does not look at a link's end; here a right ends with it.
 */
import type {
  CollaboratorFact,
  MemberFact,
  RepositoryFact,
  TeamFact,
  TeamMemberFact,
  TeamRepositoryFact,
} from '../../domain/facts.ts';
import type { ForgeAccountId, ForgeTeamId } from '../../domain/ids.ts';
import {
  isKnownLevel,
  levelName,
  memberLevels,
  minimalLevel,
  ownerLevel,
  readersThrough,
  readingLevels,
  type Version,
} from './levels.ts';
import {
  type Group,
  type Groups,
  type Link,
  lineOf,
  type Membership,
  type MembersOf,
  type Project,
} from './organization.ts';

/** The earlier of two ends. */
const earlier = (one: number | undefined, other: number | undefined): number | undefined =>
  one === undefined || other === undefined ? (one ?? other) : Math.min(one, other);

const later = (one: number | undefined, other: number | undefined): number | undefined =>
  one === undefined || other === undefined ? undefined : Math.max(one, other);

const ending = (expiresAt: number | undefined) => (expiresAt === undefined ? {} : { expiresAt });

/**
 * A member through a link: with the lower level, until the first of both ends. What a custom role adds stays where the link has a higher level than
 * the one that the role is based on: https://docs.gitlab.com/user/custom_roles/#assign-a-custom-role-to-an-invited-group. What a role of the link would
 * add is not shown, and counts for nothing. An unknown level stays what it is: nothing is known to be below it.
 */
const through = ({ views, ...member }: Membership, link: Link, keepsRoles: boolean): Membership => ({
  ...member,
  ...(views && keepsRoles && isKnownLevel(link.level) && member.level < link.level && { views }),
  level:
    [member.level, link.level].find((level) => !isKnownLevel(level)) ?? Math.min(member.level, link.level),
  expiresAt: earlier(member.expiresAt, link.expiresAt),
});

/** An account's place in a group. */
interface Place extends Membership {
  /** The group where the account is a direct member. */
  readonly via: ForgeTeamId;
}

/** Memberships and links of the level for minimal access count for nothing. */
const counts = ({ level }: { readonly level: number }): boolean => level > minimalLevel;

/** The direct members of a group, and those of groups that are invited to it. @param keepsRoles whether these keep custom roles */
export function placesIn(group: Group, members: MembersOf, keepsRoles: boolean): readonly Place[] {
  const direct = (members.get(group.id) ?? []).map((member) => ({ ...member, via: group.id }));
  const invited = group.links
    .filter((link) => counts(link) && link.group !== group.id)
    .flatMap((link) =>
      (members.get(link.group) ?? [])
        .filter(counts)
        .map((one) => ({ ...through(one, link, keepsRoles), via: link.group })),
    );
  return [...direct, ...invited].filter(counts);
}

/** The facts of a group as a team: itself, and the accounts in it. */
export function teamFacts(
  group: Group,
  members: MembersOf,
  { keepsInvitedRoles = false }: Pick<Rules, 'keepsInvitedRoles'> = {},
): readonly (TeamFact | TeamMemberFact)[] {
  return [
    {
      kind: 'team',
      team: group.id,
      slug: group.path,
      name: group.name,
      parent: group.parent,
    },
    ...placesIn(group, members, keepsInvitedRoles).map(
      ({ account, login, level, expiresAt, views, via }): TeamMemberFact => ({
        kind: 'team-member',
        team: group.id,
        account,
        login,
        level: levelName(level, views),
        ...(via !== group.id && { via }),
        ...ending(expiresAt),
      }),
    ),
  ];
}

/**
 * The members: whoever is in the top-level group with a known level, and its owners. Everybody who is only in groups below it, or in an
 * invited group, is `outside`.
 */
export function memberFacts(top: ForgeTeamId, groups: Groups, members: MembersOf): readonly MemberFact[] {
  const facts = new Map<ForgeAccountId, MemberFact>();
  for (const group of groups.values()) {
    for (const place of placesIn(group, members, false)) {
      const fact = memberFact(place, group.id === top && isKnownLevel(place.level));
      const known = facts.get(place.account);
      facts.set(place.account, known === undefined ? fact : stronger(known, fact));
    }
  }
  return [...facts.values()];
}

const memberFact = ({ account, login, level, expiresAt }: Place, isInTop: boolean): MemberFact => ({
  kind: 'member',
  account,
  login,
  role: !isInTop ? 'outside' : level === ownerLevel ? 'owner' : 'member',
  ...(isInTop && { forgeRole: levelName(level) }),
  // Their level in the group is among the readers of each project below it.
  ...(isInTop && level === ownerLevel && { readsByTeams: true as const }),
  ...ending(expiresAt),
});

const roles = ['outside', 'member', 'owner'] as const;

/** Of two ways to belong, the stronger role, and of the same role the one that lasts longer. */
export function stronger(one: MemberFact, other: MemberFact): MemberFact {
  const byRole = roles.indexOf(one.role) - roles.indexOf(other.role);
  if (byRole !== 0) {
    return byRole > 0 ? one : other;
  }
  return later(one.expiresAt, other.expiresAt) === one.expiresAt ? one : other;
}

/** How a project counts on this instance. */
export interface Rules {
  readonly version: Version | undefined;
  /**
   * Whether the instance has external users, who do not read internal projects. The lists of members do not show who is one:
   * https://docs.gitlab.com/administration/external_users/
   */
  readonly hasExternalUsers: boolean;
  /** An owner's choice: whether custom roles that view code, which GitLab does not let download it, install packages. */
  readonly viewersInstall: boolean;
  /** Whether members of a group that is invited to a group keep custom roles there; left out for no. */
  readonly keepsInvitedRoles?: boolean | undefined;
}

/** Who sees the code without being a member. Unknown is nobody. */
function openTo({ visibility, codeAccess }: Project, { hasExternalUsers }: Rules): Project['visibility'] {
  return codeAccess !== 'enabled' || (visibility === 'internal' && hasExternalUsers) ? 'private' : visibility;
}

/**
 * The levels that read the project's code. Of a project that somebody sees anyway, also without being a member, each member reads it, guests
 * too: gitlabhq: app/models/project_feature.rb, `required_minimum_access_level`, and the footnote of "pull project code" on
 * https://docs.gitlab.com/user/permissions/#repository
 */
export const readersOf = (
  { visibility }: Project,
  { version, hasExternalUsers }: Rules,
): ReadonlySet<number> =>
  visibility === 'public' || (visibility === 'internal' && !hasExternalUsers)
    ? memberLevels
    : readingLevels(version);

export const repositoryFact = (project: Project, rules: Rules): RepositoryFact => ({
  kind: 'repository',
  repository: project.id,
  name: project.name,
  fullName: project.fullName,
  visibility: openTo(project, rules),
  fork: project.fork,
  archived: project.archived || project.isPendingDeletion,
  disabled: project.codeAccess === 'disabled',
  defaultBranch: project.defaultBranch,
  createdAt: project.createdAt,
  pushedAt: project.lastPushUntil,
});

/** The teams that may read the project: its group and those above, and the invited groups and those above. */
export function teamRepositoryFacts(
  project: Project,
  groups: Groups,
  rules: Rules,
): readonly TeamRepositoryFact[] {
  const reading = readersOf(project, rules);
  const own = { group: project.group, level: ownerLevel, expiresAt: undefined };
  const isLocked = groups.get(project.group)?.locksProjectSharing !== false;
  const links = isLocked ? [] : project.links.filter((link) => counts(link) && link.group !== project.group);
  return [own, ...links].flatMap((link) => {
    const viewers = !rules.viewersInstall ? 'none' : link === own ? 'own' : 'as-their-level';
    const readers = readersThrough(reading, link.level, viewers);
    const line = readers.length === 0 ? [] : lineOf(groups, link.group);
    return line.map(
      ({ id: team }): TeamRepositoryFact => ({
        kind: 'team-repository',
        team,
        repository: project.id,
        permission: levelName(link.level),
        via: link.group,
        keyedByVia: true,
        readers,
        ...ending(link.expiresAt),
      }),
    );
  });
}

/** The direct members of the project who read it. */
export function collaboratorFacts(
  project: Project,
  members: readonly Membership[],
  rules: Rules,
): readonly CollaboratorFact[] {
  const reading = readersOf(project, rules);
  return members
    .filter(({ level, views }) => reading.has(level) || views === true)
    .map(({ account, login, level, expiresAt, views }) => ({
      kind: 'collaborator',
      repository: project.id,
      account,
      login,
      permission: levelName(level, views),
      ...ending(expiresAt),
    }));
}
