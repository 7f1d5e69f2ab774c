/**
 * Versions as Composer reads them: a port of composer/semver `src/VersionParser.php` at tag 3.4.4.
 *
 * The patterns are PCRE's, adapted to JavaScript. Possessive quantifiers are replaced by plain ones, which match the same here because
 * giving characters back could not help the rest of the pattern. Where that would backtrack endlessly (digits in a modifier) the pattern
 * has only one way to match. `$`, `\s`, `.` and `trim` keep PHP's meaning (php-text.ts).
 */

import { asciiLower, END, phpTrim, SPACE } from './php-text.ts';

/** The stability of a version, from most to least stable. */
export type Stability = 'stable' | 'RC' | 'beta' | 'alpha' | 'dev';

/** The text is not a version by Composer's rules. The message is Composer's own. */
export class InvalidVersionError extends Error {
  override readonly name = 'InvalidVersionError';
}

/** What may follow the numbers of a version, in three groups: stability, its number, and dev. */
export const MODIFIER =
  '[._-]?(?:(stable|beta|b|RC|alpha|a|patch|pl|p)((?:[.-]?\\d+(?:[.-]\\d+)*)?)?)?([.-]?dev)?';

/** The flags that may follow an `@`. */
export const STABILITIES = 'stable|RC|beta|alpha|dev';

const ALIAS = new RegExp(`^([^,${SPACE}]+) +as +([^,${SPACE}]+)${END}`);
const STABILITY_FLAG = new RegExp(`@(?:${STABILITIES})${END}`, 'i');
const BUILD_METADATA = new RegExp(`^([^,${SPACE}+]+)\\+[^${SPACE}]+${END}`);
const CLASSICAL = new RegExp(`^v?(\\d{1,5})(?!\\d)(\\.\\d+)?(\\.\\d+)?(\\.\\d+)?${MODIFIER}${END}`, 'i');
const DATE = new RegExp(`^v?(\\d{4}(?:[.:-]?\\d{2}){1,6}(?:[.:-]?\\d{1,3}){0,2})${MODIFIER}${END}`, 'i');
// The look-behind anchors the match to the start of a line, where the first match is anyway; without it long texts take n² steps.
const DEV_SUFFIX = new RegExp(`(?<![^\\n])([^\\n]*?)[.-]?dev${END}`, 'i');
const REFERENCE = new RegExp(`#[^\\n]+${END}`);
const STABILITY_OF = new RegExp(`${MODIFIER}(?:\\+[^\\n]*)?${END}`, 'i');
const NUMERIC_BRANCH = new RegExp(
  `^v?(\\d+)(\\.(?:\\d+|[xX*]))?(\\.(?:\\d+|[xX*]))?(\\.(?:\\d+|[xX*]))?${END}`,
  'i',
);
const FLAG_AT_END = new RegExp(`@(?:${STABILITIES})$`);
const AS_AT_END = /(?<! ) +as +$/;
const AS_AT_START = new RegExp(`^(?:@(?:${STABILITIES}))? +as +`);
const NUMERIC_ALIAS = new RegExp(`^((?:\\d+\\.)*\\d+)(?:\\.x)?-dev${END}`, 'i');

/** Removes ` as <alias>` from `<version> as <alias>`; anything else is returned as it is. */
export function withoutAlias(text: string): string {
  return ALIAS.exec(text)?.[1] ?? text;
}

/**
 * The normalized form of a version, four numbers and a modifier (`v1.2-b3` gives `1.2.0.0-beta3`), or `dev-<branch>`.
 *
 * @param fullVersion the whole text that `version` is a part of; only for the error's message.
 * @throws InvalidVersionError if it is not a version by Composer's rules.
 */
