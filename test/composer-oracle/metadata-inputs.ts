/** Lists of a package's versions, and of differences between versions. */

import { isPhpArray } from '../../shared/composer/php-value.ts';
import { type Manifest, manifest } from './manifest-inputs.ts';
import type { Random } from './random.ts';
import { tagName } from './version-inputs.ts';

/** Up to five versions of a package, each much like one before it. */
export function versionList(random: Random): Manifest[] {
  const source = manifest(random);
  const versions = [manifest(random)];
  for (let more = random.below(5); more > 0; more -= 1) {
    const before = random.oneIn(4) ? random.pick(versions) : (versions.at(-1) ?? {});
    versions.push(random.oneIn(20) ? {} : next(random, before, source));
  }
  return versions.map(withoutMark);
}

/** A list as a minified file has it, with marks for "removed" also where no writer would put them. */
export function differenceList(random: Random): Manifest[] {
  return versionList(random).map((version) =>
    Object.fromEntries(
      Object.entries(version).flatMap(([key, value]): [string, unknown][] => {
        if (random.oneIn(3)) return [];
        return [[key, random.oneIn(4) ? '__unset' : value]];
      }),
    ),
  );
}

/** PHP has one kind of array: what is empty or has only numbers for keys is a list here. */
export function asPhp(value: unknown): unknown {
  if (!isPhpArray(value)) return value;
  const entries = Object.entries(value).map(([key, part]) => [key, asPhp(part)] as const);
  return entries.every(([key]) => /^\d+$/.test(key))
    ? entries.map(([, part]) => part)
    : Object.fromEntries(entries);
}

function next(random: Random, before: Manifest, source: Manifest): Manifest {
  const keys = Object.keys(before);
  const removed = random.oneIn(2) && keys.length > 0 ? random.pick(keys) : undefined;
  const entries: [string, unknown][] = keys
    .filter((key) => key !== removed)
    .map((key) => [key, random.oneIn(12) ? reordered(before[key]) : before[key]]);
  const news = Object.entries(source).filter(() => random.oneIn(6));
  if (random.oneIn(4)) entries.reverse();
  return Object.fromEntries([...entries, ...news, ['version', tagName(random).toWellFormed()]]);
}

/** The same keys and values in another order, which is another value to PHP. */
function reordered(value: unknown): unknown {
  if (!isPhpArray(value)) return value;
  return Array.isArray(value) ? value.toReversed() : Object.fromEntries(Object.entries(value).toReversed());
}

/** `__unset` as a value has a test of its own; that PHP cannot tell `{}` from `[]` only costs bytes here. */
function withoutMark(version: Manifest): Manifest {
  return Object.fromEntries(
    Object.entries(version)
      .filter(([, value]) => value !== '__unset')
      .map(([key, value]) => [key, asPhp(value)]),
  );
}
