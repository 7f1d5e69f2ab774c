import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { LoggedRequest } from '../../control/request-log.ts';
import { type RequestFaults, strikeRequest } from '../../faults/strike-request.ts';
import { forgePage, formOf, type PageReply } from '../../server/page.ts';
import { readBody } from '../../server/read-body.ts';
import { createRouter, type FoundRoute, type RoutePattern } from '../../server/router.ts';
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

const findRoute = createRouter<WebRoute>([
  { method: 'GET', pattern: '/oauth/authorize', handle: showAuthorization },
  { method: 'POST', pattern: '/oauth/authorize', handle: authorize },
  { method: 'POST', pattern: '/oauth/token', handle: exchangeToken },
  { method: 'POST', pattern: '/oauth/revoke', handle: revokeToken },
  { method: 'GET', pattern: '/oauth/token/info', handle: showTokenInfo },
]);

const MAX_BODY_BYTES = 256 * 1024;

/** @returns undefined to close the connection without an answer */
async function answer(
  deps: SiteDependencies,
  request: IncomingMessage,
  url: URL,
  { route }: FoundRoute<WebRoute>,
): Promise<PageReply | undefined> {
  const { method = 'GET', headers } = request;
  const body = await readBody(request, MAX_BODY_BYTES);
  if (body === undefined) return forgePage('GitLab', 'Payload too large', '', 413);
  const match = { surface: 'oauth', method, path: url.pathname, route: route.pattern };
  const strike = await strikeRequest(deps, match);
  if (strike.kind === 'server-error') return forgePage('GitLab', 'Server Error', '', strike.status);
  const limit = strike.kind === 'break' ? undefined : deps.faults.take('rate-limit', match);
  if (limit !== undefined) {
    const refused = forgePage('GitLab', 'Retry later', '', limit.status ?? 429);
    const retryAfter = limit.retryAfter !== undefined && { 'retry-after': `${limit.retryAfter}` };
    return { ...refused, headers: { ...refused.headers, ...retryAfter } };
  }
  const form = formOf(body, headers['content-type']);
  const reply = strike.kind === 'break' ? undefined : await route.handle({ ...deps, url, headers, form });
  await strike.interception?.act?.();
  return strike.interception === undefined ? reply : undefined;
}

async function serve(
  deps: SiteDependencies,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
  found: FoundRoute<WebRoute>,
): Promise<void> {
  const at = deps.now();
  const reply = await answer(deps, request, url, found);
  if (reply === undefined) response.destroy();
  else {
    response.writeHead(reply.status, { date: new Date(deps.now()).toUTCString(), ...reply.headers });
    response.end(reply.body);
  }
  deps.recordRequest?.({
    ...{ at, surface: 'oauth', method: request.method ?? 'GET', cost: 0 },
    // The query may contain a state.
    path: url.pathname,
    status: reply?.status ?? 0,
    durationMs: Math.round(deps.now() - at),
  });
}

/** The whole of a GitLab as a request listener, below its relative URL root; above it there is nothing. */
export function createSite(deps: SiteDependencies): RequestListener {
  return (request, response) => {
    const given = request.url ?? '/';
    if (!given.startsWith(`${deps.root}/`)) {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('Not Found\n');
      return;
    }
    request.url = given.slice(deps.root.length);
    const url = new URL(request.url, 'http://localhost');
    if (url.pathname === '/api/graphql' || url.pathname.startsWith('/api/v4/')) {
      return deps.api(request, response);
    }
    const found = findRoute(request.method ?? 'GET', url.pathname);
    if (found === undefined) return deps.git(request, response);
    serve(deps, request, response, url, found).catch((error: unknown) => {
      process.emitWarning(error instanceof Error ? error : `${error}`);
      response.destroy();
    });
  };
}
