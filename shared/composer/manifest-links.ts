/** The checks of links to other packages of Composer's `ValidatingArrayLoader` at tag 2.10.2. */

import { isValidConstraint, parseConstraint } from './constraint.ts';
import { checkArray, type ManifestCheck } from './manifest-check.ts';
import { asciiLower } from './php-text.ts';
import { fromEntries, isPhpArray, member, phpEntries } from './php-value.ts';
import { InvalidVersionError } from './version.ts';

/** The kinds of links, in Composer's order. */
const LINK_TYPES = ['require', 'conflict', 'provide', 'replace', 'require-dev'] as const;

/** Must run after `name` was checked. */
export function checkLinks(check: ManifestCheck): void {
  for (const type of LINK_TYPES) {
    const links = checkArray(check, type);
    if (links === undefined) continue;
    const kept = new Map(phpEntries(links));
    const replaced = type === 'conflict' ? check.config.get('replace') : undefined;
    const conflicts = new Set([...kept.keys()].filter((target) => member(replaced, target) !== undefined));
    for (const [target, constraint] of kept) {
      if (isSelf(check, target)) {
        check.errors.push(`${type}.${target} : a package cannot set a ${type} on itself`);
        kept.delete(target);
        conflicts.delete(target);
        continue;
      }
      if (!isGoodLink(check, type, target, constraint)) {
        kept.delete(target);
        conflicts.delete(target);
        // As in Composer, a constraint of another type does not stop the checks.
        if (typeof constraint === 'string') continue;
      }
      // Composer checks this for the whole list and reports the current link; one conflict is enough for the error.
      if (conflicts.size > 0) {
        check.errors.push(
          `${type}.${target} : you cannot conflict with a package that is also replaced, as replace already creates an implicit conflict rule`,
        );
        kept.delete(target);
        conflicts.delete(target);
      }
    }
    check.config.set(type, fromEntries(links, [...kept]));
  }
}

/** Checks the texts under `suggest`, which is not a link but looks like one. */
export function checkSuggest(check: ManifestCheck): void {
  const suggest = checkArray(check, 'suggest');
  if (suggest === undefined) return;
  const kept = phpEntries(suggest).filter(([target, description]) => {
    if (typeof description === 'string') return true;
    check.errors.push(
      `suggest.${target} : invalid value, must be a string describing why the package is suggested`,
    );
    return false;
  });
  check.config.set('suggest', fromEntries(suggest, kept));
}

/**
 * Checks links with `self.version` if the version itself is not a valid constraint: the client's `ArrayLoader` (composer/composer at tag
 * 2.10.2) fails at them.
 */
export function checkLoadableLinks(check: ManifestCheck): void {
  const version = check.config.get('version');
  if (typeof version !== 'string' || isValidConstraint(version)) return;
  for (const type of LINK_TYPES) {
    const links = check.config.get(type);
    for (const [target, constraint] of isPhpArray(links) ? phpEntries(links) : []) {
      if (constraint !== 'self.version') continue;
      check.errors.push(`${type}.${target} : self.version stands for "${version}", which is no constraint`);
    }
  }
}

/**
 * Converts links to the form that clients see. Names are in lower case; of two that differ only in case the later one counts, as in
 * `ArrayLoader` (composer/composer at tag 2.10.2). A name that PHP takes for a number is removed: no package has it, and
 * `ArrayLoader::loadPackages` throws a TypeError at it, for all versions of the package.
 */
export function publishLinks(check: ManifestCheck): void {
  for (const type of LINK_TYPES) {
    const links = check.config.get(type);
    if (!isPhpArray(links)) continue;
    const published = new Map<string, unknown>();
    for (const [target, constraint] of phpEntries(links)) {
      if (isPhpNumber(target)) {
        check.leftOut.push({ path: `${type}.${target}`, problem: 'a number is no package name' });
      } else {
        published.set(asciiLower(target), constraint);
      }
    }
    if (published.size === 0) check.config.delete(type);
    else check.config.set(type, Object.fromEntries(published));
  }
}

/** Whether PHP converts this array key to an integer: decimal, in PHP's own notation, within 64 bits. */
function isPhpNumber(key: string): boolean {
  if (!/^(?:0|-?[1-9]\d{0,18})$/.test(key)) return false;
  const number = BigInt(key);
  return number >= -(2n ** 63n) && number < 2n ** 63n;
}

function isSelf(check: ManifestCheck, target: string): boolean {
  const name = check.config.get('name');
  return typeof name === 'string' && asciiLower(target) === asciiLower(name);
}

function isGoodLink(check: ManifestCheck, type: string, target: string, constraint: unknown): boolean {
  const path = `${type}.${target}`;
  if (typeof constraint !== 'string') {
    check.errors.push(`${path} : invalid value, must be a string containing a version constraint`);
    return false;
  }
  if (constraint === 'self.version') return true;
  try {
    parseConstraint(constraint);
    return true;
  } catch (error) {
    if (!(error instanceof InvalidVersionError)) throw error;
    check.errors.push(`${path} : invalid version constraint (${error.message})`);
    return false;
  }
}
