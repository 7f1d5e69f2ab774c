/** What every request has to be, before anybody asks who sends it. In the order in which it is looked at. */
import type { MiddlewareHandler } from 'hono';
import { bodyBytes } from '../../../shared/runtime/http-handler.ts';
import {
  notFromCdn,
  ProblemError,
  refuse,
  tooLargeProblem,
} from '../../../shared/runtime/problem-details.ts';
import { viewerAddress } from '../../../shared/runtime/viewer.ts';
import type { ApiDependencies } from './dependencies.ts';
import type { ApiEnvironment } from './environment.ts';
import { notFoundProblem } from './problems.ts';
import { isChange, type Route } from './route.ts';

type Middleware = MiddlewareHandler<ApiEnvironment>;

/** Nobody goes past the CDN, which says whose address it is. */
export const cameByCdn =
  ({ isFromCdn }: ApiDependencies): Middleware =>
  async (c, next) => {
    const { headers } = c.env.event;
    const address = (await isFromCdn({ headers })) ? viewerAddress(headers) : undefined;
    if (address === undefined) {
      throw new ProblemError(notFromCdn);
    }
    c.set('origin', { address, userAgent: c.req.header('user-agent') ?? '' });
    await next();
  };

/** Bytes of a body. */
export const bodyBytesMax = 256 * 1024;

export const bodyIsSmall: Middleware = async (c, next) => {
  if (bodyBytes(c.env.event) > bodyBytesMax) {
    throw new ProblemError(tooLargeProblem(bodyBytesMax));
  }
  await next();
};

/**
 * What addresses of ours are made of. API Gateway decodes them before they arrive, so an escaped slash is a slash by now, and what is
 * still escaped was escaped twice.
 */
const plainPath = /^(?:\/(?!\.{1,2}(?:\/|$))[\w.~:@{}+-]+)+$/;

/** The path is plain, there is a route for it and the method, and the media type is one that the route takes. */
export function isRouted(routes: readonly Route[], basePath: string): Middleware {
  const known = routes.map(({ definition }) => ({
    definition,
    path: pathPattern(basePath + definition.path),
  }));
  return async (c, next) => {
    const path = c.env.event.rawPath;
    const here = plainPath.test(path) ? known.filter((one) => one.path.test(path)) : [];
    if (here.length === 0) {
      throw new ProblemError(notFoundProblem);
    }
    const method = c.env.event.requestContext.http.method.toLowerCase();
    const meant = here.find(({ definition }) => definition.method === (method === 'head' ? 'get' : method));
    if (meant === undefined) {
      refuse('method-not-allowed', 'This address does not take that method.', {
        headers: { allow: allowed(here.map(({ definition }) => definition.method)) },
      });
    }
    const { definition } = meant;
    const takesBody = isChange(definition) && definition.body !== undefined;
    const mediaType = c.req.header('content-type');
    if (takesBody && !/^application\/json(?:\s*;\s*charset=utf-8)?$/i.test(mediaType ?? '')) {
      refuse('unsupported-media-type', 'The Content-Type must be application/json.', {
        headers: { accept: 'application/json' },
      });
    }
    if (isChange(definition) && !takesBody && bodyBytes(c.env.event) > 0) {
      refuse('malformed', 'This address takes no body.');
    }
    await next();
  };
}

const pathPattern = (path: string): RegExp => new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`);

const allowed = (methods: readonly string[]): string =>
  [
    ...new Set(methods.flatMap((method) => (method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()]))),
  ].join(', ');

/** https://cheatsheetseries.owasp.org/cheatsheets/REST_Security_Cheat_Sheet.html#security-headers */
export const answerIsSafe: Middleware = async (c, next) => {
  await next();
  const { headers } = c.res;
  headers.set('cache-control', 'no-store');
  headers.set('x-content-type-options', 'nosniff');
  headers.set('x-frame-options', 'DENY');
  headers.set('referrer-policy', 'no-referrer');
  headers.set('cross-origin-resource-policy', 'same-origin');
  headers.set('strict-transport-security', 'max-age=31536000; includeSubDomains');
  if (!headers.has('content-security-policy')) {
    headers.set('content-security-policy', "default-src 'none'; frame-ancestors 'none'");
  }
};
