import type { WorldContents } from './build-repositories.ts';
import type { WorldConnection } from './story.ts';

/** GitLab's role names. The simulator knows what each may do. https://docs.gitlab.com/user/permissions/ */
export type WorldAccessLevel =
  | 'minimal_access'
  | 'guest'
  | 'planner'
  | 'reporter'
  | 'security_manager'
  | 'developer'
  | 'maintainer'
  | 'owner';

/** A role, optionally with the day on which it expires (`2026-12-31`). */
export type WorldAccess = WorldAccessLevel | WorldAccessRow;

interface WorldAccessRow {
  readonly level: WorldAccessLevel;
  readonly expires?: string;
  /** Of members only: the name of a custom role on top of the level. */
  readonly role?: string;
  /** Of members only: waits for approval, and gives nothing. */
  readonly awaiting?: boolean;
}

/** A custom role of a top-level group. https://docs.gitlab.com/user/custom_roles/ */
export interface WorldMemberRole {
  readonly name: string;
  readonly base: WorldAccessLevel;
  /** Whether it lets its holders view code. */
  readonly readCode?: boolean;
}

/** The parts of an access. */
export function accessRow(access: WorldAccess): WorldAccessRow {
  return typeof access === 'string' ? { level: access } : access;
}

export type WorldVisibility = 'private' | 'internal' | 'public';

/** What a subgroup and a project have in common. */
interface WorldNamespace {
  /** The last part of its full path. */
  readonly path: string;
  readonly id?: number;
  readonly name?: string;
  readonly description?: string;
  /** `private` if left out. */
  readonly visibility?: WorldVisibility;
  /** Direct members only, by login. */
  readonly members?: Readonly<Record<string, WorldAccess>>;
  /** Groups that are invited to it, by full path, each with a maximum role. */
  readonly sharedWithGroups?: Readonly<Record<string, WorldAccess>>;
}

export interface WorldGitLabSubgroup extends WorldNamespace {
  /** Its projects cannot be shared with groups; existing shares have no effect. */
  readonly shareWithGroupLock?: boolean;
  readonly groups?: readonly WorldGitLabSubgroup[];
  readonly projects?: readonly WorldGitLabProject[];
}

/** A top-level GitLab group: our organization. */
export interface WorldGitLabGroup extends WorldGitLabSubgroup {
  readonly forge: 'gitlab';
  /** Custom roles. */
  readonly roles?: readonly WorldMemberRole[];
  readonly connection?: WorldConnection;
}

export interface WorldGitLabProject extends WorldNamespace, WorldContents {
  /** Who may see the code: all who see the project (`enabled`, the default), its members (`private`), nobody (`disabled`). */
  readonly repositoryAccessLevel?: 'enabled' | 'private' | 'disabled';
  /** Full path of the parent, which may be outside of the world. */
  readonly forkOf?: string;
  readonly archived?: boolean;
  /** Whether it takes issues; true if left out. */
  readonly issues?: boolean;
}

/** A group or subgroup with its place in the file. */
export interface PlacedGroup {
  readonly group: WorldGitLabSubgroup;
  /** `acme-labs/platform` */
  readonly fullPath: string;
  readonly parent: WorldGitLabSubgroup | undefined;
  /** Keys and indexes from the top-level group. */
  readonly place: readonly (string | number)[];
}

/** Lists the group and all its subgroups, parents first. */
export function flattenGroups(
  group: WorldGitLabSubgroup,
  above?: PlacedGroup,
  place: PlacedGroup['place'] = [],
): PlacedGroup[] {
  const fullPath = above === undefined ? group.path : `${above.fullPath}/${group.path}`;
  const placed = { group, fullPath, parent: above?.group, place };
  return [
    placed,
    ...(group.groups ?? []).flatMap((child, index) =>
      flattenGroups(child, placed, [...place, 'groups', index]),
    ),
  ];
}
