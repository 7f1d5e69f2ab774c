/**
 * Package names, by the rule of Composer's `ValidatingArrayLoader::hasPackageNamingError` and
 * `PlatformRepository::isPlatformPackage` at tag 2.10.2.
 */

import { asciiLower, END } from './php-text.ts';

const NAME = /^[a-z0-9](?:[_.-]?[a-z0-9])*\/[a-z0-9](?:(?:[_.]|-{1,2})?[a-z0-9])*$/i;
const PLATFORM =
  /^(?:php(?:-64bit|-ipv6|-zts|-debug)?|hhvm|(?:ext|lib)-[a-z0-9](?:[_.-]?[a-z0-9])*|composer(?:-(?:plugin|runtime)-api)?)$/i;
const RESERVED = [
  'nul',
  'con',
  'prn',
  'aux',
  ...[1, 2, 3, 4, 5, 6, 7, 8, 9].map((number) => `com${number}`),
  ...[1, 2, 3, 4, 5, 6, 7, 8, 9].map((number) => `lpt${number}`),
];
const JSON_ENDING = new RegExp(`\\.json${END}`);

/** Whether a package can have this name: lower case, `vendor/name`, and not reserved by Composer. */
export function isValidPackageName(name: string): boolean {
  return !isPlatformPackage(name) && packageNameError(name) === undefined;
}

/** Whether the name stands for PHP, an extension, a library or Composer itself, which are never requested from a registry. */
function isPlatformPackage(name: string): boolean {
  return PLATFORM.test(name);
}

/** Composer's error message for the name; undefined if it is valid. Platform packages are accepted. */
export function packageNameError(name: string): string | undefined {
  if (isPlatformPackage(name)) return undefined;
  if (!NAME.test(name)) {
    return `${name} is invalid, it should have a vendor name, a forward slash, and a package name. The vendor and package name can be words separated by -, . or _. The complete name should match "^[a-z0-9]([_.-]?[a-z0-9]+)*/[a-z0-9](([_.]?|-{0,2})[a-z0-9]+)*$".`;
  }
  if (
    asciiLower(name)
      .split('/')
      .some((part) => RESERVED.includes(part))
  ) {
    return `${name} is reserved, package and vendor names can not match any of: ${RESERVED.join(', ')}.`;
  }
  if (JSON_ENDING.test(name)) {
    return `${name} is invalid, package names can not end in .json, consider renaming it or perhaps using a -json suffix instead.`;
  }
  if (/[A-Z]/.test(name)) {
    const hyphenated = name.replace(
      /([a-z])([A-Z])|([A-Z])([A-Z][a-z])/g,
      (_, lower = '', upper = '', capital = '', word = '') => `${lower}${capital}-${upper}${word}`,
    );
    return `${name} is invalid, it should not contain uppercase characters. We suggest using ${asciiLower(hyphenated)} instead.`;
  }
  return undefined;
}
