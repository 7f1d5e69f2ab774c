/** The only place that sends requests for a connection; it counts them and refuses incomplete responses. */
import { z } from 'zod';
import type { Allowances } from '../allowance.ts';
import type { CredentialBudget } from '../budget.ts';
import { ForgeError } from '../errors.ts';
import { type AnswerHeaders, createApiFetch, createFileFetch, LimitError, parseAnswer } from '../http.ts';
import { createLimits, type Limits, type Purpose } from '../limits.ts';
import type { ForgeServices } from '../module.ts';
import type { Pace } from '../pace.ts';
import { fixedPageSize, type ListReading } from '../pages.ts';
import { type EndpointLimit, endpointLimits, generalLimit } from './endpoints.ts';
import { budgetHeaders, graphqlErrorOf, noAnswer, refusalOf } from './http.ts';
import { graphqlAnswerSchema } from './schema.ts';
import type { GitLabSettings } from './settings.ts';
import type { Tokens } from './tokens.ts';

/** Values of the `:name` parts of a route. The rest of the keys are of the query. */
type Values = Readonly<Record<string, string | number | boolean>>;

/** A request to the REST API: `/groups/:id`, with the value of `id` encoded as one segment. */
export interface Route {
  readonly route: string;
  readonly path?: Values;
  readonly query?: Values;
}

/** A GraphQL document with one named operation, and the schema of its `data`. */
export interface Query<Schema extends z.ZodType> {
  readonly name: string;
  readonly text: string;
  readonly schema: Schema;
}

export interface Requests {
  get<Schema extends z.ZodType>(route: Route, schema: Schema): Promise<z.infer<Schema>>;
  /**
   * A list, paged by the addresses that GitLab gives. It has a total up to 10,000 items, and none where it is paged by keyset.
   * https://docs.gitlab.com/api/rest/#pagination
   */
  list<Item extends { readonly id: string }>(
    what: string,
    route: Route,
    item: z.ZodType<Item>,
  ): ListReading<Item>;
  query<Schema extends z.ZodType>(
    query: Query<Schema>,
    variables: Readonly<Record<string, unknown>>,
  ): Promise<z.infer<Schema>>;
  /** Creates, changes or removes something. It is not repeated when its answer is lost. */
  write<Schema extends z.ZodType>(
    method: 'POST' | 'PUT' | 'DELETE',
    route: Route,
    schema: Schema,
    body?: Readonly<Record<string, unknown>>,
  ): Promise<z.infer<Schema>>;
  /** A GET of a file. @param bytesMax of a longer one only the beginning is read, which is longer too; default: it is an error */
  bytes(route: Route, bytesMax?: number): Promise<Uint8Array>;
  /** The response of a GET, whose body is not read yet. @param left of the endpoint's limit, to more urgent requests */
  stream(route: Route, signal: AbortSignal, left?: number): Promise<Response>;
  /** Requests sent so far, including retries but not those for tokens. */
  count(): number;
}

export interface RequestsOptions {
  readonly settings: GitLabSettings;
  readonly services: ForgeServices;
  readonly tokens: Tokens;
  /** Names the credential in budgets. */
  readonly name: string;
  /** What this process counts alone. */
  readonly pace: Pace;
  /** What all processes count together. */
  readonly allowances: Allowances;
  readonly purpose?: Purpose;
}

interface Answer {
  readonly headers: AnswerHeaders;
  readonly response: Response;
}

interface Sending {
  readonly url: string;
  readonly route: string;
  readonly what: string;
  readonly path: Values;
  readonly init?: RequestInit;
  readonly send: typeof fetch;
  /** The statuses of success; 200 by default. */
  readonly expected?: readonly number[];
  readonly left?: number | undefined;
}

const itemsPerPage = 100;

/**
 * Every method throws only a ForgeError (or the reason of an aborted signal): as http.ts maps GitLab's failures, or `incomplete` for a response
 * that does not match its schema. Nothing here waits for a limit to end.
 */
