/** The checks of `php-ext`, the settings of packages that are C extensions, of Composer's `ValidatingArrayLoader` at tag 2.10.2. */

import { checkArray, type ManifestCheck, setUnlessEmpty } from './manifest-check.ts';
import { fromEntries, isPhpArray, isSet, member, type PhpArray, phpEntries, phpType } from './php-value.ts';

const DOWNLOAD_METHODS = ['composer-default', 'pre-packaged-source', 'pre-packaged-binary'];
const OS_FAMILIES = ['windows', 'bsd', 'darwin', 'solaris', 'linux', 'unknown'];

/** A value that replaces the given one, or undefined to leave the key out. */
type Replacement = { readonly value: unknown } | undefined;

/** Must run after `type` was checked. */
export function checkPhpExt(check: ManifestCheck): void {
  const isGiven = isSet(check.config.get('php-ext'));
  const settings = isGiven ? checkArray(check, 'php-ext') : undefined;
  if (settings === undefined) return;
  const type = check.config.get('type');
  if (type !== 'php-ext' && type !== 'php-ext-zend') {
    check.errors.push(
      'php-ext can only be set by packages of type "php-ext" or "php-ext-zend" which must be C extensions',
    );
    check.config.delete('php-ext');
    return;
  }
  const isBoth = isSet(member(settings, 'os-families')) && isSet(member(settings, 'os-families-exclude'));
  if (isBoth) check.errors.push('php-ext : os-families and os-families-exclude cannot both be specified');
  const kept = phpEntries(settings).flatMap(([key, value]): [string, unknown][] => {
    if (isBoth && key.startsWith('os-families')) return [];
    const replacement = isSet(value) ? checkSetting(check, key, value) : { value };
    return replacement === undefined ? [] : [[key, replacement.value]];
  });
  setUnlessEmpty(check, 'php-ext', fromEntries(settings, kept));
}

function checkSetting(check: ManifestCheck, key: string, value: unknown): Replacement {
  const path = `php-ext.${key}`;
  switch (key) {
    case 'extension-name':
      return ofType(check, path, value, typeof value === 'string', 'a string');
    case 'priority':
      return ofType(check, path, value, phpType(value) === 'int', 'an integer');
    case 'support-zts':
    case 'support-nts':
      return ofType(check, path, value, typeof value === 'boolean', 'a boolean');
    case 'build-path':
      return ofType(check, path, value, typeof value === 'string', 'a string or null');
    case 'download-url-method':
      return downloadMethods(check, path, value);
    case 'os-families':
    case 'os-families-exclude':
      return osFamilies(check, path, value);
    case 'configure-options':
      return configureOptions(check, path, value);
    default:
      return { value };
  }
}

function ofType(
  check: ManifestCheck,
  path: string,
  value: unknown,
  isGood: boolean,
  expected: string,
): Replacement {
  if (isGood) return { value };
  check.errors.push(`${path} : should be ${expected}, ${phpType(value)} given`);
  return undefined;
}

function downloadMethods(check: ManifestCheck, path: string, value: unknown): Replacement {
  if (typeof value !== 'string' && !isPhpArray(value)) {
    return ofType(check, path, value, false, 'an array or a string');
  }
  const methods = phpEntries(typeof value === 'string' ? [value] : value);
  if (methods.length === 0) {
    check.errors.push(`${path} : must contain at least one element`);
    return undefined;
  }
  const good = methods.filter(([index, method]) =>
    isOneOf(check, `${path}.${index}`, method, DOWNLOAD_METHODS),
  );
  return good.length === methods.length ? { value } : undefined;
}

function osFamilies(check: ManifestCheck, path: string, value: unknown): Replacement {
  if (!isPhpArray(value)) return ofType(check, path, value, false, 'an array');
  const families = phpEntries(value);
  if (families.length === 0) check.errors.push(`${path} : must contain at least one element`);
  const good = families.filter(([index, family]) => isOneOf(check, `${path}.${index}`, family, OS_FAMILIES));
  return good.length === 0 ? undefined : { value: fromEntries(value, good) };
}

function isOneOf(check: ManifestCheck, path: string, value: unknown, allowed: readonly string[]): boolean {
  if (typeof value !== 'string') {
    check.errors.push(`${path} : should be a string, ${phpType(value)} given`);
    return false;
  }
  if (allowed.includes(value)) return true;
  check.errors.push(`${path} : invalid value (${value}), must be one of ${allowed.join(', ')}`);
  return false;
}

function configureOptions(check: ManifestCheck, path: string, value: unknown): Replacement {
  if (!isPhpArray(value)) return ofType(check, path, value, false, 'an array');
  const good = phpEntries(value).flatMap(([index, option]): [string, unknown][] => {
    const kept = configureOption(check, `${path}.${index}`, option);
    return kept === undefined ? [] : [[index, kept]];
  });
  return good.length === 0 ? undefined : { value: fromEntries(value, good) };
}

function configureOption(check: ManifestCheck, path: string, option: unknown): PhpArray | undefined {
  if (!isPhpArray(option)) {
    ofType(check, path, option, false, 'an array');
    return undefined;
  }
  const name = member(option, 'name');
  if (!isSet(name)) {
    check.errors.push(`${path}.name : must be present`);
    return undefined;
  }
  if (ofType(check, `${path}.name`, name, typeof name === 'string', 'a string') === undefined)
    return undefined;
  const fields = phpEntries(option).filter(([field, value]) => {
    if (!isSet(value)) return true;
    if (field === 'needs-value') {
      return ofType(check, `${path}.${field}`, value, typeof value === 'boolean', 'a boolean') !== undefined;
    }
    if (field === 'description') {
      return ofType(check, `${path}.${field}`, value, typeof value === 'string', 'a string') !== undefined;
    }
    return true;
  });
  return fromEntries(option, fields);
}
