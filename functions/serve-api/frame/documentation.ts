/** The API's documentation, as routes of its own. */
import { z } from 'zod';
import { iconSource } from '../../../shared/runtime/page.ts';
import { type OpenApiDocument, readablePage, styleHash } from './readable-page.ts';
import { defineRoute, type Route } from './route.ts';

/** @param document made when it is first asked for: only then all routes are there */
export function documentationRoutes(document: () => OpenApiDocument): readonly Route[] {
  const common = { method: 'get', tag: 'Documentation', access: 'public', scope: 'none' } as const;
  return [
    defineRoute(
      {
        ...common,
        name: 'readDocument',
        path: '/openapi.json',
        summary: 'This API as an OpenAPI 3.1 document',
        answer: { status: 200, schema: z.looseObject({ openapi: z.string() }), description: 'The document.' },
      },
      async () => ({ body: { ...document() } }),
    ),
    defineRoute(
      {
        ...common,
        name: 'readDocumentation',
        path: '/docs',
        summary: 'This API as a page',
        answer: {
          status: 200,
          schema: z.string(),
          mediaType: 'text/html; charset=utf-8',
          description: 'The page.',
        },
      },
      async () => ({
        body: readablePage(document()),
        headers: {
          'content-security-policy': `default-src 'none'; style-src '${styleHash}'; ${iconSource}; frame-ancestors 'none'; base-uri 'none'; form-action 'none'`,
        },
      }),
    ),
  ];
}