export function createRequests(options: RequestsOptions): Requests {
  const { settings, services, tokens, name, pace, allowances, purpose = 'rights' } = options;
  const { clock } = services;
  const plain = services.fetch;
  const whole = createApiFetch(plain);
  const budgets = new Map<string, Limits>();
  let sent = 0;

  /** The budget of that name in this process. */
  function limitsOf(budget: string): Limits {
    const known = budgets.get(budget) ?? limitsIn(services.budgets(budget));
    budgets.set(budget, known);
    return known;
  }
  const limitsIn = (budget: CredentialBudget): Limits =>
    createLimits(budget, { clock, random: services.random, headerPrefix: budgetHeaders });

  /** @throws ForgeError `rate-limited` */
  async function checkPace(budget: string, limit: EndpointLimit, what: string, left = 0): Promise<void> {
    const notBefore = pace.take(budget, { ...limit, requests: limit.requests - left });
    if (notBefore !== undefined) {
      if (left === 0) {
        await limitsOf(budget).noteLimit({ met: 'limit', until: notBefore });
      }
      throw mustWait(what, notBefore);
    }
  }

  /** @throws ForgeError `rate-limited` */
  async function checkAllowance(
    budget: string,
    limit: EndpointLimit,
    what: string,
    left: number,
  ): Promise<void> {
    const notBefore = await allowances(budget, limit, (limit.requests - left) / limit.requests).take();
    if (notBefore !== undefined) {
      throw mustWait(what, notBefore);
    }
  }

  async function checkBudgets({ route, path, what, left = 0 }: Sending): Promise<Limits> {
    const general = limitsOf(name);
    await general.checkBudget(purpose, what);
    const limit = endpointLimits[route];
    const budget = limit === undefined ? name : budgetName(name, route, limit, path);
    const own = limitsOf(budget);
    if (limit !== undefined) {
      await own.checkBudget(purpose, what);
      const check = limit.isShared ? checkAllowance : checkPace;
      await check(budget, limit, what, left + leftByScans(limit, purpose));
    }
    await checkPace(name, generalLimit, what);
    return limit?.isApart ? own : general;
  }

  async function send(sending: Sending, isRetry = false): Promise<Answer> {
    const { what, url, init, expected = [200] } = sending;
    const limits = await checkBudgets(sending);
    const held = await tokens.ready();
    sent += 1;
    const response = await sending
      .send(url, {
        ...init,
        redirect: 'manual',
        headers: {
          accept: 'application/json',
          'user-agent': 'repertoire',
          ...init?.headers,
          authorization: `Bearer ${held.secret.reveal().accessToken}`,
        },
      })
      .catch((error: unknown) => {
        init?.signal?.throwIfAborted();
        throw noAnswer(error, what);
      });
    const headers = Object.fromEntries(response.headers);
    if (expected.includes(response.status)) {
      await limits.noteAnswer(headers);
      return { headers, response };
    }
    await response.body?.cancel();
    if (response.status === 401) {
      if (isRetry) {
        throw await tokens.reject(held);
      }
      await tokens.renew(held);
      return send(sending, true);
    }
    throw await noted(refusalOf(response.status, headers, what, clock.now()), limits);
  }

  /** Records a limit that the error reports, for all workers. */
  async function noted(error: ForgeError, limits: Limits): Promise<ForgeError> {
    const { notBefore } = error;
    if (!(error instanceof LimitError) || notBefore === undefined) {
      return error;
    }
    const until = await limits.noteLimit(
      error.isNamed ? { met: 'limit', until: notBefore } : { met: 'unnamed-limit', at: clock.now() },
    );
    return new ForgeError('rate-limited', error.message, { notBefore: until });
  }

  const restOf = (
    { route, path = {}, query }: Route,
    more?: { url?: string; init?: RequestInit },
  ): Sending => ({
    url: more?.url ?? addressOf(settings.apiUrl, { route, path, ...(query && { query }) }),
    what: `GET ${route}`,
    route,
    path,
    send: whole,
    ...(more?.init && { init: more.init }),
  });

  async function getJson<Schema extends z.ZodType>(sending: Sending, schema: Schema) {
    const { response, headers } = await send(sending);
    const body: unknown = await response.json().catch(() => undefined);
    return { data: parseAnswer(schema, body, `GitLab's answer to ${sending.what}`), headers };
  }

  return {
    get: async (route, schema) => (await getJson(restOf(route), schema)).data,

    list: (what, route, item) => ({
      what,
      key: ({ id }) => id,
      size: fixedPageSize(itemsPerPage),
      async read(size, after) {
        const paged = { ...route, query: { ...route.query, per_page: size } };
        const { data, headers } = await getJson(
          restOf(paged, after === undefined ? {} : { url: after }),
          z.array(item),
        );
        const total = /^\d+$/.exec(headers['x-total'] ?? '')?.[0];
        // The first page of branches or tags names a second one even if that is empty (gitlabhq: lib/gitlab/pagination/gitaly_keyset_pager.rb).
        const isAll = after === undefined && Number(total) === data.length;
        const named = nextPage(headers.link, settings.apiUrl);
        const next = isAll || data.length === 0 ? undefined : named;
        const pageInfo = { hasNextPage: next !== undefined, endCursor: next ?? null };
        return total === undefined
          ? { pageInfo, items: data }
          : { pageInfo, items: data, totalCount: Number(total) };
      },
    }),

    async query({ name: operationName, text, schema }, variables) {
      const what = `the query ${operationName}`;
      const body = JSON.stringify({ query: text, operationName, variables });
      const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body };
      const url = `${settings.baseUrl}/api/graphql`;
      const { data: answer } = await getJson(
        { url, route: 'graphql', path: {}, what, send: whole, init },
        graphqlAnswerSchema,
      ).catch(notFoundAsUnavailable);
      if (answer.errors !== undefined) {
        throw graphqlErrorOf(
          answer.errors.map(({ message }) => message),
          what,
        );
      }
      return parseAnswer(schema, answer.data, `GitLab's answer to ${what}`);
    },

    async write(method, route, schema, body) {
      const init = {
        method,
        ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
      };
      const what = `${method} ${route.route}`;
      const sending = { ...restOf(route, { init }), what, expected: [200, 201, 202, 204] };
      return (await getJson(sending, schema)).data;
    },

    async bytes(route, bytesMax) {
      const begin = bytesMax === undefined ? whole : createFileFetch(plain, bytesMax);
      const { response } = await send({ ...restOf(route), send: begin });
      return new Uint8Array(await response.arrayBuffer());
    },

    async stream(route, signal, left) {
      signal.throwIfAborted();
      return (await send({ ...restOf(route, { init: { signal } }), send: plain, left })).response;
    },

    count: () => sent,
  };
}

