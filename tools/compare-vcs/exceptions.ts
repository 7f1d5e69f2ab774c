/** The differences that are meant: each by a rule that is written down somewhere, none by the name of a package. */
import type { BrokenRef, DriverName } from './composer-side.ts';
import type { Pair } from './join.ts';
import { canonical, valueAt } from './rows.ts';

/** Who judges. */
export interface Judge {
  readonly driver: DriverName;
  /** Version of the library. */
  readonly composer: string;
  /** Its version parser takes `20240102.1.0`. */
  readonly takesDatesAsMajors: boolean;
}

export interface Context {
  readonly judge: Judge;
  /** All pairs of the repository. */
  readonly pairs: readonly Pair[];
  readonly broken: readonly BrokenRef[];
}

export interface NamedException {
  readonly name: string;
  /** Where the rule is written. */
  readonly rule: string;
  /** Whether a row that only one side has is meant to be missing on the other. */
  readonly isAlone?: (pair: Pair, context: Context) => boolean;
  /** Whether two rows are meant to differ in a key. */
  readonly explains?: (key: string, pair: Pair, context: Context) => boolean;
}

/** More than this part of the rows that one side alone has, and the exceptions are no exceptions. */
export const exceptedPartMax = 0.02;

const dateAsMajor =
  /^v?\d{4}(?:[.:-]?\d{2}){1,6}(?:[.:-]?\d{1,3}){2}[._-]?(?:(?:stable|beta|b|RC|alpha|a|patch|pl|p)(?:[.-]?\d+)*)?$/i;

export const exceptions: readonly NamedException[] = [
  {
    name: 'the branch that the driver for GitHub leaves out',
    rule: 'composer/composer src/Composer/Repository/Vcs/GitHubDriver.php@2.10.2 (getBranches)',
    isAlone: ({ outcome, theirs }) => outcome === 'only theirs' && theirs?.values.version === 'dev-gh-pages',
  },
  {
    name: 'another branch of the same version',
    rule: 'composer/packagist src/Package/Updater.php@31ecf359 (update: $processedVersions)',
    isAlone: ({ outcome, isRepeated, theirs }) =>
      outcome === 'only theirs' && isRepeated && theirs !== undefined && isBranch(theirs.values),
  },
  {
    name: 'a version that the validating loader refuses',
    rule: 'composer/composer src/Composer/Package/Loader/ValidatingArrayLoader.php@2.10.2 (load: errors)',
    isAlone: ({ outcome, theirs }) =>
      outcome === 'only theirs' && theirs !== undefined && theirs.judgement.errors.length > 0,
  },
  {
    name: 'a key that the validating loader drops',
    rule: 'composer/composer src/Composer/Package/Loader/ValidatingArrayLoader.php@2.10.2 (load: unset on warnings)',
    explains: (key, { ours, theirs }) =>
      theirs !== undefined &&
      theirs.judgement.warnings.length > 0 &&
      theirs.judgement.values !== null &&
      isSame(valueAt(ours, key), valueAt(theirs.judgement.values, key)),
  },
  {
    name: 'funding that GitHub keeps in a file of its own',
    rule: 'composer/composer src/Composer/Repository/Vcs/GitHubDriver.php@2.10.2 (getFundingInfo); a private registry asks nobody for money',
    explains: (key, { ours, theirs }, { judge }) =>
      key === 'funding' &&
      judge.driver === 'github' &&
      theirs !== undefined &&
      !theirs.own.includes('funding') &&
      valueAt(ours, key) === undefined,
  },
  {
    name: 'the first of two tags for one version, by name here and by the order of a list there',
    rule: 'composer/composer src/Composer/Repository/VcsRepository.php@2.10.2 (initialize: findPackage); https://github.com/octokit/octokit.rb/issues/1168: the order is nowhere promised',
    explains: (key, { ours, theirs }, { judge }) =>
      judge.driver === 'github' &&
      ours !== undefined &&
      theirs !== undefined &&
      !isBranch(ours) &&
      ours.version < theirs.values.version &&
      (ours.reference !== theirs.values.reference || ['version', 'support.source'].includes(key)),
  },
  {
    name: 'a ref at which PHP ends Composer',
    rule: 'composer/composer src/Composer/Repository/VcsRepository.php@2.10.2 (initialize catches \\Exception, and a \\TypeError is none)',
    isAlone: ({ outcome, ours }, { broken }) =>
      outcome === 'only ours' && broken.some(({ reference }) => reference === ours?.reference),
  },
  {
    name: 'a date for a major version, which libraries before semver 3.4.0 refuse',
    rule: 'https://github.com/composer/semver/pull/149; composer/semver src/VersionParser.php@3.4.4 (normalize)',
    isAlone: ({ outcome, ours }, { judge }) =>
      outcome === 'only ours' && !judge.takesDatesAsMajors && dateAsMajor.test(ours?.version ?? ''),
  },
  {
    name: 'a branch with a #, which libraries before 2.7.8 keep',
    rule: 'https://github.com/composer/composer/issues/12042; composer/composer src/Composer/Repository/VcsRepository.php@2.10.2',
    isAlone: ({ outcome, ours, theirs }, { pairs }) =>
      (outcome === 'only theirs' &&
        pairs.some((other) => isSameBranch(other.ours?.version, theirs?.values.version))) ||
      (outcome === 'only ours' &&
        pairs.some((other) => isSameBranch(ours?.version, other.theirs?.values.version))),
  },
];

/**
 * The exceptions that a difference is meant by: for rows that differ at least one for each key.
 *
 * @returns none for equal rows, and for differences that nobody meant
 */
export function exceptionsOf(pair: Pair, context: Context): NamedException[] {
  if (pair.outcome === 'equal') return [];
  if (pair.outcome !== 'different') {
    return exceptions.filter(({ isAlone }) => isAlone?.(pair, context)).slice(0, 1);
  }
  const found = pair.differences.map((key) =>
    exceptions.find(({ explains }) => explains?.(key, pair, context)),
  );
  const all = found.filter((one) => one !== undefined);
  return all.length === found.length ? [...new Set(all)] : [];
}

function isBranch({ versionNormalized }: { versionNormalized: string }): boolean {
  return versionNormalized.startsWith('dev-') || versionNormalized.endsWith('-dev');
}

function isSame(one: unknown, other: unknown): boolean {
  return canonical(one) === canonical(other);
}

function isSameBranch(ours: string | undefined, theirs: string | undefined): boolean {
  return theirs?.startsWith('dev-') === true && theirs.includes('#') && theirs.replaceAll('#', '+') === ours;
}
