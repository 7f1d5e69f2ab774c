/** The groups in which Bitbucket counts requests: https://support.atlassian.com/bitbucket-cloud/docs/api-request-limits/ */
import type { WindowLimit } from '../request-window.ts';

const hourMs = 3600_000;

export interface ResourceGroup extends WindowLimit {
  readonly name: string;
  /** Whether meeting it says nothing about other requests. */
  readonly isApart: boolean;
}

const group = (name: string, requests: number, isApart: boolean): ResourceGroup => ({
  ...{ name, requests, isApart, perMs: hourMs },
});

const raw = group('raw', 5_000, true);
/** One page of the documentation says 5,000. */
export const archives = group('archives', 1_500, true);
const webhooks = group('webhooks', 1_000, true);
const repositories = group('repositories', 1_000, false);
/** Nothing is documented for these. */
const workspaces = group('workspaces', 1_000, false);

/** @param route in the form that requests are made with */
export function groupOf(route: string): ResourceGroup {
  if (/\/hooks(\/|$)/.test(route)) {
    return webhooks;
  }
  if (route.includes('/src/')) {
    return raw;
  }
  return route.startsWith('/2.0/repositories/') ? repositories : workspaces;
}