export function normalizeVersion(version: string, fullVersion?: string): string {
  const original = phpTrim(version);
  let text = withoutAlias(original);
  const flag = STABILITY_FLAG.exec(text);
  // PHP cuts the flag's length off the end, which differs from the match's position if a line feed follows it.
  if (flag !== null) text = text.slice(0, text.length - flag[0].length);
  if (text === 'master' || text === 'trunk' || text === 'default') text = `dev-${text}`;
  if (/^dev-/i.test(text)) return `dev-${text.slice(4)}`;
  text = BUILD_METADATA.exec(text)?.[1] ?? text;

  const classical = CLASSICAL.exec(text);
  if (classical !== null) {
    const [, major = '', minor = '.0', patch = '.0', fourth = '.0', stability, number, dev] = classical;
    return withModifier(major + minor + patch + fourth, stability, number, dev);
  }
  const date = DATE.exec(text);
  if (date !== null) {
    const [, numbers = '', stability, number, dev] = date;
    return withModifier(numbers.replace(/\D/g, '.'), stability, number, dev);
  }

  const branch = DEV_SUFFIX.exec(text)?.[1];
  if (branch !== undefined) {
    const normalized = normalizeBranch(branch);
    if (!normalized.includes('dev-')) return normalized;
  }
  throw new InvalidVersionError(
    `Invalid version string "${original}"${aliasHint(text, fullVersion ?? original)}`,
  );
}

/** The version of a branch name: `1.x` gives `1.9999999.9999999.9999999-dev`, others `dev-<name>`. Never fails. */
export function normalizeBranch(name: string): string {
  const text = phpTrim(name);
  const parts = NUMERIC_BRANCH.exec(text);
  if (parts === null) return `dev-${text}`;
  const version = [1, 2, 3, 4].map((index) => parts[index]?.replace(/[*X]/g, 'x') ?? '.x').join('');
  return `${version.replaceAll('x', '9999999')}-dev`;
}

/** The numeric prefix of an alias, with a dot at its end (`2.1.x-dev` gives `2.1.`), or false if it is not numeric. */
export function parseNumericAliasPrefix(branch: string): string | false {
  const prefix = NUMERIC_ALIAS.exec(branch)?.[1];
  return prefix === undefined ? false : `${prefix}.`;
}

/** Whether Composer takes the text for a version. */
export function isValidVersion(version: string): boolean {
  try {
    normalizeVersion(version);
    return true;
  } catch (error) {
    if (error instanceof InvalidVersionError) return false;
    throw error;
  }
}

/** The stability of a version in its pretty or normalized form. Text that is not a version counts as stable, as in Composer. */
export function parseStability(version: string): Stability {
  const text = version.replace(REFERENCE, '');
  if (text.startsWith('dev-') || text.endsWith('-dev')) return 'dev';
  const match = STABILITY_OF.exec(asciiLower(text));
  if (match?.[3]) return 'dev';
  switch (match?.[1]) {
    case 'beta':
    case 'b':
      return 'beta';
    case 'alpha':
    case 'a':
      return 'alpha';
    case 'rc':
      return 'RC';
    default:
      return 'stable';
  }
}

function withModifier(
  numbers: string,
  stability: string | undefined,
  number: string | undefined,
  dev: string | undefined,
): string {
  // Composer compares only with the lower-case form: `1.0-STABLE` becomes `1.0.0.0-stable`.
  if (stability === 'stable') return numbers;
  const suffix = stability ? `-${expandStability(stability)}${(number ?? '').replace(/^[.-]+/, '')}` : '';
  return numbers + suffix + (dev ? '-dev' : '');
}

function expandStability(stability: string): string {
  const lowerCase = asciiLower(stability);
  switch (lowerCase) {
    case 'a':
      return 'alpha';
    case 'b':
      return 'beta';
    case 'p':
    case 'pl':
      return 'patch';
    case 'rc':
      return 'RC';
    default:
      return lowerCase;
  }
}

/** Does not put the version into a pattern, since it may be too long for one. */
function aliasHint(version: string, fullVersion: string): string {
  const isAlias = [fullVersion, fullVersion.replace(/\n$/, '')]
    .flatMap((text) => [text, text.replace(FLAG_AT_END, '')])
    .some((text) => text.endsWith(version) && AS_AT_END.test(text.slice(0, text.length - version.length)));
  if (isAlias) return ` in "${fullVersion}", the alias must be an exact version`;
  if (fullVersion.startsWith(version) && AS_AT_START.test(fullVersion.slice(version.length))) {
    return ` in "${fullVersion}", the alias source must be an exact version, if it is a branch name you should prefix it with dev-`;
  }
  return '';
}
