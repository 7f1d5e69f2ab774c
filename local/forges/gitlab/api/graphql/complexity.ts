import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLObjectType,
  getArgumentValues,
  getNamedType,
  isCompositeType,
  isInterfaceType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { gitLabSchema } from './schema.ts';

/** What a query may be at most (app/graphql/gitlab_schema.rb). */
export const mostComplexity = { nobody: 200, user: 250, admin: 300 };
export const mostDepth = { nobody: 15, user: 20, admin: 20 };

/** How many items a page has at most, and without `first` and `last`. */
const mostItems = 100;

interface Measure {
  readonly complexity: number;
  readonly depth: number;
}

type Values = Readonly<Record<string, unknown>>;

/** Fields with a resolver of their own (app/graphql/types): what it adds. */
const resolvers: Readonly<Record<string, (values: Values) => number>> = {
  'Query.group': () => 1,
  'Query.project': () => 1,
  'Query.projects': (values) => withArguments(values),
  // Resolvers::NamespaceProjectsResolver
  'Group.projects': (values) => 10 + withArguments(values),
  'Group.descendantGroups': withArguments,
  'Group.groupMembers': withArguments,
  'Project.projectMembers': withArguments,
  // Resolvers::BlobsResolver; and 1 more because it asks Gitaly.
  'Repository.blobs': (values) => 2 + (Array.isArray(values.paths) ? values.paths.length : 0),
  // Resolvers::TreeResolver, likewise.
  'Repository.tree': () => 2,
};
/** Fields whose complexity is a number there; app/graphql/types/base_field.rb gives 2 to one that asks Gitaly and has no resolver. */
const constants: Readonly<Record<string, number>> = {
  ...{ 'Repository.branchNames': 170, 'Tree.lastCommit': 10 },
  ...{ 'Repository.empty': 2, 'Repository.exists': 2, 'Repository.rootRef': 2 },
};

/** app/graphql/resolvers/base_resolver.rb */
function withArguments(values: Values): number {
  return 1 + (values.sort ? 1 : 0) + (values.search ? 5 : 0);
}

/**
 * Complexity and depth as GitLab computes them before a query runs: a field is 1, a resolver adds its own, and a list 1 % of all for each
 * item that is asked for (app/graphql/types/base_field.rb).
 */
export function measureQuery(
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Record<string, unknown>,
): Measure {
  const schema = gitLabSchema();
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }

  function field(node: FieldNode, parent: GraphQLCompositeType): Measure {
    const known = isObjectType(parent) || isInterfaceType(parent);
    const definition = known ? parent.getFields()[node.name.value] : undefined;
    if (definition === undefined) return { complexity: 0, depth: 1 };
    const type = getNamedType(definition.type);
    const inner =
      node.selectionSet === undefined || !isCompositeType(type)
        ? { complexity: 0, depth: 0 }
        : selections(node.selectionSet, type);
    const name = `${parent.name}.${node.name.value}`;
    const constant = constants[name];
    const depth = inner.depth + 1;
    if (constant !== undefined) return { complexity: constant + inner.complexity, depth };
    const added = resolvers[name];
    if (added === undefined) return { complexity: 1 + inner.complexity, depth };
    const values = getArgumentValues(definition, node, variables);
    const base = inner.complexity + added(values);
    const isConnection = type.name.endsWith('Connection');
    const items = Math.min(
      mostItems,
      ...[values.first, values.last].filter((size) => typeof size === 'number'),
    );
    return { complexity: Math.floor(isConnection ? base * (1 + items / 100) : base), depth };
  }

  function selections(set: SelectionSetNode, parent: GraphQLCompositeType): Measure {
    let complexity = 0;
    let depth = 0;
    for (const selection of set.selections) {
      const measured = selection.kind === Kind.FIELD ? field(selection, parent) : spread(selection, parent);
      complexity += measured.complexity;
      depth = Math.max(depth, measured.depth);
    }
    return { complexity, depth };
  }

  function spread(
    selection: Exclude<SelectionSetNode['selections'][number], FieldNode>,
    parent: GraphQLCompositeType,
  ): Measure {
    const fragment =
      selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments.get(selection.name.value);
    if (fragment === undefined) return { complexity: 0, depth: 0 };
    const named = fragment.typeCondition && schema.getType(fragment.typeCondition.name.value);
    return selections(fragment.selectionSet, isCompositeType(named) ? named : parent);
  }

  const root: GraphQLObjectType | undefined = schema.getRootType(operation.operation) ?? undefined;
  return root === undefined ? { complexity: 0, depth: 0 } : selections(operation.selectionSet, root);
}
