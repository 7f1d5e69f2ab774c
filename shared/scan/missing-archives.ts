/** Which archives of a package are stored before anybody asks for them. Pure. */
import { z } from 'zod';
import { parseStability } from '../composer/version.ts';
import { compareVersions } from '../composer/version-compare.ts';
import { parseJson } from '../domain/parse-json.ts';
import type { StoredDist, StoredVersion } from '../store/package-store.ts';

/** After how long a commit is tried again whose archive could not be stored; milliseconds. Less than a day, so that each day's look tries it. */
const againAfterMs = 20 * 3600_000;

export interface MissingArchives {
  /** Archives of stable versions that are ours to build; those of two tags at one commit are one. */
  readonly wanted: number;
  readonly stored: number;
  /** Tried lately, without success. */
  readonly unavailable: number;
  /** Commits of the others, those of the highest versions first: what `composer update` installs. */
  readonly missing: readonly string[];
}

/** Those of published tags whose versions are stable. Branches move on, and who tries a beta waits once. @param now milliseconds since the epoch */
export function missingArchives(
  versions: readonly StoredVersion[],
  dists: readonly StoredDist[],
  now: number,
): MissingArchives {
  const recorded = new Map(dists.map((dist) => [dist.commit, dist]));
  const commits = versions
    .filter(isWanted)
    .toSorted((one, other) => compareVersions(other.versionNormalized, one.versionNormalized))
    .map(({ commit }) => commit);
  const wanted = [...new Set(commits)].flatMap((commit) => recorded.get(commit) ?? []);
  const stored = wanted.filter(({ shasum }) => shasum !== undefined);
  const others = wanted.filter(({ shasum }) => shasum === undefined);
  const missing = others.filter(
    ({ tooLargeAt = 0, unavailableAt = 0 }) => Math.max(tooLargeAt, unavailableAt) <= now - againAfterMs,
  );
  return {
    wanted: wanted.length,
    stored: stored.length,
    unavailable: others.length - missing.length,
    missing: missing.map(({ commit }) => commit),
  };
}

const isWanted = ({ refKind, state, versionNormalized, manifest }: StoredVersion): boolean =>
  refKind === 'tag' &&
  state === 'published' &&
  parseStability(versionNormalized) === 'stable' &&
  isOwnArchive(manifest);

const ownManifest = z.object({ dist: z.undefined().optional() });

/** Whether we build the archive of a version: its manifest has no `dist` of its own. */
export const isOwnArchive = (manifest: string): boolean => ownManifest.safeParse(parseJson(manifest)).success;
