import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { LoggedRequest } from '../../control/request-log.ts';
import type { Fault } from '../../faults/faults.ts';
import type { Interception } from '../../faults/interception.ts';
import { type RequestFaults, strikeRequest } from '../../faults/strike-request.ts';
import { createRefReader } from '../../git/ref-history.ts';
import { readBody } from '../../server/read-body.ts';
import { RefusalError, type Reply, sendReply } from '../../server/reply.ts';
import { createRouter } from '../../server/router.ts';
import type { Past } from '../../state/past-states.ts';
import type { GitLabState, Scope } from '../state.ts';
import type { Context, Route, Services } from './context.ts';
import { authenticate, type Credential } from './credentials.ts';
import { answerGraphql, graphqlRefusal } from './graphql/endpoint.ts';
import { insufficientScope, parseBody, refused, unauthorized } from './http.ts';
import type { Limits } from './limits.ts';
import { fileRoutes } from './rest-files.ts';
import { groupRoutes } from './rest-groups.ts';
import { hookRoutes } from './rest-hooks.ts';
import { memberRoutes } from './rest-members.ts';
import { projectRoutes } from './rest-projects.ts';
import { refRoutes } from './rest-refs.ts';
import { tokenRoutes } from './rest-tokens.ts';
import { userRoutes } from './rest-user.ts';

export interface ApiDependencies extends RequestFaults {
  readonly state: GitLabState;
  readonly services: Services;
  readonly limits: Limits;
  readonly past?: Past<GitLabState>;
  recordRequest?(entry: LoggedRequest): void;
}

const MAX_BODY_BYTES = 1024 * 1024;
const apiRoot = '/api/v4';
const graphqlPath = '/api/graphql';

/** Every REST endpoint, below `/api/v4`. */
const apiRoutes: readonly Route[] = [
  ...userRoutes,
  ...tokenRoutes,
  ...groupRoutes,
  ...memberRoutes,
  ...projectRoutes,
  ...refRoutes,
  ...fileRoutes,
  ...hookRoutes,
];
const findRoute = createRouter(apiRoutes);

/** A request while it is being answered. */
interface Turn {
  readonly request: IncomingMessage;
  readonly url: URL;
  /** Path below the API's root. */
  readonly path: string;
  readonly startedAt: number;
  readonly surface: 'rest' | 'graphql';
  headers: Readonly<Record<string, string>>;
  /** REST: 1; GraphQL: the query's complexity. */
  cost: number;
  operation?: string | undefined;
  interception?: Interception | undefined;
}

/** @throws RefusalError 401 or 403 */
function requireScope(route: Route, credential: Credential | undefined): void {
  if (credential === undefined) {
    if (route.open) return;
    throw unauthorized();
  }
  const reads = route.method === 'GET' || route.method === 'HEAD';
  const enough: readonly Scope[] = [
    'api',
    ...(reads ? (['read_api'] as const) : []),
    ...(route.scopes ?? []),
  ];
  if (!route.anyScope && !enough.some((scope) => credential.scopes.has(scope)))
    throw insufficientScope(enough);
}

/** Reading needs `read_api`; every other token is invalid there. @throws RefusalError 401 */
function requireGraphqlScope(credential: Credential | undefined): void {
  if (credential !== undefined && !credential.scopes.has('api') && !credential.scopes.has('read_api')) {
    throw graphqlRefusal(401, 'Invalid token');
  }
}

function limitReply(message: string, isThrottle: boolean): Reply {
  return isThrottle
    ? { status: 429, raw: Buffer.from(message), headers: { 'content-type': 'text/plain' } }
    : { status: 429, json: { message: { error: message } } };
}

function faultLimit({ status = 429, retryAfter }: Fault): Reply {
  return {
    ...limitReply('Retry later\n', true),
    status,
    headers: {
      'content-type': 'text/plain',
      ...(retryAfter !== undefined && { 'retry-after': `${retryAfter}` }),
    },
  };
}

