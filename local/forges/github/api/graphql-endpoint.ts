import type { IncomingMessage } from 'node:http';
import type { GitHubState } from '../state.ts';
import { budgetHolder, type Standing } from './budgets.ts';
import type { Services } from './context.ts';
import { graphqlError } from './graphql/errors.ts';
import {
  operationName,
  prepareQuery,
  type QueryResult,
  refsOncePerQuery,
  runQuery,
} from './graphql/execute.ts';
import { parseJsonObject, type Reply, readBody, refusalReply } from './http.ts';
import type { Fault } from './ports.ts';
import type { Viewer } from './viewer.ts';

export interface GraphqlRequest {
  readonly request: IncomingMessage;
  readonly services: Services;
  readonly state: GitHubState;
  readonly viewer: Viewer;
  readonly fault: (kind: string, more?: Record<string, string>) => Fault | undefined;
}

export interface GraphqlAnswer {
  readonly reply: Reply;
  readonly standing: Standing;
  readonly cost: number;
  readonly record: { readonly operation?: string; readonly errorTypes?: readonly string[] };
}

function typesOf(result: QueryResult): string[] {
  return (result.errors ?? []).map((error) =>
    typeof error === 'object' && error !== null && 'type' in error ? `${error.type}` : 'untyped',
  );
}

/**
 * Budget spent: HTTP 200 with an error. GitHub has two words for it, the documented `RATE_LIMITED` and, for one who goes on asking,
 * `RATE_LIMIT` (https://github.com/yanyongyu/githubkit/issues/271); clients must know both.
 */
function spentBudget(words: string, already: boolean): QueryResult {
  const { message } = graphqlError(
    'RATE_LIMITED',
    `API rate limit ${already ? 'already ' : ''}exceeded for ${words}.`,
  );
  return {
    errors: [
      already
        ? { type: 'RATE_LIMIT', code: 'graphql_rate_limit', message }
        : { type: 'RATE_LIMITED', message },
    ],
  };
}

/** `POST /graphql`: parses, charges, runs. Everything but a missing credential answers 200. */
export async function answerGraphql(asked: GraphqlRequest): Promise<GraphqlAnswer> {
  const { services, state, viewer } = asked;
  const { holder, limit, words } = budgetHolder(state, viewer.credential);
  const standing = services.budgets.standing(holder, 'graphql', limit);
  if (viewer.credential.kind !== 'installation') {
    const reply = refusalReply({ status: 401, message: 'This endpoint requires you to be authenticated.' });
    return { reply, standing, cost: 0, record: {} };
  }
  const body = parseJsonObject(await readBody(asked.request));
  const answer = (result: QueryResult, now: Standing, cost: number, operation?: string): GraphqlAnswer => {
    const errorTypes = typesOf(result);
    return {
      reply: { status: 200, json: result },
      standing: now,
      cost,
      record: {
        ...(operation === undefined ? {} : { operation }),
        ...(errorTypes.length === 0 ? {} : { errorTypes }),
      },
    };
  };

  if (typeof body.query !== 'string') {
    return answer(
      { errors: [{ message: 'A query attribute must be specified and must be a string.' }] },
      standing,
      0,
    );
  }
  const wanted = typeof body.operationName === 'string' ? body.operationName : undefined;
  const given = typeof body.variables === 'object' && body.variables !== null ? { ...body.variables } : {};
  const operation = operationName(body.query, wanted);
  const fault: GraphqlRequest['fault'] = (kind, more = {}) =>
    asked.fault(kind, { ...(operation === undefined ? {} : { operation }), ...more });

  const prepared = prepareQuery(body.query, given, wanted);
  if (!('cost' in prepared)) return answer(prepared, standing, 0, operation);
  const { points, nodes } = prepared.cost;
  const charge = fault('rate-limit') === undefined ? points : limit + 1;
  const charged = services.budgets.charge(holder, 'graphql', limit, charge);
  if (!charged.granted) return answer(spentBudget(words, standing.remaining === 0), charged, 0, operation);

  const result = await runQuery(prepared, {
    state,
    viewer,
    objects: services.objects,
    addresses: services.addresses,
    rateLimit: {
      cost: points,
      limit,
      nodeCount: nodes,
      remaining: charged.remaining,
      resetAt: new Date(charged.reset * 1000).toISOString().replace('.000Z', 'Z'),
      used: charged.used,
    },
    refs: refsOncePerQuery(),
    fault,
  });
  return answer(result, charged, points, operation);
}
