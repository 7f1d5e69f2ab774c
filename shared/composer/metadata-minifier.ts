/**
 * Composer's metadata format `composer/2.0`, in which each version of a list has only what differs from the one before it: a port of
 * composer/metadata-minifier `src/MetadataMinifier.php` at tag 1.0.1.
 */

/** One version's metadata, or its difference from the version before. */
export type VersionData = Readonly<Record<string, unknown>>;

/** A value equals the format's mark for "removed", so the list cannot be written in it. */
export class UnminifiableError extends Error {
  override readonly name = 'UnminifiableError';
}

const UNSET = '__unset';

/**
 * Converts a list to differences. Values are compared like PHP's `!==`: by type and order of keys, inside nested maps too. Equal input
 * gives equal bytes when encoded. The bytes can differ from PHP's in two harmless ways: JavaScript moves integer-like keys of an object to
 * its front (`{"2":…,"1":…}`), and an empty difference is `{}` here and `[]` there. PHP also cannot distinguish `{}` from `[]`, nor
 * JavaScript `1.0` from `1`; at worst a value is repeated needlessly.
 *
 * @throws UnminifiableError if a value is the string `__unset`; such a list must be published unminified.
 */
export function minify(versions: readonly VersionData[]): VersionData[] {
  const state = new Map<string, string>();
  return versions.map((version) => {
    const difference: [string, unknown][] = [];
    for (const [key, value] of Object.entries(version)) {
      if (value === UNSET) throw new UnminifiableError(`The value of "${key}" is "${UNSET}".`);
      const encoded = JSON.stringify(value);
      if (state.get(key) === encoded) continue;
      state.set(key, encoded);
      difference.push([key, value]);
    }
    for (const key of [...state.keys()]) {
      if (Object.hasOwn(version, key)) continue;
      state.delete(key);
      difference.push([key, UNSET]);
    }
    return Object.fromEntries(difference);
  });
}

/** Restores the complete versions. A key that was removed and comes back is at the end. */
export function expand(versions: readonly VersionData[]): VersionData[] {
  const state = new Map<string, unknown>();
  return versions.map((version) => {
    // After an empty version nothing can be unset: as in PHP, the next version is taken as it is.
    const whole = state.size === 0;
    for (const [key, value] of Object.entries(version)) {
      if (value === UNSET && !whole) state.delete(key);
      else state.set(key, value);
    }
    return Object.fromEntries(state);
  });
}
