import type { Fault } from '../../faults/faults.ts';
import type { GitRef } from '../../git/refs.ts';
import type { GitHubState, Repository } from '../state.ts';
import { budgetHolder, type Standing } from './budgets.ts';
import type { Services } from './context.ts';
import { graphqlError } from './graphql/errors.ts';
import {
  nameOfOperation,
  oncePerQuery,
  prepareQuery,
  type QueryResult,
  runQuery,
} from './graphql/execute.ts';
import { parseJsonObject, type Reply, refusalReply } from './http.ts';
import type { Viewer } from './viewer.ts';

/** A GraphQL request whose body was read, but not parsed as a query yet. */
export interface Question {
  /** Undefined if the body has none. */
  readonly query: string | undefined;
  readonly variables: Record<string, unknown>;
  readonly operationName: string | undefined;
  /** The name of the operation that would run, if it has one. */
  readonly operation: string | undefined;
}

/** Whom a query authenticates as, and what it runs on. */
export interface Asker {
  readonly services: Services;
  readonly state: GitHubState;
  readonly viewer: Viewer;
  readonly refs: (repository: Repository) => readonly GitRef[];
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
 * The budget is spent: HTTP 200 with an error. GitHub has two types for it, the documented `RATE_LIMITED` and, on further requests,
 * `RATE_LIMIT` (https://github.com/yanyongyu/githubkit/issues/271); clients must know both.
 */
function spentBudget(holderName: string, already: boolean): QueryResult {
  const { message } = graphqlError(
    'RATE_LIMITED',
    `API rate limit ${already ? 'already ' : ''}exceeded for ${holderName}.`,
  );
  return {
    errors: [
      already
        ? { type: 'RATE_LIMIT', code: 'graphql_rate_limit', message }
        : { type: 'RATE_LIMITED', message },
    ],
  };
}

/** Reads the body of `POST /graphql`. @throws RefusalError 400 if it is no JSON object */
export function readQuestion(body: Buffer): Question {
  const { query, variables, operationName: wanted } = parseJsonObject(body);
  const operationName = typeof wanted === 'string' ? wanted : undefined;
  return {
    query: typeof query === 'string' ? query : undefined,
    variables: typeof variables === 'object' && variables !== null ? { ...variables } : {},
    operationName,
    operation: typeof query === 'string' ? nameOfOperation(query, operationName) : undefined,
  };
}

/** Handles `POST /graphql`: counts, charges, runs. Everything but a missing credential is answered with 200. */
export async function answerGraphql(question: Question, asker: Asker): Promise<GraphqlAnswer> {
  const { services, state, viewer, fault } = asker;
  const { query, variables, operationName, operation } = question;
  const { holder, limit, holderName } = budgetHolder(state, viewer.credential);
  const standing = services.budgets.standing(holder, 'graphql', limit);
  if (viewer.credential.kind !== 'installation') {
    const reply = refusalReply({ status: 401, message: 'This endpoint requires you to be authenticated.' });
    return { reply, standing, cost: 0, record: {} };
  }
  const answer = (result: QueryResult, now: Standing, cost: number): GraphqlAnswer => {
    const errorTypes = typesOf(result);
    const record = {
      ...(operation === undefined ? {} : { operation }),
      ...(errorTypes.length === 0 ? {} : { errorTypes }),
    };
    return { reply: { status: 200, json: result }, standing: now, cost, record };
  };

  if (query === undefined) {
    return answer(
      { errors: [{ message: 'A query attribute must be specified and must be a string.' }] },
      standing,
      0,
    );
  }
  const prepared = prepareQuery(query, variables, operationName);
  if (!('cost' in prepared)) return answer(prepared, standing, 0);
  const { points, nodes } = prepared.cost;
  const charge = fault('rate-limit') === undefined ? points : limit + 1;
  const charged = services.budgets.charge(holder, 'graphql', limit, charge);
  if (!charged.granted) return answer(spentBudget(holderName, standing.remaining === 0), charged, 0);

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
    refs: oncePerQuery(asker.refs),
    fault,
  });
  return answer(result, charged, points);
}
