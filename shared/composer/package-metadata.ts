/**
 * Builds the files that Composer's clients read: `p2/<vendor>/<name>.json` with all versions whose stability is not dev,
 * `p2/<vendor>/<name>~dev.json` with the branches, and `packages.json`. The order of keys is Packagist's (composer/packagist
 * `src/Entity/Version.php` at 31ecf359). Equal input gives equal bytes.
 */

import { minify, UnminifiableError, type VersionData } from './metadata-minifier.ts';
import { compareBytes } from './php-text.ts';
import { isJsonObject, isSet, type JsonObject, NESTING_MAX, nestingOf } from './php-value.ts';
import { parseStability } from './version.ts';
import { compareVersions } from './version-compare.ts';

/** Nesting levels around a version in a file: the file, `packages`, the list under the package's name. */
const LEVELS_AROUND = 3;

/** Nesting levels of the deepest manifest whose file PHP can read. A deeper one would break the whole package for every client. */
export const MANIFEST_NESTING_MAX = NESTING_MAX - LEVELS_AROUND;

/** A version, with what the registry adds to its manifest. */
export interface PublishedVersion {
  readonly version: string;
  readonly versionNormalized: string;
  readonly time: string;
  readonly isDefaultBranch: boolean;
  /** The checked manifest. Its own `source` and `dist` are ignored in favour of those below. */
  readonly manifest: JsonObject;
  /** The archive; undefined if there is none. */
  readonly dist: PublishedDist | undefined;
  readonly source?: PublishedSource | undefined;
  /** Links for `support` that the manifest lacks. */
  readonly support?: { readonly issues?: string | undefined; readonly source?: string | undefined };
  /** Its homepage if the manifest has none. */
  readonly homepage?: string | undefined;
  /** true, or the package to use instead; overrides the manifest's own value. */
  readonly abandoned?: true | string | undefined;
}

export interface PublishedDist {
  /** Absolute: clients do not resolve it. */
  readonly url: string;
  /** The commit, or the reference of an archive from elsewhere. */
  readonly reference: string;
  /** The name of Composer's downloader; default: `zip`. */
  readonly type?: string | undefined;
  /** SHA-1 of the archive in hex; without it clients do not verify the archive. */
  readonly shasum?: string | undefined;
}

export interface PublishedSource {
  /** `git`, `hg` or `svn`. */
  readonly type: string;
  readonly url: string;
  readonly reference: string;
}

/**
 * Builds both metadata files of a package. Each is valid without versions too, and then tells clients to look nowhere else for the package.
 * Finished versions are sorted newest first; branches with the default branch first, then numeric ones from the highest, then others by
 * name, so that a push does not reorder them.
 *
 * Versions nested too deeply for clients are left out: versions are checked earlier now, but old ones were not.
 */
export function buildPackageFiles(input: {
  readonly name: string;
  readonly versions: readonly PublishedVersion[];
}): { plain: string; dev: string } {
  const isDev = ({ versionNormalized }: PublishedVersion) => parseStability(versionNormalized) === 'dev';
  const versions = input.versions.filter(({ manifest }) => nestingOf(manifest) <= MANIFEST_NESTING_MAX);
  const finished = versions.filter((version) => !isDev(version)).toSorted(newestFirst);
  const branches = versions.filter(isDev).toSorted(defaultBranchFirst);
  return { plain: packageFile(input.name, finished), dev: packageFile(input.name, branches) };
}

/** The contents of `packages.json`. */
export interface RootFileInput {
  /** With `%package%`; absolute, or relative to the host's root (`/acme/p2/%package%.json`). */
  readonly metadataUrl: string;
  /** Absolute: a relative one would be written into lock files with the user's password. */
  readonly notifyBatchUrl: string;
  readonly packageNames: readonly string[];
  /** With `%query%` and `%type%`, absolute or relative to the host's root. Composer asks it for every search but those of names alone. */
  readonly searchUrl: string;
  /** Shown to everyone who installs, instead of what users of Composer 1 are told. */
  readonly warning?: string | undefined;
  /** A constraint: only clients of these versions are warned. */
  readonly warningVersions?: string | undefined;
  readonly info?: string | undefined;
  readonly infoVersions?: string | undefined;
}

/**
 * Composer 1 reads no `metadata-url` and would say only that it finds no package. Its last version is 1.10.27.
 * https://getcomposer.org/doc/05-repositories.md#packages
 */
