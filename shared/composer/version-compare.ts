/**
 * PHP's `version_compare()`, with which Composer orders normalized versions. Source of the rule: php-src
 * `ext/standard/versioning.c` at tag php-8.2.0 and https://www.php.net/version_compare.
 */

/** Words with a rank, lowest first; a word counts if it starts with one of these. `#` stands for a number. */
const RANKS: readonly (readonly [prefix: string, rank: number])[] = [
  ['dev', 0],
  ['alpha', 1],
  ['a', 1],
  ['beta', 2],
  ['b', 2],
  ['RC', 3],
  ['rc', 3],
  ['#', 4],
  ['pl', 5],
  ['p', 5],
];
const NUMBER = '#N#';
const LONG_MAX = 0x7fff_ffff_ffff_ffffn;

/**
 * Negative if `a` is the lower version, positive if the higher, zero if PHP holds them for equal (which different texts can
 * be: `1.0.0.0-beta1` and `1.0.0.0-beta01`).
 */
export function compareVersions(a: string, b: string): number {
  if (a === '' || b === '') return Math.sign(a.length - b.length);
  return compareParts(versionParts(a), versionParts(b));
}

/** A text that is equal for two versions exactly if `compareVersions` gives zero for them. */
export function versionIdentity(version: string): string {
  return versionParts(version)
    .map((part) => (isNumber(part) ? numberOf(part).toString() : `r${rankOf(part)}`))
    .join('.');
}

function compareParts(left: readonly string[], right: readonly string[]): number {
  const common = Math.min(left.length, right.length);
  for (let index = 0; index < common; index += 1) {
    const order = comparePart(left[index] ?? '', right[index] ?? '');
    if (order !== 0) return order;
  }
  // What is left over is more if it is a number, else it counts against one: `1.0-beta` is lower than `1.0`.
  if (left.length > common) return isNumber(left[common] ?? '') ? 1 : compareRest(left.slice(common));
  if (right.length > common) return isNumber(right[common] ?? '') ? -1 : -compareRest(right.slice(common));
  return 0;
}

function compareRest(rest: readonly string[]): number {
  return rest[0] === '' && rest.length === 1 ? -1 : compareParts(rest, [NUMBER]);
}

function comparePart(left: string, right: string): number {
  if (isNumber(left) && isNumber(right)) {
    const difference = numberOf(left) - numberOf(right);
    return difference < 0n ? -1 : difference > 0n ? 1 : 0;
  }
  return Math.sign(rankOf(isNumber(left) ? NUMBER : left) - rankOf(isNumber(right) ? NUMBER : right));
}

function isNumber(part: string): boolean {
  return /^\d/.test(part);
}

function numberOf(part: string): bigint {
  const value = BigInt(/^\d+/.exec(part)?.[0] ?? '0');
  return value > LONG_MAX ? LONG_MAX : value;
}

function rankOf(part: string): number {
  return RANKS.find(([prefix]) => part.startsWith(prefix))?.[1] ?? -1;
}

/** Splits where digits meet other characters and at everything that is neither digit nor letter. */
function versionParts(version: string): string[] {
  if (version.startsWith('#')) return version.split('.');
  let parts = version.charAt(0);
  for (let index = 1; index < version.length; index += 1) {
    const character = version.charAt(index);
    const before = version.charAt(index - 1);
    const separated = parts.endsWith('.');
    if (/[-_+]/.test(character)) {
      parts += separated ? '' : '.';
    } else if (
      (/[^\d.\-_+]/.test(before) && /\d/.test(character)) ||
      (/\d/.test(before) && /[^\d.]/.test(character))
    ) {
      parts += separated ? character : `.${character}`;
    } else if (!/[0-9A-Za-z]/.test(character)) {
      parts += separated ? '' : '.';
    } else {
      parts += character;
    }
  }
  return parts.split('.');
}
