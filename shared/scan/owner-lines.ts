/** What a scan reports to owners: refs that give no version, and notices about those that do. Pure. */
import type { ComposerVersion } from '../composer/versions.ts';
import type { VersionState } from './plan-versions.ts';

/** What notices need of a version that a scan found. */
export type NoticedVersion = Pick<
  ComposerVersion,
  'version' | 'versionNormalized' | 'commit' | 'isDefaultBranch' | 'leftOut'
>;

/** A notice for owners about an existing version. */
export interface Notice {
  readonly version: string;
  readonly notice: string;
}

/** A ref that gives no version. */
export interface LeftOutRef {
  readonly ref: string;
  readonly reason: string;
}

/** How many lines are kept. */
const linesMax = 200;
/** An item is limited to 400 KB, and a scan's has two such lists and other attributes. */
const bytesMax = 150_000;

/**
 * Notices about a package's versions: moved tags and pending versions first, then what is left out of manifests. The same mistake in many
 * versions is one notice.
 *
 * @param found the versions that the scan found; for a moved tag they differ from the stored one
 */
export function noticesOf(stored: readonly VersionState[], found: readonly NoticedVersion[]): Notice[] {
  const notices = [...stored.flatMap(noticesOfVersion), ...leftOutNotices(stored, found)];
  return bounded(notices, (count) => ({
    version: `${count} more`,
    notice: 'not listed',
  }));
}

/** A version whose tag moved, and of which no owner has accepted that. */
export interface MovedTag {
  readonly version: string;
  readonly tag: string;
}

/** As many as a list of them shows. */
const movedMax = 20;

export const movedTagsOf = (stored: readonly VersionState[]): readonly MovedTag[] =>
  stored
    .filter(({ movedTo, acceptedMove }) => movedTo !== undefined && movedTo !== acceptedMove)
    .slice(0, movedMax)
    .map(({ version, refName }) => ({ version, tag: refName }));

function noticesOfVersion(stored: VersionState): Notice[] {
  const { version, state, reason, commit, movedTo, acceptedMove, refName } = stored;
  const until =
    movedTo !== undefined && movedTo === acceptedMove
      ? ` until the archive of the other is stored${reason === undefined ? '' : `: ${reason}`}`
      : '';
  return [
    ...(state === 'pending'
      ? [{ version, notice: `not published yet: ${reason ?? 'its archive is not stored'}` }]
      : []),
    ...(movedTo === undefined
      ? []
      : [
          {
            version,
            notice: `the tag ${refName} moved from ${commit} to ${movedTo}; the first commit stays${until}`,
          },
        ]),
  ];
}

function leftOutNotices(stored: readonly VersionState[], found: readonly NoticedVersion[]): Notice[] {
  const commits = new Map(stored.map(({ versionNormalized, commit }) => [versionNormalized, commit]));
  const versionsOf = new Map<string, string[]>();
  // The default branch first, since its manifest is the one to fix.
  for (const one of found.toSorted((a, b) => Number(b.isDefaultBranch) - Number(a.isDefaultBranch))) {
    if (commits.get(one.versionNormalized) !== one.commit) continue;
    for (const text of one.leftOut) versionsOf.set(text, [...(versionsOf.get(text) ?? []), one.version]);
  }
  return [...versionsOf].map(([text, [version = '', ...others]]) => ({
    version,
    notice: text + alsoIn(others),
  }));
}

function alsoIn(versions: readonly string[]): string {
  if (versions.length === 0) return '';
  return versions.length === 1 ? `; also in ${versions[0]}` : `; also in ${versions.length} other versions`;
}

/** As many lines as fit into an item, then one that says how many are missing. */
function bounded<Line>(lines: readonly Line[], more: (count: number) => Line): Line[] {
  const kept: Line[] = [];
  let bytes = 0;
  for (const line of lines) {
    bytes += Buffer.byteLength(JSON.stringify(line));
    if (kept.length === linesMax || bytes > bytesMax) return [...kept, more(lines.length - kept.length)];
    kept.push(line);
  }
  return kept;
}
