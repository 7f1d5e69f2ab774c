import type { WorldContents } from './build-repositories.ts';

/** GitLab's roles by their names there; what each may do is the simulator's to know. https://docs.gitlab.com/user/permissions/ */
export type WorldAccessLevel =
  | 'minimal_access'
  | 'guest'
  | 'planner'
  | 'reporter'
  | 'security_manager'
  | 'developer'
  | 'maintainer'
  | 'owner';

/** A role, with the day on which it ends (`2026-12-31`). */
export type WorldAccess = WorldAccessLevel | { readonly level: WorldAccessLevel; readonly expires?: string };

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
  /** Groups that are invited to it, by full path, each at most at this level. */
  readonly sharedWithGroups?: Readonly<Record<string, WorldAccess>>;
}

export interface WorldGitLabSubgroup extends WorldNamespace {
  /** Its projects cannot be shared with groups: shares that they have count for nothing. */
  readonly shareWithGroupLock?: boolean;
  readonly groups?: readonly WorldGitLabSubgroup[];
  readonly projects?: readonly WorldGitLabProject[];
}

/** A top-level group of GitLab: what we call an organization. */
export interface WorldGitLabGroup extends WorldGitLabSubgroup {
  readonly forge: 'gitlab';
}

export interface WorldGitLabProject extends WorldNamespace, WorldContents {
  /** Who may see the code: whoever sees the project (`enabled`, if left out), its members (`private`), nobody (`disabled`). */
  readonly repositoryAccessLevel?: 'enabled' | 'private' | 'disabled';
  /** Full path of the parent, which need not be in the world. */
  readonly forkOf?: string;
  readonly archived?: boolean;
  /** Whether it takes issues; true if left out. */
  readonly issues?: boolean;
}

/** One group or subgroup, with where it stands. */
export interface PlacedGroup {
  readonly group: WorldGitLabSubgroup;
  /** `acme-labs/platform` */
  readonly fullPath: string;
  readonly parent: WorldGitLabSubgroup | undefined;
  /** Keys and indexes from the top-level group. */
  readonly place: readonly (string | number)[];
}

/** The group and all below it, parents first. */
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
