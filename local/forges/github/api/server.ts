import { createHash, randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Fault } from '../../faults/faults.ts';
import type { Interception } from '../../faults/interception.ts';
import { type RequestFaults, strikeRequest } from '../../faults/strike-request.ts';
import { createGitObjects, type GitObjects } from '../../git/objects.ts';
import { createRefReader } from '../../git/ref-history.ts';
import { readBody } from '../../server/read-body.ts';
import { createRouter } from '../../server/router.ts';
import type { Past } from '../../state/past-states.ts';
import type { Registrations } from '../registrations.ts';
import type { GitHubState, Repository } from '../state.ts';
import { type Budgets, budgetHeaders, budgetHolder, createBudgets, type Standing } from './budgets.ts';
import type { Context, Route, Services } from './context.ts';
import { WENT_WRONG } from './graphql/errors.ts';
import { answerGraphql, type GraphqlAnswer, readQuestion } from './graphql-endpoint.ts';
import { NOT_FOUND, notAccessible, RefusalError, type Reply, refusalReply } from './http.ts';
import type { Addresses, RequestEntry } from './ports.ts';
import { appRoutes } from './rest-app.ts';
import { contentRoutes } from './rest-contents.ts';
import { organizationRoleRoutes } from './rest-organization-roles.ts';
import { organizationAndTeamRoutes } from './rest-organizations.ts';
import { refRoutes } from './rest-refs.ts';
import { repositoryAndArchiveRoutes } from './rest-repositories.ts';
import { userRoutes } from './rest-user.ts';
import { type SecondaryLimits, secondaryRefusal } from './secondary-limits.ts';
import type { TokenStore } from './tokens.ts';
import { type Credential, viewerOf } from './viewer.ts';

export interface GitHubApiDependencies extends RequestFaults {
  readonly state: GitHubState;
  readonly tokens: TokenStore;
  readonly addresses: Addresses;
  /** Sends a delivery again. */
  redeliver(deliveryId: number): Promise<void>;
  /** Milliseconds. */
  now(): number;
  readonly past?: Past<GitHubState>;
  readonly objects?: GitObjects;
  /** If left out, bursts are not limited. */
  readonly secondaryLimits?: SecondaryLimits;
  readonly budgets?: Budgets;
  readonly registrations?: Registrations;
  recordRequest?(entry: RequestEntry): void;
}

const MAX_BODY_BYTES = 1024 * 1024;

/** Every REST endpoint. */
export const apiRoutes: readonly Route[] = [
  ...appRoutes,
  ...userRoutes,
  ...organizationAndTeamRoutes,
  ...organizationRoleRoutes,
  ...repositoryAndArchiveRoutes,
  ...contentRoutes,
  ...refRoutes,
];
const findRoute = createRouter(apiRoutes);

/** A request while it is being answered. */
interface Turn {
  readonly request: IncomingMessage;
  readonly url: URL;
  readonly startedAt: number;
  readonly surface: 'rest' | 'graphql';
  installationId?: number;
  standing?: Standing;
  cost: number;
  /** Called when the request was answered. */
  leave?: (() => void) | undefined;
  /** Gives back what was charged. */
  refund?: () => Standing;
  graphql?: GraphqlAnswer['record'];
  interception?: Interception | undefined;
}

type TakeFault = (kind: string, more?: Record<string, string>) => Fault | undefined;

/**
 * In GraphQL "the response status code will be either 200 or 403"
 * (https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api).
 */
function secondaryLimit(surface: Turn['surface'], fault: Fault): Reply {
  const refusal = secondaryRefusal(fault.retryAfter ?? 60, fault.status);
  const { status, message, headers = {} } = refusal;
  if (surface === 'rest' || status !== 200) return refusalReply(refusal);
  return { status, headers, json: { errors: [{ message }] } };
}

function primaryLimit(holderName: string, fault: Fault | undefined): Reply {
  const retryAfter = fault?.retryAfter;
  return refusalReply({
    status: fault?.status ?? 403,
    message: `API rate limit exceeded for ${holderName}.`,
    headers: retryAfter === undefined ? {} : { 'retry-after': `${retryAfter}` },
  });
}

/** GraphQL reports time-outs in its own form, but with an error status. */
function serverError(surface: Turn['surface'], status: number): Reply {
  if (surface === 'rest') return refusalReply({ status, message: 'Server Error' });
  return { status, json: { data: null, errors: [{ message: WENT_WRONG }] } };
}

/** GitHub's form of an id: six groups of four hex digits. */
function makeRequestId(): string {
  const hex = randomBytes(12).toString('hex').toUpperCase();
  return hex.replace(/(.{4})(?=.)/g, '$1:');
}

/** Depends on the credential, so that it changes with each token, as GitHub's does. */
function entityTag(request: IncomingMessage, body: Buffer): string {
  const { accept = '', authorization = '' } = request.headers;
  const hash = createHash('sha256').update(`${accept}:${authorization}:`).update(body).digest('hex');
  return `W/"${hash}"`;
}

function refuseWrongKind(route: Route, credential: Credential): Reply | undefined {
  if (route.auth === 'app' && credential.kind !== 'app') {
    return refusalReply({ status: 401, message: 'A JSON web token could not be decoded' });
  }
  if (route.auth === 'open' || route.auth === credential.kind) return undefined;
  return refusalReply(
    credential.kind === 'app' || credential.kind === 'installation'
      ? notAccessible('')
      : { status: 401, message: 'Requires authentication' },
  );
}

/**
 * The simulated `api.github.com`, as a request listener: REST and GraphQL over the state, with GitHub's credentials, limits
 * and errors. Paths are at the root.
 */
