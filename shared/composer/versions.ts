/**
 * Finds the package in a repository and its versions, as composer/composer `src/Composer/Repository/VcsRepository.php` at tag 2.10.2 and
 * composer/packagist `src/Package/Updater.php` at 31ecf359 do.
 *
 * Composer's result depends on the order in which a forge lists its refs. Here refs are sorted by the bytes of their names, as git lists
 * them, with the default branch before other branches. Of two refs for one version the first wins, on any forge.
 */

import { judgeManifest, parseManifest } from './manifest.ts';
import { outsideCode } from './outside-code.ts';
import { listed, shortened } from './owner-message.ts';
import { MANIFEST_NESTING_MAX } from './package-metadata.ts';
import { isValidPackageName } from './package-name.ts';
import { asciiLower, compareBytes } from './php-text.ts';
import { isPhpArray, isSet, type JsonObject, nestingOf, phpType } from './php-value.ts';
import { MANIFEST_KEYS } from './published-keys.ts';
import { formatReleaseTime, parseReleaseTime } from './release-time.ts';
import type { RefName, ScannedRef, ScannedRepository, SkippedRef } from './scanned-repository.ts';
import { parseStability } from './version.ts';
import { branchCandidate, tagCandidate, type VersionCandidate } from './version-candidate.ts';
import { compareVersions } from './version-compare.ts';

export type { RefName, ScannedRepository, SkippedRef } from './scanned-repository.ts';

export interface ComposerVersion {
  /** The pretty form: `v1.2.0`, `dev-main`, `2.x-dev`. */
  readonly version: string;
  readonly versionNormalized: string;
  readonly isDev: boolean;
  readonly ref: RefName;
  readonly commit: string;
  /** RFC 3339 in UTC: the manifest's own time if it is readable, else the commit's. */
  readonly time: string;
  readonly isDefaultBranch: boolean;
  /** The published keys of the checked manifest; its own `dist` and `source` last. */
  readonly manifest: JsonObject;
  /** Parts of the manifest that are not published, and why, as text for the package's owner. */
  readonly leftOut: readonly string[];
}

export interface RepositoryVersions {
  /** In lower case, as clients request it. */
  readonly packageName: string | undefined;
  readonly versions: ComposerVersion[];
  readonly skipped: SkippedRef[];
}

/** The package's name, and whether it applies to every manifest or only to those with the same name. */
type Naming =
  | { readonly name: string; readonly isForAll: boolean }
  | { readonly name: undefined; readonly reason: string };

/**
 * Finds the package in a repository and its versions.
 *
 * The default branch's manifest names the package for every version, whatever older manifests say. If it has no name (no manifest, an
 * invalid one, or no name in it), the existing package keeps its name; without one the newest tag gives the name (stable ones first), and
 * without tags the first branch. Refs whose manifests have another name are then left out: Composer would create several packages from such
 * a repository, but this registry has one package per repository. An invalid name on the default branch stops all versions, as in Composer.
 * Case in names is ignored.
 *
 * A manifest's own `source` and `dist` are kept if they can be passed on (outside-code.ts); otherwise the version is left out.
 *
 * @param options.knownName the name of the repository's existing package, if any.
 */
export function versionsOf(
  repository: ScannedRepository,
  options: { readonly knownName?: string | undefined } = {},
): RepositoryVersions {
  const attempts = [...tagsInOrder(repository), ...branchesInOrder(repository)];
  const candidates = attempts.filter((attempt) => isCandidate(attempt));
  const judge = (candidate: VersionCandidate, name: string) => judged(candidate, name, repository.archived);
  const naming = namingOf(repository, candidates, options.knownName, judge);

  const versions: ComposerVersion[] = [];
  const skipped: SkippedRef[] = [];
  const refOfVersion = new Map<string, string>();
  for (const attempt of attempts) {
    const outcome = isSkipped(attempt) ? attempt : outcomeOf(attempt, naming, refOfVersion, judge);
    if (isSkipped(outcome)) {
      skipped.push(outcome);
    } else {
      versions.push(outcome);
      if (isCandidate(attempt)) {
        for (const key of attempt.keys) refOfVersion.set(key, attempt.scanned.name);
      }
    }
  }
  return { packageName: naming.name, versions, skipped };
}

