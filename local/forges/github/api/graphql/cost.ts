import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLSchema,
  getArgumentValues,
  getNamedType,
  isCompositeType,
  isInterfaceType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';

/** What a query may cost at most, computed before it runs. */
export interface QueryCost {
  /** Points: the requests that its connections need, divided by a hundred and rounded, at least one. */
  readonly points: number;
  /** The most nodes that it may return. */
  readonly nodes: number;
}

/** A query that may return more nodes than this is refused. */
export const MAX_NODES = 500_000;

function size(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

/**
 * Computes the cost as GitHub describes it: every connection is assumed to be full
 * (https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api).
 */
export function queryCost(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Record<string, unknown>,
): QueryCost {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  let requests = 0;
  let nodes = 0;

  function field(node: FieldNode, parent: GraphQLCompositeType, times: number): void {
    if (node.selectionSet === undefined || !(isObjectType(parent) || isInterfaceType(parent))) return;
    const definition = parent.getFields()[node.name.value];
    const type = definition && getNamedType(definition.type);
    if (definition === undefined || type === undefined || !isCompositeType(type)) return;
    const values = getArgumentValues(definition, node, variables);
    let inner = times;
    if (type.name.endsWith('Connection')) {
      requests += times;
      inner = times * (size(values.first) ?? size(values.last) ?? 0);
      nodes += inner;
    } else if (Array.isArray(values.ids) && parent.name === 'Query') {
      inner = times * values.ids.length;
      nodes += inner;
    }
    selections(node.selectionSet, type, inner);
  }

  function selections(set: SelectionSetNode, parent: GraphQLCompositeType, times: number): void {
    for (const selection of set.selections) {
      if (selection.kind === Kind.FIELD) field(selection, parent, times);
      else {
        const fragment =
          selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments.get(selection.name.value);
        const named = fragment?.typeCondition && schema.getType(fragment.typeCondition.name.value);
        const type = named === undefined ? parent : named;
        if (fragment !== undefined && isCompositeType(type)) selections(fragment.selectionSet, type, times);
      }
    }
  }

  const root = schema.getRootType(operation.operation);
  if (root) selections(operation.selectionSet, root, 1);
  return { points: Math.max(1, Math.round(requests / 100)), nodes };
}
