/** For this folder's tests: an API with programmed responses, and readers that use it. */

import { generateKeyPairSync } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { ForgeError } from '../errors.ts';
import { createGitHubApp, type GitHubApp } from './app.ts';

/** A response of the API: JSON, or raw bytes. */
export interface TestAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  /** Replaces the rest: the test writes the response itself, or none. */
  readonly by?: (response: ServerResponse) => void;
}

export interface TestRequest {
  readonly method: string;
  readonly path: string;
  readonly authorization: string | undefined;
  readonly body: string;
}

export interface TestApi {
  readonly url: string;
  /** All requests but those for tokens. */
  readonly requests: TestRequest[];
  readonly tokenRequests: TestRequest[];
  answer: (request: TestRequest) => TestAnswer;
  answerToken: (request: TestRequest, made: number) => TestAnswer;
  stop(): Promise<void>;
}

/** Generated once per process, because an RSA key takes long. */
export const testKeys = generateKeyPairSync('rsa', { modulusLength: 2048 });
export const testKeyPem = testKeys.privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();

export function tokenAnswer(token: string): TestAnswer {
  return {
    status: 201,
    json: { token, expires_at: '2099-01-01T00:00:00Z', permissions: {}, repository_selection: 'all' },
  };
}

async function readRequest(request: IncomingMessage): Promise<TestRequest> {
  return {
    method: request.method ?? '',
    path: request.url ?? '',
    authorization: request.headers.authorization,
    body: await text(request),
  };
}

export async function startTestApi(): Promise<TestApi> {
  const server = createServer((incoming, response) => {
    readRequest(incoming).then((request) => {
      const forToken = request.path.endsWith('/access_tokens');
      (forToken ? api.tokenRequests : api.requests).push(request);
      const answer = forToken ? api.answerToken(request, api.tokenRequests.length) : api.answer(request);
      if (answer.by) {
        answer.by(response);
        return;
      }
      response.writeHead(answer.status ?? 200, { 'content-type': 'application/json', ...answer.headers });
      response.end(answer.json === undefined ? '' : JSON.stringify(answer.json));
    }, response.destroy.bind(response));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const api: TestApi = {
    url: `http://127.0.0.1:${port}`,
    requests: [],
    tokenRequests: [],
    answer: () => ({ status: 404, json: { message: 'Not Found' } }),
    answerToken: (_, made) => tokenAnswer(`ghs_token-${made}`),
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return api;
}

/** A clock that only the test advances. */
export function createTestClock(time = Date.parse('2026-11-22T12:00:00Z')) {
  const clock = {
    time,
    now: () => clock.time,
  };
  return clock;
}

export function testApp(
  api: { readonly url: string },
  more: Partial<Parameters<typeof createGitHubApp>[0]> = {},
): GitHubApp {
  return createGitHubApp({
    appId: '7',
    privateKey: testKeyPem,
    baseUrl: api.url,
    fetch: globalThis.fetch,
    clock: createTestClock(),
    ...more,
  });
}

/** The ForgeError that the promise rejects with; anything else fails the test. */
export async function errorOf(promise: Promise<unknown>): Promise<ForgeError> {
  const error = await promise.then(
    () => 'no error',
    (reason: unknown) => reason,
  );
  if (!(error instanceof ForgeError)) {
    throw new Error('a ForgeError was expected', { cause: error });
  }
  return error;
}
