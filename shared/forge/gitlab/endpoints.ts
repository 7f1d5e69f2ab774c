/**
 * The rate limits of GitLab.com for single endpoints. Elsewhere they are settings of the instance, and off by default since 18.0; keeping to
 * them costs little there. https://docs.gitlab.com/security/rate_limits/ and gitlabhq: lib/gitlab/application_rate_limiter.rb
 */
import type { PaceLimit } from '../pace.ts';

const minuteMs = 60_000;

export interface EndpointLimit extends PaceLimit {
  /** Whether meeting it says nothing about other requests. */
  readonly isApart?: true;
  /** Whether workers that run at once ask it, so that they count together. */
  readonly isShared?: true;
  /** The parameters with a limit of their own for each value. */
  readonly of?: readonly string[];
  /** Each scan asks once, and as many processes scan at once: each takes its share, so that all together do not ask too much. */
  readonly scanners?: number;
}

/** Processes that scan at once: infra/queues.ts. */
const scanners = 10;

/** By route, in the form that requests are made with. */
export const endpointLimits: Readonly<Record<string, EndpointLimit>> = {
  '/groups': { requests: 200, perMs: minuteMs },
  '/groups/:id': { requests: 400, perMs: minuteMs },
  '/groups/:id/projects': { requests: 600, perMs: minuteMs },
  '/groups/:id/members/all': { requests: 200, perMs: minuteMs, isApart: true, of: ['id'] },
  '/projects/:id': { requests: 400, perMs: minuteMs, scanners },
  // 60 since about 18.6, 200 since about 18.7; of one user over all projects.
  '/projects/:id/members/all': { requests: 60, perMs: minuteMs, isApart: true },
  '/users/:id': { requests: 300, perMs: 10 * minuteMs },
  '/projects/:id/repository/files/:path/raw': {
    requests: 300,
    perMs: minuteMs,
    isApart: true,
    isShared: true,
    of: ['id', 'path'],
  },
  // https://docs.gitlab.com/administration/settings/files_api_rate_limits/
  '/projects/:id/repository/files/:path': { requests: 500, perMs: minuteMs, isApart: true, isShared: true },
  // https://docs.gitlab.com/api/project_webhooks/ and https://docs.gitlab.com/api/group_webhooks/
  '/groups/:id/hooks/:hook/test/:trigger': { requests: 5, perMs: minuteMs, isApart: true, of: ['id'] },
  '/projects/:id/hooks/:hook/test/:trigger': { requests: 5, perMs: minuteMs, isApart: true, of: ['id'] },
  '/groups/:id/hooks/:hook/events/:event/resend': { requests: 5, perMs: minuteMs, isApart: true, of: ['id'] },
  '/projects/:id/hooks/:hook/events/:event/resend': {
    requests: 5,
    perMs: minuteMs,
    isApart: true,
    of: ['id'],
  },
  '/projects/:id/repository/archive.zip': {
    requests: 5,
    perMs: minuteMs,
    isApart: true,
    isShared: true,
    of: ['id'],
  },
};

/** Of one user, over all endpoints. */
export const generalLimit: EndpointLimit = { requests: 2000, perMs: minuteMs };