const mustWait = (what: string, notBefore: number): ForgeError =>
  new ForgeError('rate-limited', `${what} must wait: as many requests as GitLab takes were sent`, {
    notBefore,
  });

/** A 404 for the GraphQL URL itself does not mean that an object is gone. */
function notFoundAsUnavailable(error: unknown): never {
  if (error instanceof ForgeError && error.code === 'not-found') {
    throw new ForgeError('unavailable', error.message, { cause: error });
  }
  throw error;
}

/** Of a limit that scans in several processes share; rights have the rest. */
const shareOfScans = 0.9;

/** What a scan in one process leaves of the limit to others. */
const leftByScans = ({ requests, scanners }: EndpointLimit, purpose: Purpose): number =>
  purpose === 'contents' && scanners !== undefined
    ? requests - Math.floor((requests * shareOfScans) / scanners)
    : 0;

const budgetName = (name: string, route: string, { of = [] }: EndpointLimit, path: Values): string =>
  [name, route, ...of.map((part) => path[part])].join(' ');

/** @throws RangeError for a route with a part that has no value */
export function addressOf(apiUrl: string, { route, path = {}, query = {} }: Route): string {
  const filled = route.replace(/:([a-z_]+)/g, (_, part: string) => {
    const value = path[part];
    if (value === undefined) {
      throw new RangeError(`the route ${route} has no ${part}`);
    }
    return encodeURIComponent(value);
  });
  const search = new URLSearchParams(
    Object.entries(query).map(([key, value]): [string, string] => [key, String(value)]),
  );
  return `${apiUrl}${filled}${search.size === 0 ? '' : `?${search}`}`;
}

/**
 * The address of the next page, from `<https://…>; rel="next", …`. Our credential is sent along, so it has to be below the API's own address.
 * A full last page of a folder names a next one without a token, which would be the first again (gitlabhq: lib/gitlab/pagination/gitaly_keyset_pager.rb,
 * gitaly: internal/gitaly/service/commit/get_tree_entries.go).
 *
 * @throws ForgeError `unexpected` when it is elsewhere
 */
export function nextPage(link: string | undefined, apiUrl: string): string | undefined {
  const address = /<([^>]*)>\s*;\s*rel="?next"?/.exec(link ?? '')?.[1];
  if (address === undefined) {
    return undefined;
  }
  const base = new URL(`${apiUrl}/`);
  const url = URL.parse(address, base.href);
  if (url === null || url.origin !== base.origin || !url.pathname.startsWith(base.pathname)) {
    throw new ForgeError('unexpected', 'GitLab names a next page outside of its API');
  }
  return url.searchParams.get('page_token') === '' ? undefined : url.href;
}
