import { describe, expect, it } from 'vitest';
import type { CachePolicy } from './config.ts';
import { cacheSeconds, errorCacheSeconds } from './freshness.ts';
import { managedCachePolicies } from './managed-policies.ts';

const disabled = managedCachePolicies['4135ea2d-6df8-44a3-9df3-4b5a84be39ad'];
const none = { behavior: 'none', names: [] } as const;
const policy = (minTtl: number, defaultTtl: number, maxTtl: number): CachePolicy => ({
  minTtl,
  defaultTtl,
  maxTtl,
  gzip: false,
  headers: [],
  query: none,
  cookies: none,
});
const headers = (cacheControl?: string, expires?: string) =>
  new Map<string, string[]>([
    ...(cacheControl === undefined ? [] : [['cache-control', [cacheControl]] as [string, string[]]]),
    ...(expires === undefined ? [] : [['expires', [expires]] as [string, string[]]]),
  ]);
const now = Date.parse('2026-01-01T00:00:00Z');

describe('cacheSeconds', () => {
  it.each<[string, number, string | undefined, CachePolicy, number]>([
    ['the default without a word', 200, undefined, policy(0, 60, 3600), 60],
    ['max-age', 200, 'max-age=100', policy(0, 60, 3600), 100],
    ['s-maxage before max-age', 200, 'max-age=100, s-maxage=200', policy(0, 60, 3600), 200],
    ['at most the maximum', 200, 'public, max-age=999999', policy(0, 60, 3600), 3600],
    ['at least the minimum', 200, 'max-age=0', policy(5, 60, 3600), 5],
    ['nothing for no-store', 200, 'no-store', policy(0, 60, 3600), 0],
    ['the minimum for no-store', 200, 'no-store', policy(1, 1, 1), 1],
    ['the minimum for private', 200, 'private, max-age=50', policy(2, 60, 3600), 2],
    ['a 301 as the default', 301, undefined, policy(0, 60, 3600), 60],
    ['no 307 without Cache-Control', 307, undefined, policy(1, 60, 3600), 0],
    ['a 307 for the minimum, even with no-store', 307, 'no-store', policy(1, 60, 3600), 1],
    ['a 307 not at all without a minimum', 307, 'no-store', policy(0, 60, 3600), 0],
  ])('keeps %s', (_, status, cacheControl, cachePolicy, expected) => {
    expect(cacheSeconds(status, headers(cacheControl), cachePolicy, now)).toBe(expected);
  });

  it('keeps until Expires, and nothing with caching disabled', () => {
    const inAMinute = headers(undefined, new Date(now + 60_000).toUTCString());
    expect(cacheSeconds(200, inAMinute, policy(0, 5, 3600), now)).toBe(60);
    expect(cacheSeconds(200, headers(undefined, '0'), policy(0, 5, 3600), now)).toBe(0);
    if (disabled) expect(cacheSeconds(200, headers('max-age=50'), disabled, now)).toBe(0);
  });
});

describe('errorCacheSeconds', () => {
  const rule = (cachingMinTtl: number) => ({ cachingMinTtl, responseCode: undefined, pagePath: undefined });
  it.each<[string, number, string | undefined, number | undefined, number]>([
    ['404 for ten seconds', 404, undefined, undefined, 10],
    ['404 as its rule says', 404, undefined, 3, 3],
    ['404 longer if the origin says so', 404, 'max-age=60', 3, 60],
    ['404 not at all with no-store', 404, 'no-store', 3, 0],
    ['503 despite no-store', 503, 'no-store', 3, 3],
    ['503 not at all with a rule of 0', 503, 'no-store', 0, 0],
    ['403 only with an age', 403, undefined, 60, 0],
    ['403 for its rule, with an age', 403, 'max-age=1', 60, 60],
    ['401 never', 401, 'max-age=60', 60, 0],
  ])('keeps %s', (_, status, cacheControl, minTtl, expected) => {
    const errorRule = minTtl === undefined ? undefined : rule(minTtl);
    expect(errorCacheSeconds(status, headers(cacheControl), policy(0, 60, 3600), errorRule)).toBe(expected);
  });

  it('keeps nothing with caching disabled', () => {
    if (disabled) expect(errorCacheSeconds(404, headers(), disabled, undefined)).toBe(0);
    expect(disabled).toBeDefined();
  });
});
