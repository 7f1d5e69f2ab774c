/** The differences that are meant: each by a rule that is written down somewhere, none by the name of a package. */
import { leavingOut, usualBranchesLeftOut } from '../../shared/domain/branch-filter.ts';
import type { ComposerAnswer, DriverName } from './composer-side.ts';
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

export interface Context extends Pick<ComposerAnswer, 'broken' | 'linked'> {
  readonly judge: Judge;
  /** All pairs of the repository. */
  readonly pairs: readonly Pair[];
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

const linkKeys = ['require', 'require-dev', 'conflict', 'provide', 'replace'];

export const exceptions: readonly NamedException[] = [
  {
    name: 'the branch that the driver for GitHub leaves out',
    rule: 'composer/composer src/Composer/Repository/Vcs/GitHubDriver.php@2.10.2 (getBranches)',
    isAlone: ({ outcome, theirs }, { judge }) =>
      outcome === 'only theirs' && judge.driver === 'git' && theirs?.values.version === 'dev-gh-pages',
  },
  {
    name: 'a branch of a bot, which a new organization leaves out',
    rule: 'https://docs.renovatebot.com/configuration-options/#branchprefix and others; here shared/domain/branch-filter.ts (usualBranchesLeftOut)',
    isAlone: ({ outcome, theirs }) =>
      outcome === 'only theirs' &&
      theirs?.values.version.startsWith('dev-') === true &&
      leavingOut(usualBranchesLeftOut, theirs.values.version.slice('dev-'.length)) !== undefined,
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
    rule: 'composer/composer src/Composer/Package/Loader/ValidatingArrayLoader.php@2.10.2 (load: unset)',
    explains: (key, { ours, theirs }) =>
      theirs !== undefined &&
      theirs.judgement.values !== null &&
      isSame(valueAt(ours, key), valueAt(theirs.judgement.values, key)),
  },
  {
    name: 'a name in capitals, which is served in lower case',
    rule: 'composer/composer src/Composer/Repository/ComposerRepository.php@2.10.2 (loadAsyncPackages: the key of a p2 file is the lower-case name)',
    explains: (key, { ours, theirs }) => key === 'name' && ours?.name === theirs?.values.name.toLowerCase(),
  },
  {
    name: 'a link whose name is a number, which no client can read in a p2 file',
    rule: 'composer/composer src/Composer/Package/Loader/ArrayLoader.php@2.10.2 (configureCachedLinks: strtolower of an integer is a \\TypeError)',
    explains: (key, { ours, theirs }) =>
      linkKeys.includes(key) &&
      isSame(
        valueAt(ours, key) ?? {},
        Object.fromEntries(
          Object.entries(fieldsOf(valueAt(theirs?.values, key))).filter(([name]) => !/^-?\d+$/.test(name)),
        ),
      ),
  },
  {
    name: 'code of its own that not every client can fetch, and without credentials',
    rule: 'composer/composer src/Composer/Downloader/PathDownloader.php@2.10.2 (download: a path on the machine of the client)',
    isAlone: ({ outcome, theirs }) =>
      outcome === 'only theirs' &&
      theirs !== undefined &&
      (['dist', 'source'] as const).some(
        (key) => theirs.own.includes(key) && !isEverywhere(key, theirs.values.metadata[key]),
      ),
  },
  {
    name: 'the reference of a dist of its own, which libraries before 2.8.5 leave out',
    rule: 'https://github.com/composer/composer/issues/12237; composer/composer src/Composer/Repository/VcsRepository.php@2.10.2 (preProcess)',
    explains: (key, { ours, theirs }, { judge }) =>
      key === 'dist' &&
      judge.composer.startsWith('2.5.') &&
      theirs?.own.includes('dist') === true &&
      isSame(valueAt(ours, key), { ...fieldsOf(valueAt(theirs.values, key)), reference: ours?.reference }),
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
    name: 'the page of the repository for a homepage that the validating loader drops',
    rule: 'composer/composer src/Composer/Package/Loader/ValidatingArrayLoader.php@2.10.2 (load: validateUrl); src/Composer/Repository/Vcs/GitBitbucketDriver.php (getComposerInformation)',
    explains: (key, { ours, theirs }, { judge }) =>
      key === 'homepage' &&
      judge.driver === 'bitbucket' &&
      theirs !== undefined &&
      theirs.judgement.values !== null &&
      valueAt(theirs.judgement.values, key) === undefined &&
      String(valueAt(ours, key)).startsWith('https://bitbucket.org/'),
  },
  {
    name: 'the first of two tags for one version, by name here and by the order of a list there',
    rule: 'composer/composer src/Composer/Repository/VcsRepository.php@2.10.2 (initialize: findPackage); https://github.com/octokit/octokit.rb/issues/1168: the order is nowhere promised; https://docs.gitlab.com/api/tags/: the newest first',
    explains: (key, { ours, theirs }, { judge }) =>
      judge.driver !== 'git' &&
      ours !== undefined &&
      theirs !== undefined &&
      !isBranch(ours) &&
      ours.version < theirs.values.version &&
      (ours.reference !== theirs.values.reference || ['version', 'support.source'].includes(key)),
  },
  {
    name: "a tag's own files, not those of another tag at its commit",
    rule: 'composer/composer src/Composer/Repository/Vcs/GitHubDriver.php@2.10.2 (getComposerInformation: array_search); here a tag that comes later changes no version',
    explains: (key, { ours, theirs }) =>
      key === 'support.source' &&
      ours !== undefined &&
      theirs !== undefined &&
      !isBranch(ours) &&
      isTreeOf(theirs.tags, valueAt(ours, key)) &&
      isTreeOf(theirs.tags, valueAt(theirs.values, key)),
  },
  {
    name: 'a ref at which PHP ends Composer',
    rule: 'composer/composer src/Composer/Repository/VcsRepository.php@2.10.2 (initialize catches \\Exception, and a \\TypeError is none)',
    isAlone: ({ outcome, ours }, { broken }) =>
      outcome === 'only ours' && broken.some(({ reference }) => reference === ours?.reference),
  },
  {
    name: 'a manifest that is a symbolic link, which is followed on GitHub and Bitbucket, and in git is not',
    rule: 'https://docs.github.com/en/rest/repos/contents#get-repository-content; composer/composer src/Composer/Repository/Vcs/GitDriver.php@2.10.2 (getFileContent: git show); GitBitbucketDriver.php (getFileContent: the text of the link)',
    isAlone: ({ outcome, ours }, { judge, linked }) =>
      outcome === 'only ours' &&
      ['git', 'bitbucket'].includes(judge.driver) &&
      linked.some((commit) => commit === ours?.reference),
  },
  {
    name: 'a branch that begins with a dash, which the git driver leaves out',
    rule: 'composer/composer src/Composer/Repository/Vcs/GitDriver.php@2.10.2 (getBranches)',
    isAlone: ({ outcome, ours }, { judge }) =>
      outcome === 'only ours' && judge.driver === 'git' && ours?.version.startsWith('dev--') === true,
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

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

/** Of a kind that any client fetches over https, or by ssh with a key of its own. */
function isEverywhere(key: 'dist' | 'source', place: unknown): boolean {
  const { type, url, reference: _reference, shasum: _shasum, ...more } = fieldsOf(place);
  const types = key === 'dist' ? ['zip', 'tar', 'gzip', 'xz', 'rar', 'phar'] : ['git', 'hg', 'svn'];
  const ways =
    key === 'dist'
      ? /^https:\/\/[^@/]+\//
      : /^(?:https:\/\/[^@/]+\/|(?:\w+\+)?ssh:\/\/[^:@/]*@?[^@/]+\/|[^:@/]+@[^@/:]+:)/;
  return (
    types.includes(String(type).toLowerCase()) && ways.test(String(url)) && Object.keys(more).length === 0
  );
}

function isTreeOf(tags: readonly string[], address: unknown): boolean {
  return tags.some((tag) =>
    [`/tree/${tag}`, `/?at=${tag}`].some((end) => typeof address === 'string' && address.endsWith(end)),
  );
}

function isSame(one: unknown, other: unknown): boolean {
  return canonical(one) === canonical(other);
}

function isSameBranch(ours: string | undefined, theirs: string | undefined): boolean {
  return theirs?.startsWith('dev-') === true && theirs.includes('#') && theirs.replaceAll('#', '+') === ours;
}
