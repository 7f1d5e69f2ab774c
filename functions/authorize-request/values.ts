/** Parses the edge's values, which shared/domain/edge-keys.ts writes. Written in the JavaScript subset described in authorize.ts. */

/** The content of a token's value. */
export interface Access {
  principal: string;
  /** Seconds since the epoch; 0 for never. */
  expiry: number;
  /** Reads every package; else the principal's bitmap decides. */
  readsAll: boolean;
  /** Whether `slugs` are the only organizations that it reads; else those that it does not. */
  isOnly: boolean;
  /** Separated and enclosed by commas. */
  slugs: string;
  /** From before organizations had a key at the edge. */
  isOld: boolean;
}

/** The content of a package's value. */
export interface PackageValue {
  number: number;
  /** Prefixes of refused commits, 12 digits each, separated by commas. */
  refused: string;
}

/** A value holds 1 KB: 768 bytes in base64url. */
export const packagesPerChunk = 6144;

/** Nothing may follow, not even the line break that `$` alone accepts in this engine. */
const accessPattern =
  /^(?:own\|[ut]\.[\w.-]+\|\d{1,11}\|(?:only:(?=.)|not:)|all\|o\.[\w.-]+\|\d{1,11}\|only:(?=.))(?:[a-z0-9-]+(?:,[a-z0-9-]+)*)?$(?!\n)/;
const oldAccessPattern =
  /^(?:[ut]\.[\w.-]+\|\d{1,11}|\*o\.[\w.-]+\|\d{1,11}\|[a-z0-9-]+(?:,[a-z0-9-]+)*)$(?!\n)/;
const refusingPattern = /^(?:0|[1-9][0-9]{0,8})![0-9a-f]{12}(?:,[0-9a-f]{12})*$(?!\n)/;
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/**
 * Null for an invalid value.
 *
 * `own|u.ann|0|only:acme` reads what the principal may read, in acme only; `own|u.ann|0|not:acme` in every organization but acme;
 * `all|o.acme1|0|only:acme,umbrella` every package of these two. Only the principal of an organization reads all, and never in
 * organizations that are not named.
 */
export function parseAccess(value: string): Access | null {
  if (value.search(accessPattern) !== 0) return parseOldAccess(value);
  const parts = value.split('|');
  const slugs = parts[3] as string;
  const isOnly = slugs.charAt(0) === 'o';
  return {
    principal: parts[1] as string,
    expiry: Number(parts[2]),
    readsAll: parts[0] === 'all',
    isOnly: isOnly,
    slugs: ',' + slugs.slice(isOnly ? 5 : 4) + ',',
    isOld: false,
  };
}

/** `u.ann|0`, or `*o.acme1|0|acme,umbrella` for a token that reads every package of these. */
function parseOldAccess(value: string): Access | null {
  if (value.search(oldAccessPattern) !== 0) return null;
  const parts = value.split('|');
  const readsAll = value.charAt(0) === '*';
  const principal = parts[0] as string;
  return {
    principal: readsAll ? principal.slice(1) : principal,
    expiry: Number(parts[1]),
    readsAll: readsAll,
    isOnly: readsAll,
    slugs: `,${readsAll ? parts[2] : ''},`,
    isOld: true,
  };
}

/** @param now milliseconds since the epoch */
export function hasExpired(expiry: number, now: number): boolean {
  return expiry !== 0 && expiry * 1000 <= now;
}

export function readsSlug(access: Access, slug: string): boolean {
  return (access.slugs.indexOf(',' + slug + ',') !== -1) === access.isOnly;
}

/** Null for an invalid value. */
export function parsePackage(value: string): PackageValue | null {
  const number = Number(value);
  // A plain number, like most values.
  if (String(number) === value && (number | 0) === number && number >= 0)
    return { number: number, refused: '' };
  if (value.search(refusingPattern) !== 0) return null;
  const end = value.indexOf('!');
  return { number: Number(value.slice(0, end)), refused: value.slice(end) };
}

/** Whether the commit begins with a refused prefix. The function runs before the cache, so cached copies are refused too. */
export function isRefused(refused: string, commit: string): boolean {
  return commit.length >= 12 && refused.indexOf(commit.slice(0, 12)) !== -1;
}

/** The least significant bit of each byte comes first; only the one character is decoded. */
export function hasBit(bitmap: string, bit: number): boolean {
  const place = (bit | 7) - (bit & 7);
  const digit = (place / 6) | 0;
  if (digit >= bitmap.length) return false;
  return ((alphabet.indexOf(bitmap.charAt(digit)) >> (5 - (place % 6))) & 1) === 1;
}
