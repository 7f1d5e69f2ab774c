import { createWindows, type Usage } from '../../limits/windows.ts';
import type { GitHubState, Installation } from '../state.ts';
import { membersOf } from './rights.ts';
import { installationRepositories } from './tokens.ts';
import type { Credential } from './viewer.ts';

const HOUR_MS = 60 * 60 * 1000;

export type Resource = 'core' | 'graphql';

/** The current state of a budget. */
export interface Standing {
  readonly resource: Resource;
  readonly limit: number;
  readonly remaining: number;
  readonly used: number;
  /** Unix seconds. */
  readonly reset: number;
}

export interface Budgets {
  standing(holder: string, resource: Resource, limit: number): Standing;
  /** Charges points if enough are left; otherwise empties the budget. */
  charge(
    holder: string,
    resource: Resource,
    limit: number,
    points: number,
  ): Standing & { readonly granted: boolean };
  /** Refills everybody's budget. */
  renew(): void;
}

/** Budgets per hour, which starts with the first request. @param now milliseconds */
export function createBudgets(now: () => number): Budgets {
  const windows = createWindows(now, HOUR_MS);

  function standing(resource: Resource, limit: number, { used, resetAt }: Usage): Standing {
    return { resource, limit, remaining: Math.max(0, limit - used), used, reset: Math.ceil(resetAt / 1000) };
  }

  return {
    standing: (holder, resource, limit) => standing(resource, limit, windows.usage(`${holder} ${resource}`)),
    renew: windows.renew,
    charge(holder, resource, limit, points) {
      const { granted, ...usage } = windows.charge(`${holder} ${resource}`, limit, points);
      return { ...standing(resource, limit, usage), granted };
    },
  };
}

/**
 * Points per hour of an installation: 5,000, and 50 more for each repository and each user over 20, at most 12,500; in REST and
 * in GraphQL alike (https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api).
 */
export function installationLimit(state: GitHubState, installation: Installation): number {
  const organization = state.organizations.get(installation.organizationId);
  const users = organization === undefined ? 0 : membersOf(state, organization).length;
  const repositories = installationRepositories(state, installation).length;
  const grown = 5000 + 50 * Math.max(0, repositories - 20) + 50 * Math.max(0, users - 20);
  return Math.min(12_500, grown);
}

/** Who is charged for a request, with the limit per hour, and the name in GitHub's messages. */
export function budgetHolder(state: GitHubState, credential: Credential) {
  if (credential.kind === 'installation') {
    const { installation } = credential;
    const holderName = `installation ID ${installation.id}`;
    return {
      holder: `installation ${installation.id}`,
      limit: installationLimit(state, installation),
      holderName,
    };
  }
  if (credential.kind === 'user') {
    const { id } = credential.user;
    return { holder: `user ${id}`, limit: 5000, holderName: `user ID ${id}` };
  }
  if (credential.kind === 'app' || credential.kind === 'client')
    return { holder: 'app', limit: 5000, holderName: `app ID ${state.app.id}` };
  return { holder: 'anonymous', limit: 60, holderName: '127.0.0.1' };
}

/** The `x-ratelimit-*` headers. */
export function budgetHeaders({ resource, limit, remaining, used, reset }: Standing): Record<string, string> {
  return {
    'x-ratelimit-limit': `${limit}`,
    'x-ratelimit-remaining': `${remaining}`,
    'x-ratelimit-used': `${used}`,
    'x-ratelimit-reset': `${reset}`,
    'x-ratelimit-resource': resource,
  };
}
