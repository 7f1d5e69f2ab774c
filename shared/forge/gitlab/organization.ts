/** What was read of a top-level group and of the groups that are invited to it: the input of the rules in sharing.ts. */
import type { ForgeAccountId, ForgeRepositoryId, ForgeTeamId } from '../../domain/ids.ts';

/** An active membership of an active account. */
export interface Membership {
  readonly account: ForgeAccountId;
  readonly login: string;
  readonly level: number;
  /** Milliseconds since the epoch; undefined for never. */
  readonly expiresAt: number | undefined;
  /** Whether a custom role lets the account view the code, which the level does not; only where that counts. */
  readonly views?: boolean;
}

/** A group that is invited to a group or project. */
export interface Link {
  readonly group: ForgeTeamId;
  /** Nobody has more than this through the link. */
  readonly level: number;
  /** Milliseconds since the epoch; undefined for never. */
  readonly expiresAt: number | undefined;
}

export interface Group {
  readonly id: ForgeTeamId;
  readonly path: string;
  readonly name: string;
  /** The group that it is in; undefined for a top-level group. */
  readonly parent: ForgeTeamId | undefined;
  /** Whether groups that are invited to its projects give nothing. */
  readonly locksProjectSharing: boolean;
  /** It waits for its deletion. */
  readonly isMarked?: boolean;
  /** The groups that are invited to it. */
  readonly links: readonly Link[];
}

/**
 * Those that have not ended. GitLab lists a membership until a daily job removes it, and a link for ever:
 * gitlabhq: app/workers/remove_expired_members_worker.rb
 *
 * @param now milliseconds since the epoch
 */
export const unended = <Row extends { readonly expiresAt?: number | undefined }>(
  rows: readonly Row[],
  now: number,
): readonly Row[] => rows.filter(({ expiresAt }) => expiresAt === undefined || expiresAt > now);

/** Groups by id: those of the organization, and those that are invited, with all above them. */
export type Groups = ReadonlyMap<ForgeTeamId, Group>;

/** The direct members of groups. */
export type MembersOf = ReadonlyMap<ForgeTeamId, readonly Membership[]>;

export interface Project {
  readonly id: ForgeRepositoryId;
  readonly name: string;
  readonly fullName: string;
  /** The group that it is in. */
  readonly group: ForgeTeamId;
  readonly visibility: 'public' | 'internal' | 'private';
  /** Who may see the code: everybody who sees the project, its members, or nobody. */
  readonly codeAccess: 'enabled' | 'private' | 'disabled';
  readonly fork: boolean;
  readonly archived: boolean;
  /** It is deleted after some time, itself or with a group above it. */
  readonly isPendingDeletion: boolean;
  readonly defaultBranch: string | undefined;
  readonly createdAt: string;
  /** When the last push may have been, at the latest. */
  readonly lastPushUntil: string;
  readonly links: readonly Link[];
}

/** A group and all groups above it, itself first. Groups that we cannot read end the line. */
export function lineOf(groups: Groups, id: ForgeTeamId): readonly Group[] {
  const line: Group[] = [];
  for (let at = groups.get(id); at !== undefined && !line.includes(at); ) {
    line.push(at);
    at = at.parent === undefined ? undefined : groups.get(at.parent);
  }
  return line;
}
