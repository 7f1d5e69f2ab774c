/** Checks URLs and e-mail addresses in manifests as PHP does for Composer's loader. */

/**
 * Composer's `ValidatingArrayLoader::filterUrl` at tag 2.10.2: accepts the empty text; anything else needs one of the schemes (in lower
 * case) and a host as PHP's `parse_url()` finds them (php-src `ext/standard/url.c` at tag php-8.2.0).
 */
export function isUrlWithHost(text: string, schemes: readonly string[]): boolean {
  if (text === '') return true;
  const [, scheme = '', authority = ''] = /^([a-z0-9+.-]+):\/\/([^/?#]*)/.exec(text) ?? [];
  if (!schemes.includes(scheme)) return false;
  const address = authority.slice(authority.lastIndexOf('@') + 1);
  const isIpv6 = address.startsWith('[') && address.endsWith(']');
  const colon = isIpv6 ? -1 : address.lastIndexOf(':');
  const host = colon === -1 ? address : address.slice(0, colon);
  // PHP's empty() treats "0" as empty.
  return host !== '' && host !== '0' && (colon === -1 || isPort(address.slice(colon + 1)));
}

/** At most five bytes that start with a number from 0 to 65535; what follows the number is ignored, as in `strtol`. */
function isPort(text: string): boolean {
  if (text === '') return true;
  if (new TextEncoder().encode(text).length > 5) return false;
  const number = /^[ \t\n\v\f\r]*([+-]?\d+)/.exec(text)?.[1];
  return number !== undefined && Number(number) >= 0 && Number(number) <= 65_535;
}

const ATOM = "[!#-'*+\\-/-9=?^-~]+";
const QUOTED = '"(?:[\\x01-\\x08\\x0B\\x0C\\x0E-\\x1F!#-\\[\\]-\\x7F]|\\\\[\\x00-\\x7F])*"';
const LOCAL = `(?:${ATOM}|${QUOTED})(?:\\.(?:${ATOM}|${QUOTED}))*`;
// PHP's pattern also has `xn--`, which adds nothing and would backtrack endlessly.
const DOMAIN = '(?:[a-z0-9]+(?:-+[a-z0-9]+)*\\.)+[a-z][a-z0-9]*(?:-+[a-z0-9]+)*';
const HEX = '[a-f0-9]{1,4}';
const IPV4 =
  '(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])(?:\\.(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])){3}';
const IPV6 = `IPv6:(?:${HEX}(?::${HEX}){7}|(?!(?:.*[a-f0-9][:\\]]){7,})(?:${HEX}(?::${HEX}){0,5})?::(?:${HEX}(?::${HEX}){0,5})?)`;
const IPV6_WITH_IPV4 = `(?:IPv6:(?:${HEX}(?::${HEX}){5}:|(?!(?:.*[a-f0-9]:){5,})(?:${HEX}(?::${HEX}){0,3})?::(?:${HEX}(?::${HEX}){0,3}:)?))?${IPV4}`;
const EMAIL = new RegExp(`^${LOCAL}@(?:${DOMAIN}|\\[(?:${IPV6}|${IPV6_WITH_IPV4})\\])$`, 'i');

/**
 * PHP's `filter_var($text, FILTER_VALIDATE_EMAIL)` (php-src `ext/filter/logical_filters.c` at tag php-8.2.0, after a pattern
 * by Michael Rushton, 2009, http://squiloople.com/): at most 320 bytes, 64 characters before the `@`, 63 in a label.
 */
export function isEmailAddress(text: string): boolean {
  if (text.length > 320 || !EMAIL.test(text)) return false;
  const at = text.lastIndexOf('@');
  const [local, domain] = [text.slice(0, at), text.slice(at + 1)];
  return (
    characters(local) <= 64 && characters(text) < 255 && (domain.startsWith('[') || !/[^.]{64}/.test(domain))
  );
}

/** The length as the pattern counts it: an escaped character counts as one, and quotes beside a character count with it. */
function characters(text: string): number {
  return text.match(/"?\\[\s\S]"?|"?[^\\"]"?/g)?.length ?? 0;
}
