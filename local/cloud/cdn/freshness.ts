import type { CachePolicy, ErrorRule } from './config.ts';

type Headers = ReadonlyMap<string, readonly string[]>;

/**
 * How long an answer of the origin is cached, in seconds; 0 if it is not.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/Expiration.html#ExpirationDownloadDist
 *
 * @param now milliseconds since the epoch
 */
export function cacheSeconds(status: number, headers: Headers, policy: CachePolicy, now: number): number {
  const { minTtl, defaultTtl, maxTtl } = policy;
  const isKept = (status >= 200 && status < 300) || (status >= 300 && status < 400 && status !== 304);
  if (!isKept || maxTtl === 0) return 0;
  const cacheControl = directives(headers);
  // https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/http-3xx-status-codes.html
  if ((status === 307 || status === 308) && cacheControl.size === 0) return 0;
  if (forbidsCaching(cacheControl)) return minTtl;
  const lifetime =
    maxAge(cacheControl) ?? secondsUntil(headers.get('expires')?.[0], now) ?? Math.max(minTtl, defaultTtl);
  return Math.min(Math.max(lifetime, minTtl), maxTtl);
}

/** Errors that are cached without any header of the origin. Others are cached only if the origin sends a lifetime. */
const alwaysKeptErrors = new Set([404, 410, 414, 500, 501, 502, 503, 504]);
const errorsKeptByAge = new Set([400, 403, 405, 412, 415]);
/** The errors for which `no-store` and the like are honoured. */
const errorsThatMayForbid = new Set([404, 410, 414, 501]);

/** https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/custom-error-pages-expiration.html */
const DEFAULT_ERROR_SECONDS = 10;

/**
 * How long an error of the origin is cached, in seconds.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/HTTPStatusCodes.html
 */
export function errorCacheSeconds(
  status: number,
  headers: Headers,
  policy: CachePolicy,
  rule: ErrorRule | undefined,
): number {
  if (policy.maxTtl === 0) return 0;
  const cacheControl = directives(headers);
  const age = maxAge(cacheControl);
  if (errorsThatMayForbid.has(status) && forbidsCaching(cacheControl)) return 0;
  if (!alwaysKeptErrors.has(status) && !(errorsKeptByAge.has(status) && age !== undefined)) return 0;
  return Math.max(errorMinSeconds(rule), Math.min(age ?? 0, policy.maxTtl));
}

/** The error caching minimum TTL, in seconds. */
export function errorMinSeconds(rule: ErrorRule | undefined): number {
  return rule?.cachingMinTtl ?? DEFAULT_ERROR_SECONDS;
}

function directives(headers: Headers): Map<string, string> {
  const parts = (headers.get('cache-control') ?? []).flatMap((value) => value.toLowerCase().split(','));
  return new Map(
    parts
      .filter((part) => part.trim() !== '')
      .map((part) => {
        const [name = '', value = ''] = part.trim().split('=');
        return [name, value.replaceAll('"', '')];
      }),
  );
}

function forbidsCaching(cacheControl: ReadonlyMap<string, string>): boolean {
  return cacheControl.has('no-store') || cacheControl.has('no-cache') || cacheControl.has('private');
}

function maxAge(cacheControl: ReadonlyMap<string, string>): number | undefined {
  const value = cacheControl.get('s-maxage') ?? cacheControl.get('max-age');
  return value !== undefined && /^\d+$/.test(value) ? Number(value) : undefined;
}

function secondsUntil(date: string | undefined, now: number): number | undefined {
  if (date === undefined) return undefined;
  const time = Date.parse(date);
  return Number.isNaN(time) ? 0 : Math.max(0, (time - now) / 1000);
}
