/** Puts routes into an app: what the definition says becomes documentation, checks and the handler's request. */
import { createRoute, type OpenAPIHono, type RouteConfig } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { z } from 'zod';
import { primaryFirst } from '../../../shared/domain/primary.ts';
import { isWellFormed } from '../../../shared/domain/well-formed.ts';
import { cookiesOf } from '../../../shared/runtime/http-handler.ts';
import { refuse } from '../../../shared/runtime/problem-details.ts';
import { synchronizationsOf } from '../../../shared/store/synchronization-store.ts';
import type { Table } from '../../../shared/store/table.ts';
import { isOfOrganization } from './access.ts';
import { accountableOf } from './accountable.ts';
import { allowed } from './allowed.ts';
import { authenticated, sentByOurPage, withinRate } from './caller.ts';
import { checkObjects } from './delegated.ts';
import type { ApiDependencies } from './dependencies.ts';
import { etagHeader, problemResponses } from './documented-problems.ts';
import type { ApiEnvironment } from './environment.ts';
import { ifMatchHeader, requireIfMatch } from './etag.ts';
import { noteRefusals } from './refusals.ts';
import { idempotencyHeader, onceFor } from './repeatable.ts';
import {
  type AnyAnswer,
  type AnyRequest,
  type ChangeDefinition,
  isChange,
  type Route,
  type RouteDefinition,
} from './route.ts';

export function mount(
  app: OpenAPIHono<ApiEnvironment>,
  dependencies: ApiDependencies,
  { definition, handle }: Route,
): void {
  const middleware = [
    authenticated(dependencies, definition),
    // First, so that requests which are refused next are counted too.
    withinRate(dependencies),
    noteRefusals(dependencies, definition),
    sentByOurPage(dependencies, definition),
    allowed(dependencies, definition),
  ];
  app.openapi({ ...createRoute(configOf(definition)), middleware }, async (c: Context<ApiEnvironment>) => {
    const request = requestOf(dependencies, definition, c);
    if (!isWellFormed(request.body)) {
      refuse('malformed', 'The body has half of a surrogate pair, which no UTF-8 can hold.');
    }
    const [held, organization] = [c.get('held'), c.get('organization')];
    if (held !== undefined && organization !== undefined && definition.orRight !== undefined) {
      await checkObjects(dependencies.table, organization.id, definition.orRight, request, held);
    }
    if (isChange(definition) && definition.ifMatch === 'required') {
      requireIfMatch(request.headers);
    }
    const work = (table: Table): Promise<AnyAnswer> => handle({ ...dependencies, table }, request);
    const isRepeatable = isChange(definition) && definition.idempotency === 'key';
    const { caller } = request;
    const answer =
      isRepeatable && caller !== undefined
        ? await onceFor(
            dependencies,
            c.req.header(idempotencyHeader),
            { caller, method: c.req.method, path: c.req.path, body: await c.req.text() },
            work,
          )
        : await work(dependencies.table);
    return responseOf(definition, answer);
  });
}

function requestOf(
  dependencies: ApiDependencies,
  { orRight }: RouteDefinition,
  c: Context<ApiEnvironment>,
): AnyRequest {
  // Of the parts that the definition has no schema for, hono holds nothing.
  const valid = (part: string): unknown => c.req.valid(part as never);
  const { slug: _, ...params } = (valid('param') ?? {}) as Record<string, unknown>;
  const [organization, role, held] = [c.get('organization'), c.get('role'), c.get('held')];
  const rights = orRight?.rights ?? [];
  return {
    params,
    query: valid('query'),
    body: valid('json'),
    caller: c.get('caller'),
    headers: c.req.raw.headers,
    cookies: cookiesOf(c.env.event.cookies ?? []),
    origin: c.get('origin'),
    accountable: (why = '') => accountableOf(dependencies, c, c.get('caller'), why),
    mayActOn: (repository) => held === undefined || held.mayActOn(rights, repository),
    onlyRepositories: held?.repositories(rights),
    ...(organization === undefined || role === undefined
      ? {}
      : {
          organization,
          role,
          synchronizations: async () =>
            primaryFirst(
              organization,
              c.get('synchronizations') ?? (await synchronizationsOf(dependencies.table, organization.id)),
            ),
        }),
  };
}

