import type { RequestListener } from 'node:http';
import type { LoggedRequest } from '../../control/request-log.ts';
import type { RequestFaults } from '../../faults/strike-request.ts';
import { forgePage, type PageReply } from '../../server/page.ts';
import type { RoutePattern } from '../../server/router.ts';
import { createPageServer } from '../../web/page-server.ts';
import { isArchivePath } from './archives.ts';
import { authorize, exchangeToken, showAuthorization, type WebContext, type WebServices } from './oauth.ts';

export interface SiteDependencies extends WebServices, RequestFaults {
  readonly archives: RequestListener;
  /** Answers all other requests. */
  readonly git: RequestListener;
  now(): number;
  recordRequest?(entry: LoggedRequest): void;
}

interface WebRoute extends RoutePattern {
  handle(context: WebContext): PageReply | Promise<PageReply>;
}

const routes: readonly WebRoute[] = [
  { method: 'GET', pattern: '/site/oauth2/authorize', handle: showAuthorization },
  { method: 'POST', pattern: '/site/oauth2/authorize', handle: authorize },
  { method: 'POST', pattern: '/site/oauth2/access_token', handle: exchangeToken },
];

/** The simulated bitbucket.org as a request listener: sign-in, OAuth, archives, and git for everything else. */
export function createSite(deps: SiteDependencies): RequestListener {
  const { recordRequest } = deps;
  return createPageServer({
    ...deps,
    surface: 'web',
    routes: routes.map((route) => ({
      ...route,
      handle: (request) => route.handle({ ...deps, ...request }),
    })),
    refusal: (status, title) => forgePage('Bitbucket', title, '', status),
    takeLimit: (match) => deps.faults.take('rate-limit', match),
    limitTitle: 'Rate limit for this resource has been exceeded',
    now: () => deps.now(),
    ...(recordRequest && { recordRequest }),
    otherwise(request, response) {
      const { pathname } = new URL(request.url ?? '/', 'http://localhost');
      (isArchivePath(pathname) ? deps.archives : deps.git)(request, response);
    },
  });
}
