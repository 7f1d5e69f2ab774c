/** The checks of `license`, `authors`, `support` and `funding` of Composer's `ValidatingArrayLoader` at tag 2.10.2. */

import { checkArray, isWebUrl, type ManifestCheck, setUnlessEmpty } from './manifest-check.ts';
import { fromEntries, isPhpArray, isSet, phpEntries, phpType } from './php-value.ts';
import { isEmailAddress, isUrlWithHost } from './web-address.ts';

/**
 * Turns one text or a list of them into a list; other values are left out. Names are not checked against SPDX: Composer only warns of
 * unknown ones, and only for eight days.
 */
export function checkLicense(check: ManifestCheck): void {
  const license = check.config.get('license');
  if (!isSet(license)) return;
  if (typeof license !== 'string' && !isPhpArray(license)) {
    leaveOutLicense(check, `must be a string or array of strings, got ${JSON.stringify(license)}`);
    check.config.delete('license');
    return;
  }
  const names = typeof license === 'string' ? [license] : Object.values(license);
  for (const name of names.filter((one) => typeof one !== 'string')) {
    leaveOutLicense(check, `${JSON.stringify(name)} should be a string`);
  }
  check.config.set(
    'license',
    names.filter((name) => typeof name === 'string'),
  );
}

function leaveOutLicense(check: ManifestCheck, problem: string): void {
  check.leftOut.push({ path: 'license', problem });
}

export function checkAuthors(check: ManifestCheck): void {
  const authors = checkArray(check, 'authors');
  if (authors === undefined) return;
  const kept = phpEntries(authors).flatMap(([index, author]): [string, unknown][] => {
    if (!isPhpArray(author)) {
      check.errors.push(`authors.${index} : should be an array, ${phpType(author)} given`);
      return [];
    }
    const fields = phpEntries(author).filter(([field, value]) =>
      isGoodField(check, `authors.${index}`, field, value, {
        strings: ['homepage', 'email', 'name', 'role'],
        urls: ['homepage'],
        emails: ['email'],
      }),
    );
    return fields.length === 0 ? [] : [[index, fromEntries(author, fields)]];
  });
  setUnlessEmpty(check, 'authors', fromEntries(authors, kept));
}

export function checkSupport(check: ManifestCheck): void {
  const support = checkArray(check, 'support');
  if (support === undefined) return;
  const urls = ['issues', 'forum', 'wiki', 'source', 'docs', 'chat', 'security'];
  const kept = phpEntries(support).filter(([field, value]) => {
    const good = isGoodField(check, 'support', field, value, {
      strings: [...urls, 'email', 'irc', 'rss'],
      urls,
      emails: ['email'],
    });
    if (!good || field !== 'irc' || typeof value !== 'string' || isUrlWithHost(value, ['irc', 'ircs']))
      return good;
    check.leftOut.push({
      path: 'support.irc',
      problem: `invalid value (${value}), must be a irc://<server>/<channel> or ircs:// URL`,
    });
    return false;
  });
  setUnlessEmpty(check, 'support', fromEntries(support, kept));
}

export function checkFunding(check: ManifestCheck): void {
  const funding = checkArray(check, 'funding');
  if (funding === undefined) return;
  const kept = phpEntries(funding).flatMap(([index, option]): [string, unknown][] => {
    if (!isPhpArray(option)) {
      check.errors.push(`funding.${index} : should be an array, ${phpType(option)} given`);
      return [];
    }
    const fields = phpEntries(option).filter(([field, value]) =>
      isGoodField(check, `funding.${index}`, field, value, {
        strings: ['type', 'url'],
        urls: ['url'],
        emails: [],
      }),
    );
    return fields.length === 0 ? [] : [[index, fromEntries(option, fields)]];
  });
  setUnlessEmpty(check, 'funding', fromEntries(funding, kept));
}

interface FieldRules {
  readonly strings: readonly string[];
  readonly urls: readonly string[];
  readonly emails: readonly string[];
}

/** Whether a field of a person or link is valid; if not, the reason is recorded. Fields without a rule are valid. */
function isGoodField(
  check: ManifestCheck,
  path: string,
  field: string,
  value: unknown,
  rules: FieldRules,
): boolean {
  if (!isSet(value) || !rules.strings.includes(field)) return true;
  if (typeof value !== 'string') {
    check.errors.push(`${path}.${field} : invalid value, must be a string`);
    return false;
  }
  if (rules.urls.includes(field) && !isWebUrl(value)) {
    check.leftOut.push({
      path: `${path}.${field}`,
      problem: `invalid value (${value}), must be an http/https URL`,
    });
    return false;
  }
  if (rules.emails.includes(field) && !isEmailAddress(value)) {
    check.leftOut.push({
      path: `${path}.${field}`,
      problem: `invalid value (${value}), must be a valid email address`,
    });
    return false;
  }
  return true;
}
