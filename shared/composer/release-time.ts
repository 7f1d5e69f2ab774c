/** Parses and formats the `time` of a manifest. */

const ISO =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?(?: ?(Z|UTC|[+-]\d{2}(?::?\d{2})?))?)?$/i;

/**
 * Parses a release time to milliseconds since 1970; `invalid` if PHP's `DateTime` refuses it; `unknown` if it is in none of the forms of
 * Composer's documentation (https://getcomposer.org/doc/04-schema.md#time) or RFC 3339. PHP parses many more ("last monday"), which no
 * other language does: callers use the commit's time for those.
 */
export function parseReleaseTime(text: string): number | 'invalid' | 'unknown' {
  const match = ISO.exec(text.trim());
  if (match === null) return 'unknown';
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1, 7)
    .map((digits) => Number(digits ?? 0));
  if (year < 100) return 'unknown';
  if (month > 12 || day > 31 || hour > 24 || minute > 59 || second > 60) return 'invalid';
  // PHP accepts any two digits as the hours of an offset, but four digits only if they are a time of day.
  const [, hours = 0, minutes = 0] = /(\d{2}):?(\d{2})$/.exec(match[7] ?? '')?.map(Number) ?? [];
  if (hours > 24 || minutes > 59) return 'invalid';
  return Date.UTC(year, month - 1, day, hour, minute, second) - offsetOf(match[7]);
}

/** Formats a time as Composer and Packagist do: RFC 3339 in UTC, to the second. */
export function formatReleaseTime(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19)}+00:00`;
}

function offsetOf(zone: string | undefined): number {
  const [, sign, hours = '0', minutes = '0'] = /^([+-])(\d{2}):?(\d{2})?$/.exec(zone ?? '') ?? [];
  const offset = (Number(hours) * 60 + Number(minutes)) * 60_000;
  return sign === '-' ? -offset : offset;
}
