/** Decides which manifests become packages automatically, and which wait for an owner. */
import type { RepositoryFact } from './facts.ts';
import type { ForgeRepositoryId, SynchronizationId } from './ids.ts';

/** Where a package comes from; together with its name it determines the package's number. */
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

/** A name that a scan found and that is not a package yet. */
export interface WaitingName {
  readonly name: string;
  readonly directory: string;
  readonly reason: WaitingReason;
}

export type PackageDecision =
  | { readonly accept: true }
  | { readonly accept: false; readonly reason: WaitingReason };

/**
 * Accepts the same names as composer/composer src/Composer/Package/Loader/ValidatingArrayLoader.php@2.8.0,
 * `hasPackageNamingError`. That pattern has optional separators, with which an engine without possessive quantifiers backtracks
 * exponentially.
 */
const packageName = /^[a-z0-9]+(?:[_.-][a-z0-9]+)*\/[a-z0-9]+(?:(?:[_.]|-{1,2})[a-z0-9]+)*$/;

/** Longer names do not fit into a key at the edge (512 bytes with the slug). */
export const packageNameMax = 200;

/** The vendor of a package's name. */
export function vendorOf(name: string): string {
  return name.slice(0, Math.max(0, name.indexOf('/')));
}

/**
 * Decides whether a name found in a repository may become a package; which of several claimants gets it is up to name-holder.ts.
 *
 * New repositories become packages automatically, older ones when an owner chose them. A fork does only when an owner chose that
 * very repository, and a name whose vendor the organization does not own never does: a fork of symfony/console must not shadow
 * the public one.
 *
 * @param chosen the owner's choice on this repository, if there is one
 * @param takesNew the organization makes packages of new repositories by itself
 * @param isNew first seen after the synchronization's first complete read
 */
export function decidePackage(found: {
  readonly name: string;
  readonly repository: Pick<RepositoryFact, 'fork'>;
  readonly isNew: boolean;
  readonly takesNew: boolean;
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
  if (!(found.chosen ?? (found.isNew ? found.takesNew : found.choiceOfSynchronization === 'all'))) {
    return { accept: false, reason: 'not-chosen' };
  }
  if (!found.ownedVendors.includes(vendorOf(found.name))) {
    return { accept: false, reason: 'vendor-not-owned' };
  }
  return { accept: true };
}

/** Whether both are in the same repository, in whatever directory. */
export function sameRepository(
  one: Pick<PackageSource, 'synchronization' | 'repository'>,
  other: Pick<PackageSource, 'synchronization' | 'repository'>,
): boolean {
  return one.synchronization === other.synchronization && one.repository === other.repository;
}

/** Whether both are the same directory of the same repository. */
export function sameSource(one: PackageSource, other: PackageSource): boolean {
  return sameRepository(one, other) && one.directory === other.directory;
}
