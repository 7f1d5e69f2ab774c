/** Times in words. */
import { locale } from '../words/locale.ts';

const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
const exact = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeStyle: 'long' });

const secondMs = 1000;
const units = [
  ['year', 365 * 86_400],
  ['month', 30 * 86_400],
  ['week', 7 * 86_400],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const;

/** @param at milliseconds since the epoch, as `now` @returns such as “3 hours ago” or “in 2 days” */
export function relativeTime(at: number, now: number): string {
  const seconds = (at - now) / secondMs;
  const found = units.find(([, length]) => Math.abs(seconds) >= length);
  return found === undefined
    ? relative.format(0, 'second')
    : relative.format(Math.trunc(seconds / found[1]), found[0]);
}

/** @param at milliseconds since the epoch @returns with the time zone of the browser */
export const exactTime = (at: number): string => exact.format(at);

const day = new Intl.DateTimeFormat(locale, { dateStyle: 'long' });

/** @param at milliseconds since the epoch @returns the day alone, in the time zone of the browser */
export const exactDay = (at: number): string => day.format(at);
