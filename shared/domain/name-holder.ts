/**
 * Who has a package's name: one of the repositories that claim it, by a fixed order and not by which of them was scanned first. Once an
 * import has ended a name passes by itself only from a repository that was deleted on the forge, and only to a sole claimant: otherwise
 * whoever waits for a name with an older repository would get what everybody's `^1` stands for. Everything else is an owner's to decide.
 */
import { type PackageSource, sameSource } from './package.ts';

/** A repository whose manifest says the name, and that could have it but for who has it. */
export interface Claimant {
  readonly source: PackageSource;
  readonly fork: boolean;
  /** When the forge says that it was made, ISO 8601; one of which that is not known comes last. */
  readonly createdAt: string | undefined;
  /** Milliseconds since the epoch. */
  readonly synchronizationCreatedAt: number;
}

/**
 * Negative when the first comes before the second. No fork before what is none, then the older repository, then that of the older
 * synchronization, then the lower id as text. Of two different repositories never 0.
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
 * What has become of the repository that has the name. `unreadable`: deselected, moved or out of sight otherwise, or the package is gone after
 * 90 days of that. `deleted-here`: an owner deleted the package.
 */
export type HolderStanding = 'readable' | 'unreadable' | 'deleted-on-forge' | 'deleted-here';

export interface NameHolder {
  readonly source: PackageSource;
  readonly standing: HolderStanding;
  /** Undefined when it is not readable. */
  readonly claimant: Claimant | undefined;
  /** It is one of the repositories of an import that has not ended. */
  readonly isImport: boolean;
  /** An owner gave it the name. */
  readonly isGiven: boolean;
}

/**
 * Why a claimant waits. `taken`: somebody has the name. `unreadable`: whoever has it cannot be read, and may come back. `contested`: its repository
 * was deleted, and more than one claims it, or did. `deleted-here`: an owner deleted the package.
 */
export type NameObstacle = 'taken' | 'unreadable' | 'contested' | 'deleted-here';

export type NameDecision =
  | { readonly takes: true }
  | { readonly takes: false; readonly obstacle: NameObstacle };

/**
 * Decides whether a claimant takes the name by itself.
 *
 * @param isImport the claimant is one of the repositories of an import that has not ended
 * @param holder undefined when nobody ever had the name
 * @param rivals other claimants that can be read
 * @param wasContested the name was left to an owner before because several claimed it: that one of them is gone since gives it to nobody
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
