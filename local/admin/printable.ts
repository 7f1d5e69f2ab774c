/** Text of code hosts and people as a terminal may show it: it could carry out control characters, and show others elsewhere than they stand. */
import { unprintable } from '../../shared/console-api/common.ts';

/** A line in which each of them is replaced. */
export const printable = (line: string): string => line.replace(unprintable, '\ufffd');

/** The value as JSON in which each of them is escaped, so that a program reads what was there. */
export const printableJson = (value: unknown): string =>
  JSON.stringify(value, undefined, 2)
    .split('\n')
    .map((line) => line.replace(unprintable, escaped))
    .join('\n');

const escaped = (text: string): string =>
  text
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
