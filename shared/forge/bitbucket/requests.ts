/** The only place that sends requests for a connection; it counts them and refuses incomplete responses. */
import { z } from 'zod';
import { manifestBytesMax } from '../../composer/scanned-repository.ts';
import type { Allowances } from '../allowance.ts';
import { ForgeError } from '../errors.ts';
import { type AnswerHeaders, createApiFetch, createFileFetch, LimitError, parseAnswer } from '../http.ts';
import { createLimits, type Limits, type Purpose } from '../limits.ts';
import type { ForgeServices } from '../module.ts';
import { createPageSize, type ListReading } from '../pages.ts';
import { budgetHeaders, noAnswer, refusalOf } from './http.ts';
import { archives, groupOf, type ResourceGroup } from './resource-groups.ts';
import type { BitbucketSettings } from './settings.ts';
import type { Tokens } from './tokens.ts';

type Value = string | number | boolean;

/** `/2.0/workspaces/:workspace`, with each value encoded as one segment, and a list as one segment for each item. */
export interface Route {
  readonly route: string;
  readonly path?: Readonly<Record<string, Value | readonly string[]>>;
  /** A list is sent as one parameter for each item. */
  readonly query?: Readonly<Record<string, Value | readonly string[]>>;
}

/** `list`: what Bitbucket sends of a folder. `redirect`: to a file in LFS. */
export interface SentFile {
  readonly is: 'file' | 'list' | 'redirect';
  readonly bytes: Uint8Array;
}

export interface Requests {
  get<Schema extends z.ZodType>(route: Route, schema: Schema): Promise<z.infer<Schema>>;
  /**
   * A list, paged by the addresses that Bitbucket gives. It has a total where Bitbucket counts it.
   * https://developer.atlassian.com/cloud/bitbucket/rest/intro/#pagination
   */
  list<Item>(
    what: string,
    route: Route,
    item: z.ZodType<Item>,
    key: (item: Item) => string,
  ): ListReading<Item>;
  /** A request that changes something. */
  write<Schema extends z.ZodType>(
    method: 'POST' | 'PUT' | 'DELETE',
    route: Route,
    schema: Schema,
    body?: object,
  ): Promise<z.infer<Schema>>;
  /** A file: of one that is longer than any manifest only the beginning, which is longer too. */
  file(route: Route): Promise<SentFile>;
  /** The response of a download from the web host, whose body is not read yet. @param path below its address */
  download(path: string, signal: AbortSignal): Promise<Response>;
  /** Checks whether a request of that route may be sent now, without sending one. @throws ForgeError `rate-limited` */
  check(route: Route): Promise<void>;
  /** Requests sent so far, including retries but not those for tokens. */
  count(): number;
}

export interface RequestsOptions {
  readonly settings: BitbucketSettings;
  readonly services: ForgeServices;
  readonly tokens: Tokens;
  /** Names whom Bitbucket counts the requests for, in budgets. @throws ForgeError as `CredentialSource.current` */
  readonly name: () => Promise<string>;
  readonly allowances: Allowances;
  readonly purpose?: Purpose;
  /** Of each hour: what can wait leaves the rest to what is more urgent. Default: all of it. */
  readonly share?: number;
}

interface Sending {
  readonly url: string;
  readonly what: string;
  readonly group: ResourceGroup;
  readonly accept: string;
  readonly send: typeof fetch;
  readonly signal?: AbortSignal;
  readonly method?: string;
  readonly body?: string | undefined;
  /** The statuses of success. */
  readonly expected?: readonly number[];
}

interface Answer {
  readonly headers: AnswerHeaders;
  readonly response: Response;
}

export const itemsPerPage = 100;
/** Of those that wait for the same moment; milliseconds. */
const spreadMs = 60_000;
const succeeded = [200, 201, 204];
const redirects = [301, 302, 303, 307, 308];

const pageSchema = z.object({
  values: z.array(z.unknown()),
  next: z.string().optional(),
  size: z.int().nonnegative().optional(),
});

/**
 * Every method throws only a ForgeError (or the reason of an aborted signal): as http.ts maps Bitbucket's failures, or `incomplete` for a
 * response that does not match its schema. Nothing here waits for a limit to end.
 */