/** REST and GraphQL as a request listener. Paths are without the relative URL root. */
export function createGitLabApi(deps: ApiDependencies): RequestListener {
  const { services, state, limits } = deps;
  const readRefs = createRefReader(services.now);

  /** Undefined: the connection is to be broken. */
  async function answer(turn: Turn): Promise<Reply | undefined> {
    const { request, url, path, surface } = turn;
    const method = request.method ?? 'GET';
    const body = await readBody(request, MAX_BODY_BYTES);
    if (body === undefined) throw refused(413, '413 Request Entity Too Large');
    const found = surface === 'rest' ? findRoute(method === 'HEAD' ? 'GET' : method, path) : undefined;
    const match = {
      ...{ surface, method, path },
      ...(found === undefined ? {} : { route: found.route.pattern }),
    };
    const fault = (kind: string, more: Record<string, string> = {}): Fault | undefined =>
      deps.faults.take(kind, { ...match, ...more });
    const strike = await strikeRequest(deps, match);
    turn.interception = strike.interception;
    if (strike.kind === 'break') return undefined;
    if (strike.kind === 'server-error')
      throw refused(strike.status, `${strike.status} Internal Server Error`);
    const isGiven = request.headers.authorization !== undefined || 'private-token' in request.headers;
    if (isGiven && fault('bad-credential') !== undefined) throw unauthorized();
    const credential = authenticate(state, request.headers, url, services.now());
    const spent = fault('rate-limit');
    if (spent !== undefined) return faultLimit(spent);
    const holder = credential === undefined ? 'nobody' : `user ${credential.user.id}`;
    const route = found && `${found.route.method} ${found.route.pattern}`;
    const charged = limits.charge(holder, route, found?.params ?? {}, state.variant);
    turn.headers = charged.headers;
    if (charged.refusal) return limitReply(charged.refusal.message, charged.refusal.isThrottle);
    if (surface === 'graphql') requireGraphqlScope(credential);
    else if (found === undefined) return { status: 404, json: { error: '404 Not Found' } };
    else requireScope(found.route, credential);
    const lagging = fault('lagging-read');
    const lag = lagging === undefined ? 0 : (lagging.seconds ?? 5);
    // Writes are made now.
    const reads = method === 'GET' || surface === 'graphql';
    const context: Context = {
      services,
      state: (lag > 0 && reads ? deps.past?.(lag) : undefined) ?? state,
      now: services.now,
      credential,
      user: credential?.user,
      method,
      url,
      path,
      route: found?.route.pattern ?? graphqlPath,
      params: found?.params ?? {},
      headers: request.headers,
      body: found === undefined ? {} : parseBody(body, request.headers['content-type'] ?? ''),
      refs: (project) => readRefs(project.gitDirectory, lag),
      fault,
    };
    if (found !== undefined) return found.route.handle(context);
    const answered = await answerGraphql(context, JSON.parse(body.toString('utf8')));
    Object.assign(turn, { cost: answered.cost, operation: answered.operation });
    return answered.reply;
  }

  async function send(turn: Turn, reply: Reply, response: ServerResponse): Promise<void> {
    await sendReply(turn.request, response, reply, {
      ...turn.headers,
      date: new Date(services.now()).toUTCString(),
      'x-gitlab-meta': '{"correlation_id":"simulated","version":"1"}',
    });
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', services.addresses.web);
    const isGraphql = url.pathname === graphqlPath;
    const path = isGraphql ? graphqlPath : url.pathname.slice(apiRoot.length) || '/';
    const turn: Turn = {
      ...{ request, url, path, startedAt: services.now(), headers: {} },
      ...{ surface: isGraphql ? 'graphql' : 'rest', cost: 1 },
    };
    let reply: Reply | undefined;
    try {
      reply = await answer(turn);
    } catch (error) {
      if (!(error instanceof RefusalError)) throw error;
      const isUnauthorized = isGraphql && error.reply.status === 401;
      ({ reply } = isUnauthorized ? graphqlRefusal(401, 'Invalid token') : error);
    }
    await turn.interception?.act?.();
    if (reply === undefined || turn.interception !== undefined) request.socket.destroy();
    else await send(turn, reply, response);
    deps.recordRequest?.({
      at: turn.startedAt,
      surface: turn.surface,
      method: request.method ?? 'GET',
      path: loggedPath(path, url),
      ...(turn.operation !== undefined && { operation: turn.operation }),
      status: reply?.status ?? 0,
      durationMs: Math.round(services.now() - turn.startedAt),
      cost: turn.cost,
    });
  }

  return (request, response) => {
    handle(request, response).catch((error: unknown) => {
      process.emitWarning(error instanceof Error ? error : `${error}`);
      if (!response.headersSent) response.writeHead(500, { 'content-type': 'application/json' });
      response.end('{"message":"500 Internal Server Error"}');
    });
  };
}

/** Without a credential in the query. */
function loggedPath(path: string, url: URL): string {
  const query = new URLSearchParams(url.searchParams);
  query.delete('private_token');
  query.delete('access_token');
  return query.size === 0 ? path : `${path}?${query}`;
}
