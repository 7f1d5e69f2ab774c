import type { RequestListener } from 'node:http';
import type { RequestFaults } from '../../faults/strike-request.ts';
import type { PageReply } from '../../server/page.ts';
import type { RoutePattern } from '../../server/router.ts';
import { createPageServer } from '../../web/page-server.ts';
import type { RequestEntry } from '../api/ports.ts';
import type { WebContext, WebServices } from './context.ts';
import { install, showInstallation } from './install.ts';
import { authorize, exchangeToken, showAuthorization } from './oauth.ts';
import { refusalPage } from './page.ts';
import { register, showRegistration } from './register.ts';

export interface SiteDependencies extends WebServices, RequestFaults {
  /** Answers all other requests. */
  readonly git: RequestListener;
  /** Milliseconds. */
  now(): number;
  recordRequest?(entry: RequestEntry): void;
}

interface WebRoute extends RoutePattern {
  handle(context: WebContext): PageReply | Promise<PageReply>;
}

const routes: readonly WebRoute[] = [
  { method: 'GET', pattern: '/login/oauth/authorize', handle: showAuthorization },
  { method: 'POST', pattern: '/login/oauth/authorize', handle: authorize },
  { method: 'POST', pattern: '/login/oauth/access_token', handle: exchangeToken },
  { method: 'GET', pattern: '/apps/{slug}/installations/new', handle: showInstallation },
  { method: 'GET', pattern: '/apps/{slug}/installations/new/permissions', handle: showInstallation },
  { method: 'POST', pattern: '/apps/{slug}/installations/new', handle: install },
  { method: 'POST', pattern: '/settings/apps/new', handle: showRegistration },
  { method: 'POST', pattern: '/organizations/{organization}/settings/apps/new', handle: showRegistration },
  { method: 'POST', pattern: '/settings/apps', handle: register },
];

/** The simulated `github.com` as a request listener: pages, OAuth endpoints, and git for everything else. */
export function createSite(deps: SiteDependencies): RequestListener {
  const { faults, git, now, recordRequest } = deps;
  return createPageServer({
    ...deps,
    surface: 'web',
    routes: routes.map((route) => ({
      ...route,
      handle: (request) => route.handle({ ...deps, ...request }),
    })),
    refusal: refusalPage,
    takeLimit: (match) => faults.take('rate-limit', match) ?? faults.take('secondary-limit', match),
    limitTitle: 'You have exceeded a secondary rate limit.',
    retryAfter: 60,
    now,
    ...(recordRequest && { recordRequest }),
    otherwise: git,
  });
}
