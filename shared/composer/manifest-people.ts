/** The checks of `license`, `authors`, `support` and `funding` of Composer's `ValidatingArrayLoader` at tag 2.10.2. */

import { checkArray, isWebUrl, type ManifestCheck, setUnlessEmpty } from './manifest-check.ts';
import { phpTrim } from './php-text.ts';
import { fromEntries, isPhpArray, isSet, phpEntries, phpType } from './php-value.ts';
import { isSpdxExpression } from './spdx-license.ts';
import { isEmailAddress, isUrlWithHost } from './web-address.ts';

/** Older releases keep licenses that SPDX has dropped since; only younger ones are checked. */
const LICENSE_GRACE_MS = 8 * 24 * 60 * 60 * 1000;

/** One text or a list of them becomes a list. Names unknown to SPDX are warned about but stay. */
export function checkLicense(check: ManifestCheck, releaseTime: number | undefined, now: number): void {
  const license = check.config.get('license');
  if (!isSet(license)) return;
  if (typeof license !== 'string' && !isPhpArray(license)) {
    check.warnings.push(`License must be a string or array of strings, got ${JSON.stringify(license)}.`);
    check.config.delete('license');
    return;
  }
  const names =
    typeof license === 'string'
      ? [license]
      : Object.values(license).flatMap((name) => licenseName(check, name));
  // Composer counts whole seconds.
  const oldest = Math.floor(now / 1000) * 1000 - LICENSE_GRACE_MS;
  if (releaseTime === undefined || releaseTime >= oldest) {
    check.warnings.push(...names.flatMap((name) => licenseWarning(name) ?? []));
  }
  check.config.set('license', names);
}

function licenseName(check: ManifestCheck, name: unknown): string[] {
  if (typeof name === 'string') return [name];
  check.warnings.push(`License ${JSON.stringify(name)} should be a string.`);
  return [];
}

function licenseWarning(name: string): string | undefined {
  if (name === 'proprietary') return undefined;
  const expression = name.replaceAll('proprietary', 'MIT');
  if (isSpdxExpression(expression)) return undefined;
  return isSpdxExpression(phpTrim(expression))
    ? `License ${JSON.stringify(name)} must not contain extra spaces, make sure to trim it.`
    : `License ${JSON.stringify(name)} is not a valid SPDX license identifier, see https://spdx.org/licenses/ if you use an open license.\nIf the software is closed-source, you may use "proprietary" as license.`;
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
    check.warnings.push(
      `support.irc : invalid value (${value}), must be a irc://<server>/<channel> or ircs:// URL`,
    );
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

/** Whether a field of a person or link may stay; if not, why is noted. Fields without a rule may. */
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
    check.warnings.push(`${path}.${field} : invalid value (${value}), must be an http/https URL`);
    return false;
  }
  if (rules.emails.includes(field) && !isEmailAddress(value)) {
    check.warnings.push(`${path}.${field} : invalid value (${value}), must be a valid email address`);
    return false;
  }
  return true;
}
