/**
 * PHP's `version_compare()`, by which Composer orders normalized versions. Source of the rule: php-src `ext/standard/versioning.c` at tag
 * php-8.2.0 and https://www.php.net/version_compare.
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
 * Negative if `a` is the lower version, positive if the higher, zero if PHP considers them equal (which different texts can be:
 * `1.0.0.0-beta1` and `1.0.0.0-beta01`).
 */
export function compareVersions(a: string, b: string): number {
  if (a === '' || b === '') return Math.sign(a.length - b.length);
  let [left, right] = [canonical(a), canonical(b)];
  let [isMoreLeft, isMoreRight] = [true, true];
  while (left !== '' && right !== '' && isMoreLeft && isMoreRight) {
    const [leftPart, leftRest] = firstPart(left);
    const [rightPart, rightRest] = firstPart(right);
    const order = comparePart(leftPart, rightPart);
    if (order !== 0) return order;
    isMoreLeft = leftRest !== undefined;
    isMoreRight = rightRest !== undefined;
    left = leftRest ?? left;
    right = rightRest ?? right;
  }
  // A remaining part makes the version higher if it is a number, else it is compared with a number: `1.0-beta` is lower than `1.0`.
  if (isMoreLeft) return isNumber(left) ? 1 : compareVersions(left, NUMBER);
  if (isMoreRight) return isNumber(right) ? -1 : compareVersions(NUMBER, right);
  return 0;
}

/** A text that is the same for two normalized versions exactly if `compareVersions` gives zero for them. */
export function versionIdentity(normalized: string): string {
  return canonical(normalized)
    .split('.')
    .map((part) => (isNumber(part) ? numberOf(part).toString() : `r${rankOf(part)}`))
    .join('.');
}

function firstPart(text: string): [part: string, rest: string | undefined] {
  const dot = text.indexOf('.');
  return dot === -1 ? [text, undefined] : [text.slice(0, dot), text.slice(dot + 1)];
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

/** Inserts dots where digits meet other characters, and replaces everything that is neither digit nor letter by dots. */
function canonical(version: string): string {
  if (version.startsWith('#')) return version;
  let text = version.charAt(0);
  let isDotLast = text === '.';
  let before = kindOf(version.charCodeAt(0));
  for (let index = 1; index < version.length; index += 1) {
    const kind = kindOf(version.charCodeAt(index));
    const isBorder =
      kind !== 'separator' &&
      kind !== 'dot' &&
      before !== 'dot' &&
      (kind === 'digit') !== (before === 'digit');
    const isKept = isBorder || kind === 'digit' || kind === 'letter';
    if ((isBorder || !isKept) && !isDotLast) text += '.';
    if (isKept) text += version.charAt(index);
    isDotLast = !isKept;
    before = kind;
  }
  return text;
}

function kindOf(code: number): 'digit' | 'letter' | 'dot' | 'separator' | 'other' {
  if (code >= 0x30 && code <= 0x39) return 'digit';
  const lower = code | 0x20;
  if (lower >= 0x61 && lower <= 0x7a) return 'letter';
  if (code === 0x2e) return 'dot';
  return code === 0x2d || code === 0x5f || code === 0x2b ? 'separator' : 'other';
}
