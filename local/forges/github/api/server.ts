import { createHash, randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { GitHubState } from '../state.ts';
import { budgetHeaders, budgetHolder, createBudgets, type Standing } from './budgets.ts';
import { type Context, createRouter, type Services } from './context.ts';
import { createGitObjects, type GitObjects } from './git-objects.ts';
import { answerGraphql, type GraphqlAnswer } from './graphql-endpoint.ts';
import {
  NOT_FOUND,
  notAccessible,
  parseJsonObject,
  type Refusal,
  RefusalError,
  type Reply,
  readBody,
  refusalReply,
} from './http.ts';
import type { Addresses, Fault, Faults, Past, RequestEntry } from './ports.ts';
import { appRoutes } from './rest-app.ts';
import { contentRoutes } from './rest-contents.ts';
import { organizationAndTeamRoutes } from './rest-organizations.ts';
import { repositoryAndArchiveRoutes } from './rest-repositories.ts';
import type { TokenStore } from './tokens.ts';
import { viewerOf } from './viewer.ts';

export interface GitHubApiDependencies {
  readonly state: GitHubState;
  readonly tokens: TokenStore;
  readonly faults: Faults;
  readonly addresses: Addresses;
  /** Sends a delivery once more. */
  redeliver(deliveryId: number): Promise<void>;
  /** Milliseconds. */
  now(): number;
  readonly past?: Past;
  readonly objects?: GitObjects;
  recordRequest?(entry: RequestEntry): void;
}

const findRoute = createRouter([
  ...appRoutes,
  ...organizationAndTeamRoutes,
  ...repositoryAndArchiveRoutes,
  ...contentRoutes,
]);

/** A request while it is being answered. */
interface Turn {
  readonly request: IncomingMessage;
  readonly url: URL;
  readonly startedAt: number;
  readonly requestId: string;
  readonly surface: 'rest' | 'graphql';
  readonly fault: (kind: string, more?: Record<string, string>) => Fault | undefined;
  installationId?: number;
  standing?: Standing;
  cost: number;
  graphql?: GraphqlAnswer['record'];
}

function credentialRefused(refusal: Refusal): Reply {
  return refusalReply(refusal);
}

/** What a secondary limit says (https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api). */
function secondaryLimit(fault: Fault): Reply {
  const retryAfter = fault.retryAfter ?? 60;
  return refusalReply({
    status: fault.status ?? 403,
    message: 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.',
    headers: retryAfter > 0 ? { 'retry-after': `${retryAfter}` } : {},
  });
}

function primaryLimit(words: string, fault: Fault | undefined): Reply {
  const retryAfter = fault?.retryAfter;
  return refusalReply({
    status: fault?.status ?? 403,
    message: `API rate limit exceeded for ${words}.`,
    headers: retryAfter === undefined ? {} : { 'retry-after': `${retryAfter}` },
  });
}

/**
 * The simulated `api.github.com`, as a request listener: REST and GraphQL over the state, with GitHub's credentials, limits
 * and errors. Paths are at the root.
 */
export function createGitHubApi(
  deps: GitHubApiDependencies,
): (request: IncomingMessage, response: ServerResponse) => void {
  const budgets = createBudgets(deps.now);
  const objects = deps.objects ?? createGitObjects();
  const services: Services = {
    addresses: deps.addresses,
    objects,
    tokens: deps.tokens,
    budgets,
    now: deps.now,
    redeliver: deps.redeliver,
  };

  function stateFor(turn: Turn): GitHubState {
    const lagging = turn.fault('lagging-read');
    return (lagging && deps.past?.(lagging.seconds ?? 5)) ?? deps.state;
  }

  async function answer(turn: Turn): Promise<Reply> {
    const { request, url } = turn;
    const slow = turn.fault('slow');
    if (slow !== undefined) await new Promise((resolve) => setTimeout(resolve, slow.delayMs ?? 1000));
    const broken = turn.fault('server-error');
    if (broken !== undefined) return refusalReply({ status: broken.status ?? 502, message: 'Server Error' });

    const { authorization } = request.headers;
    if (authorization !== undefined && turn.fault('bad-credential')) {
      return credentialRefused({ status: 401, message: 'Bad credentials' });
    }
    const credential = deps.tokens.authenticate(deps.state, authorization);
    if ('status' in credential) return credentialRefused(credential);
    const viewer = viewerOf(credential);
    if (viewer.installation !== undefined) turn.installationId = viewer.installation.id;

    const aimed = turn.installationId === undefined ? {} : { installation: `${turn.installationId}` };
    const fault: Turn['fault'] = (kind, more = {}) => turn.fault(kind, { ...aimed, ...more });
    const secondary = fault('secondary-limit');
    if (secondary !== undefined) return secondaryLimit(secondary);

    const state = stateFor({ ...turn, fault });
    if (turn.surface === 'graphql') {
      const result = await answerGraphql({ request, services, state, viewer, fault });
      turn.standing = result.standing;
      turn.cost = result.cost;
      turn.graphql = result.record;
      return result.reply;
    }

    const { holder, limit, words } = budgetHolder(deps.state, credential);
    const free = url.pathname === '/rate_limit';
    const spent = fault('rate-limit');
    const charged = budgets.charge(holder, 'core', limit, spent === undefined ? (free ? 0 : 1) : limit + 1);
    turn.standing = charged;
    if (!charged.granted) return primaryLimit(words, spent);
    turn.cost = free ? 0 : 1;

    const found = findRoute(request.method ?? 'GET', url.pathname);
    if (found === undefined) return refusalReply(NOT_FOUND);
    const { route, params } = found;
    if (route.auth === 'app' && credential.kind !== 'app') {
      return refusalReply({ status: 401, message: 'A JSON web token could not be decoded' });
    }
    if (route.auth === 'installation' && credential.kind !== 'installation') {
      return refusalReply(
        credential.kind === 'app' ? notAccessible('') : { status: 401, message: 'Requires authentication' },
      );
    }
    const context: Context = {
      services,
      state,
      viewer,
      url,
      route: route.pattern,
      params,
      headers: request.headers,
      canonicalPath: url.pathname,
      body: async () => parseJsonObject(await readBody(request)),
      fault: (kind, more = {}) => fault(kind, { route: route.pattern, ...more }),
    };
    return route.handle(context);
  }

  /** A 304 costs nothing; tags depend on the credential, so that they end with each token. */
  function unchanged(turn: Turn, body: Buffer): { etag: string; matches: boolean } {
    const { accept = '', authorization = '' } = turn.request.headers;
    const hash = createHash('sha256').update(`${accept}:${authorization}:`).update(body).digest('hex');
    const etag = `W/"${hash}"`;
    return { etag, matches: turn.request.headers['if-none-match'] === etag };
  }

  function send(turn: Turn, reply: Reply, response: ServerResponse): void {
    const body = reply.raw ?? Buffer.from(reply.json === undefined ? '' : JSON.stringify(reply.json));
    const headers: Record<string, string> = {
      date: new Date(deps.now()).toUTCString(),
      server: 'github.com',
      'x-github-request-id': turn.requestId,
      'x-github-media-type': turn.surface === 'graphql' ? 'github.v4; format=json' : 'github.v3; format=json',
      'x-github-api-version-selected': '2022-11-28',
      ...(body.length > 0 ? { 'content-type': 'application/json; charset=utf-8' } : {}),
      ...(turn.standing === undefined ? {} : budgetHeaders(turn.standing)),
      ...reply.headers,
    };
    let { status } = reply;
    if (status === 200 && turn.request.method === 'GET') {
      const { etag, matches } = unchanged(turn, body);
      headers.etag = etag;
      if (matches) status = 304;
    }
    response.writeHead(status, headers);
    response.end(status === 304 ? undefined : body);
    deps.recordRequest?.({
      at: turn.startedAt,
      surface: turn.surface,
      method: turn.request.method ?? 'GET',
      path: `${turn.url.pathname}${turn.url.search}`,
      status,
      durationMs: Math.round(deps.now() - turn.startedAt),
      cost: turn.cost,
      ...(turn.installationId === undefined ? {} : { installationId: turn.installationId }),
      ...turn.graphql,
    });
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', deps.addresses.api);
    const surface = url.pathname === '/graphql' && request.method === 'POST' ? 'graphql' : 'rest';
    const match = { surface, method: request.method ?? 'GET', path: url.pathname };
    const turn: Turn = {
      request,
      url,
      startedAt: deps.now(),
      requestId: randomBytes(12)
        .toString('hex')
        .toUpperCase()
        .replace(/(.{4})(?=.)/g, '$1:'),
      surface,
      fault: (kind, more = {}) => deps.faults.take(kind, { ...match, ...more }),
      cost: 0,
    };
    if (turn.fault('drop-connection')) {
      request.socket.destroy();
      return;
    }
    let reply: Reply;
    try {
      reply = await answer(turn);
    } catch (error) {
      if (!(error instanceof RefusalError)) throw error;
      reply = refusalReply(error.refusal);
    }
    // What is left of a body must be read, or the connection cannot be used again.
    request.resume();
    send(turn, reply, response);
  }

  return (request, response) => {
    handle(request, response).catch((error: unknown) => {
      process.emitWarning(error instanceof Error ? error : `${error}`);
      if (!response.headersSent) response.writeHead(500, { 'content-type': 'application/json' });
      response.end('{"message":"Server Error"}');
    });
  };
}
