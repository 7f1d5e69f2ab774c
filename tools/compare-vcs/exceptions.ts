/** The differences that are meant: each by a rule that somebody else wrote down, none by the name of a package. */
import type { Pair } from './join.ts';
import { differences } from './rows.ts';

/** The library that judges. */
export interface Library {
  readonly composer: string;
  /** Its version parser takes `20240102.1.0`. */
  readonly takesDatesAsMajors: boolean;
}

export interface Context {
  readonly library: Library;
  /** All pairs of the repository. */
  readonly pairs: readonly Pair[];
}

export interface NamedException {
  readonly name: string;
  /** Where the rule is written. */
  readonly rule: string;
  readonly holds: (pair: Pair, context: Context) => boolean;
}

/** More than this part of the rows, and the exceptions are no exceptions. */
export const exceptedPartMax = 0.02;

const ignoredBranch =
  /^dev-(?:(?:gh-readonly-queue\/|renovate\/|dependabot\/|conductor-|merge-up\/).+|gh-pages|release-please--branches--main|gitattributes)$/;
const dateAsMajor =
  /^v?\d{4}(?:[.:-]?\d{2}){1,6}(?:[.:-]?\d{1,3}){2}[._-]?(?:(?:stable|beta|b|RC|alpha|a|patch|pl|p)(?:[.-]?\d+)*)?$/i;

export const exceptions: readonly NamedException[] = [
  {
    name: 'a branch that Packagist leaves out',
    rule: 'composer/packagist src/Package/Updater.php@31ecf359 (update: the patterns of skipped branches)',
    holds: ({ outcome, theirs }) =>
      outcome === 'only theirs' && ignoredBranch.test(theirs?.values.version ?? ''),
  },
  {
    name: 'another branch of the same version',
    rule: 'composer/packagist src/Package/Updater.php@31ecf359 (update: $processedVersions)',
    holds: ({ outcome, isRepeated, theirs }) =>
      outcome === 'only theirs' && isRepeated && theirs !== undefined && isBranch(theirs.values),
  },
  {
    name: 'a version that the validating loader refuses',
    rule: 'composer/packagist src/Service/UpdaterWorker.php@31ecf359 (ValidatingArrayLoader); for branches also composer/composer src/Composer/Repository/VcsRepository.php@2.10.2 (InvalidPackageException on warnings)',
    holds: ({ outcome, theirs }) =>
      outcome === 'only theirs' &&
      theirs !== undefined &&
      (theirs.judgement.errors.length > 0 ||
        (isBranch(theirs.values) && theirs.judgement.warnings.length > 0)),
  },
  {
    name: 'a key that the validating loader drops',
    rule: 'composer/composer src/Composer/Package/Loader/ValidatingArrayLoader.php@2.10.2 (load: unset on warnings)',
    holds: ({ outcome, ours, theirs }) =>
      outcome === 'different' &&
      ours !== undefined &&
      (theirs?.judgement.warnings.length ?? 0) > 0 &&
      theirs?.judgement.values != null &&
      differences(ours, theirs.judgement.values).length === 0,
  },
  {
    name: 'a date for a major version, which libraries before semver 3.4.0 refuse',
    rule: 'https://github.com/composer/semver/pull/149; composer/semver src/VersionParser.php@3.4.4 (normalize)',
    holds: ({ outcome, ours }, { library }) =>
      outcome === 'only ours' && !library.takesDatesAsMajors && dateAsMajor.test(ours?.version ?? ''),
  },
  {
    name: 'a branch with a #, which libraries before 2.7.8 keep',
    rule: 'https://github.com/composer/composer/issues/12042; composer/composer src/Composer/Repository/VcsRepository.php@2.10.2',
    holds: ({ outcome, ours, theirs }, { pairs }) =>
      (outcome === 'only theirs' &&
        pairs.some((other) => isSameBranch(other.ours?.version, theirs?.values.version))) ||
      (outcome === 'only ours' &&
        pairs.some((other) => isSameBranch(ours?.version, other.theirs?.values.version))),
  },
];

/** The first exception that holds; undefined for equal rows and for differences that nobody meant. */
export function exceptionOf(pair: Pair, context: Context): NamedException | undefined {
  return pair.outcome === 'equal' ? undefined : exceptions.find(({ holds }) => holds(pair, context));
}

function isBranch({ versionNormalized }: { versionNormalized: string }): boolean {
  return versionNormalized.startsWith('dev-') || versionNormalized.endsWith('-dev');
}

function isSameBranch(ours: string | undefined, theirs: string | undefined): boolean {
  return theirs?.startsWith('dev-') === true && theirs.includes('#') && theirs.replaceAll('#', '+') === ours;
}
