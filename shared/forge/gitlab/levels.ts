/**
 * GitLab's access levels, and which of them read code. They are a set and not an order: a higher number need not allow what a lower one
 * does. https://docs.gitlab.com/development/permissions/
 */

/** A version of GitLab, such as 18.7. */
export interface Version {
  readonly major: number;
  readonly minor: number;
}

/**
 * The version that GitLab states, such as `18.7.2-ee` or `19.0.0-pre`. https://docs.gitlab.com/api/version/
 *
 * @returns undefined when it is in another form
 */
export function parseVersion(text: string): Version | undefined {
  const [, major, minor] = /^(\d+)\.(\d+)(?:\.|-|$)/.exec(text) ?? [];
  return major === undefined || minor === undefined
    ? undefined
    : { major: Number(major), minor: Number(minor) };
}

const isSince = (version: Version, major: number, minor: number): boolean =>
  version.major > major || (version.major === major && version.minor >= minor);

/**
 * Whether members of a group that is invited to another one keep what their custom role adds: on servers of one's own since 17.4, by a flag that is on by
 * default. https://docs.gitlab.com/user/custom_roles/#assign-a-custom-role-to-an-invited-group (!157256, !161134, !163901)
 */
export const keepsInvitedRoles = (version: Version | undefined, isPublicHost: boolean): boolean =>
  version !== undefined && !isPublicHost && isSince(version, 17, 4);

/** gitlab-org/gitlab#526081. Projects of a group that waits for its deletion have a path that tells. */
export const renamesMarkedGroups = (version: Version | undefined): boolean =>
  version !== undefined && isSince(version, 18, 0);

/** !230944 and !231325: https://docs.gitlab.com/user/project/integrations/webhooks/#signing-tokens. Earlier versions ignore `signing_token`. */
export const signsDeliveries = (version: Version | undefined): boolean =>
  version !== undefined && isSince(version, 19, 0);

/** The list of a hook's deliveries !151048 (17.3), sending one again !151130 (17.4). */
export const keepsDeliveries = (version: Version | undefined): boolean =>
  version !== undefined && isSince(version, 17, 4);

interface Level {
  readonly number: number;
  readonly name: string;
  /** Whether a member with it reads the code of a private project. */
  readonly readsCode: (version: Version) => boolean;
  /** Whether its members count as members of a project, which is enough for a public project that shows its code to members only. */
  readonly isMember: boolean;
}

const always = () => true;
const never = () => false;

/** One row for each level. https://docs.gitlab.com/api/members/#roles and gitlabhq: config/authz/roles/*.yml */
const levels: readonly Level[] = [
  { number: 5, name: 'Minimal access', readsCode: never, isMember: false },
  // A custom role on top of it may view code in the browser, but not download it: #376180, !106256.
  { number: 10, name: 'Guest', readsCode: never, isMember: true },
  // Since 17.7. It had `download_code` there, lost it with !175444 (17.8), and has it again since !212966 (18.7).
  {
    number: 15,
    name: 'Planner',
    readsCode: (version) => (version.major === 17 && version.minor === 7) || isSince(version, 18, 7),
    isMember: true,
  },
  { number: 20, name: 'Reporter', readsCode: always, isMember: true },
  // For everybody since 19.1; inherits Reporter: config/authz/roles/security_manager.yml
  { number: 25, name: 'Security Manager', readsCode: always, isMember: true },
  { number: 30, name: 'Developer', readsCode: always, isMember: true },
  { number: 40, name: 'Maintainer', readsCode: always, isMember: true },
  { number: 50, name: 'Owner', readsCode: always, isMember: true },
];

export const ownerLevel = 50;
/** Memberships and links up to this level count for nothing: gitlabhq: lib/gitlab/project_authorizations.rb */
export const minimalLevel = 5;

/** Whether we know what the level allows. An unknown one allows nothing. */
export const isKnownLevel = (level: number): boolean => levels.some(({ number }) => number === level);

/** The level in GitLab's own term, as facts have it. @param views with a custom role on top of it that views code */
export const levelName = (level: number, views = false): string =>
  `${levels.find(({ number }) => number === level)?.name ?? `level ${level}`}${views ? viewing : ''}`;

const viewing = ' + read_code';
/** Whether the name is that of a level with such a role. */
export const isViewing = (name: string): boolean => name.endsWith(viewing);

/**
 * The levels on which a custom role that views code adds something, in some version. https://docs.gitlab.com/api/member_roles/ has which a role may be
 * based on.
 */
export const viewingLevels: ReadonlySet<number> = new Set(
  levels.filter(({ isMember, readsCode }) => isMember && readsCode !== always).map(({ number }) => number),
);

/** The levels that read the code of a private project. Of an unknown version, those that do in each. */
export function readingLevels(version: Version | undefined): ReadonlySet<number> {
  const reads = ({ readsCode }: Level): boolean =>
    version === undefined ? readsCode === always : readsCode(version);
  return new Set(levels.filter(reads).map(({ number }) => number));
}

/** The levels of members of a project, whatever they may do there. */
export const memberLevels: ReadonlySet<number> = new Set(
  levels.filter(({ isMember }) => isMember).map(({ number }) => number),
);

/** Which custom roles that view code are among the readers; with `own` those of the project's own group and the ones above it. */
export type Viewers = 'none' | 'as-their-level' | 'own';

/** The names of all levels that, capped by a link's level, are one of these. */
export function readersThrough(
  reading: ReadonlySet<number>,
  cap = ownerLevel,
  viewers: Viewers = 'none',
): readonly string[] {
  if (!isKnownLevel(cap)) {
    return [];
  }
  const reads = ({ number }: Level): boolean => reading.has(Math.min(number, cap));
  const views = (level: Level): boolean =>
    viewers !== 'none' && viewingLevels.has(level.number) && (viewers === 'own' || reads(level));
  return [
    ...levels.filter(reads).map(({ name }) => name),
    ...levels.filter(views).map(({ number }) => levelName(number, true)),
  ];
}
