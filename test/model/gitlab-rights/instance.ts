/**
 * A GitLab instance, described in GitLab's terms and by names, so that a failing case is readable.
 *
 * What GitLab would refuse to make is not described here: a project that is shared with a group above it, Minimal Access anywhere but
 * in a top-level group, something more visible than the group that it is in.
 */

/** From least to most. https://docs.gitlab.com/user/permissions/#default-roles */
export const roles = [
  'Minimal Access',
  'Guest',
  'Planner',
  'Reporter',
  'Security Manager',
  'Developer',
  'Maintainer',
  'Owner',
] as const;
export type Role = (typeof roles)[number];
export type Visibility = 'private' | 'internal' | 'public';

/** Somebody who was added to a group or a project directly. */
export interface DescribedMember {
  readonly username: string;
  /** Of a custom role the one that it is based on. */
  readonly role: Role;
  /** A custom role that may view code besides. */
  readonly custom: boolean;
  /** Days until access expires: 0 or less is over, undefined is never. */
  readonly expiresIn: number | undefined;
  /** Waits for an owner's approval or for a seat. */
  readonly awaiting: boolean;
}

/** A group that was invited to a group or to a project. */
export interface Invitation {
  readonly group: string;
  /** The highest role that its members get. */
  readonly maximum: Role;
  readonly expiresIn: number | undefined;
}

export interface DescribedUser {
  readonly username: string;
  readonly state: 'active' | 'blocked' | 'deactivated' | 'banned' | 'pending approval';
  readonly kind: 'person' | 'service account' | 'project bot';
  readonly external: boolean;
  readonly administrator: boolean;
}

export interface DescribedGroup {
  readonly name: string;
  readonly parent: string | undefined;
  readonly visibility: Visibility;
  /** "Projects in this group cannot be shared with other groups." */
  readonly sharingLocked: boolean;
  readonly members: readonly DescribedMember[];
  readonly invited: readonly Invitation[];
}

export interface DescribedProject {
  readonly name: string;
  readonly group: string;
  readonly visibility: Visibility;
  /** Who may use the repository: everyone with access to the project, only its members, or nobody. */
  readonly repository: 'enabled' | 'private' | 'disabled';
  readonly archived: boolean;
  readonly pendingDeletion: boolean;
  readonly members: readonly DescribedMember[];
  readonly invited: readonly Invitation[];
}

export interface DescribedInstance {
  /** Major and minor, such as `18.6`. */
  readonly version: string;
  readonly plan: 'community' | 'free' | 'premium' | 'ultimate';
  /** What the operator says of the instance, who may not know it: if false, no user is external. */
  readonly hasExternalUsers: boolean;
  /** An owner's choice in the product: whether who may view code, but not download it, installs packages. */
  readonly viewersInstall: boolean;
  readonly users: readonly DescribedUser[];
  readonly groups: readonly DescribedGroup[];
  readonly projects: readonly DescribedProject[];
}
