import {
  type DocumentNode,
  execute,
  GraphQLError,
  type GraphQLFieldResolver,
  getOperationAST,
  getVariableValues,
  type OperationDefinitionNode,
  parse,
  validate,
} from 'graphql';
import type { GitRef } from '../../../git/refs.ts';
import type { Repository } from '../../state.ts';
import { MAX_NODES, type QueryCost, queryCost } from './cost.ts';
import { formatError, graphqlError, unimplemented } from './errors.ts';
import { blobFields, commitFields, refFields, tagFields, treeFields } from './resolve-git.ts';
import { organizationFields, teamFields, userFields } from './resolve-organization.ts';
import { queryFields } from './resolve-query.ts';
import { repositoryFields } from './resolve-repository.ts';
import { githubSchema } from './schema.ts';
import type { Args, FieldTable, QueryContext } from './sources.ts';

const MAX_PARSED = 200;

/** All fields that GraphQL serves, except those of connections, edges and other plain values. */
export const servedFields: Readonly<Record<string, FieldTable>> = {
  Query: queryFields,
  Organization: organizationFields,
  Team: teamFields,
  User: userFields,
  Repository: repositoryFields,
  Ref: refFields,
  Commit: commitFields,
  Tag: tagFields,
  Tree: treeFields,
  Blob: blobFields,
};

/** Types without a table are plain values: connections, edges, `PageInfo`, `RateLimit`. Fields that they lack are not implemented. */
const resolveField: GraphQLFieldResolver<unknown, QueryContext, Args> = (source, args, context, info) => {
  const { parentType, fieldName } = info;
  const table = servedFields[parentType.name];
  const resolve = table?.[fieldName];
  if (resolve !== undefined) return resolve(source, args, context, info);
  if (table === undefined && typeof source === 'object' && source !== null) {
    const value = new Map<string, unknown>(Object.entries(source)).get(fieldName);
    if (value !== undefined) return typeof value === 'function' ? value() : value;
  }
  throw unimplemented(`${parentType.name}.${fieldName}`);
};

/** A query that is parsed, validated and its cost computed. */
export interface PreparedQuery {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly variables: Record<string, unknown>;
  readonly cost: QueryCost;
}

/** The body of an answer. */
export interface QueryResult {
  readonly data?: unknown;
  readonly errors?: readonly unknown[];
}

const parsed = new Map<string, DocumentNode | readonly GraphQLError[]>();

function parseAndValidate(text: string): DocumentNode | readonly GraphQLError[] {
  const known = parsed.get(text);
  if (known !== undefined) return known;
  let result: DocumentNode | readonly GraphQLError[];
  try {
    const document = parse(text);
    const errors = validate(githubSchema(), document);
    result = errors.length > 0 ? errors : document;
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    result = [error];
  }
  if (parsed.size >= MAX_PARSED) parsed.clear();
  parsed.set(text, result);
  return result;
}

/** The name of the operation that would run, for the log and for aiming faults; undefined if it has none. */
export function nameOfOperation(text: string, wanted: string | undefined): string | undefined {
  const document = parseAndValidate(text);
  return 'kind' in document ? getOperationAST(document, wanted)?.name?.value : undefined;
}

/** Parses, validates and computes the cost of a query; errors are returned as the answer's body. */
export function prepareQuery(
  text: string,
  variables: Record<string, unknown>,
  wanted: string | undefined,
): PreparedQuery | QueryResult {
  const document = parseAndValidate(text);
  if (!('kind' in document)) return { errors: document.map(formatError) };
  const operation = getOperationAST(document, wanted);
  if (!operation) return { errors: [{ message: 'An operation name is required' }] };
  const values = getVariableValues(githubSchema(), operation.variableDefinitions ?? [], variables);
  if (values.errors !== undefined) return { errors: values.errors.map(formatError) };
  const cost = queryCost(githubSchema(), document, operation, values.coerced);
  if (cost.nodes > MAX_NODES) {
    const message = `This query requests up to ${cost.nodes.toLocaleString('en-US')} possible nodes which exceeds the maximum limit of ${MAX_NODES.toLocaleString('en-US')}.`;
    return { errors: [formatError(graphqlError('MAX_NODE_LIMIT_EXCEEDED', message))] };
  }
  return { document, operation, variables, cost };
}

/** Reads refs once per query. */
export function oncePerQuery(
  read: (repository: Repository) => readonly GitRef[],
): (repository: Repository) => readonly GitRef[] {
  const known = new Map<number, readonly GitRef[]>();
  return (repository) => {
    const refs = known.get(repository.id) ?? read(repository);
    known.set(repository.id, refs);
    return refs;
  };
}

/** Runs a prepared query. Errors of single fields accompany the data, as GitHub sends them. */
export async function runQuery(query: PreparedQuery, context: QueryContext): Promise<QueryResult> {
  const result = await execute({
    schema: githubSchema(),
    document: query.document,
    rootValue: { __typename: 'Query' },
    contextValue: context,
    variableValues: query.variables,
    operationName: query.operation.name?.value,
    fieldResolver: resolveField,
  });
  // A bug in the simulator must not look like an error of GitHub.
  for (const { originalError } of result.errors ?? []) {
    if (originalError !== undefined && !(originalError instanceof GraphQLError)) throw originalError;
  }
  return {
    ...(result.data === undefined ? {} : { data: result.data }),
    ...(result.errors === undefined ? {} : { errors: result.errors.map(formatError) }),
  };
}
