/**
 * GitLab's limits on requests. Of GitLab.com: https://docs.gitlab.com/security/rate_limits/ and
 * https://docs.gitlab.com/administration/settings/rate_limit_on_projects_api/ and its neighbours; those that cannot be configured hold
 * everywhere (lib/gitlab/application_rate_limiter.rb).
 */
import { createWindows, type Windows } from '../../limits/windows.ts';
import { differences, type Variant } from '../variants.ts';

const minute = 60 * 1000;

interface Limit {
  /** As GitLab names it. */
  readonly name: string;
  readonly most: number | ((variant: Variant) => number);
  readonly windowMs: number;
  /** What else is counted apart, besides the user: a parameter of the route. */
  readonly per?: readonly string[];
  /** Holds on self-managed instances, too. */
  readonly fixed?: true;
  readonly message?: string;
}

const archive: Limit = {
  name: 'project_repositories_archive',
  most: 5,
  windowMs: minute,
  per: ['id'],
  fixed: true,
  message: 'This archive has been requested too many times. Try again later.',
};
const hookTest: Limit = {
  name: 'web_hook_test',
  most: 5,
  windowMs: minute,
  per: ['id', 'hook'],
  fixed: true,
};
const hookResend: Limit = {
  name: 'web_hook_event_resend',
  most: 5,
  windowMs: minute,
  per: ['id', 'hook'],
  fixed: true,
};
const groupMembersAll: Limit = {
  name: 'group_members_all_api',
  most: 200,
  windowMs: minute,
  per: ['id'],
  fixed: true,
};

/** By method and pattern of the route. */
const limits: Readonly<Record<string, Limit>> = {
  'GET /groups': { name: 'groups_api', most: 200, windowMs: minute },
  'GET /groups/{id}': { name: 'group_api', most: 400, windowMs: minute },
  'GET /groups/{id}/projects': { name: 'group_projects_api', most: 600, windowMs: minute },
  'GET /groups/{id}/invited_groups': { name: 'group_invited_groups_api', most: 60, windowMs: minute },
  'GET /groups/{id}/members/all': groupMembersAll,
  'GET /projects': { name: 'projects_api', most: 2000, windowMs: 10 * minute },
  'GET /projects/{id}': { name: 'project_api', most: 400, windowMs: minute },
  'GET /projects/{id}/invited_groups': { name: 'project_invited_groups_api', most: 60, windowMs: minute },
  'GET /projects/{id}/members/all': {
    name: 'project_members_api',
    most: differences.projectMembersAllPerMinute,
    windowMs: minute,
  },
  'GET /users/{id}': { name: 'users_get_by_id', most: 300, windowMs: 10 * minute },
  'GET /projects/{id}/repository/files/{file}/raw': {
    name: 'raw_blob',
    most: 300,
    windowMs: minute,
    per: ['id', 'file'],
  },
  'GET /projects/{id}/repository/archive.zip': archive,
  'GET /projects/{id}/repository/archive': archive,
  'POST /groups/{id}/hooks/{hook}/test/{trigger}': hookTest,
  'POST /projects/{id}/hooks/{hook}/test/{trigger}': hookTest,
  'POST /groups/{id}/hooks/{hook}/events/{event}/resend': hookResend,
  'POST /projects/{id}/hooks/{hook}/events/{event}/resend': hookResend,
};

/** What is counted together, by the user: https://docs.gitlab.com/user/gitlab_com/#rate-limits-on-gitlabcom */
const throttles = {
  all: { name: 'throttle_authenticated_api', most: 2000 },
  /** https://docs.gitlab.com/administration/settings/files_api_rate_limits/ */
  files: { name: 'throttle_authenticated_files_api', most: 500 },
};

/** How a request stands. */
export interface LimitCheck {
  /** Sent with every answer of an instance with limits. */
  readonly headers: Readonly<Record<string, string>>;
  /** Set if the request is refused: what GitLab's answer says. */
  readonly refusal?: { readonly message: string; readonly isThrottle: boolean };
}

export interface Limits {
  /** Counts a request. @param holder the user, or the address without one */
  charge(
    holder: string,
    route: string | undefined,
    params: Readonly<Record<string, string>>,
    variant: Variant,
  ): LimitCheck;
  /** How often each limit has refused a request, by the limit's name. */
  refusals(): Readonly<Record<string, number>>;
  /** Starts new windows for everybody. */
  renew(): void;
}

/** @param now milliseconds */
export function createLimits(now: () => number): Limits {
  const byLength = new Map<number, Windows>();
  const refusals = new Map<string, number>();
  const countRefusal = (name: string): void => void refusals.set(name, (refusals.get(name) ?? 0) + 1);
  const windowsOf = (lengthMs: number): Windows => {
    const windows = byLength.get(lengthMs) ?? createWindows(now, lengthMs);
    byLength.set(lengthMs, windows);
    return windows;
  };
  /** https://docs.gitlab.com/administration/settings/user_and_ip_rate_limits/#response-headers */
  const headersOf = (name: string, most: number, used: number, resetAt: number, isRefused: boolean) => ({
    'ratelimit-limit': `${most}`,
    'ratelimit-name': name,
    'ratelimit-observed': `${used}`,
    'ratelimit-remaining': `${Math.max(0, most - used)}`,
    'ratelimit-reset': `${Math.ceil(resetAt / 1000)}`,
    ...(isRefused && { 'retry-after': `${Math.max(1, Math.ceil((resetAt - now()) / 1000))}` }),
  });
  return {
    charge(holder, route, params, variant) {
      let headers: Record<string, string> = {};
      const hasLimits = differences.hasLimits(variant);
      if (hasLimits) {
        const { name, most } = throttles[route?.includes('/repository/files/') ? 'files' : 'all'];
        const charged = windowsOf(minute).charge(`${name} ${holder}`, most, 1);
        headers = headersOf(name, most, charged.used, charged.resetAt, !charged.granted);
        if (!charged.granted) {
          countRefusal(name);
          return { headers, refusal: { message: 'Retry later\n', isThrottle: true } };
        }
      }
      const limit = route === undefined ? undefined : limits[route];
      if (limit === undefined || !(hasLimits || limit.fixed)) return { headers };
      const most = typeof limit.most === 'number' ? limit.most : limit.most(variant);
      const place = (limit.per ?? []).map((name) => params[name]).join(' ');
      const charged = windowsOf(limit.windowMs).charge(`${limit.name} ${holder} ${place}`, most, 1);
      if (charged.granted) return { headers };
      countRefusal(limit.name);
      const { message = 'This endpoint has been requested too many times. Try again later.' } = limit;
      return {
        headers: headersOf(limit.name, most, charged.used, charged.resetAt, true),
        refusal: { message, isThrottle: false },
      };
    },
    refusals: () => Object.fromEntries(refusals),
    renew() {
      for (const windows of byLength.values()) windows.renew();
    },
  };
}
