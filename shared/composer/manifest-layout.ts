/** The checks of `version`, `bin`, `autoload`, `source`, `dist`, branch aliases and settings of Composer's `ValidatingArrayLoader` at tag 2.10.2. */

import { checkArray, checkString, isTextOrNumber, type ManifestCheck } from './manifest-check.ts';
import { asciiLower, END } from './php-text.ts';
import {
  fromEntries,
  isPhpArray,
  isScalar,
  isSet,
  member,
  type PhpArray,
  phpEntries,
  phpString,
  phpType,
} from './php-value.ts';
import {
  InvalidVersionError,
  normalizeBranch,
  normalizeVersion,
  parseNumericAliasPrefix,
} from './version.ts';

const AUTOLOAD_TYPES = ['psr-0', 'psr-4', 'classmap', 'files', 'exclude-from-classmap'];
const PARENT_SEGMENT = new RegExp(`(?:^|[\\\\/])\\.\\.(?:[\\\\/]|${END})`);
const LEADING_DASH = /^[ \t\n\v\f\r]*-/;

/** A given version must be valid; numbers and booleans are read as text, as in PHP. */
export function checkVersion(check: ManifestCheck): void {
  const version = check.config.get('version');
  if (!isSet(version)) return;
  if (!isScalar(version)) {
    checkString(check, 'version');
    return;
  }
  const text = phpString(version);
  const problem = versionProblem(text);
  if (problem === undefined) {
    check.config.set('version', text);
  } else {
    check.errors.push(`version : invalid value (${text}): ${problem}`);
    check.config.delete('version');
  }
}

/** `config.platform` has versions, or false for missing packages. */
export function checkPlatform(check: ManifestCheck): void {
  const platform = member(check.config.get('config'), 'platform');
  if (!isSet(platform)) return;
  for (const [key, value] of phpEntries(isPhpArray(platform) ? platform : [platform])) {
    if (value === false) continue;
    if (typeof value !== 'string') {
      check.errors.push(
        `config.platform.${key} : invalid value (${phpType(value)} ${JSON.stringify(value)}): expected string or false`,
      );
      continue;
    }
    const problem = versionProblem(value);
    if (problem !== undefined)
      check.errors.push(`config.platform.${key} : invalid value (${value}): ${problem}`);
  }
}

/** Programs must stay inside the package. */
export function checkBin(check: ManifestCheck): void {
  const value = check.config.get('bin');
  if (!isSet(value)) return;
  if (typeof value === 'string') {
    const path = checkString(check, 'bin');
    if (path !== undefined && !staysInside(check, 'bin', path)) check.config.delete('bin');
    return;
  }
  const bin = checkArray(check, 'bin');
  if (bin === undefined) return;
  const kept = phpEntries(bin).filter(
    ([index, path]) =>
      isTextOrNumber(check, `bin.${index}`, path) && staysInside(check, `bin.${index}`, phpString(path)),
  );
  check.config.set('bin', fromEntries(bin, kept));
}

function staysInside(check: ManifestCheck, key: string, path: string): boolean {
  if (!PARENT_SEGMENT.test(path)) return true;
  check.errors.push(`${key} : invalid value (${path}), must not contain a ".." path component`);
  return false;
}

export function checkMinimumStability(check: ManifestCheck): void {
  const stability = checkString(check, 'minimum-stability');
  if (stability === undefined || stability === 'RC') return;
  // Composer looks the lower-case text up in a list that has "RC", so it does not find "rc".
  if (['stable', 'beta', 'alpha', 'dev'].includes(asciiLower(stability))) return;
  check.errors.push(
    `minimum-stability : invalid value (${stability}), must be one of stable, RC, beta, alpha, dev`,
  );
  check.config.delete('minimum-stability');
}

/** Must run after `target-dir` was checked. */
export function checkAutoload(check: ManifestCheck): void {
  const autoload = checkArray(check, 'autoload');
  if (autoload === undefined) return;
  let kept = phpEntries(autoload).filter(([type]) => {
    if (AUTOLOAD_TYPES.includes(type)) return true;
    check.errors.push(`autoload : invalid value (${type}), must be one of ${AUTOLOAD_TYPES.join(', ')}`);
    return false;
  });
  const psr4 = member(autoload, 'psr-4');
  if (psr4 !== undefined) checkNamespaces(check, psr4);
  if (isSet(psr4) && isSet(check.config.get('target-dir'))) {
    check.errors.push(
      'target-dir : this can not be used together with the autoload.psr-4 setting, remove target-dir to upgrade to psr-4',
    );
    kept = kept.filter(([type]) => type !== 'psr-4');
  }
  check.config.set('autoload', fromEntries(autoload, kept));
}

