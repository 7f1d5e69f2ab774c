/**
 * Finds packages by words, as `composer search` asks a repository that has `search` in its root file to do: Composer shows each result
 * and filters none of them (`ComposerRepository::search` of composer/composer at tag 2.10.2). Pure.
 */
import type { PublishedVersion } from './package-metadata.ts';
import { compareBytes } from './php-text.ts';
import { parseStability } from './version.ts';
import { compareVersions } from './version-compare.ts';

/** What a search looks at and shows of a package, besides its name. */
export interface PackageSummary {
  readonly description: string;
  readonly keywords: readonly string[];
  /** As in the manifest, in lower case. */
  readonly type: string;
  /** true, or the package to use instead; false if it is not abandoned. */
  readonly abandoned: boolean | string;
}

export interface SearchedPackage extends PackageSummary {
  readonly name: string;
  /** How often it was installed. */
  readonly downloads: number;
}

/** Lengths that a summary is cut to: one of every package of an organization is read for a search. */
const DESCRIPTION_MAX = 300;
const KEYWORDS_MAX = 20;
const KEYWORD_MAX = 50;

/**
 * The summary of a package with these versions: as its default branch says, else its newest finished version, else any. Packagist shows the
 * default branch's too (`Updater` of composer/packagist at 31ecf359). Undefined without versions.
 */
export function packageSummary(versions: readonly PublishedVersion[]): PackageSummary | undefined {
  const finished = versions
    .filter(({ versionNormalized }) => parseStability(versionNormalized) !== 'dev')
    .toSorted((one, other) => compareVersions(other.versionNormalized, one.versionNormalized));
  const shown = versions.find(({ isDefaultBranch }) => isDefaultBranch) ?? finished[0] ?? versions[0];
  if (shown === undefined) return undefined;
  const { description, keywords, type, abandoned } = shown.manifest;
  const replacement = shown.abandoned ?? abandoned;
  return {
    description: textOf(description, DESCRIPTION_MAX),
    keywords: (Array.isArray(keywords) ? keywords : [])
      .map((keyword) => textOf(keyword, KEYWORD_MAX))
      .filter((keyword) => keyword !== '')
      .slice(0, KEYWORDS_MAX),
    type: (textOf(type, KEYWORD_MAX) || 'library').toLowerCase(),
    abandoned: typeof replacement === 'string' && replacement !== '' ? replacement : replacement === true,
  };
}

/** Never cut within a character. */
const textOf = (value: unknown, lengthMax: number): string =>
  typeof value === 'string'
    ? [...value.slice(0, 2 * lengthMax)].slice(0, lengthMax).join('').toWellFormed()
    : '';

/** Words after these are not looked at. */
const WORDS_MAX = 10;

/**
 * The packages that have every word of the query in their name, keywords or description, in any case. Those whose names fit best come first,
 * abandoned ones after the others, then those that were installed most. Without words, all of that type.
 *
 * @param query.type a type that they have to have; empty for any
 */
export function matchingPackages(
  packages: readonly SearchedPackage[],
  query: { readonly text: string; readonly type: string },
): readonly SearchedPackage[] {
  const words = query.text.toLowerCase().split(/\s+/).filter(Boolean).slice(0, WORDS_MAX);
  const type = query.type.toLowerCase();
  return packages
    .filter((found) => type === '' || found.type === type)
    .map((found) => ({ found, rank: rankOf(found, words) }))
    .filter(({ rank }) => rank !== undefined)
    .toSorted(
      (one, other) =>
        (one.rank ?? 0) - (other.rank ?? 0) ||
        Number(one.found.abandoned !== false) - Number(other.found.abandoned !== false) ||
        other.found.downloads - one.found.downloads ||
        compareBytes(one.found.name, other.found.name),
    )
    .map(({ found }) => found);
}

/** The lower, the better it fits; undefined if it does not. */
function rankOf(
  { name, keywords, description }: SearchedPackage,
  words: readonly string[],
): number | undefined {
  const ownName = name.slice(name.indexOf('/') + 1);
  const described = [name, ...keywords, description].join('\n').toLowerCase();
  if (!words.every((word) => described.includes(word))) return undefined;
  const whole = words.join(' ');
  if (whole === name || whole === ownName) return 0;
  if (words.every((word) => name.includes(word))) return ownName.startsWith(words[0] ?? '') ? 1 : 2;
  const isTagged = (word: string): boolean =>
    name.includes(word) || keywords.some((keyword) => keyword.toLowerCase().includes(word));
  return words.every(isTagged) ? 3 : 4;
}
