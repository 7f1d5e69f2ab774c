/**
 * Manifests (`composer.json`): parses the text, and checks it by the rules of Composer's `ValidatingArrayLoader` (composer/composer at tag
 * 2.10.2). One invalid version makes every client refuse the whole package, so nothing is published without these checks.
 */

import {
  checkArray,
  checkFlatArray,
  checkPattern,
  checkString,
  checkUrl,
  type LeftOut,
  type ManifestCheck,
} from './manifest-check.ts';
import {
  checkAutoload,
  checkBin,
  checkBranchAliases,
  checkMinimumStability,
  checkOrigin,
  checkPlatform,
  checkVersion,
} from './manifest-layout.ts';
import { checkLinks, checkLoadableLinks, checkSuggest, publishLinks } from './manifest-links.ts';
import { checkAuthors, checkFunding, checkLicense, checkSupport } from './manifest-people.ts';
import { checkPhpExt } from './manifest-php-ext.ts';
import { packageNameError } from './package-name.ts';
import {
  isJsonObject,
  isPhpArray,
  isSet,
  type JsonObject,
  member,
  NESTING_MAX,
  nestingOf,
  phpEntries,
  phpType,
} from './php-value.ts';
import { parseReleaseTime } from './release-time.ts';

export { isValidPackageName } from './package-name.ts';

export type ParsedManifest =
  | { readonly ok: true; readonly manifest: JsonObject }
  | {
      readonly ok: false;
      /** `empty`: no text or `{}`, which counts as no manifest. */
      readonly problem: 'empty' | 'not-json' | 'not-an-object' | 'too-deep';
      /** What is wrong, as the rest of a sentence that begins with "composer.json". */
      readonly reason: string;
    };

/**
 * Parses the text of a `composer.json`, or returns why it is invalid. As strict as PHP: no byte order mark, no unpaired surrogates, at most
 * 511 levels. Numbers lose what JavaScript cannot represent (`1.0` is `1`).
 */
