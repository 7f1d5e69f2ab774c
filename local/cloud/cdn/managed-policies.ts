import type { CachePolicy, OriginRequestPolicy } from './config.ts';

const none = { behavior: 'none', names: [] } as const;
const all = { behavior: 'all', names: [] } as const;

/**
 * Cache policies that AWS provides, by id.
 *
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html
 */
export const managedCachePolicies: Readonly<Record<string, CachePolicy>> = {
  // CachingOptimized
  '658327ea-f89d-4fab-a63d-7e88639e58f6': {
    minTtl: 1,
    defaultTtl: 86_400,
    maxTtl: 31_536_000,
    gzip: true,
    headers: [],
    query: none,
    cookies: none,
  },
  // CachingDisabled
  '4135ea2d-6df8-44a3-9df3-4b5a84be39ad': {
    minTtl: 0,
    defaultTtl: 0,
    maxTtl: 0,
    gzip: false,
    headers: [],
    query: none,
    cookies: none,
  },
};

/**
 * Origin request policies that AWS provides, by id.
 *
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-origin-request-policies.html
 */
export const managedOriginRequestPolicies: Readonly<Record<string, OriginRequestPolicy>> = {
  // AllViewer
  '216adef6-5c7f-47e4-b989-5492eafa07d3': {
    headers: { behavior: 'allViewer', names: [] },
    query: all,
    cookies: all,
  },
  // AllViewerExceptHostHeader
  'b689b0a8-53d0-40ab-baf2-68738e2966ac': {
    headers: { behavior: 'allExcept', names: ['host'] },
    query: all,
    cookies: all,
  },
};
