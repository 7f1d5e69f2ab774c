import type { GraphQLResolveInfo } from 'graphql';
import type { Fault } from '../../../faults/faults.ts';
import type { RawObject } from '../../../git/batch-process.ts';
import type { GitObjects } from '../../../git/objects.ts';
import type { GitRef } from '../../../git/refs.ts';
import type { GitHubState, Organization, Repository, Team, User } from '../../state.ts';
import type { Addresses } from '../ports.ts';
import type { Viewer } from '../viewer.ts';

/** What the resolvers of one query share. */
export interface QueryContext {
  readonly state: GitHubState;
  readonly viewer: Viewer;
  readonly objects: GitObjects;
  readonly addresses: Addresses;
  readonly rateLimit: Readonly<Record<string, unknown>>;
  /** Refs of a repository, read once per query. */
  refs(repository: Repository): readonly GitRef[];
  fault(kind: string, more: Record<string, string>): Fault | undefined;
}

/** The value behind each type that has its own resolvers. */
export interface Sources {
  Query: { readonly __typename: 'Query' };
  Organization: { readonly __typename: 'Organization'; readonly organization: Organization };
  Team: { readonly __typename: 'Team'; readonly team: Team };
  User: { readonly __typename: 'User'; readonly user: User };
  Repository: { readonly __typename: 'Repository'; readonly repository: Repository };
  Ref: { readonly __typename: 'Ref'; readonly repository: Repository; readonly ref: GitRef };
  Commit: GitSource<'Commit'>;
  Tag: GitSource<'Tag'>;
  Tree: GitSource<'Tree'>;
  Blob: GitSource<'Blob'>;
}

export interface GitSource<Type extends string> {
  readonly __typename: Type;
  readonly repository: Repository;
  readonly object: RawObject;
}

export type Args = Readonly<Record<string, unknown>>;
export type FieldTable = Readonly<
  Record<string, (source: unknown, args: Args, context: QueryContext, info: GraphQLResolveInfo) => unknown>
>;
type Resolver<Source> = (
  source: Source,
  args: Args,
  context: QueryContext,
  info: GraphQLResolveInfo,
) => unknown;

function isSource<Type extends keyof Sources>(type: Type, source: unknown): source is Sources[Type] {
  return (
    typeof source === 'object' && source !== null && '__typename' in source && source.__typename === type
  );
}

/** Creates the resolvers of one type, with their source checked. */
export function fieldsOf<Type extends keyof Sources>(
  type: Type,
  fields: Readonly<Record<string, Resolver<Sources[Type]>>>,
): FieldTable {
  return Object.fromEntries(
    Object.entries(fields).map(([name, resolve]) => [
      name,
      (source: unknown, args: Args, context: QueryContext, info: GraphQLResolveInfo) => {
        if (!isSource(type, source)) throw new Error(`${type}.${name} got a value of another type`);
        return resolve(source, args, context, info);
      },
    ]),
  );
}

export function organizationSource(organization: Organization): Sources['Organization'] {
  return { __typename: 'Organization', organization };
}

export function teamSource(team: Team): Sources['Team'] {
  return { __typename: 'Team', team };
}

export function userSource(user: User): Sources['User'] {
  return { __typename: 'User', user };
}

export function repositorySource(repository: Repository): Sources['Repository'] {
  return { __typename: 'Repository', repository };
}

const GIT_TYPES = { commit: 'Commit', tag: 'Tag', tree: 'Tree', blob: 'Blob' } as const;

/** A git object as a value; null for one that does not exist. */
export function gitSource(repository: Repository, object: RawObject | undefined) {
  return object === undefined ? null : { __typename: GIT_TYPES[object.type], repository, object };
}

/** Text of an argument; undefined if it is missing or null. */
export function textArgument(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** Field and direction of an `orderBy` argument. */
export function orderArgument(value: unknown): { field: string; descending: boolean } | undefined {
  if (typeof value !== 'object' || value === null || !('field' in value)) return undefined;
  return { field: `${value.field}`, descending: 'direction' in value && value.direction === 'DESC' };
}