function responseOf({ answer }: RouteDefinition, { body, headers, setCookies = [] }: AnyAnswer): Response {
  const { status, schema, mediaType } = answer;
  const text = schema === undefined ? null : mediaType === undefined ? JSON.stringify(body) : String(body);
  const response = new Response(text, {
    status,
    headers: { ...(text === null ? {} : { 'content-type': mediaType ?? 'application/json' }), ...headers },
  });
  for (const cookie of setCookies) {
    response.headers.append('set-cookie', cookie);
  }
  return response;
}

const Slug = z.object({
  slug: z.string().meta({ description: "The organization's slug.", example: 'acme' }),
});

/** Of an answer to what takes time. */
const locationHeader = {
  description: 'Path of the resource that shows the progress.',
  required: true,
  schema: { type: 'string', format: 'uri-reference' },
} as const;

/** Made once for each definition, whichever apps it is put into. */
const configs = new WeakMap<RouteDefinition, RouteConfig>();

/** The route as OpenAPI describes it. */
function configOf(definition: RouteDefinition): RouteConfig {
  const config = configs.get(definition) ?? makeConfig(definition);
  configs.set(definition, config);
  return config;
}

function makeConfig(definition: RouteDefinition): RouteConfig {
  const { name, method, path, tag, summary, description, access, params, query, answer } = definition;
  const paramShape = { ...(isOfOrganization(access) ? Slug.shape : {}), ...params?.shape };
  const { mediaType = 'application/json', schema } = answer;
  const change = isChange(definition) ? definition : undefined;
  return {
    operationId: name,
    method,
    path,
    tags: [tag],
    summary,
    ...(description === undefined ? {} : { description }),
    request: {
      ...(Object.keys(paramShape).length === 0 ? {} : { params: z.object(paramShape) }),
      ...(query === undefined ? {} : { query }),
      ...headersOf(definition),
      ...(change?.body === undefined
        ? {}
        : { body: { required: true, content: { 'application/json': { schema: change.body } } } }),
    },
    responses: {
      [answer.status]: {
        description: answer.description,
        ...responseHeadersOf(definition),
        ...(schema === undefined ? {} : { content: { [mediaType]: { schema } } }),
      },
      ...problemResponses(definition),
    },
    ...permissionsOf(definition),
    ...(change === undefined
      ? {}
      : {
          'x-act': change.act,
          'x-dangerous': change.isDangerous,
          'x-idempotency': change.idempotency,
          ...repetitionOf(change),
        }),
  };
}

/** A repetition names the state before it. */
const repetitionOf = ({ ifMatch, repeated = ifMatch === 'required' ? 412 : undefined }: ChangeDefinition) =>
  repeated === undefined ? {} : { 'x-repeated': repeated };

const permissionsOf = ({ access, orRight, scope, orScopes }: RouteDefinition) => ({
  security: access === 'public' ? [] : [{ session: [] }, ...(scope === 'none' ? [] : [{ apiKey: [] }])],
  'x-access': access,
  ...(orRight === undefined ? {} : { 'x-or-right': [...orRight.rights] }),
  'x-scope': scope,
  ...(orScopes === undefined ? {} : { 'x-or-scope': [...orScopes] }),
});

function responseHeadersOf(definition: RouteDefinition) {
  const hasETag = isChange(definition) ? definition.ifMatch !== undefined : definition.hasETag === true;
  const headers = {
    ...(definition.answer.status === 202 ? { Location: locationHeader } : {}),
    ...(hasETag ? { ETag: etagHeader } : {}),
  };
  return Object.keys(headers).length === 0 ? {} : { headers };
}

const ifMatch = (need: 'required' | 'optional') =>
  z
    .string()
    .optional()
    .meta({
      description:
        'The ETag of what you read: 412 if it was changed since. `*`: whatever is there now is changed.',
      param: { required: need === 'required' },
    });

/** Headers are looked at by the frame itself: here they are only documented. */
function headersOf(definition: RouteDefinition) {
  if (!isChange(definition)) {
    return {};
  }
  const headers = {
    ...(definition.idempotency === 'key'
      ? {
          [idempotencyHeader]: z
            .string()
            .max(255)
            .optional()
            .meta({ description: 'Of your choice; the same request with the same key is carried out once.' }),
        }
      : {}),
    ...(definition.ifMatch === undefined ? {} : { [ifMatchHeader]: ifMatch(definition.ifMatch) }),
  };
  return Object.keys(headers).length === 0 ? {} : { headers: z.looseObject(headers) };
}