type Judge = (candidate: VersionCandidate, name: string) => ComposerVersion | SkippedRef;

function outcomeOf(
  candidate: VersionCandidate,
  naming: Naming,
  refOfVersion: ReadonlyMap<string, string>,
  judge: Judge,
): ComposerVersion | SkippedRef {
  const { ref, manifest } = candidate;
  if (naming.name === undefined) return { ref, reason: naming.reason, isError: candidate.isDefaultBranch };
  if (!naming.isForAll && nameIn(manifest) !== naming.name) {
    const said = isSet(manifest.name) ? `the name ${shortened(JSON.stringify(manifest.name))}` : 'no name';
    return {
      ref,
      reason: `composer.json has ${said}, but the package is ${naming.name}, and the default branch has no composer.json that names it for all versions.`,
      isError: true,
    };
  }
  const first = candidate.mustBeFree.map((key) => refOfVersion.get(key)).find((name) => name !== undefined);
  if (first !== undefined) {
    return {
      ref,
      reason: `The ${ref.kind} "${first}" stands for the same version, ${candidate.versionNormalized}, and comes first.`,
      isError: false,
    };
  }
  return judge(candidate, naming.name);
}

function judged(
  candidate: VersionCandidate,
  name: string,
  isArchived: boolean,
): ComposerVersion | SkippedRef {
  const { ref, scanned, version, versionNormalized, isDefaultBranch } = candidate;
  const { source: _source, dist: _dist, support, ...own } = candidate.manifest;
  // Composer's drivers for forges replace a `support` that is not an array by the links of the repository.
  const isNoSupport = isSet(support) && !isPhpArray(support);
  const time = hasOwnTime(own.time) ? own.time : scanned.date;
  const abandoned = own.abandoned ?? (isArchived ? true : undefined);
  const outside = outsideCode(candidate.manifest);
  if ('problem' in outside) {
    const reason = `composer.json says itself where the code is, in a way that cannot be passed on: ${outside.problem}.`;
    return { ref, reason, isError: true };
  }
  const judgement = judgeManifest({
    ...own,
    ...(isNoSupport ? {} : { support }),
    name,
    version,
    time,
    abandoned,
  });
  if (judgement.errors.length > 0) {
    return { ref, reason: `composer.json has mistakes: ${listed(judgement.errors)}.`, isError: true };
  }
  const leftOut = isNoSupport
    ? [...judgement.leftOut, { path: 'support', problem: `should be an array, ${phpType(support)} given` }]
    : judgement.leftOut;
  const manifest = publishedPart(judgement.manifest);
  if (nestingOf(manifest) > MANIFEST_NESTING_MAX) {
    const reason = `composer.json is nested deeper than ${MANIFEST_NESTING_MAX} levels: with the levels of the metadata around it no Composer could read the package.`;
    return { ref, reason, isError: true };
  }
  return {
    version,
    versionNormalized,
    isDev: parseStability(versionNormalized) === 'dev',
    ref,
    commit: scanned.commit,
    time: normalizedTime(judgement.manifest.time, scanned.date),
    isDefaultBranch,
    manifest: { ...manifest, ...outside.code },
    leftOut: leftOut.map(({ path, problem }) => shortened(`${path} is left out: ${problem}`)),
  };
}

/** Whether the manifest's time counts. The commit's time replaces an unknown form; a wrong type is an error. */
function hasOwnTime(time: unknown): boolean {
  if (!time || time === '0') return false;
  return typeof time !== 'string' || parseReleaseTime(time) !== 'unknown';
}

function normalizedTime(own: unknown, commitDate: string): string {
  const time = parseReleaseTime(typeof own === 'string' ? own : commitDate);
  return typeof time === 'number' ? formatReleaseTime(time) : commitDate;
}

function publishedPart(manifest: JsonObject): JsonObject {
  return Object.fromEntries(
    MANIFEST_KEYS.map((key) => [key, manifest[key]] as const).filter(([key, value]) =>
      key === 'abandoned' ? value === true || (typeof value === 'string' && value !== '') : isSet(value),
    ),
  );
}

