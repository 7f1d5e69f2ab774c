/**
 * Checks of single keys, as in Composer's `ValidatingArrayLoader` (composer/composer at tag 2.10.2). A check that fails records why and
 * removes the offending key from the working copy.
 */

import { END, phpTrim } from './php-text.ts';
import {
  fromEntries,
  isPhpArray,
  isSet,
  type PhpArray,
  phpEntries,
  phpString,
  phpType,
} from './php-value.ts';
import { isUrlWithHost } from './web-address.ts';

/** A part of a manifest that is not published, although the version is. */
export interface LeftOut {
  /** Keys separated by dots: `authors.0.email`. */
  readonly path: string;
  /** What is wrong with it, with Composer's message if there is one. */
  readonly problem: string;
}

/** The state of a manifest's checks. */
export interface ManifestCheck {
  /** The working copy, by top-level key. */
  readonly config: Map<string, unknown>;
  /** Why the version cannot be published. */
  readonly errors: string[];
  /** What was removed from the working copy: Composer's warnings for which it unsets something. */
  readonly leftOut: LeftOut[];
}

/** Returns the text under the key if it is a non-blank text; otherwise removes the key. */
export function checkString(check: ManifestCheck, key: string, mandatory = false): string | undefined {
  const value = check.config.get(key);
  if (typeof value === 'string' && phpTrim(value) !== '') return value;
  check.config.delete(key);
  if (isSet(value) && typeof value !== 'string') {
    check.errors.push(`${key} : should be a string, ${phpType(value)} given`);
  } else if (mandatory) {
    check.errors.push(`${key} : must be present`);
  }
  return undefined;
}

/** Returns the list or object under the key if it is one and not empty; otherwise removes the key. */
export function checkArray(check: ManifestCheck, key: string): PhpArray | undefined {
  const value = check.config.get(key);
  if (isPhpArray(value) && Object.keys(value).length > 0) return value;
  check.config.delete(key);
  if (isSet(value) && !isPhpArray(value)) {
    check.errors.push(`${key} : should be an array, ${phpType(value)} given`);
  }
  return undefined;
}

/** Checks a list or object of texts and numbers. Other elements are errors; those that do not match the pattern are left out. */
export function checkFlatArray(check: ManifestCheck, key: string, pattern?: string): void {
  const array = checkArray(check, key);
  if (array === undefined) return;
  const whole = pattern === undefined ? undefined : new RegExp(`^${pattern}${END}`, 'u');
  const kept = phpEntries(array).filter(([index, value]) => {
    const path = `${key}.${index}`;
    if (!isTextOrNumber(check, path, value)) return false;
    if (whole === undefined || whole.test(phpString(value))) return true;
    check.leftOut.push({ path, problem: `invalid value (${value}), must match ${pattern}` });
    return false;
  });
  check.config.set(key, fromEntries(array, kept));
}

/** Whether an element of a flat list is valid; if not, an error is recorded. */
export function isTextOrNumber(check: ManifestCheck, path: string, value: unknown): value is string | number {
  if (typeof value === 'string' || typeof value === 'number') return true;
  check.errors.push(`${path} : must be a string or int, ${phpType(value)} given`);
  return false;
}

/** Checks that a text matches the whole pattern; another one is left out. */
export function checkPattern(check: ManifestCheck, key: string, pattern: string): void {
  const text = checkString(check, key);
  if (text === undefined || new RegExp(`^${pattern}${END}`, 'u').test(text)) return;
  check.leftOut.push({ path: key, problem: `invalid value (${text}), must match ${pattern}` });
  check.config.delete(key);
}

/** Checks that a text is a URL; another one is left out. */
export function checkUrl(check: ManifestCheck, key: string): void {
  const text = checkString(check, key);
  if (text === undefined || isWebUrl(text)) return;
  check.leftOut.push({ path: key, problem: `invalid value (${text}), must be an http/https URL` });
  check.config.delete(key);
}

/** Whether Composer accepts the text as a URL, which includes the empty text. */
export function isWebUrl(text: string): boolean {
  return isUrlWithHost(text, ['http', 'https']);
}

/** Sets the array under the key, or removes the key if the array is empty. */
export function setUnlessEmpty(check: ManifestCheck, key: string, array: PhpArray): void {
  if (Object.keys(array).length === 0) check.config.delete(key);
  else check.config.set(key, array);
}
