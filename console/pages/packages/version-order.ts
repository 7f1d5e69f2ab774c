/** Versions as Composer normalizes them: such as `2.0.0.0-beta1`, `1.9999999.9999999.9999999-dev`, `dev-main`. */

/** As people write it: Composer's fourth number is 0 with nearly everybody. */
export const readVersion = (normalized: string): string =>
  normalized.replace(/^(\d+\.\d+\.\d+)\.0(?=$|-)/, '$1');

const stabilities = ['dev', 'alpha', 'beta', 'RC', '', 'patch'];

/** Its numbers, then its stability, which has a number of its own. */
function partsOf(normalized: string): readonly number[] | undefined {
  const [numbers = '', suffix = ''] = normalized.split(/-(.*)/s);
  const [, stability = '', place = ''] = /^([a-z]*)([\d.]*)/i.exec(suffix) ?? [];
  return /^\d/.test(numbers)
    ? [...numbers.split('.').map(Number), stabilities.indexOf(stability), ...place.split('.').map(Number)]
    : undefined;
}

/** For sorting: branches by name, then the newest first. */
export function newestFirst(one: string, other: string): number {
  const [left, right] = [partsOf(one), partsOf(other)];
  if (left === undefined || right === undefined) {
    return left === right ? one.localeCompare(other) : left === undefined ? -1 : 1;
  }
  const at = left.findIndex((number, place) => number !== right[place]);
  return at === -1 ? left.length - right.length : (right[at] ?? 0) - (left[at] ?? 0);
}