function checkNamespaces(check: ManifestCheck, psr4: unknown): void {
  if (!isPhpArray(psr4)) {
    // PHP fails in the loop over it.
    check.errors.push(`autoload.psr-4 : should be an array, ${phpType(psr4)} given`);
    return;
  }
  for (const namespace of Object.keys(psr4)) {
    if (namespace === '' || namespace.endsWith('\\')) continue;
    check.errors.push(
      `autoload.psr-4 : invalid value (${namespace}), namespaces must end with a namespace separator, should be ${namespace}\\\\`,
    );
  }
}

/** Checks the manifest's own `source` or `dist`. */
export function checkOrigin(check: ManifestCheck, key: 'source' | 'dist'): void {
  const origin = checkArray(check, key);
  if (origin === undefined) return;
  const required = key === 'source' ? ['type', 'url', 'reference'] : ['type', 'url'];
  for (const field of required) {
    if (!isSet(member(origin, field))) check.errors.push(`${key}.${field} : must be present`);
  }
  for (const field of ['type', 'url', 'reference']) checkOriginField(check, key, origin, field);
}

function checkOriginField(check: ManifestCheck, key: string, origin: PhpArray, field: string): void {
  const value = member(origin, field);
  if (!isSet(value)) return;
  const expected = field === 'reference' ? 'string or int' : 'string';
  if (typeof value !== 'string' && !(field === 'reference' && phpType(value) === 'int')) {
    check.errors.push(`${key}.${field} : should be a ${expected}, ${phpType(value)} given`);
  }
  if (field !== 'type' && isScalar(value) && LEADING_DASH.test(phpString(value))) {
    check.errors.push(`${key}.${field} : must not start with a "-", "${value}" given`);
  }
}

/** Checks `extra.branch-alias`: aliases must be numeric, and those of a numeric branch within it. Others are left out. */
export function checkBranchAliases(check: ManifestCheck): void {
  const extra = check.config.get('extra');
  const aliases = member(extra, 'branch-alias');
  if (!isPhpArray(extra) || !isSet(aliases)) return;
  if (!isPhpArray(aliases)) {
    check.errors.push('extra.branch-alias : must be an array of versions => aliases');
    return;
  }
  const kept = phpEntries(aliases).filter(([source, target]) => {
    const problem = aliasProblem(source, target);
    if (problem === undefined) return true;
    check.leftOut.push({
      path: `extra.branch-alias.${source}`,
      problem: `the target branch (${describe(target)}) ${problem}`,
    });
    return false;
  });
  const entries = phpEntries(extra).map(([key, value]): [string, unknown] =>
    key === 'branch-alias' ? [key, fromEntries(aliases, kept)] : [key, value],
  );
  check.config.set('extra', fromEntries(extra, entries));
}

function aliasProblem(source: string, target: unknown): string | undefined {
  if (typeof target !== 'string') return `must be a string, "${phpType(target)}" received.`;
  if (!target.endsWith('-dev')) return 'must end in -dev';
  if (!normalizeBranch(target.slice(0, -4)).endsWith('-dev'))
    return 'must be a parseable number like 2.0-dev';
  const [sourcePrefix, targetPrefix] = [parseNumericAliasPrefix(source), parseNumericAliasPrefix(target)];
  const isOutside = sourcePrefix && targetPrefix && !targetPrefix.startsWith(sourcePrefix);
  return isOutside ? 'is not a valid numeric alias for this version' : undefined;
}

function describe(target: unknown): string {
  return typeof target === 'string' ? target : JSON.stringify(target);
}

function versionProblem(text: string): string | undefined {
  try {
    normalizeVersion(text);
    return undefined;
  } catch (error) {
    if (error instanceof InvalidVersionError) return error.message;
    throw error;
  }
}
