/** The one place that sends requests for an installation, counts them and refuses what is not a whole answer. */
import type { z } from 'zod';
import type { InstallationId } from '../../domain/ids.ts';
import { ForgeError } from '../errors.ts';
import type { GitHubApp } from './app.ts';
import { type Failure, failureOf, forgeErrorOf, graphqlErrorOf, headersSchema } from './http.ts';
import { graphqlAnswerSchema } from './schema.ts';

type Parameters = Readonly<Record<string, unknown>>;

/** A GraphQL document with one named operation and what its `data` must hold. */
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
  /** REST GET whose answer is the address of something elsewhere. */
  getLocation(route: string, parameters: Parameters, signal: AbortSignal): Promise<URL>;
  query<Schema extends z.ZodType>(query: Query<Schema>, variables: Parameters): Promise<z.infer<Schema>>;
  /** Requests sent so far, repeated ones too; those for tokens are not counted. */
  count(): number;
}

interface Answer {
  readonly status: number;
  readonly headers: Failure['headers'];
  readonly data: unknown;
}

const redirectsMax = 3;
const apiVersion = '2022-11-28';

/**
 * Every method throws a ForgeError and nothing else (but the reason of an aborted signal): what GitHub refuses by http.ts, and
 * `incomplete` for an answer that lacks what its schema asks for. Nobody waits for a limit to pass here.
 */
export function createRequests(app: GitHubApp, installation: InstallationId): Requests {
  let sent = 0;
  let tokenRenewed = false;

  /**
   * Whoever goes on asking a GitHub that said "not before" is shut out for longer. Every worker of this process keeps to it.
   * https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api#handle-rate-limit-errors-appropriately
   */
  function mustWait(what: string): void {
    const notBefore = app.notBefore.get(installation);
    if (notBefore !== undefined && notBefore > app.clock.now()) {
      throw new ForgeError('rate-limited', `${what} has to wait: GitHub's limit is reached`, { notBefore });
    }
  }

  const failed = (failure: Failure, what: string): ForgeError =>
    noted(forgeErrorOf(failure, what, app.clock.now()));

  function noted(error: ForgeError): ForgeError {
    if (error.code === 'rate-limited' && error.notBefore !== undefined) {
      app.notBefore.set(installation, error.notBefore);
    }
    return error;
  }

  /** One request through octokit; any status but an error comes back. */
  async function send(route: string, parameters: Parameters, what: string): Promise<Answer> {
    mustWait(what);
    try {
      sent += 1;
      const octokit = await app.octokit(installation);
      const { status, headers, data } = await octokit.request(route, { ...parameters });
      return { status, headers: headersSchema.parse(headers), data };
    } catch (error) {
      const failure = failureOf(error, app.redact);
      if (failure.status === 401 && !failure.tokenRequest && !tokenRenewed) {
        // The token that this process keeps may have died before its time; a dead credential refuses a new one too.
        tokenRenewed = true;
        await renewToken(what);
        return send(route, parameters, what);
      }
      throw failed(failure, what);
    }
  }

  async function renewToken(what: string): Promise<void> {
    try {
      const octokit = await app.octokit(installation);
      await octokit.auth({ type: 'installation', refresh: true });
    } catch (error) {
      throw failed(failureOf(error, app.redact), `${what} (a new token)`);
    }
  }

  /** Our credential goes along only within the API: what has been renamed is sent on to its address by number. */
  async function follow(route: string, parameters: Parameters, signal?: AbortSignal): Promise<Answer> {
    const always = {
      headers: { 'x-github-api-version': apiVersion },
      ...(signal && { request: { signal } }),
    };
    let answer = whole(await send(route, { ...parameters, ...always }, route), route);
    for (let redirects = 0; isRedirect(answer); redirects += 1) {
      const { href } = locationOf(answer, app.baseUrl, route);
      if (!href.startsWith(`${app.baseUrl}/`)) {
        return answer;
      }
      if (redirects === redirectsMax) {
        throw new ForgeError('unexpected', `GitHub sends ${route} on and on`);
      }
      answer = whole(await send(`GET ${href}`, always, route), route);
    }
    return answer;
  }

  return {
    async get(route, parameters, schema) {
      const answer = await follow(route, parameters);
      if (isRedirect(answer)) {
        const { host } = locationOf(answer, app.baseUrl, route);
        throw new ForgeError('unexpected', `GitHub sends ${route} on to ${host}, out of its API`);
      }
      return parse(schema, answer.data, route);
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
          `GitHub answered ${route} with ${answer.status}, not with an address`,
        );
      }
      return locationOf(answer, app.baseUrl, route);
    },

    async query({ name, text, schema }, variables) {
      const what = `the query ${name}`;
      const url = graphqlUrl(app.baseUrl);
      const answer = whole(
        await send(`POST ${url}`, { query: text, operationName: name, variables }, what),
        what,
      );
      const { data, errors } = parse(graphqlAnswerSchema, answer.data, what);
      if (errors !== undefined) {
        throw noted(graphqlErrorOf(errors, answer.headers, what, app.clock.now(), app.redact));
      }
      return parse(schema, data, what);
    },

    count: () => sent,
  };
}

/** Of github.com `<base>/graphql`; Enterprise Server has it beside its REST API, at `/api/graphql`. */
export function graphqlUrl(baseUrl: string): string {
  return /\/api\/v3$/.test(baseUrl) ? baseUrl.replace(/\/v3$/, '/graphql') : `${baseUrl}/graphql`;
}

/**
 * SAML organizations that our credential may not see are left out of an answer, which says so only in a header.
 *
 * https://docs.github.com/en/rest/authentication/authenticating-to-the-rest-api#personal-access-tokens-and-saml-sso
 */
function whole(answer: Answer, what: string): Answer {
  if (/partial-results/.test(answer.headers['x-github-sso'] ?? '')) {
    throw new ForgeError('incomplete', `GitHub left out SAML organizations when it answered ${what}`);
  }
  return answer;
}

function isRedirect({ status }: Answer): boolean {
  return status >= 300 && status < 400;
}

function locationOf(answer: Answer, base: string, what: string): URL {
  const location = answer.headers.location;
  const url = location === undefined ? null : URL.parse(location, base);
  if (url === null) {
    throw new ForgeError('unexpected', `GitHub sends ${what} on to nowhere`);
  }
  return url;
}

/** What does not fit is named by its place; values stay out of messages. */
function parse<Schema extends z.ZodType>(schema: Schema, data: unknown, what: string): z.infer<Schema> {
  const result = schema.safeParse(data);
  if (!result.success) {
    const places = result.error.issues.slice(0, 3).map((issue) => issue.path.join('.') || '(the whole)');
    throw new ForgeError(
      'incomplete',
      `GitHub's answer to ${what} lacks what it must have: ${places.join(', ')}`,
    );
  }
  return result.data;
}
