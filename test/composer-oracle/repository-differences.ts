/** Where this project's versions of a repository differ from Composer's `VcsRepository`: on purpose, or by the older library. */

import { compareBytes } from '../../shared/composer/php-text.ts';
import type { ScannedRef, ScannedRepository } from '../../shared/composer/scanned-repository.ts';
import { hasNewCalver } from './known-differences.ts';
import { isCurrentLibrary } from './php-library.ts';

/** What of a version is compared. */
export interface FoundVersion {
  readonly name: string;
  readonly version: string;
  readonly versionNormalized: string;
}

/** Composer up to 2.7.7 keeps the # of a branch's name, which then nobody can require. */
export function withoutNumberSigns<Version extends FoundVersion>(versions: readonly Version[]): Version[] {
  if (isCurrentLibrary) return [...versions];
  return versions.map((one) => {
    if (!one.version.startsWith('dev-')) return one;
    const { version, versionNormalized } = one;
    return {
      ...one,
      version: version.replaceAll('#', '+'),
      versionNormalized: versionNormalized.replaceAll('#', '+'),
    };
  });
}

/** The older library knows no date for a major number, see `isNewCalver`. */
export function hasDatedName({ tags, branches }: ScannedRepository): boolean {
  return [...tags, ...branches].some(({ name }) => hasNewCalver(name.replaceAll('release-', '')));
}

/** Composer takes refs as they come; this project by the bytes of their names. */
export function inOrder(input: ScannedRepository): ScannedRepository {
  const sorted = (refs: readonly ScannedRef[]) => refs.toSorted((a, b) => compareBytes(a.name, b.name));
  return { ...input, tags: sorted(input.tags), branches: sorted(input.branches) };
}

/** Of versions that are equal but for capitals Packagist keeps the first, and so does this project. */
export function firstOfEquals<Version extends FoundVersion>(versions: readonly Version[]): Version[] {
  const seen = new Set<string>();
  return versions.filter(({ versionNormalized }) => {
    const key = versionNormalized.toLowerCase();
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/**
 * Without a name on its default branch, Composer makes as many packages of a repository as its manifests have names. Here a
 * repository has one package, so of Composer's versions only those of this name count, and none if nothing but branches name one.
 */
export function ofOnePackage<Version extends FoundVersion>(
  versions: readonly Version[],
  packageName: string | undefined,
): Version[] {
  return versions.filter(({ name }) => name === packageName);
}
