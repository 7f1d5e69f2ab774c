/** Which manifests become packages by themselves, and which wait for an owner. */
import type { RepositoryFact } from './facts.ts';
import type { ForgeRepositoryId, SynchronizationId } from './ids.ts';

/** Where a package comes from; with its name it decides which number it has. */
export interface PackageSource {
  readonly synchronization: SynchronizationId;
  readonly repository: ForgeRepositoryId;
  /** Within the repository; empty for its root. */
  readonly directory: string;
}

export const waitingReasons = [
  'invalid-name',
  'fork',
  'not-chosen',
  'vendor-not-owned',
  'name-taken',
] as const;
export type WaitingReason = (typeof waitingReasons)[number];

/** A name that a scan found and that is no package. */
export interface WaitingName {
  readonly name: string;
  readonly directory: string;
  readonly reason: WaitingReason;
}

export type PackageDecision =
  | { readonly accept: true }
  | { readonly accept: false; readonly reason: WaitingReason };

/**
 * The language of composer/composer src/Composer/Package/Loader/ValidatingArrayLoader.php@2.8.0, `hasPackageNamingError`, without its
 * optional separators: those make an engine that has no possessive quantifiers try exponentially many ways.
 */
const packageName = /^[a-z0-9]+(?:[_.-][a-z0-9]+)*\/[a-z0-9]+(?:(?:[_.]|-{1,2})[a-z0-9]+)*$/;

/** Longer names fit neither into a key at the edge (512 bytes with the slug) nor into anybody's head. */
export const packageNameMax = 200;

/** The vendor of a package's name. */
export function vendorOf(name: string): string {
  return name.slice(0, Math.max(0, name.indexOf('/')));
}

/**
 * Decides whether a name found in a repository may become a package; who of several gets it, name-holder.ts decides.
 *
 * New repositories become packages by themselves, those that were there before when an owner chose them. A fork only when an owner
 * chose that very repository, and no name whose vendor the organization does not own: a fork of symfony/console must not shadow the
 * public one.
 *
 * @param chosen the owner's word on this very repository, if there is one
 * @param isNew first seen after the synchronization's first whole read
 */
export function decidePackage(found: {
  readonly name: string;
  readonly repository: Pick<RepositoryFact, 'fork'>;
  readonly isNew: boolean;
  readonly chosen: boolean | undefined;
  readonly choiceOfSynchronization: 'all' | 'some';
  readonly ownedVendors: readonly string[];
}): PackageDecision {
  if (found.name.length > packageNameMax || !packageName.test(found.name)) {
    return { accept: false, reason: 'invalid-name' };
  }
  if (found.repository.fork && found.chosen !== true) {
    return { accept: false, reason: 'fork' };
  }
  if (!(found.chosen ?? (found.isNew || found.choiceOfSynchronization === 'all'))) {
    return { accept: false, reason: 'not-chosen' };
  }
  if (!found.ownedVendors.includes(vendorOf(found.name))) {
    return { accept: false, reason: 'vendor-not-owned' };
  }
  return { accept: true };
}

/** Whether it is one and the same place in one repository. */
export function sameSource(one: PackageSource, other: PackageSource): boolean {
  return (
    one.synchronization === other.synchronization &&
    one.repository === other.repository &&
    one.directory === other.directory
  );
}
