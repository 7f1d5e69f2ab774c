import { execute, GraphQLError, getOperationAST, getVariableValues, parse, validate } from 'graphql';
import { RefusalError, type Reply } from '../../../server/reply.ts';
import type { Context } from '../context.ts';
import { measureQuery, mostComplexity, mostDepth } from './complexity.ts';
import { type QueryContext, queryFields } from './resolve.ts';
import { gitLabSchema } from './schema.ts';

/** app/controllers/graphql_controller.rb */
const mostCharacters = 10_000;

/** Errors outside of a query's execution, in the form of its errors. */
export const graphqlRefusal = (status: number, message: string): RefusalError =>
  new RefusalError({ status, json: { errors: [{ message }] } });

interface Question {
  readonly query: string;
  readonly variables: Record<string, unknown>;
  readonly operationName: string | undefined;
}

function questionOf(given: unknown): Question {
  const { query, variables, operationName }: Record<string, unknown> =
    typeof given === 'object' && given !== null ? { ...given } : {};
  return {
    query: typeof query === 'string' ? query : '',
    variables: typeof variables === 'object' && variables !== null ? { ...variables } : {},
    operationName: typeof operationName === 'string' ? operationName : undefined,
  };
}

export interface GraphqlAnswer {
  readonly reply: Reply;
  /** Complexity of all its queries. */
  readonly cost: number;
  /** The name of the first query's operation. */
  readonly operation: string | undefined;
}

/**
 * `POST /api/graphql` with one query or a list of them (https://graphql-ruby.org/queries/multiplex.html). Whatever is wrong with a query is
 * answered with 200.
 *
 * @param body parsed JSON
 * @throws RefusalError 422 for queries of more than 10,000 characters
 */
export async function answerGraphql(context: Context, body: unknown): Promise<GraphqlAnswer> {
  const questions = (Array.isArray(body) ? body : [body]).map(questionOf);
  if (questions.reduce((sum, { query }) => sum + query.length, 0) > mostCharacters) {
    throw graphqlRefusal(422, 'Query too large');
  }
  // Of one request, not of one query.
  const read = { blobs: 0, bytes: 0 };
  const results = [];
  for (const question of questions) results.push(await run(context, question, read));
  const json = results.map(({ result }) => result);
  return {
    reply: { status: 200, json: Array.isArray(body) ? json : json[0] },
    cost: results.reduce((sum, { cost }) => sum + cost, 0),
    operation: results[0]?.operation,
  };
}

interface Result {
  readonly result: unknown;
  readonly cost: number;
  readonly operation?: string | undefined;
}

const failed = (...messages: readonly string[]): Result => ({
  result: { errors: messages.map((message) => ({ message })) },
  cost: 0,
});

async function run(context: Context, question: Question, read: QueryContext['read']): Promise<Result> {
  const schema = gitLabSchema();
  const document = parsed(question.query);
  if (document instanceof GraphQLError) return failed(document.message);
  const problems = validate(schema, document);
  if (problems.length > 0) return failed(...problems.map(({ message }) => message));
  const operation = getOperationAST(document, question.operationName);
  if (!operation) return failed('An operation name is required');
  const values = getVariableValues(schema, operation.variableDefinitions ?? [], question.variables);
  if (values.errors !== undefined) return failed(...values.errors.map(({ message }) => message));
  const { complexity, depth } = measureQuery(document, operation, values.coerced);
  const kind = context.user === undefined ? 'nobody' : context.user.admin ? 'admin' : 'user';
  const limit = mostComplexity[kind];
  if (complexity > limit) {
    return failed(`Query has complexity of ${complexity}, which exceeds max complexity of ${limit}`);
  }
  if (depth > mostDepth[kind]) {
    return failed(`Query has depth of ${depth}, which exceeds max depth of ${mostDepth[kind]}`);
  }
  const result = await execute({
    schema,
    document,
    rootValue: queryFields({ ...context, score: complexity, limit, read }),
    variableValues: question.variables,
    operationName: question.operationName ?? null,
  });
  // A bug in the simulator must not look like an error of GitLab.
  for (const { originalError } of result.errors ?? []) {
    if (originalError !== undefined && !(originalError instanceof GraphQLError)) throw originalError;
  }
  return { result, cost: complexity, operation: operation.name?.value };
}

function parsed(query: string) {
  try {
    return parse(query, { maxTokens: 10_000 });
  } catch (error) {
    if (error instanceof GraphQLError) return error;
    throw error;
  }
}
