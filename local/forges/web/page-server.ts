import type { IncomingHttpHeaders, IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { LoggedRequest } from '../control/request-log.ts';
import type { Fault } from '../faults/faults.ts';
import { type RequestFaults, strikeRequest } from '../faults/strike-request.ts';
import { formOf, type PageReply } from '../server/page.ts';
import { readBody } from '../server/read-body.ts';
import { createRouter, type FoundRoute, type RoutePattern } from '../server/router.ts';

/** A request for a page or to an OAuth endpoint. */
export interface PageRequest {
  readonly url: URL;
  readonly params: Readonly<Record<string, string>>;
  /** Fields of the body; empty for GET. */
  readonly form: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
}

export interface PageRoute extends RoutePattern {
  handle(request: PageRequest): PageReply | Promise<PageReply>;
}

export interface PageServer extends RequestFaults {
  /** In the log, and for faults. */
  readonly surface: string;
  readonly routes: readonly PageRoute[];
  refusal(status: number, title: string): PageReply;
  /** The budget is spent, by a fault. */
  takeLimit(match: Record<string, string>): Fault | undefined;
  /** What a person, or the client, is told then. */
  readonly limitTitle: string;
  /** Seconds to wait where the fault names none; left out, so is the header. */
  readonly retryAfter?: number;
  now(): number;
  recordRequest?(entry: LoggedRequest): void;
  /** Answers all other requests. */
  readonly otherwise: RequestListener;
}

const MAX_BODY_BYTES = 256 * 1024;

/** @returns undefined to close the connection without an answer */
async function answer(
  server: PageServer,
  request: IncomingMessage,
  url: URL,
  { route, params }: FoundRoute<PageRoute>,
): Promise<PageReply | undefined> {
  const { method = 'GET', headers } = request;
  const body = await readBody(request, MAX_BODY_BYTES);
  if (body === undefined) return server.refusal(413, 'Payload too large');
  const match = { surface: server.surface, method, path: url.pathname, route: route.pattern };
  const strike = await strikeRequest(server, match);
  if (strike.kind === 'server-error') return server.refusal(strike.status, 'Server Error');
  const isBroken = strike.kind === 'break';
  const limit = isBroken ? undefined : server.takeLimit(match);
  if (limit !== undefined) {
    const refused = server.refusal(limit.status ?? 429, server.limitTitle);
    const seconds = limit.retryAfter ?? server.retryAfter;
    const wait = seconds !== undefined && { 'retry-after': `${seconds}` };
    return { ...refused, headers: { ...refused.headers, ...wait } };
  }
  const form = formOf(body, headers['content-type']);
  const reply = isBroken ? undefined : await route.handle({ url, params, headers, form });
  await strike.interception?.act?.();
  return strike.interception === undefined ? reply : undefined;
}

async function serve(
  server: PageServer,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
  found: FoundRoute<PageRoute>,
): Promise<void> {
  const at = server.now();
  const reply = await answer(server, request, url, found);
  if (reply === undefined) response.destroy();
  else {
    response.writeHead(reply.status, { date: new Date(server.now()).toUTCString(), ...reply.headers });
    response.end(reply.body);
  }
  server.recordRequest?.({
    ...{ at, surface: server.surface, method: request.method ?? 'GET', cost: 0 },
    // The query may contain a state.
    path: url.pathname,
    status: reply?.status ?? 0,
    durationMs: Math.round(server.now() - at),
  });
}

/** Serves the pages of a simulated forge, with faults and the log of requests. */
export function createPageServer(server: PageServer): RequestListener {
  const findRoute = createRouter(server.routes);
  return (request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const found = findRoute(request.method ?? 'GET', url.pathname);
    if (found === undefined) return server.otherwise(request, response);
    serve(server, request, response, url, found).catch((error: unknown) => {
      process.emitWarning(error instanceof Error ? error : `${error}`);
      response.destroy();
    });
  };
}