export function createGitHubApi(
  deps: GitHubApiDependencies,
): (request: IncomingMessage, response: ServerResponse) => void {
  const budgets = deps.budgets ?? createBudgets(deps.now);
  const services: Services = {
    addresses: deps.addresses,
    objects: deps.objects ?? createGitObjects(),
    tokens: deps.tokens,
    budgets,
    registrations: deps.registrations,
    readRefs: createRefReader(deps.now),
    now: deps.now,
    redeliver: deps.redeliver,
  };

  /** Undefined: the connection is to be broken. */
  async function answer(turn: Turn): Promise<Reply | undefined> {
    const { request, url, surface } = turn;
    const method = request.method ?? 'GET';
    const { authorization } = request.headers;
    const body = await readBody(request, MAX_BODY_BYTES);
    if (body === undefined) return refusalReply({ status: 413, message: 'Payload too large' });
    const question = surface === 'graphql' ? readQuestion(body) : undefined;
    const found = surface === 'rest' ? findRoute(method, url.pathname) : undefined;
    const credential = deps.tokens.authenticate(deps.state, authorization);
    if ('kind' in credential && credential.kind === 'installation')
      turn.installationId = credential.installation.id;
    const match = {
      surface,
      method,
      path: url.pathname,
      ...(found === undefined ? {} : { route: found.route.pattern }),
      ...(question?.operation === undefined ? {} : { operation: question.operation }),
      ...(turn.installationId === undefined ? {} : { installation: `${turn.installationId}` }),
    };
    const fault: TakeFault = (kind, more = {}) => deps.faults.take(kind, { ...match, ...more });

    const strike = await strikeRequest(deps, match);
    turn.interception = strike.interception;
    if (strike.kind === 'break') return undefined;
    if (strike.kind === 'server-error') return serverError(surface, strike.status);
    if (authorization !== undefined && fault('bad-credential') !== undefined) {
      return refusalReply({ status: 401, message: 'Bad credentials' });
    }
    if ('status' in credential) return refusalReply(credential);
    const secondary = fault('secondary-limit');
    if (secondary !== undefined) return secondaryLimit(surface, secondary);
    const { holder, limit, holderName } = budgetHolder(deps.state, credential);
    const entered = deps.secondaryLimits?.enter(holder, surface, method);
    if (typeof entered === 'object') return refusalReply(entered);
    turn.leave = entered;

    const lagging = fault('lagging-read');
    const lag = lagging === undefined ? 0 : (lagging.seconds ?? 5);
    const state = (lag > 0 ? deps.past?.(lag) : undefined) ?? deps.state;
    const viewer = viewerOf(credential);
    const refs = (repository: Repository) => services.readRefs(repository.gitDirectory, lag);
    if (question !== undefined) {
      const result = await answerGraphql(question, { services, state, viewer, refs, fault });
      Object.assign(turn, { standing: result.standing, cost: result.cost, graphql: result.record });
      return result.reply;
    }

    const points = url.pathname === '/rate_limit' ? 0 : 1;
    const spent = fault('rate-limit');
    const charged = budgets.charge(holder, 'core', limit, spent === undefined ? points : limit + 1);
    turn.standing = charged;
    if (!charged.granted) return primaryLimit(holderName, spent);
    turn.cost = points;
    turn.refund = () => budgets.charge(holder, 'core', limit, -points);

    if (found === undefined) return refusalReply(NOT_FOUND);
    const { route, params } = found;
    const context: Context = {
      services,
      state,
      viewer,
      url,
      route: route.pattern,
      params,
      headers: request.headers,
      canonicalPath: url.pathname,
      refs,
      body,
      fault,
    };
    return refuseWrongKind(route, credential) ?? route.handle(context);
  }

  function send(turn: Turn, reply: Reply, response: ServerResponse): void {
    const { request } = turn;
    const body = reply.raw ?? Buffer.from(reply.json === undefined ? '' : JSON.stringify(reply.json));
    const tag = reply.status === 200 && request.method === 'GET' ? entityTag(request, body) : undefined;
    const unchanged = tag !== undefined && request.headers['if-none-match'] === tag;
    if (unchanged && turn.refund !== undefined) {
      turn.standing = turn.refund();
      turn.cost = 0;
    }
    const status = unchanged ? 304 : reply.status;
    response.writeHead(status, {
      date: new Date(deps.now()).toUTCString(),
      server: 'github.com',
      'x-github-request-id': makeRequestId(),
      'x-github-media-type': turn.surface === 'graphql' ? 'github.v4; format=json' : 'github.v3; format=json',
      'x-github-api-version-selected': '2022-11-28',
      ...(body.length > 0 ? { 'content-type': 'application/json; charset=utf-8' } : {}),
      ...(tag === undefined ? {} : { etag: tag }),
      ...(turn.standing === undefined ? {} : budgetHeaders(turn.standing)),
      ...reply.headers,
    });
    response.end(unchanged ? undefined : body);
    deps.recordRequest?.({
      at: turn.startedAt,
      surface: turn.surface,
      method: request.method ?? 'GET',
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
    const turn: Turn = { request, url, startedAt: deps.now(), surface, cost: 0 };
    let reply: Reply | undefined;
    try {
      reply = await answer(turn);
    } catch (error) {
      if (!(error instanceof RefusalError)) throw error;
      reply = refusalReply(error.refusal);
    } finally {
      turn.leave?.();
    }
    await turn.interception?.act?.();
    if (reply === undefined || turn.interception !== undefined) request.socket.destroy();
    else send(turn, reply, response);
  }

  return (request, response) => {
    handle(request, response).catch((error: unknown) => {
      process.emitWarning(error instanceof Error ? error : `${error}`);
      if (!response.headersSent) response.writeHead(500, { 'content-type': 'application/json' });
      response.end('{"message":"Server Error"}');
    });
  };
}
