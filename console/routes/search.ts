/** Reads values of an address's query, which anybody can write: a value that is none of the expected is left out. */

export const oneOf = <Value extends string>(values: readonly Value[], given: unknown): Value | undefined =>
  values.find((value) => value === given);

/** @returns undefined for an empty text */
export const textOf = (given: unknown): string | undefined =>
  (typeof given === 'string' && given !== '') || typeof given === 'number' ? String(given) : undefined;
