/**
 * Where Debian 12's library (Composer 2.5.5, semver 3.3.2, metadata-minifier 1.0.0) is known to differ from
 * the rules that this project follows (2.10.2, 3.4.4, 1.0.1), and where this project differs from both on purpose.
 * Each has a test that the difference is still there, so that none outlives its reason.
 */

import { phpTrim } from '../../shared/composer/php-text.ts';
import { isPhpArray, member, phpEntries } from '../../shared/composer/php-value.ts';
import type { Manifest } from './manifest-inputs.ts';
import { asPhp } from './metadata-inputs.ts';
import { isCurrentLibrary } from './php-library.ts';

/** Errors and warnings by Composer's loader. */
interface Judgement {
  readonly errors: readonly string[];
  readonly warnings: readonly string[];
}

const MODIFIER =
  '[._-]?(?:(?:stable|beta|b|RC|alpha|a|patch|pl|p)(?:[.-]?\\d+)*)?(?:[.-]?dev)?(?:[+@\\s].*)?';
const DATE = '\\d{4}(?:[.:-]?\\d{2}){1,6}';
const NEW_CALVER = new RegExp(`^v?${DATE}(?:[.:-]?\\d{1,3}){2}${MODIFIER}$`, 'is');
const OLD_VERSION = new RegExp(
  `^v?(?:\\d{1,5}(?:\\.\\d+){0,3}|${DATE}(?:[.:-]?\\d{1,3})?)${MODIFIER}$`,
  'is',
);

/** semver 3.4.0 takes two numbers after a date, so that CalVer can have a date for its major: `20240102.1.0`. */
export function isNewCalver(version: string): boolean {
  const text = phpTrim(version);
  return !isCurrentLibrary && NEW_CALVER.test(text) && !OLD_VERSION.test(text);
}

/** A constraint with such a version in it. */
export function hasNewCalver(constraint: string): boolean {
  return constraint.split(/[\s,|]+/).some((part) => isNewCalver(part.replace(/^[<>=!~^]+/, '')));
}

/** Such a version anywhere in a manifest. */
export function hasNewCalverInside(value: unknown): boolean {
  if (typeof value === 'string') return hasNewCalver(value);
  return isPhpArray(value) && Object.values(value).some(hasNewCalverInside);
}

/** metadata-minifier 1.0.1 knows null from nothing; 1.0.0 repeats nulls and unsets them. */
export function hasNull(versions: readonly Manifest[]): boolean {
  return !isCurrentLibrary && versions.some((version) => Object.values(version).includes(null));
}

/** Messages of Composer 2.10.2 that 2.5.5 does not know yet. */
export const NEW_MESSAGES: Readonly<Record<string, (message: string) => boolean>> = {
  'php-ext is checked since 2.10.0': (message) => message.startsWith('php-ext'),
  'bin may not leave the package since 2.10.2': (message) =>
    message.endsWith('must not contain a ".." path component'),
  'support.security is checked since 2.6.0': (message) => message.startsWith('support.security '),
  'types of licenses are checked since 2.9.0': (message) => message.startsWith('license : '),
};

/** Checks of this project for what Composer's loader lets through and its client then stumbles over. */
export const OWN_MESSAGES: Readonly<Record<string, (message: string) => boolean>> = {
  'types that ArrayLoader does not survive': (message) =>
    /^(?:autoload-dev|archive\.\w+|bin\.[^:]*?) : should be|^\S+ : self\.version stands for/.test(message),
  'numbers for names of links, which end the clients': (message) =>
    message.endsWith(' : a number is no package name'),
};

/**
 * Warnings of Composer's loader about what it leaves as it is. Plain vcs repositories have no such loader and nobody reads them, so this
 * project does not even look.
 */
export const WARNINGS_OF_WHAT_STAYS: Readonly<Record<string, (warning: string) => boolean>> = {
  'names that SPDX does not know': (warning) => /^License .*(?:extra spaces|valid SPDX)/s.test(warning),
  'names of links': (warning) =>
    /^(?:require|require-dev|conflict|provide|replace)\..* is (?:invalid, (?:it should|package names)|reserved, package)/s.test(
      warning,
    ),
  'constraints that match nothing, since 2.7.0': (warning) =>
    warning.includes('cannot possibly match anything'),
};

export function isAboutWhatStays(warning: string): boolean {
  return Object.values(WARNINGS_OF_WHAT_STAYS).some((isOne) => isOne(warning));
}

/** 2.5.5 took the names of types from another function of PHP. */
const OLD_TYPES: Readonly<Record<string, string>> = {
  integer: 'int',
  boolean: 'bool',
  double: 'float',
  NULL: 'null',
};

/**
 * Messages without what only says the same in other words: names of types, empty maps, which PHP cannot tell from lists, values
 * as PHP exports them, and its reason for refusing a time.
 */
export function asSameWords(messages: readonly string[]): string[] {
  return messages
    .map((message) =>
      message
        .replace(/\b(integer|boolean|double|NULL)(?= given|" received)/, (type) => OLD_TYPES[type] ?? type)
        .replace('({})', '([])')
        .replace(/^License (must be .*|.* should be a string)\.$/s, 'license : $1')
        .replace(/^(license : (?:must be .*, got )?)(.*?)(?= should be a string$|$)/s, withPhpsJson)
        .replace(/^(time : invalid value).*$/s, '$1')
        .replace(/^(config\.platform.*? : invalid value) \(.*\)(?=: expected string or false$)/s, '$1'),
    )
    .toSorted();
}

/** PHP knows no empty object, and escapes in JSON what JavaScript does not. */
function withPhpsJson(_: string, before: string, json: string): string {
  return before + JSON.stringify(asPhp(JSON.parse(json)));
}

/** The judgement without the messages that the older library cannot give. */
export function asOldLibrary({ errors, warnings }: Judgement): Judgement {
  const isOld = (message: string) =>
    ![...(isCurrentLibrary ? [] : Object.values(NEW_MESSAGES)), ...Object.values(OWN_MESSAGES)].some(
      (isNew) => isNew(message),
    );
  return { errors: errors.filter(isOld), warnings: warnings.filter(isOld) };
}

/** PHP reads times in any form ("last monday"); this project only documented ones, and takes the commit's time for others. */
export function hasUndocumentedTime(manifest: Manifest): boolean {
  const { time } = manifest;
  return (
    typeof time === 'string' &&
    !/^\s*\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?: ?(?:Z|UTC|[+-]\d{2}(?::?\d{2})?))?)?\s*$/i.test(
      time,
    )
  );
}

/** 2.5.5 leaves a license of another type alone, and hands such names in a list to functions that end with a TypeError. */
export function hasOddLicense(manifest: Manifest): boolean {
  const { license } = manifest;
  if (isCurrentLibrary) return false;
  if (!isPhpArray(license)) return license !== undefined && license !== null && typeof license !== 'string';
  return Object.values(license).some((name) => typeof name !== 'string');
}

/** The keys whose values only one of the two loaders changes. */
export function withoutNewKeys(manifest: Manifest): Manifest {
  if (isCurrentLibrary) return manifest;
  const { license, 'php-ext': _phpExt, bin: _bin, support, ...rest } = manifest;
  const supportRest = isPhpArray(support) ? phpEntries(support).filter(([key]) => key !== 'security') : [];
  return {
    ...rest,
    ...(typeof license === 'string'
      ? { license: [license] }
      : isPhpArray(license)
        ? { license: Object.values(license) }
        : {}),
    ...(supportRest.length > 0 ? { support: Object.fromEntries(supportRest) } : {}),
    bin: member(manifest, 'bin'),
  };
}
