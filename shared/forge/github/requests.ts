/** The only place that sends requests for an installation; it counts them and refuses incomplete responses. */
import type { z } from 'zod';
import type { InstallationId } from '../../domain/ids.ts';
import { ForgeError } from '../errors.ts';
import { headersSchema, LimitError, parseAnswer } from '../http.ts';
import type { Limits, Purpose } from '../limits.ts';
import type { GitHubApp } from './app.ts';
import { type Failure, failureOf, forgeErrorOf, type GraphqlError, graphqlErrorOf } from './http.ts';
import { graphqlAnswerSchema } from './schema.ts';

type Parameters = Readonly<Record<string, unknown>>;

/** A GraphQL document with one named operation, and the schema of its `data`. */
export interface Query<Schema extends z.ZodType> {
  readonly name: string;
  readonly text: string;
  readonly schema: Schema;
}

export interface Requests {
  /** REST GET by octokit's route template; follows redirects within the API's own origin. */
  get<Schema extends z.ZodType>(
    route: string,
    parameters: Parameters,
    schema: Schema,
  ): Promise<z.infer<Schema>>;
  /** REST GET of a list paged by the cursor in the response's `link` header. */
  getPage<Schema extends z.ZodType>(
    route: string,
    parameters: Parameters,
    schema: Schema,
  ): Promise<{ readonly data: z.infer<Schema>; readonly next: string | undefined }>;
  /** REST GET of a list paged by number. */
  getNumberedPage<Schema extends z.ZodType>(
    route: string,
    parameters: Parameters,
    schema: Schema,
  ): Promise<{ readonly data: z.infer<Schema>; readonly isLast: boolean }>;
  /** REST GET that redirects to a URL elsewhere, which it returns. */
  getLocation(route: string, parameters: Parameters, signal: AbortSignal): Promise<URL>;
  query<Schema extends z.ZodType>(query: Query<Schema>, variables: Parameters): Promise<z.infer<Schema>>;
  /**
   * A query some of whose errors are part of the response, beside the data.
   *
   * @param isAnswer whether the error is part of the response; any other fails the query
   */
  ask<Schema extends z.ZodType>(
    query: Query<Schema>,
    variables: Parameters,
    isAnswer: (error: GraphqlError) => boolean,
  ): Promise<Asked<z.infer<Schema>>>;
  /** @throws ForgeError `rate-limited` when no request of this kind may be sent for now */
  checkBudget(what: string): Promise<void>;
  /** Requests sent so far, including retries but not those for tokens. */
  count(): number;
}

export interface Asked<Data> {
  readonly data: Data;
  readonly errors: readonly GraphqlError[];
  /** The ForgeError that the errors would otherwise cause. */
  readonly refusal: ForgeError | undefined;
}

interface Answer {
  readonly status: number;
  readonly headers: Failure['headers'];
  readonly data: unknown;
}

const redirectsMax = 3;
const apiVersion = '2022-11-28';

/**
 * Every method throws only a ForgeError (or the reason of an aborted signal): as http.ts maps GitHub's failures, or `incomplete` for a
 * response that does not match its schema. Nothing here waits for a limit to end.
 */
