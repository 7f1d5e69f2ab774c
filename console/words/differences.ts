/** What code hosts change, in words: of runs, previews, and removals that wait for an owner. */
import { commonWords } from './common.ts';
import { counted, shownNumber } from './locale.ts';

const through = (from: string | undefined): string => (from === undefined ? '' : ` through ${from}`);
/** Permissions of code hosts that are no more than reading. */
const justReading: ReadonlySet<string> = new Set(['read', 'pull', 'READ']);
const as = (permission: string | undefined): string =>
  permission === undefined || justReading.has(permission) ? '' : ` (${permission.toLowerCase()})`;

export const differencesWords = {
  signs: { added: 'Added', changed: 'Changed', removed: 'Removed' },
  counts: {
    added: (count: number) => `${shownNumber(count)} added`,
    changed: (count: number) => `${shownNumber(count)} changed`,
    removed: (count: number) => `${shownNumber(count)} removed`,
    none: 'Nothing changed',
  },
  changes: (count: number) => counted(count, { one: 'change', other: 'changes' }),
  /** What lines stand under that are about nobody and nothing in particular. */
  organization: 'The organization',
  others: 'Others',
  subjects: { account: 'Person', team: 'Team', repository: 'Repository', package: 'Package' },
  lines: {
    settings: 'Its settings on the code host',
    member: (role: string | undefined) =>
      role === 'outside'
        ? commonWords.roles.outside
        : `${role === 'owner' ? 'Owner' : 'Member'} of the organization`,
    role: (name: string | undefined) => `Role ${name ?? ''}`.trim(),
    inTeam: (team: string, from: string | undefined) => `In team ${team}${through(from)}`,
    reads: (repository: string, permission: string | undefined, from?: string) =>
      `Reads ${repository}${as(permission)}${through(from)}`,
    team: 'Team',
    repository: (visibility: string | undefined) => `Repository${as(visibility)}`,
    packageName: (before: string | undefined, after: string | undefined) =>
      `Passed from ${before ?? 'a repository'} to ${after ?? 'another repository'}`,
    again: 'again',
  },
  /** The reason that goes without saying: it was read. */
  obviousReason: 'found on the code host',
  fields: {
    name: 'name',
    fullName: 'full name',
    slug: 'short name',
    visibility: 'visibility',
    fork: 'is a fork',
    archived: 'archived',
    disabled: 'disabled',
    defaultBranch: 'default branch',
    createdAt: 'created',
    pushedAt: 'last push',
    tagCount: 'tags',
    branchCount: 'branches',
    role: 'role',
    forgeRole: 'role there',
    permission: 'permission',
    level: 'level',
    expiresAt: 'ends',
    privacy: 'who sees the team',
    parent: 'parent team',
    basePermission: 'what members may do by default',
    membersRead: 'members read every repository',
    readers: 'levels that read',
    readsByTeams: 'reads by teams alone',
  } as Readonly<Record<string, string>>,
  values: { true: 'yes', false: 'no' } as Readonly<Record<string, string>>,
  nothing: 'none',
};