export function createRequests(options: RequestsOptions): Requests {
  const { settings, services, tokens, allowances, purpose = 'rights', share = 1 } = options;
  const { clock } = services;
  const whole = createApiFetch(services.fetch);
  const beginning = createFileFetch(services.fetch, manifestBytesMax);
  const budgets = new Map<string, Limits>();
  let sent = 0;

  /** The budget of that name in this process. */
  function limitsOf(budget: string): Limits {
    const known =
      budgets.get(budget) ??
      createLimits(services.budgets(budget), {
        ...{ clock, random: services.random, headerPrefix: budgetHeaders },
      });
    budgets.set(budget, known);
    return known;
  }

  /** Undefined for when it may be sent. @throws ForgeError `rate-limited` */
  function mustWait(what: string, notBefore: number | undefined): void {
    if (notBefore !== undefined) {
      const spread = share === 1 ? 0 : Math.floor(services.random() * spreadMs);
      throw new ForgeError('rate-limited', `${what} must wait: an hour's requests were sent`, {
        notBefore: notBefore + spread,
      });
    }
  }

  /** @throws ForgeError `rate-limited` */
  async function checkBudgets({ group, what }: Pick<Sending, 'group' | 'what'>) {
    const name = await options.name();
    const general = limitsOf(name);
    await general.checkBudget(purpose, what);
    const { name: groupName, ...limit } = group;
    const ofGroup = `${name} ${groupName}`;
    const own = limitsOf(ofGroup);
    await own.checkBudget(purpose, what);
    return { limits: group.isApart ? own : general, allowance: allowances(ofGroup, limit, share) };
  }

  async function send(sending: Sending, isRetry = false): Promise<Answer> {
    const { what, url, accept, signal, method = 'GET', body: sentBody, expected = succeeded } = sending;
    const { limits, allowance } = await checkBudgets(sending);
    mustWait(what, await allowance.take());
    const { held, authorization } = await tokens.ready();
    sent += 1;
    const response = await sending
      .send(url, {
        ...(signal && { signal }),
        ...(sentBody !== undefined && { body: sentBody }),
        method,
        redirect: 'manual',
        headers: {
          accept,
          'user-agent': 'repertoire',
          ...(sentBody !== undefined && { 'content-type': 'application/json' }),
          authorization,
        },
      })
      .catch((error: unknown) => {
        signal?.throwIfAborted();
        throw noAnswer(error, what);
      });
    const headers = Object.fromEntries(response.headers);
    const stated = Number(headers[`${budgetHeaders}-limit`]);
    if (stated > 0) {
      allowance.noteLimit(stated);
    }
    if (expected.includes(response.status)) {
      await tokens.accepted?.(held);
      return { headers, response };
    }
    const body: unknown = await response.json().catch(() => undefined);
    if (response.status === 401) {
      if (isRetry) {
        throw await tokens.reject(held);
      }
      await tokens.renew(held);
      return send(sending, true);
    }
    throw await noted(refusalOf(response.status, headers, what, clock.now(), body), limits);
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

  const sendingOf = (route: Route, url = addressOf(settings.apiUrl, route)): Sending => ({
    ...{ url, what: `GET ${route.route}`, group: groupOf(route.route), send: whole },
    accept: 'application/json',
  });

  async function getJson<Schema extends z.ZodType>(sending: Sending, schema: Schema) {
    const { response } = await send(sending);
    const body: unknown = await response.json().catch(() => undefined);
    return parseAnswer(schema, body, `Bitbucket's answer to ${sending.what}`);
  }

  return {
    get: (route, schema) => getJson(sendingOf(route), schema),

    list: (what, route, item, key) => ({
      // Which the address of the next page has in it.
      ...{ what, key, size: createPageSize(itemsPerPage), isOfOneSize: true },
      async read(size, after) {
        const paged = { ...route, query: { ...route.query, pagelen: size } };
        const sending = sendingOf(paged, after);
        const { values, next, size: total } = await getJson(sending, pageSchema);
        const items = parseAnswer(z.array(item), values, `Bitbucket's answer to ${sending.what}`);
        const pageInfo = {
          hasNextPage: next !== undefined,
          endCursor: next === undefined ? null : checkedNext(next, settings.apiUrl),
        };
        return total === undefined ? { pageInfo, items } : { pageInfo, items, totalCount: total };
      },
    }),

    write: (method, route, schema, body) => {
      const text = body && JSON.stringify(body);
      return getJson({ ...sendingOf(route), what: `${method} ${route.route}`, method, body: text }, schema);
    },

    async file(route) {
      const { response, headers } = await send({
        ...sendingOf(route),
        ...{ accept: '*/*', send: beginning, expected: [200, ...redirects] },
      });
      const bytes = new Uint8Array(await response.arrayBuffer());
      // "attachment", so that browsers run no file: https://developer.atlassian.com/cloud/bitbucket/rest/api-group-source/
      const isFile = /^attachment/i.test(headers['content-disposition'] ?? '');
      return { bytes, is: redirects.includes(response.status) ? 'redirect' : isFile ? 'file' : 'list' };
    },

    async download(path, signal) {
      signal.throwIfAborted();
      const url = `${settings.baseUrl}${path}`;
      const what = 'an archive';
      return (await send({ url, what, group: archives, accept: '*/*', send: services.fetch, signal }))
        .response;
    },

    async check(route) {
      const sending = sendingOf(route);
      const { allowance } = await checkBudgets(sending);
      mustWait(sending.what, await allowance.wait());
    },

    count: () => sent,
  };
}

/** @throws RangeError for a route with a part that has no value */
export function addressOf(apiUrl: string, { route, path = {}, query = {} }: Route): string {
  const filled = route.replace(/:([a-z_]+)/g, (_, part: string) => {
    const value = path[part];
    if (value === undefined) {
      throw new RangeError(`the route ${route} has no ${part}`);
    }
    return [value].flat().map(encodeURIComponent).join('/');
  });
  const search = new URLSearchParams(
    Object.entries(query).flatMap(([key, value]) =>
      [value].flat().map((one): [string, string] => [key, String(one)]),
    ),
  );
  return `${apiUrl}${filled}${search.size === 0 ? '' : `?${search}`}`;
}

/**
 * The address of the next page. Our credential is sent along, so it has to be one of the API.
 *
 * @throws ForgeError `unexpected` when it is elsewhere
 */
export function checkedNext(address: string, apiUrl: string): string {
  const base = new URL(`${apiUrl}/`);
  const url = URL.parse(address);
  if (url === null || url.origin !== base.origin || !url.pathname.startsWith(base.pathname)) {
    throw new ForgeError('unexpected', 'Bitbucket names a next page outside of its API');
  }
  return url.href;
}
