import type { WorldContents } from './build-repositories.ts';
import type { WorldConnection } from './story.ts';

export type WorldRepositoryPermission = 'read' | 'write' | 'admin';
export type WorldProjectPermission = WorldRepositoryPermission | 'create-repo';

/** A Bitbucket workspace: our organization. */
export interface WorldBitbucketWorkspace {
  readonly forge: 'bitbucket';
  readonly slug: string;
  readonly name?: string;
  /** A collaborator has rights on repositories without being a member. */
  readonly members?: Readonly<Record<string, 'owner' | 'member' | 'collaborator'>>;
  readonly groups?: readonly WorldBitbucketGroup[];
  readonly projects?: readonly WorldBitbucketProject[];
  readonly connection?: WorldConnection;
}

export interface WorldBitbucketGroup {
  readonly name: string;
  readonly members?: readonly string[];
}

export interface WorldBitbucketProject {
  readonly key: string;
  readonly name?: string;
  readonly permissions?: WorldBitbucketPermissions<WorldProjectPermission>;
  readonly repositories?: readonly WorldBitbucketRepository[];
}

/** Explicit permissions only; the effective one is the highest of all that apply. */
export interface WorldBitbucketPermissions<Permission extends string> {
  /** By login. */
  readonly users?: Readonly<Record<string, Permission>>;
  /** By the group's name. */
  readonly groups?: Readonly<Record<string, Permission>>;
}

export interface WorldBitbucketRepository extends WorldContents {
  /** Unique in the workspace, across projects. */
  readonly slug: string;
  readonly name?: string;
  readonly description?: string;
  /** True if left out. */
  readonly private?: boolean;
  /** Full name of the parent, which may be outside of the world. */
  readonly forkOf?: string;
  readonly permissions?: WorldBitbucketPermissions<WorldRepositoryPermission>;
}
