import type { RequestListener } from 'node:http';
import type { LoggedRequest } from '../../control/request-log.ts';
import type { RequestFaults } from '../../faults/strike-request.ts';
import { forgePage, type PageReply } from '../../server/page.ts';
import type { RoutePattern } from '../../server/router.ts';
import { createPageServer } from '../../web/page-server.ts';
import type { WebContext, WebServices } from './context.ts';
import { authorize, exchangeToken, revokeToken, showAuthorization, showTokenInfo } from './oauth.ts';

export interface SiteDependencies extends WebServices, RequestFaults {
  /** Below the relative URL root. */
  readonly api: RequestListener;
  /** Answers all other requests. */
  readonly git: RequestListener;
  recordRequest?(entry: LoggedRequest): void;
}

interface WebRoute extends RoutePattern {
  handle(context: WebContext): PageReply | Promise<PageReply>;
}

const routes: readonly WebRoute[] = [
  { method: 'GET', pattern: '/oauth/authorize', handle: showAuthorization },
  { method: 'POST', pattern: '/oauth/authorize', handle: authorize },
  { method: 'POST', pattern: '/oauth/token', handle: exchangeToken },
  { method: 'POST', pattern: '/oauth/revoke', handle: revokeToken },
  { method: 'GET', pattern: '/oauth/token/info', handle: showTokenInfo },
];

/** The whole of a GitLab as a request listener, below its relative URL root; above it there is nothing. */
export function createSite(deps: SiteDependencies): RequestListener {
  const { faults, recordRequest } = deps;
  const pages = createPageServer({
    ...deps,
    surface: 'oauth',
    routes: routes.map((route) => ({
      ...route,
      handle: (request) => route.handle({ ...deps, ...request }),
    })),
    refusal: (status, title) => forgePage('GitLab', title, '', status),
    takeLimit: (match) => faults.take('rate-limit', match),
    limitTitle: 'Retry later',
    now: () => deps.now(),
    ...(recordRequest && { recordRequest }),
    otherwise: deps.git,
  });
  return (request, response) => {
    const given = request.url ?? '/';
    if (!given.startsWith(`${deps.root}/`)) {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('Not Found\n');
      return;
    }
    request.url = given.slice(deps.root.length);
    const { pathname } = new URL(request.url, 'http://localhost');
    const isApi = pathname === '/api/graphql' || pathname.startsWith('/api/v4/');
    (isApi ? deps.api : pages)(request, response);
  };
}
