/**
 * Honoured properties without a mutation, each with the reason. What becomes covered must leave this list, and what is not
 * covered must stand in it.
 */
export const uncovered: Readonly<Record<string, string>> = {};
