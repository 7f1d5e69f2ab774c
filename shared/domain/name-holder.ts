/**
 * Decides which of the repositories that claim a package's name has it, by a fixed order and not by which was scanned first.
 * After an import, a name passes without an owner only if its holder was deleted on the forge and there is one claimant.
 * Otherwise somebody who waits for the name with an older repository would serve their code to everybody who requires `^1`.
 * Everything else is an owner's decision.
 */
import { type PackageSource, sameSource } from './package.ts';

/** A repository whose manifest has the name, and that could have it if no other repository did. */
export interface Claimant {
  readonly source: PackageSource;
  readonly fork: boolean;
  /** When the forge says that it was created, ISO 8601; an unknown time sorts last. */
  readonly createdAt: string | undefined;
  /** Milliseconds since the epoch. */
  readonly synchronizationCreatedAt: number;
}

/**
 * Compares claimants: negative when the first comes before the second. Repositories that are not forks come first, then the older
 * repository, then that of the older synchronization, then the lower id as text. Never 0 for two different repositories.
 */
export function compareClaimants(one: Claimant, other: Claimant): number {
  return (
    Number(one.fork) - Number(other.fork) ||
    compare(timeOf(one.createdAt), timeOf(other.createdAt)) ||
    compare(one.synchronizationCreatedAt, other.synchronizationCreatedAt) ||
    compare(one.source.repository, other.source.repository) ||
    compare(one.source.synchronization, other.source.synchronization) ||
    compare(one.source.directory, other.source.directory)
  );
}

function timeOf(text: string | undefined): number {
  const time = Date.parse(text ?? '');
  return Number.isNaN(time) ? Number.POSITIVE_INFINITY : time;
}

function compare<Value extends string | number>(one: Value, other: Value): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

/**
 * The state of the repository that has the name. `unreadable`: deselected, moved or otherwise out of sight, or the package was
 * deleted after 90 days of that. `deleted-here`: an owner deleted the package.
 */
export type HolderStanding = 'readable' | 'unreadable' | 'deleted-on-forge' | 'deleted-here';

export interface NameHolder {
  readonly source: PackageSource;
  readonly standing: HolderStanding;
  /** Undefined if it is not readable. */
  readonly claimant: Claimant | undefined;
  /** Whether it belongs to an import that has not ended. */
  readonly isImport: boolean;
  /** Whether an owner gave it the name. */
  readonly isGiven: boolean;
}

/**
 * Why a claimant waits. `taken`: another repository has the name. `unreadable`: the holder cannot be read, and may come back.
 * `contested`: the holder was deleted, and there is or was more than one claimant. `deleted-here`: an owner deleted the package.
 */
export type NameObstacle = 'taken' | 'unreadable' | 'contested' | 'deleted-here';

export type NameDecision =
  | { readonly takes: true }
  | { readonly takes: false; readonly obstacle: NameObstacle };

/**
 * Decides whether a claimant gets the name without an owner.
 *
 * @param isImport whether the claimant belongs to an import that has not ended
 * @param holder undefined when nobody ever had the name
 * @param rivals other claimants that can be read
 * @param wasContested the name was left to an owner before because several claimed it; it stays so even if one of them is gone
 *   since
 */
export function decideName({
  claimant,
  isImport,
  holder,
  rivals,
  wasContested,
}: {
  readonly claimant: Claimant;
  readonly isImport: boolean;
  readonly holder: NameHolder | undefined;
  readonly rivals: readonly PackageSource[];
  readonly wasContested: boolean;
}): NameDecision {
  if (holder === undefined) {
    return { takes: true };
  }
  switch (holder.standing) {
    case 'deleted-here':
      return { takes: false, obstacle: 'deleted-here' };
    case 'deleted-on-forge': {
      const isSole = rivals.every((rival) => sameSource(rival, claimant.source));
      return isSole && !wasContested ? { takes: true } : { takes: false, obstacle: 'contested' };
    }
    case 'unreadable':
      return { takes: false, obstacle: 'unreadable' };
    case 'readable': {
      const isReplaced =
        isImport &&
        holder.isImport &&
        !holder.isGiven &&
        holder.claimant !== undefined &&
        compareClaimants(claimant, holder.claimant) < 0;
      return isReplaced ? { takes: true } : { takes: false, obstacle: 'taken' };
    }
  }
}
