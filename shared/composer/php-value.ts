/**
 * JSON values as PHP treats them after `json_decode($json, true)`: lists and objects are both arrays, null counts as absent, and a number
 * is an int or a float.
 */

/** A decoded JSON object. */
export type JsonObject = Record<string, unknown>;

/** An array in PHP's terms. */
export type PhpArray = JsonObject | readonly unknown[];

/** PHP's `is_array()` for decoded JSON. */
export function isPhpArray(value: unknown): value is PhpArray {
  return typeof value === 'object' && value !== null;
}

/** How many levels of lists and objects PHP's `json_decode` reads. Its documented depth is 512, but it fails at the 512th. */
export const NESTING_MAX = 511;

/** The nesting depth of lists and objects: 0 for a text or a number. Depth uses no stack. */
export function nestingOf(value: unknown): number {
  let depth = 0;
  for (let level = [value].filter(isPhpArray); level.length > 0; depth += 1) {
    level = level.flatMap((array) => Object.values(array).filter(isPhpArray));
  }
  return depth;
}

/** An object, not a list. */
export function isJsonObject(value: unknown): value is JsonObject {
  return isPhpArray(value) && !Array.isArray(value);
}

/** PHP's `isset()` for decoded JSON: neither missing nor null. */
export function isSet(value: unknown): boolean {
  return value !== undefined && value !== null;
}

/** The value under a key of a PHP array; undefined for anything else. Ignores inherited JavaScript properties. */
export function member(value: unknown, key: string): unknown {
  return isPhpArray(value) && Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined;
}

/** Keys and values in order; a list's keys are its indexes. */
export function phpEntries(value: PhpArray): [key: string, value: unknown][] {
  return Object.entries(value);
}

/** The same kind of array with only these entries: a list is renumbered, an object keeps its keys. */
export function fromEntries(like: PhpArray, entries: readonly [string, unknown][]): PhpArray {
  return Array.isArray(like) ? entries.map(([, value]) => value) : Object.fromEntries(entries);
}

/** PHP's `get_debug_type()` for decoded JSON. A float without a fraction counts as an int, since JSON.parse has lost the decimal point. */
export function phpType(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return 'string';
    case 'boolean':
      return 'bool';
    case 'number':
      return Number.isInteger(value) && Math.abs(value) < 2 ** 63 ? 'int' : 'float';
    case 'undefined':
      return 'null';
    default:
      return value === null ? 'null' : 'array';
  }
}

/** PHP's `(string)` for a scalar. */
export function phpString(value: string | number | boolean): string {
  if (typeof value === 'boolean') return value ? '1' : '';
  return String(value);
}

/** PHP's `is_scalar()` for decoded JSON. */
export function isScalar(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}
