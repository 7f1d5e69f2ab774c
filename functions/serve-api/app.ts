/** The API of the console host. */
import { OpenAPIHono } from '@hono/zod-openapi';
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
    description: `A person who is signed in. Changes need the header \`X-Repertoire-Request: 1\` too, from a page of ${dependencies.consoleBaseUrl}.`,
  });
  openAPIRegistry.registerComponent('securitySchemes', 'apiKey', {
    type: 'http',
    scheme: 'bearer',
    description:
      "A machine's key: `Authorization: Bearer rprt_k_…`, with the scope that the operation names.",
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

const about = ({ consoleBaseUrl }: ApiDependencies) => ({
  openapi: '3.1.0',
  info: {
    title: 'Repertoire',
    version: '1',
    description:
      'Everything that the console does. Problems are answered as RFC 9457 has them; lists have a cursor; `x-access` says who may use an operation, `x-or-right` by which delegated right others may, `x-scope` which scope of an API key, `x-act` what the history has of it.',
  },
  servers: [{ url: consoleBaseUrl }],
});
