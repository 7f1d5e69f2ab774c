/**
 * Bitbucket's limits, each within the last hour: https://support.atlassian.com/bitbucket-cloud/docs/api-request-limits/. An account has one
 * count for all of its credentials; an access token has its own.
 */
import { createSlidingLimits } from '../../limits/sliding.ts';
import { differences, type Variant } from '../variants.ts';
import type { Credential } from './credentials.ts';

const hourMs = 60 * 60 * 1000;

/** What is counted together. The groups of `/2.0/workspaces` and `/2.0/user`, and of API 1.0, are not documented: each has its own here. */
const perHour = {
  repositories: 1_000,
  raw: 5_000,
  archives: 5_000,
  webhooks: 1_000,
  workspaces: 1_000,
  groups: 1_000,
  git: 60_000,
} as const;

export type ResourceGroup = keyof typeof perHour;

const anonymousPerHour = 60;

/** The group of a route's pattern. */
export function resourceGroupOf(pattern: string): ResourceGroup {
  if (pattern.startsWith('/1.0/')) return 'groups';
  if (/\/hooks(\/|$)/.test(pattern)) return 'webhooks';
  if (pattern.includes('/src/')) return 'raw';
  return pattern.startsWith('/2.0/repositories/') ? 'repositories' : 'workspaces';
}

export interface LimitCheck {
  readonly isRefused: boolean;
  /** Sent with scaled limits only. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface Limits {
  /** Counts a request. */
  charge(credential: Credential | undefined, group: ResourceGroup, variant: Variant): LimitCheck;
  /** How often each limit has refused a request, by the name of its group. */
  refusals(): Readonly<Record<string, number>>;
  /** Forgets all requests. */
  renew(): void;
}

function holderOf(credential: Credential | undefined): string {
  if (credential?.account !== undefined) return credential.account.uuid;
  if (credential?.kind === 'access_token') return `token ${credential.token.id}`;
  return credential?.kind === 'oauth2' ? credential.grant.consumer : 'nobody';
}

/** @param now milliseconds */
export function createLimits(now: () => number): Limits {
  const sliding = createSlidingLimits(now, hourMs);
  const refusals = new Map<string, number>();
  return {
    charge(credential, group, variant) {
      if (credential === undefined && group !== 'git') {
        return { isRefused: !sliding.charge('nobody', anonymousPerHour).granted, headers: {} };
      }
      const isScaled =
        credential?.kind === 'access_token' && group === 'repositories' && variant.plan !== 'free';
      const limit = isScaled ? differences.scaledRequestsPerHour(variant) : perHour[group];
      const { used, granted } = sliding.charge(`${group} ${holderOf(credential)}`, limit);
      const headers: Record<string, string> = isScaled
        ? {
            'x-ratelimit-limit': `${limit}`,
            'x-ratelimit-resource': 'api-repositories',
            'x-ratelimit-nearlimit': `${used > limit * 0.8}`,
          }
        : {};
      if (!granted) refusals.set(group, (refusals.get(group) ?? 0) + 1);
      return { isRefused: !granted, headers };
    },
    refusals: () => Object.fromEntries(refusals),
    renew: sliding.renew,
  };
}
