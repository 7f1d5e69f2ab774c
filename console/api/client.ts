/** The client of the API. Its types are generated from the OpenAPI document: `npm run client`. */
import createClient, { type Middleware } from 'openapi-fetch';
import { problemOf, unauthenticated, unreachable } from './problem.ts';
import type { components, paths } from './schema.d.ts';
import { hasSessionEnded } from './session-end.ts';

/** What the API answers, by the names of its document. */
export type Schemas = components['schemas'];

const readMethods = ['GET', 'HEAD'];

/** Proves that a page of ours sent a change: docs/api.md */
const requestHeader = 'x-repertoire-request';

/** Asked also once the session has ended: to learn that there is another one, and where to get it. */
const withoutSession: readonly string[] = ['/api/v1/me', '/api/v1/sign-in-hosts'];

const throwing: Middleware = {
  onRequest({ request, schemaPath }) {
    if (hasSessionEnded() && !withoutSession.includes(schemaPath)) {
      throw unauthenticated();
    }
    if (!readMethods.includes(request.method)) {
      request.headers.set(requestHeader, '1');
    }
  },
  async onResponse({ response }) {
    if (!response.ok) {
      throw await problemOf(response);
    }
  },
  onError({ error }) {
    return error instanceof DOMException && error.name === 'AbortError' ? error : unreachable();
  },
};

/** Every request that fails throws an `ApiProblem`; so of an answer only `data` is read, with `dataOf`. */
export const api = createClient<paths>();
api.use(throwing);

interface Answer<Data> {
  readonly data?: Data;
  readonly response: Response;
}

/** What was answered. @throws ApiProblem */
export async function dataOf<Data>(asked: Promise<Answer<Data>>): Promise<Data> {
  return (await asked).data as Data;
}

/** What was answered, and the state that it is, for `If-Match` of a change. @throws ApiProblem */
export async function taggedDataOf<Data>(
  asked: Promise<Answer<Data>>,
): Promise<{ readonly data: Data; readonly etag: string }> {
  const { data, response } = await asked;
  return { data: data as Data, etag: response.headers.get('etag') ?? '*' };
}

/** What was accepted, and where its progress is, as a path with a query. @throws ApiProblem */
export async function acceptedDataOf<Data>(
  asked: Promise<Answer<Data>>,
): Promise<{ readonly data: Data; readonly location: string | undefined }> {
  const { data, response } = await asked;
  return { data: data as Data, location: response.headers.get('location') ?? undefined };
}