function namingOf(
  { branches, defaultBranch }: ScannedRepository,
  candidates: readonly VersionCandidate[],
  knownName: string | undefined,
  judge: Judge,
): Naming {
  const parsed = parseManifest(branches.find(({ name }) => name === defaultBranch)?.manifest ?? '');
  const name = parsed.ok ? nameIn(parsed.manifest) : undefined;
  // There is a name unless PHP's empty() says otherwise.
  if (name && name !== '0') {
    if (typeof name === 'string' && isValidPackageName(name)) return { name, isForAll: true };
    return {
      name: undefined,
      reason: `composer.json of the default branch has the name ${shortened(JSON.stringify(name))}, which no package can have. A name is "vendor/package".`,
    };
  }
  const otherName = nameWithoutDefault(candidates, knownName, judge);
  if (otherName !== undefined) return { name: otherName, isForAll: false };
  const where =
    defaultBranch === undefined
      ? 'There is no default branch'
      : `The default branch "${defaultBranch}" has no composer.json with a usable name`;
  return {
    name: undefined,
    reason: `${where}, and no tag or other branch has one either: the package has no name.`,
  };
}

/** The package's name if the default branch has none: the known one, the newest tag's, or the first branch's. */
function nameWithoutDefault(
  candidates: readonly VersionCandidate[],
  knownName: string | undefined,
  judge: Judge,
): string | undefined {
  const named = (candidate: VersionCandidate): string | undefined => {
    const own = nameIn(candidate.manifest);
    const isUsable = typeof own === 'string' && isValidPackageName(own) && !isSkipped(judge(candidate, own));
    return isUsable ? own : undefined;
  };
  const isKnown = (candidate: VersionCandidate) =>
    nameIn(candidate.manifest) === knownName && named(candidate) !== undefined;
  if (knownName !== undefined && candidates.some(isKnown)) return knownName;
  const tags = candidates.filter(({ ref }) => ref.kind === 'tag').toSorted(newestFirst);
  const branches = candidates.filter(({ ref }) => ref.kind === 'branch');
  for (const candidate of [...tags, ...branches]) {
    const name = named(candidate);
    if (name !== undefined) return name;
  }
  return undefined;
}

/** The name in a manifest, in the form that clients request: Composer compares names without case. */
function nameIn({ name }: JsonObject): unknown {
  return typeof name === 'string' ? asciiLower(name) : name;
}

/** Stable versions before others, then the higher one. */
function newestFirst(a: VersionCandidate, b: VersionCandidate): number {
  const [left, right] = [a.versionNormalized, b.versionNormalized];
  const [isLeftStable, isRightStable] = [left, right].map((version) => parseStability(version) === 'stable');
  if (isLeftStable !== isRightStable) return isLeftStable ? -1 : 1;
  return compareVersions(right, left);
}

function tagsInOrder(repository: ScannedRepository): (VersionCandidate | SkippedRef)[] {
  // Of two tags for one version, the one that names the package comes first.
  return sortedByName(repository.tags)
    .toSorted((a, b) => Number(b.versionName !== undefined) - Number(a.versionName !== undefined))
    .map(tagCandidate);
}

function branchesInOrder({ branches, defaultBranch }: ScannedRepository): (VersionCandidate | SkippedRef)[] {
  return sortedByName(branches)
    .toSorted((a, b) => Number(b.name === defaultBranch) - Number(a.name === defaultBranch))
    .map((branch) => branchCandidate(branch, branch.name === defaultBranch));
}

function sortedByName(refs: readonly ScannedRef[]): ScannedRef[] {
  return refs.toSorted((a, b) => compareBytes(a.name, b.name));
}

function isCandidate(attempt: VersionCandidate | SkippedRef): attempt is VersionCandidate {
  return !isSkipped(attempt);
}

function isSkipped(attempt: VersionCandidate | ComposerVersion | SkippedRef): attempt is SkippedRef {
  return 'reason' in attempt;
}
