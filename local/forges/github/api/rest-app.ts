import type { Delivery, Installation } from '../state.ts';
import { budgetHolder } from './budgets.ts';
import type { Context, Route } from './context.ts';
import { NOT_FOUND, parseJsonObject, RefusalError, type Reply } from './http.ts';
import { link, paged, perPage, strikePage } from './paging.ts';
import type { Schema } from './schemas.ts';
import { appShape, deliveryShape, fullDeliveryShape, installationShape } from './shapes-app.ts';
import { repositoryShape } from './shapes-repository.ts';
import { installationRepositories, type TokenRequest } from './tokens.ts';

/** Deliveries can be listed and sent again for three days. */
const DELIVERY_DAYS = 3;

function installationOf(context: Context): Installation {
  const installation = context.state.installations.get(Number(context.params.installation_id));
  if (installation === undefined) throw new RefusalError(NOT_FOUND);
  return installation;
}

function list(value: unknown, type: 'number' | 'string'): unknown[] | undefined {
  if (value === undefined) return undefined;
  if (!Array.isArray(value) || value.some((item) => typeof item !== type)) {
    throw new RefusalError({ status: 422, message: 'Invalid request.' });
  }
  return value;
}

function tokenRequest(context: Context, body: Record<string, unknown>): TokenRequest {
  const repositoryIds = list(body.repository_ids, 'number')?.map(Number);
  const repositories = list(body.repositories, 'string')?.map(String);
  const { permissions } = body;
  if (permissions !== undefined && (typeof permissions !== 'object' || permissions === null)) {
    throw new RefusalError({ status: 422, message: 'Invalid request.' });
  }
  return {
    stateless: context.headers['x-github-stateless-s2s-token'] !== 'disabled',
    ...(repositoryIds === undefined ? {} : { repositoryIds }),
    ...(repositories === undefined ? {} : { repositories }),
    ...(permissions === undefined
      ? {}
      : {
          permissions: Object.fromEntries(
            Object.entries(permissions).map(([name, level]) => [name, `${level}`]),
          ),
        }),
  };
}

function makeToken(context: Context): Reply {
  const { services, state, params } = context;
  const request = tokenRequest(context, parseJsonObject(context.body));
  const made = services.tokens.issue(state, Number(params.installation_id), request);
  if ('status' in made) throw new RefusalError(made);
  const { repositoryIds } = made;
  const installation = installationOf(context);
  const repositories = installationRepositories(state, installation).filter(({ id }) =>
    repositoryIds?.has(id),
  );
  return {
    status: 201,
    json: {
      token: made.token,
      expires_at: new Date(made.expiresAt).toISOString().replace('.000Z', 'Z'),
      permissions: made.permissions,
      repository_selection: repositoryIds === undefined ? installation.repositorySelection : 'selected',
      ...(repositoryIds === undefined
        ? {}
        : {
            repositories: repositories.map((repository) =>
              repositoryShape(services.addresses, state, repository),
            ),
          }),
    },
  };
}

function keptDeliveries({ state, services }: Context): Delivery[] {
  const oldest = services.now() - DELIVERY_DAYS * 24 * 60 * 60 * 1000;
  return state.deliveries
    .filter((delivery) => Date.parse(delivery.deliveredAt) >= oldest)
    .sort((a, b) => b.id - a.id);
}

function listDeliveries(context: Context): Reply {
  const query = context.url.searchParams;
  const status = query.get('status');
  const cursor = query.get('cursor');
  // GitHub's `failure` means a status of 400 to 599; a delivery without any answer is neither a failure nor a success.
  const wanted = keptDeliveries(context).filter(({ statusCode }) => {
    if (status === 'failure') return statusCode >= 400 && statusCode < 600;
    return status === 'success' ? statusCode >= 200 && statusCode < 400 : true;
  });
  const before = cursor === null ? Number.POSITIVE_INFINITY : Number(/^v1_(\d+)$/.exec(cursor)?.[1]);
  if (Number.isNaN(before)) throw new RefusalError({ status: 400, message: 'Invalid cursor' });
  const rest = wanted.filter(({ id }) => id < before);
  const items = rest.slice(0, perPage(query));
  const last = items.at(-1);
  const more = last !== undefined && items.length < rest.length;
  const page = Math.floor((wanted.length - rest.length) / perPage(query)) + 1;
  return {
    status: 200,
    headers: more ? { link: link(context, 'next', { cursor: `v1_${last.id}` }) } : {},
    json: strikePage(context, page, items).map(deliveryShape),
  };
}

