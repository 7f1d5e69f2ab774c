/** Limits the size of stored manifests, for the table's items and the functions that write metadata. Pure. */
import { compareVersions } from '../composer/version-compare.ts';
import type { ComposerVersion } from '../composer/versions.ts';
import type { LeftOutRef } from './owner-lines.ts';

/**
 * Maximal bytes of the published part of one manifest: an item of the table is limited to 400 KB, and a version's has other attributes too.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
 */
export const versionBytesMax = 300_000;

/** Maximal bytes of all manifests of a package: publish-package has them all in memory, in 350 of its 512 MB, and so does every client. */
export const packageBytesMax = 20_000_000;

/**
 * The versions that fit, and a line for each other one. Stored versions take precedence over new ones, branches over tags, and newer tags
 * over older ones: a limit removes no version that may be in a lock file.
 *
 * @param stored normalized versions that the package has
 */
export function withinSizes<Version extends ComposerVersion>(
  found: readonly Version[],
  stored: ReadonlySet<string>,
): { readonly versions: readonly Version[]; readonly leftOut: readonly LeftOutRef[] } {
  const leftOut = new Map<ComposerVersion, string>();
  let bytes = 0;
  for (const version of found.toSorted((one, other) => byPriority(one, other, stored))) {
    const size = Buffer.byteLength(JSON.stringify(version.manifest));
    if (size > versionBytesMax) {
      leftOut.set(
        version,
        `the published part of composer.json has ${kilobytes(size)}; the limit is ${kilobytes(versionBytesMax)}.`,
      );
    } else if (bytes + size > packageBytesMax) {
      leftOut.set(
        version,
        `the package is full: the published parts of composer.json of all its versions may have ${kilobytes(packageBytesMax)} together. Delete branches and tags that nobody needs, or make composer.json smaller.`,
      );
    } else {
      bytes += size;
    }
  }
  return {
    versions: found.filter((version) => !leftOut.has(version)),
    leftOut: [...leftOut].map(([{ ref }, reason]) => ({ ref: `${ref.kind} ${ref.name}`, reason })),
  };
}

function byPriority(one: ComposerVersion, other: ComposerVersion, stored: ReadonlySet<string>): number {
  return (
    Number(stored.has(other.versionNormalized)) - Number(stored.has(one.versionNormalized)) ||
    Number(other.isDev) - Number(one.isDev) ||
    compareVersions(other.versionNormalized, one.versionNormalized)
  );
}

const kilobytes = (bytes: number): string => `${Math.ceil(bytes / 1000).toLocaleString('en')} KB`;