const composer1 = {
  warning:
    'You use Composer 1, which finds no package here: this registry serves Composer 2 alone. See https://getcomposer.org/2',
  'warning-versions': '<1.999',
};

/**
 * Builds the `packages.json` of a principal that may see these packages. Clients treat an empty list of names as no list and would request
 * every name from this registry (`ComposerRepository` of composer/composer at tag 2.10.2 tests it with `!empty()`), so without packages the
 * file has no metadata URL: an empty repository.
 */
export function buildRootFile(input: RootFileInput): string {
  const names = [...new Set(input.packageNames)].toSorted(compareBytes);
  const metadata =
    names.length === 0
      ? {}
      : {
          'metadata-url': input.metadataUrl,
          'available-packages': names,
          search: input.searchUrl,
        };
  const warning =
    input.warning === undefined
      ? composer1
      : { warning: input.warning, 'warning-versions': input.warningVersions };
  return encode({
    packages: [],
    ...metadata,
    'notify-batch': input.notifyBatchUrl,
    ...warning,
    info: input.info,
    'info-versions': input.infoVersions,
  });
}

function packageFile(name: string, versions: readonly PublishedVersion[]): string {
  const list = versions.map((version) => versionData(name, version));
  try {
    return encode({ minified: 'composer/2.0', packages: { [name]: minify(list) } });
  } catch (error) {
    if (!(error instanceof UnminifiableError)) throw error;
    return encode({ packages: { [name]: list } });
  }
}

function versionData(name: string, published: PublishedVersion): VersionData {
  const { manifest, dist, source } = published;
  const data: VersionData = {
    name,
    description: manifest.description,
    keywords: manifest.keywords,
    homepage: isSet(manifest.homepage) ? manifest.homepage : published.homepage,
    version: published.version,
    version_normalized: published.versionNormalized,
    license: manifest.license,
    authors: manifest.authors,
    source: source && { type: source.type, url: source.url, reference: source.reference },
    dist: dist && {
      type: dist.type ?? 'zip',
      url: dist.url,
      reference: dist.reference,
      shasum: dist.shasum ?? '',
    },
    type: manifest.type ?? 'library',
    support: supportOf(manifest.support, published.support),
    'php-ext': manifest['php-ext'],
    funding: manifest.funding,
    time: published.time,
    autoload: manifest.autoload,
    'autoload-dev': manifest['autoload-dev'],
    extra: manifest.extra,
    'target-dir': manifest['target-dir'],
    'include-path': manifest['include-path'],
    bin: manifest.bin,
    'default-branch': published.isDefaultBranch ? true : undefined,
    require: manifest.require,
    'require-dev': manifest['require-dev'],
    suggest: manifest.suggest,
    conflict: manifest.conflict,
    provide: manifest.provide,
    replace: manifest.replace,
    scripts: manifest.scripts,
    archive: manifest.archive,
    abandoned: published.abandoned ?? manifest.abandoned,
  };
  return Object.fromEntries(Object.entries(data).filter(([, value]) => isSet(value)));
}

/** The manifest's own links, followed by missing ones, as Composer's drivers add them. */
function supportOf(own: unknown, filled: PublishedVersion['support']): unknown {
  if (filled === undefined) return own;
  const ownLinks = isJsonObject(own) ? Object.entries(own).filter(([, value]) => isSet(value)) : [];
  const support = new Map(ownLinks);
  for (const key of ['source', 'issues'] as const) {
    if (!support.has(key) && filled[key] !== undefined) support.set(key, filled[key]);
  }
  return support.size === 0 ? undefined : Object.fromEntries(support);
}

function newestFirst(a: PublishedVersion, b: PublishedVersion): number {
  return compareVersions(b.versionNormalized, a.versionNormalized) || byName(a, b);
}

function defaultBranchFirst(a: PublishedVersion, b: PublishedVersion): number {
  const [isNamedA, isNamedB] = [a, b].map(({ versionNormalized }) => versionNormalized.startsWith('dev-'));
  return (
    Number(b.isDefaultBranch) - Number(a.isDefaultBranch) ||
    Number(isNamedA) - Number(isNamedB) ||
    (isNamedA ? byName(a, b) : newestFirst(a, b))
  );
}

function byName(a: PublishedVersion, b: PublishedVersion): number {
  return compareBytes(a.versionNormalized, b.versionNormalized) || compareBytes(a.version, b.version);
}

/** JSON without spaces, with unescaped slashes and Unicode; keys without a value are left out. */
function encode(value: JsonObject): string {
  return JSON.stringify(value);
}
