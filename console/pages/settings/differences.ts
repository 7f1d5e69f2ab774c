/** What an entry of the history has of before and afterwards, field by field. */

export interface Difference {
  /** In words; empty where there are no fields. */
  readonly field: string;
  readonly before: string;
  readonly after: string;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Such as “longest token days” of `longestTokenDays`. */
const inWords = (name: string): string =>
  name.replaceAll(/(?<=[a-z0-9])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

function asText(value: unknown): string {
  if (value === undefined || value === null || value === '') {
    return '–';
  }
  if (Array.isArray(value)) {
    return value.length === 0 ? '–' : value.map(asText).join(', ');
  }
  if (isObject(value)) {
    return Object.entries(value)
      .map(([name, part]) => `${inWords(name)}: ${asText(part)}`)
      .join(', ');
  }
  return String(value);
}

/** What both sides have alike is left out. */
export function differencesOf(before: unknown, after: unknown): readonly Difference[] {
  const sides = [before, after].filter((side) => side !== undefined && side !== null);
  if (!sides.every(isObject)) {
    return [{ field: '', before: asText(before), after: asText(after) }];
  }
  const [old, now] = [isObject(before) ? before : {}, isObject(after) ? after : {}];
  return [...new Set([...Object.keys(old), ...Object.keys(now)])]
    .map((name) => ({ field: inWords(name), before: asText(old[name]), after: asText(now[name]) }))
    .filter((one) => one.before !== one.after);
}
