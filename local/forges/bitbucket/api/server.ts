import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { LoggedRequest } from '../../control/request-log.ts';
import type { Fault } from '../../faults/faults.ts';
import type { Interception } from '../../faults/interception.ts';
import { type RequestFaults, strikeRequest } from '../../faults/strike-request.ts';
import { createRefReader } from '../../git/ref-history.ts';
import { readBody } from '../../server/read-body.ts';
import { parseFields, RefusalError, type Reply, sendReply } from '../../server/reply.ts';
import { createRouter } from '../../server/router.ts';
import type { Past } from '../../state/past-states.ts';
import type { BitbucketState } from '../state.ts';
import type { Context, RequiredScopes, Route, Services } from './context.ts';
import { authenticate, type Credential } from './credentials.ts';
import {
  forbidden,
  invalidToken,
  lacksScopes,
  notFound,
  refused,
  removedApi,
  takenForSpam,
  timedOut,
} from './http.ts';
import { type Limits, resourceGroupOf } from './limits.ts';
import { commitRoutes } from './rest-commits.ts';
import { diffstatRoutes } from './rest-diffstat.ts';
import { groupRoutes, removedRoutes } from './rest-groups.ts';
import { hookRoutes } from './rest-hooks.ts';
import { projectRoutes } from './rest-projects.ts';
import { refRoutes } from './rest-refs.ts';
import { repositoryRoutes } from './rest-repositories.ts';
import { sourceRoutes } from './rest-source.ts';
import { userRoutes } from './rest-user.ts';
import { workspaceRoutes } from './rest-workspaces.ts';

export interface ApiDependencies extends RequestFaults {
  readonly state: BitbucketState;
  readonly services: Services;
  readonly limits: Limits;
  readonly past?: Past<BitbucketState>;
  recordRequest?(entry: LoggedRequest): void;
}

const MAX_BODY_BYTES = 1024 * 1024;

const routes: readonly Route[] = [
  ...removedRoutes,
  ...userRoutes,
  ...workspaceRoutes,
  ...projectRoutes,
  ...hookRoutes,
  ...refRoutes,
  ...commitRoutes,
  ...diffstatRoutes,
  ...sourceRoutes,
  ...repositoryRoutes,
  ...groupRoutes,
];
const findRoute = createRouter(routes);

/** A request while it is being answered. */
interface Turn {
  readonly request: IncomingMessage;
  readonly url: URL;
  readonly startedAt: number;
  headers: Record<string, string>;
  interception?: Interception | undefined;
}

export const requiredOf = (
  credential: Pick<Credential, 'kind'> | undefined,
  { scopes, apiScopes }: RequiredScopes,
): readonly string[] => (credential?.kind === 'api_token' ? apiScopes : scopes);

/** @throws RefusalError 401 or 403 */
function requireScopes(route: Route, credential: Credential | undefined): void {
  if (credential === undefined) {
    if (route.open) return;
    throw invalidToken();
  }
  const required = requiredOf(credential, route);
  if (required.some((scope) => !credential.scopes.has(scope))) {
    throw lacksScopes(required, [...credential.scopes]);
  }
  if (route.people && credential.kind === 'access_token') throw forbidden();
}

/** What every answer tells of the credential. */
function scopeHeaders(credential: Credential | undefined, route: Route): Record<string, string> {
  if (credential === undefined) return {};
  return {
    'x-oauth-scopes': [...credential.scopes].join(', '),
    'x-accepted-oauth-scopes': requiredOf(credential, route).join(', '),
    'x-credential-type': credential.kind,
  };
}

/** May be plain text, and does not say when to come again. */
const limitReply = (status = 429, retryAfter?: number): Reply => ({
  status,
  raw: Buffer.from('Rate limit for this resource has been exceeded\n'),
  headers: {
    'content-type': 'text/plain',
    ...(retryAfter !== undefined && { 'retry-after': `${retryAfter}` }),
  },
});

