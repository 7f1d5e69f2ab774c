import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Fault } from '../../faults/faults.ts';
import { type RequestFaults, strikeRequest } from '../../faults/strike-request.ts';
import { formOf, type PageReply } from '../../server/page.ts';
import { readBody } from '../../server/read-body.ts';
import { createRouter, type FoundRoute, type RoutePattern } from '../../server/router.ts';
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
const findRoute = createRouter(routes);

const MAX_BODY_BYTES = 256 * 1024;

/** The simulated `github.com` as a request listener: pages, OAuth endpoints, and git for everything else. */
export function createSite(deps: SiteDependencies): RequestListener {
  const takeLimit = (match: Record<string, string>): Fault | undefined =>
    deps.faults.take('rate-limit', match) ?? deps.faults.take('secondary-limit', match);

  /** @returns undefined to close the connection without an answer */
  async function answer(
    request: IncomingMessage,
    url: URL,
    { route, params }: FoundRoute<WebRoute>,
  ): Promise<PageReply | undefined> {
    const { method = 'GET', headers } = request;
    const body = await readBody(request, MAX_BODY_BYTES);
    if (body === undefined) return refusalPage(413, 'Payload too large');
    const match = { surface: 'web', method, path: url.pathname, route: route.pattern };
    const strike = await strikeRequest(deps, match);
    if (strike.kind === 'server-error') return refusalPage(strike.status, 'Server Error');
    const isBroken = strike.kind === 'break';
    const limit = isBroken ? undefined : takeLimit(match);
    if (limit !== undefined) {
      const refused = refusalPage(limit.status ?? 429, 'You have exceeded a secondary rate limit.');
      return { ...refused, headers: { ...refused.headers, 'retry-after': `${limit.retryAfter ?? 60}` } };
    }
    const reply = isBroken
      ? undefined
      : await route.handle({ ...deps, url, params, headers, form: formOf(body, headers['content-type']) });
    await strike.interception?.act?.();
    return strike.interception === undefined ? reply : undefined;
  }

  async function serve(
    request: IncomingMessage,
    response: ServerResponse,
    url: URL,
    found: FoundRoute<WebRoute>,
  ): Promise<void> {
    const at = deps.now();
    const reply = await answer(request, url, found);
    if (reply === undefined) {
      response.destroy();
    } else {
      response.writeHead(reply.status, { date: new Date(deps.now()).toUTCString(), ...reply.headers });
      response.end(reply.body);
    }
    deps.recordRequest?.({
      at,
      surface: 'web',
      method: request.method ?? 'GET',
      // The query may contain a state.
      path: url.pathname,
      status: reply?.status ?? 0,
      durationMs: Math.round(deps.now() - at),
      cost: 0,
    });
  }

  return (request, response) => {
    const url = new URL(request.url ?? '/', deps.addresses.web);
    const found = findRoute(request.method ?? 'GET', url.pathname);
    if (found === undefined) {
      deps.git(request, response);
      return;
    }
    serve(request, response, url, found).catch((error: unknown) => {
      process.emitWarning(error instanceof Error ? error : `${error}`);
      response.destroy();
    });
  };
}