function deliveryOf(context: Context): Delivery {
  const delivery = keptDeliveries(context).find(({ id }) => id === Number(context.params.delivery_id));
  if (delivery === undefined) throw new RefusalError(NOT_FOUND);
  return delivery;
}

function rateLimit({ services, state, viewer }: Context): Reply {
  const { holder, limit } = budgetHolder(state, viewer.credential);
  const of = (resource: 'core' | 'graphql'): Schema<'rate-limit'> => {
    const { remaining, reset, used } = services.budgets.standing(holder, resource, limit);
    return { limit, remaining, reset, used };
  };
  const core = of('core');
  const search = { limit: 30, remaining: 30, used: 0, reset: core.reset };
  const json: Schema<'rate-limit-overview'> = {
    resources: { core, graphql: of('graphql'), search },
    rate: core,
  };
  return { status: 200, json };
}

/** Routes of the app itself, of its installations and of their tokens. */
export const appRoutes: readonly Route[] = [
  {
    method: 'GET',
    pattern: '/app',
    auth: 'app',
    handle: ({ services, state }) => ({ status: 200, json: appShape(services.addresses, state) }),
  },
  {
    method: 'GET',
    pattern: '/app/installations',
    auth: 'app',
    handle: (context) => {
      const { items, headers } = paged(context, [...context.state.installations.values()]);
      const { services, state } = context;
      return {
        status: 200,
        headers,
        json: items.map((each) => installationShape(services.addresses, state, each)),
      };
    },
  },
  {
    method: 'GET',
    pattern: '/app/installations/{installation_id}',
    auth: 'app',
    handle: (context) => ({
      status: 200,
      json: installationShape(context.services.addresses, context.state, installationOf(context)),
    }),
  },
  {
    method: 'POST',
    pattern: '/app/installations/{installation_id}/access_tokens',
    auth: 'app',
    handle: makeToken,
  },
  { method: 'GET', pattern: '/app/hook/deliveries', auth: 'app', handle: listDeliveries },
  {
    method: 'GET',
    pattern: '/app/hook/deliveries/{delivery_id}',
    auth: 'app',
    handle: (context) => ({ status: 200, json: fullDeliveryShape(context.state.app, deliveryOf(context)) }),
  },
  {
    method: 'POST',
    pattern: '/app/hook/deliveries/{delivery_id}/attempts',
    auth: 'app',
    handle: async (context) => {
      await context.services.redeliver(deliveryOf(context).id);
      return { status: 202, json: {} };
    },
  },
  {
    method: 'GET',
    pattern: '/installation/repositories',
    auth: 'installation',
    handle: (context) => {
      const { services, state, viewer } = context;
      const { installation } = viewer;
      if (installation === undefined) throw new RefusalError(NOT_FOUND);
      const all = installationRepositories(state, installation).filter(viewer.inside);
      const { items, headers } = paged(context, all);
      return {
        status: 200,
        headers,
        json: {
          total_count: all.length,
          repository_selection: installation.repositorySelection,
          repositories: items.map((repository) => repositoryShape(services.addresses, state, repository)),
        },
      };
    },
  },
  {
    method: 'DELETE',
    pattern: '/installation/token',
    auth: 'installation',
    handle: ({ services, viewer }) => {
      if (viewer.credential.kind === 'installation') services.tokens.revoke(viewer.credential.token.token);
      return { status: 204 };
    },
  },
  { method: 'GET', pattern: '/rate_limit', auth: 'open', handle: rateLimit },
];
