/** The API of the console host. */
import { OpenAPIHono } from '@hono/zod-openapi';
import { TrieRouter } from 'hono/router/trie-router';
import type { Problem } from '../../shared/runtime/problem-details.ts';
import { bestEffortQueue } from '../../shared/store/best-effort-queue.ts';
import type { Caller } from './frame/access.ts';
import { basePath } from './frame/base-path.ts';
import type { ApiDependencies } from './frame/dependencies.ts';
import { documentationRoutes } from './frame/documentation.ts';
import type { ApiEnvironment } from './frame/environment.ts';
import { mount } from './frame/mount.ts';
import {
  internalProblem,
  invalidProblem,
  notFoundProblem,
  problemOf,
  problemResponse,
} from './frame/problems.ts';
import type { OpenApiDocument } from './frame/readable-page.ts';
import { answerIsSafe, bodyIsSmall, cameByCdn, isRouted } from './frame/request-checks.ts';
import type { Route } from './frame/route.ts';
import { routes } from './routes/index.ts';

/** @param added routes of a test */
export function createApp(given: ApiDependencies, added: readonly Route[] = []): OpenAPIHono<ApiEnvironment> {
  const dependencies = { ...given, workQueue: bestEffortQueue(given) };
  const app = new OpenAPIHono<ApiEnvironment>({
    // What hono's usual one ends with, after it has tried one that does not take all of these paths.
    router: new TrieRouter(),
    defaultHook: (result, _) =>
      result.success ? undefined : problemResponse(invalidProblem(result.target, result.error)),
  }).basePath(basePath);
  const { clock, logger } = dependencies;

  app.onError((error, c) => {
    const problem = problemOf(error, clock.now());
    if (problem === undefined) {
      logger.error('a request failed', { path: c.req.path, error });
    } else if (isRefusal(problem, c.req.header('authorization') !== undefined)) {
      const { method, path } = c.req;
      const from = { caller: callerName(c.get('caller')), address: c.get('origin')?.address };
      logger.info('a request was refused', { method, path, code: problem.code, ...from });
    }
    return problemResponse(problem ?? internalProblem);
  });
  app.notFound(() => problemResponse(notFoundProblem));

  let document: OpenApiDocument | undefined;
  const all = [
    ...routes,
    ...added,
    ...documentationRoutes(() => {
      document ??= app.getOpenAPI31Document(about(dependencies)) as unknown as OpenApiDocument;
      return document;
    }),
  ];
  app.use('*', answerIsSafe, cameByCdn(dependencies), bodyIsSmall, isRouted(all, basePath));
  for (const route of all) {
    mount(app, dependencies, route);
  }
  const { openAPIRegistry } = app;
  openAPIRegistry.registerComponent('securitySchemes', 'session', {
    type: 'apiKey',
    in: 'cookie',
    name: '__Host-session',
    description: `A person who is signed in. Every change also needs the headers \`X-Repertoire-Request: 1\` and \`Origin: ${dependencies.consoleBaseUrl}\`.`,
  });
  openAPIRegistry.registerComponent('securitySchemes', 'apiKey', {
    type: 'http',
    scheme: 'bearer',
    description:
      'A key of one organization, for programs: `Authorization: Bearer rprt_k_…`. It needs the scope that the operation names. Operations with the scope `none` take no key, and one can be made only by an owner who is signed in (createApiKey).',
  });
  return app;
}

/** Whether it may be worth a look who sends it: a page of ours that asks without a session is not. */
const isRefusal = ({ status }: Problem, hasKey: boolean): boolean =>
  status === 403 || status === 429 || (status === 401 && hasKey);

function callerName(caller: Caller | undefined): string {
  switch (caller?.kind) {
    case 'user':
      return `user ${caller.user}`;
    case 'key':
      return `key ${caller.key.id}`;
    case 'operator':
      return 'operator';
    case undefined:
      return 'nobody';
  }
}

const introduction = `The API of a Repertoire installation. Errors follow RFC 9457: \`application/problem+json\` with a \`code\`. Lists come in pages: \`next\` of a page is the \`cursor\` of the one after it.

Each operation says who may use it (For; \`x-access\` and \`x-or-right\` in the document), which scope an API key needs (Scope of a key; \`x-scope\`, or one of \`x-or-scope\`), how the history records it (History; \`x-act\`), whether it needs a recent sign-in (Needs; \`x-dangerous\`), and how it can be repeated (Repeatable; \`x-idempotency\`): with an Idempotency-Key, or as it is (\`natural\`), which has the effect of doing it once. Where the repetition is then answered with a problem, \`x-repeated\` is its status.`;

const about = ({ consoleBaseUrl }: ApiDependencies) => ({
  openapi: '3.1.0',
  info: {
    title: 'Repertoire',
    version: '1',
    description: introduction,
  },
  servers: [{ url: consoleBaseUrl }],
});