export function createRequests(
  app: GitHubApp,
  installation: InstallationId,
  purpose: Purpose = 'rights',
): Requests {
  const ofInstallation = app.limits(installation);
  const ofApp = app.limits('app');
  let sent = 0;
  let tokenRenewed = false;

  /** The app's own requests have a separate budget. */
  const limitsOf = (route: string): Limits =>
    /^(GET|POST) \/app(\/|$)/.test(route) ? ofApp : ofInstallation;

  /** Records a limit that the error reports, for all workers. */
  async function noted(error: ForgeError, limits: Limits): Promise<ForgeError> {
    const { notBefore } = error;
    if (!(error instanceof LimitError) || notBefore === undefined) {
      return error;
    }
    const until = await limits.noteLimit(
      error.isNamed ? { met: 'limit', until: notBefore } : { met: 'unnamed-limit', at: app.clock.now() },
    );
    return until === notBefore
      ? error
      : new ForgeError('rate-limited', error.message, { notBefore: until, cause: error.cause });
  }

  const failed = (failure: Failure, what: string, limits: Limits): Promise<ForgeError> =>
    noted(forgeErrorOf(failure, what, app.clock.now()), limits);

  /** Sends one request through octokit; returns any status but errors. */
  async function send(route: string, parameters: Parameters, what: string): Promise<Answer> {
    const limits = limitsOf(route);
    await limits.checkBudget(purpose, what);
    let answer: Answer;
    try {
      sent += 1;
      const octokit = await app.octokit(installation);
      const { status, headers, data } = await octokit.request(route, { ...parameters });
      answer = { status, headers: headersSchema.parse(headers), data };
    } catch (error) {
      const failure = failureOf(error, app.redact);
      if (failure.status === 401 && !failure.tokenRequest && !tokenRenewed) {
        // The cached token may have become invalid before it expired. If the credential itself is dead, a new token fails too.
        tokenRenewed = true;
        await renewToken(what);
        return send(route, parameters, what);
      }
      throw await failed(failure, what, limits);
    }
    await limits.noteAnswer(answer.headers);
    return answer;
  }

  async function renewToken(what: string): Promise<void> {
    try {
      const octokit = await app.octokit(installation);
      await octokit.auth({ type: 'installation', refresh: true });
    } catch (error) {
      throw await failed(failureOf(error, app.redact), `${what} (a new token)`, ofInstallation);
    }
  }

  /**
   * Follows redirects, which lead from a renamed object to its URL by number; only within the API, because our credential is sent along.
   */
  async function follow(route: string, parameters: Parameters, signal?: AbortSignal): Promise<Answer> {
    const always = {
      headers: { 'x-github-api-version': apiVersion },
      ...(signal && { request: { signal } }),
    };
    let answer = expectNoPartialResults(await send(route, { ...parameters, ...always }, route), route);
    for (let redirects = 0; isRedirect(answer); redirects += 1) {
      const { href } = locationOf(answer, app.baseUrl, route);
      if (!href.startsWith(`${app.baseUrl}/`)) {
        return answer;
      }
      if (redirects === redirectsMax) {
        throw new ForgeError('unexpected', `GitHub redirects ${route} too many times`);
      }
      answer = expectNoPartialResults(await send(`GET ${href}`, always, route), route);
    }
    return answer;
  }

  async function ask<Schema extends z.ZodType>(
    { name, text, schema }: Query<Schema>,
    variables: Parameters,
    isAnswer: (error: GraphqlError) => boolean,
  ): Promise<Asked<z.infer<Schema>>> {
    const what = `the query ${name}`;
    const url = graphqlUrl(app.baseUrl);
    const body = { query: text, operationName: name, variables };
    const answer = expectNoPartialResults(
      await send(`POST ${url}`, body, what).catch(notFoundAsUnavailable),
      what,
    );
    const { data, errors } = answerOf(graphqlAnswerSchema, answer.data, what);
    const refusal = errors && graphqlErrorOf(errors, answer.headers, what, app.clock.now(), app.redact);
    if (refusal !== undefined && (errors?.length === 0 || errors?.every(isAnswer) !== true)) {
      throw await noted(refusal, ofInstallation);
    }
    return { data: answerOf(schema, data, what), errors: errors ?? [], refusal };
  }

  async function getWithin(route: string, parameters: Parameters): Promise<Answer> {
    const answer = await follow(route, parameters);
    if (isRedirect(answer)) {
      const { host } = locationOf(answer, app.baseUrl, route);
      throw new ForgeError('unexpected', `GitHub redirects ${route} to ${host}, outside its API`);
    }
    return answer;
  }

  return {
    async get(route, parameters, schema) {
      return answerOf(schema, (await getWithin(route, parameters)).data, route);
    },

    async getNumberedPage(route, parameters, schema) {
      const { data, headers } = await getWithin(route, parameters);
      return { data: answerOf(schema, data, route), isLast: !/\brel="next"/.test(headers.link ?? '') };
    },

    async getPage(route, parameters, schema) {
      const { data, headers } = await getWithin(route, parameters);
      return { data: answerOf(schema, data, route), next: nextCursor(headers.link, app.baseUrl) };
    },

    async getLocation(route, parameters, signal) {
      signal.throwIfAborted();
      const answer = await follow(route, parameters, signal).catch((error: unknown) => {
        signal.throwIfAborted();
        throw error;
      });
      if (!isRedirect(answer)) {
        throw new ForgeError(
          'unexpected',
          `GitHub answered ${route} with ${answer.status} instead of a redirect`,
        );
      }
      return locationOf(answer, app.baseUrl, route);
    },

    query: async (query, variables) => (await ask(query, variables, () => false)).data,
    ask,
    checkBudget: (what) => ofInstallation.checkBudget(purpose, what),

    count: () => sent,
  };
}

/** The GraphQL URL: `<base>/graphql` on github.com; beside the REST API, at `/api/graphql`, on Enterprise Server. */
export function graphqlUrl(baseUrl: string): string {
  return /\/api\/v3$/.test(baseUrl) ? baseUrl.replace(/\/v3$/, '/graphql') : `${baseUrl}/graphql`;
}

/**
 * Refuses a response that leaves out SAML organizations our credential may not see; only a header says so.
 *
 * https://docs.github.com/en/rest/authentication/authenticating-to-the-rest-api#personal-access-tokens-and-saml-sso
 */
function expectNoPartialResults(answer: Answer, what: string): Answer {
  if (/partial-results/.test(answer.headers['x-github-sso'] ?? '')) {
    throw new ForgeError('incomplete', `GitHub left SAML organizations out of its answer to ${what}`);
  }
  return answer;
}

/** A 404 for the GraphQL URL itself does not mean that an object is gone. */
function notFoundAsUnavailable(error: unknown): never {
  if (error instanceof ForgeError && error.code === 'not-found') {
    throw new ForgeError('unavailable', error.message, { cause: error });
  }
  throw error;
}

/**
 * The cursor in `<https://…?cursor=…>; rel="next", …`. https://docs.github.com/en/rest/using-the-rest-api/using-pagination-in-the-rest-api
 */
function nextCursor(link: string | undefined, base: string): string | undefined {
  const address = /<([^>]*)>\s*;\s*rel="next"/.exec(link ?? '')?.[1];
  const url = address === undefined ? null : URL.parse(address, base);
  return url?.searchParams.get('cursor') ?? undefined;
}

function isRedirect({ status }: Answer): boolean {
  return status >= 300 && status < 400;
}

function locationOf(answer: Answer, base: string, what: string): URL {
  const location = answer.headers.location;
  const url = location === undefined ? null : URL.parse(location, base);
  if (url === null) {
    throw new ForgeError('unexpected', `GitHub redirects ${what} without a location`);
  }
  return url;
}

const answerOf = <Schema extends z.ZodType>(schema: Schema, data: unknown, what: string): z.infer<Schema> =>
  parseAnswer(schema, data, `GitHub's answer to ${what}`);