/** Faults that only Bitbucket has. @throws RefusalError */
function strikeOwnFaults(take: (kind: string) => Fault | undefined): void {
  if (take('timed-out') !== undefined) throw timedOut();
  if (take('removed-api') !== undefined) {
    throw removedApi('https://developer.atlassian.com/cloud/bitbucket/changelog/');
  }
  if (take('taken-for-spam') !== undefined) throw takenForSpam();
  if (take('false-not-found') !== undefined) throw notFound();
}

/** The API as a request listener. */
export function createBitbucketApi(deps: ApiDependencies): RequestListener {
  const { services, state, limits } = deps;
  const readRefs = createRefReader(services.now);

  /** Undefined: the connection is to be broken. */
  async function answer(turn: Turn): Promise<Reply | undefined> {
    const { request, url } = turn;
    const { method = 'GET', headers } = request;
    const body = await readBody(request, MAX_BODY_BYTES);
    if (body === undefined) throw refused(413, 'Request entity too large');
    const found = findRoute(method === 'HEAD' ? 'GET' : method, url.pathname);
    const route = found && { route: found.route.pattern, group: resourceGroupOf(found.route.pattern) };
    const match = { surface: 'rest', method, path: url.pathname, ...route };
    const fault = (kind: string, more: Record<string, string> = {}): Fault | undefined =>
      deps.faults.take(kind, { ...match, ...more });
    const strike = await strikeRequest(deps, match);
    turn.interception = strike.interception;
    if (strike.kind === 'break') return undefined;
    if (strike.kind === 'server-error') throw refused(strike.status, 'Something went wrong');
    if (headers.authorization !== undefined && fault('bad-credential') !== undefined) throw invalidToken();
    const credential = authenticate(state, headers, services.now());
    const spent = fault('rate-limit');
    if (spent !== undefined) return limitReply(spent.status, spent.retryAfter);
    if (found === undefined) throw notFound();
    const charged = limits.charge(credential, resourceGroupOf(found.route.pattern), state.variant);
    turn.headers = { ...charged.headers, ...scopeHeaders(credential, found.route) };
    if (charged.isRefused) return limitReply();
    strikeOwnFaults(fault);
    requireScopes(found.route, credential);
    const lagging = fault('lagging-read');
    const lag = lagging === undefined ? 0 : (lagging.seconds ?? 5);
    const fields = parseFields(body, headers['content-type'] ?? '');
    if (fields === undefined) throw refused(400, 'Bad request');
    const context: Context = {
      ...{ services, credential, url, headers, fault, now: services.now, params: found.params },
      // Writes are made now.
      state: (lag > 0 && method === 'GET' ? deps.past?.(lag) : undefined) ?? state,
      route: found.route.pattern,
      body: fields,
      refs: (repository) => readRefs(repository.gitDirectory, lag),
    };
    return found.route.handle(context);
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', services.addresses.api);
    const turn: Turn = { request, url, startedAt: services.now(), headers: {} };
    let reply: Reply | undefined;
    try {
      reply = await answer(turn);
    } catch (error) {
      if (!(error instanceof RefusalError)) throw error;
      ({ reply } = error);
    }
    await turn.interception?.act?.();
    const date = new Date(services.now()).toUTCString();
    if (reply === undefined || turn.interception !== undefined) request.socket.destroy();
    else await sendReply(request, response, reply, { ...turn.headers, date });
    deps.recordRequest?.({
      at: turn.startedAt,
      surface: 'rest',
      method: request.method ?? 'GET',
      path: `${url.pathname}${url.search}`,
      status: reply?.status ?? 0,
      durationMs: Math.round(services.now() - turn.startedAt),
      cost: 1,
    });
  }

  return (request, response) => {
    handle(request, response).catch((error: unknown) => {
      process.emitWarning(error instanceof Error ? error : `${error}`);
      if (!response.headersSent) response.writeHead(500, { 'content-type': 'application/json' });
      response.end('{"type":"error","error":{"message":"Something went wrong"}}');
    });
  };
}