export function parseManifest(text: string): ParsedManifest {
  if (text === '') return { ok: false, problem: 'empty', reason: 'is empty' };
  if (text.startsWith('\uFEFF')) {
    return {
      ok: false,
      problem: 'not-json',
      reason: 'starts with a byte order mark, which JSON does not allow',
    };
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    // Without the text that V8 quotes, which may contain anything.
    const detail = String(error)
      .replace(/^SyntaxError: /, '')
      .replace(/, (?:\.\.\.)?".*$/s, '');
    return { ok: false, problem: 'not-json', reason: `is not valid JSON (${detail})` };
  }
  const problem = textProblem(value);
  if (problem !== undefined) return problem;
  if (!isJsonObject(value)) {
    const isEmptyList = isPhpArray(value) && Object.keys(value).length === 0;
    return isEmptyList
      ? { ok: false, problem: 'empty', reason: 'is empty' }
      : { ok: false, problem: 'not-an-object', reason: 'is not a JSON object' };
  }
  if (Object.keys(value).length === 0) return { ok: false, problem: 'empty', reason: 'is empty' };
  return { ok: true, manifest: value };
}

/** Finds what PHP would refuse in a value that JavaScript has decoded. Iterates level by level, so that depth uses no stack. */
function textProblem(root: unknown): ParsedManifest | undefined {
  if (nestingOf(root) > NESTING_MAX) {
    return { ok: false, problem: 'too-deep', reason: `is nested deeper than ${NESTING_MAX} levels` };
  }
  let level: unknown[] = [root];
  while (level.length > 0) {
    const arrays = level.filter(isPhpArray);
    const texts = [...level, ...arrays.flatMap((array) => Object.keys(array))];
    if (texts.some((text) => typeof text === 'string' && !text.isWellFormed())) {
      return { ok: false, problem: 'not-json', reason: 'is not valid JSON (half of a surrogate pair)' };
    }
    level = arrays.flatMap((array) => Object.values(array));
  }
  return undefined;
}

export interface ManifestJudgement {
  /** Why the manifest gives no version. The messages start with the path of the key; most are Composer's own. */
  readonly errors: readonly string[];
  /** What was removed from it. */
  readonly leftOut: readonly LeftOut[];
  /** The remaining manifest; `license` is always a list, and links have names in lower case. */
  readonly manifest: JsonObject;
}

/**
 * Checks a manifest like Composer's `vcs` repositories, where only an exception of the loader excludes a version. Errors of
 * `ValidatingArrayLoader` are errors here too, and so is what makes the loader after it fail. What it unsets with a warning is left out,
 * and what it only warns of is kept: neither excludes the version of a tag or branch.
 *
 * A `time` in an undocumented form, which PHP would try to parse, is removed without a message; callers then use the commit's time.
 */
export function judgeManifest(manifest: JsonObject): ManifestJudgement {
  const check: ManifestCheck = { config: new Map(Object.entries(manifest)), errors: [], leftOut: [] };
  checkName(check, manifest);
  checkVersion(check);
  checkPlatform(check);
  checkPattern(check, 'type', '[A-Za-z0-9-]+');
  checkString(check, 'target-dir');
  checkArray(check, 'extra');
  checkBin(check);
  checkArray(check, 'scripts');
  checkString(check, 'description');
  checkUrl(check, 'homepage');
  checkFlatArray(check, 'keywords', '[\\p{N}\\p{L} ._-]+');
  checkTime(check);
  checkLicense(check);
  checkAuthors(check);
  checkSupport(check);
  checkFunding(check);
  checkPhpExt(check);
  checkLinks(check);
  checkSuggest(check);
  checkMinimumStability(check);
  checkAutoload(check);
  checkOrigin(check, 'source');
  checkOrigin(check, 'dist');
  checkFlatArray(check, 'include-path');
  checkArray(check, 'transport-options');
  checkBranchAliases(check);
  if (check.errors.length === 0) checkLoadable(check);
  publishLinks(check);
  const { errors, leftOut, config } = check;
  return { errors, leftOut, manifest: Object.fromEntries(config) };
}

function checkName(check: ManifestCheck, manifest: JsonObject): void {
  checkString(check, 'name', true);
  const { name } = manifest;
  const problem = typeof name === 'string' ? packageNameError(name) : undefined;
  if (problem !== undefined) check.errors.push(`name : ${problem}`);
}

function checkTime(check: ManifestCheck): void {
  const text = checkString(check, 'time');
  if (text === undefined) return;
  const time = parseReleaseTime(text);
  if (typeof time === 'number') return;
  check.config.delete('time');
  if (time === 'invalid') check.errors.push(`time : invalid value (${text})`);
}

/**
 * Checks types that Composer's `ArrayLoader` (tag 2.10.2) passes to typed setters unchecked: a wrong type makes the client fail with a
 * TypeError, for all versions of the package.
 */
function checkLoadable(check: ManifestCheck): void {
  const { config, errors } = check;
  const autoloadDev = config.get('autoload-dev');
  if (isSet(autoloadDev) && !isPhpArray(autoloadDev)) {
    errors.push(`autoload-dev : should be an array, ${phpType(autoloadDev)} given`);
  }
  const bin = config.get('bin');
  for (const [index, path] of isPhpArray(bin) ? phpEntries(bin) : []) {
    if (typeof path !== 'string') errors.push(`bin.${index} : should be a string, ${phpType(path)} given`);
  }
  const name = member(config.get('archive'), 'name');
  if (name && typeof name !== 'string')
    errors.push(`archive.name : should be a string, ${phpType(name)} given`);
  const exclude = member(config.get('archive'), 'exclude');
  if (exclude && !isPhpArray(exclude)) {
    errors.push(`archive.exclude : should be an array, ${phpType(exclude)} given`);
  }
  checkLoadableLinks(check);
}
