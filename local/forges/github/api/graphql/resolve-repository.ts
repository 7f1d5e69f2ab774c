import { committedSeconds, parseTag } from '../../../git/object-formats.ts';
import type { GitRef } from '../../../git/refs.ts';
import type { Repository, User } from '../../state.ts';
import { readInNetwork } from '../git-network.ts';
import {
  collaboratorsOf,
  effectivePermission,
  findRepository,
  fullName,
  permissionSources,
  type Source,
} from '../rights.ts';
import { sshUrl } from '../shapes-repository.ts';
import { connection } from './connection.ts';
import { forbidden, unimplemented } from './errors.ts';
import { REPOSITORY_PERMISSION, refuseArguments } from './resolve-organization.ts';
import {
  fieldsOf,
  gitSource,
  orderArgument,
  organizationSource,
  type QueryContext,
  repositorySource,
  type Sources,
  teamSource,
  textArgument,
  userSource,
} from './sources.ts';

const AFFILIATIONS = { ALL: 'all', DIRECT: 'direct', OUTSIDE: 'outside' } as const;
/** GraphQL reports a source's permission as one of three. */
const BASE = { pull: 'READ', triage: 'READ', push: 'WRITE', maintain: 'WRITE', admin: 'ADMIN' } as const;
const ROLE = { pull: 'read', triage: 'triage', push: 'write', maintain: 'maintain', admin: 'admin' } as const;

/** Requires `contents` for git data; that of public repositories is open to all. */
function requireContents({ viewer }: QueryContext, repository: Repository): void {
  if (repository.visibility !== 'public' && !viewer.may('contents')) throw forbidden();
}

function refSource(repository: Repository, ref: GitRef | undefined): Sources['Ref'] | null {
  return ref === undefined ? null : { __typename: 'Ref', repository, ref };
}

async function refNamed(context: QueryContext, repository: Repository, name: string) {
  return refSource(
    repository,
    context.refs(repository).find((ref) => ref.name === name),
  );
}

function ownerOf({ state }: QueryContext, repository: Repository) {
  const organization = state.organizations.get(repository.organizationId);
  return organization === undefined ? null : organizationSource(organization);
}

function sourceOf(source: Source) {
  if (source.kind === 'organization') return organizationSource(source.organization);
  return source.kind === 'team' ? teamSource(source.team) : repositorySource(source.repository);
}

/** The time of the commit that a ref leads to, in Unix seconds; tags are followed; 0 for what is no commit. */
async function commitTime(context: QueryContext, repository: Repository, oid: string): Promise<number> {
  let object = await context.objects.read(repository.gitDirectory, oid);
  while (object?.type === 'tag')
    object = await context.objects.read(repository.gitDirectory, parseTag(object.body).target);
  return object?.type === 'commit' ? committedSeconds(object.body) : 0;
}

export const repositoryFields = fieldsOf('Repository', {
  id: ({ repository }) => repository.nodeId,
  databaseId: ({ repository }) => repository.id,
  name: ({ repository }) => repository.name,
  nameWithOwner: ({ repository }, _args, { state }) => fullName(state, repository),
  description: ({ repository }) => repository.description ?? null,
  owner: ({ repository }, _args, context) => ownerOf(context, repository),
  url: ({ repository }, _args, { state, addresses }) => `${addresses.web}/${fullName(state, repository)}`,
  sshUrl: ({ repository }, _args, { state, addresses }) => sshUrl(addresses, fullName(state, repository)),
  hasIssuesEnabled: ({ repository }) => !repository.withoutIssues,
  visibility: ({ repository }) => repository.visibility.toUpperCase(),
  isPrivate: ({ repository }) => repository.visibility !== 'public',
  isArchived: ({ repository }) => repository.archived,
  isDisabled: ({ repository }) => repository.disabled,
  isLocked: ({ repository }) => repository.locked === true,
  isFork: ({ repository }) => repository.forkOf !== undefined,
  isInOrganization: () => true,
  isMirror: () => false,
  isTemplate: () => false,
  isEmpty: ({ repository }, _args, context) =>
    !context.refs(repository).some(({ name }) => name.startsWith('refs/heads/')),
  createdAt: ({ repository }) => repository.createdAt,
  pushedAt: ({ repository }) => repository.pushedAt,
  updatedAt: ({ repository }) => repository.pushedAt,
  viewerPermission: () => null,
  parent: ({ repository }, _args, { state, viewer }) => {
    const parent =
      repository.forkOf === undefined ? undefined : findRepository(state, repository.forkOf)?.repository;
    return parent !== undefined && viewer.sees(parent) ? repositorySource(parent) : null;
  },
  collaborators: ({ repository }, args, context, info) => {
    if (!context.viewer.inside(repository) || !context.viewer.may('administration')) throw forbidden();
    refuseArguments(args, info, 'query');
    const affiliation = args.affiliation ?? 'ALL';
    if (affiliation !== 'ALL' && affiliation !== 'DIRECT' && affiliation !== 'OUTSIDE') {
      throw unimplemented(`the affiliation ${affiliation}`);
    }
    const login = textArgument(args.login)?.toLowerCase();
    const users = collaboratorsOf(context.state, repository, AFFILIATIONS[affiliation]);
    return connection<User>(
      {
        items: users.filter((user) => login === undefined || user.login.toLowerCase() === login),
        key: ({ id }) => [id],
        node: userSource,
        // The effective permission over all sources, whatever the affiliation.
        edge: (user) => ({
          permission: () =>
            REPOSITORY_PERMISSION[effectivePermission(context.state, repository, user.id) ?? 'pull'],
          permissionSources: () =>
            permissionSources(context.state, repository, user.id).map((source) => ({
              organization: () => ownerOf(context, repository),
              permission: BASE[source.permission],
              roleName: ROLE[source.permission],
              source: sourceOf(source),
            })),
        }),
        owner: repository.id,
      },
      args,
      context,
      info,
    );
  },
  defaultBranchRef: async ({ repository }, _args, context) => {
    requireContents(context, repository);
    return refNamed(context, repository, `refs/heads/${repository.defaultBranch}`);
  },
  ref: async ({ repository }, args, context) => {
    requireContents(context, repository);
    const name = textArgument(args.qualifiedName) ?? '';
    if (name.startsWith('refs/')) return refNamed(context, repository, name);
    return (
      (await refNamed(context, repository, `refs/heads/${name}`)) ??
      refNamed(context, repository, `refs/tags/${name}`)
    );
  },
  refs: async ({ repository }, args, context, info) => {
    requireContents(context, repository);
    refuseArguments(args, info, 'direction');
    const prefix = textArgument(args.refPrefix) ?? '';
    const query = textArgument(args.query)?.toLowerCase();
    const order = orderArgument(args.orderBy);
    const refs = context
      .refs(repository)
      .filter(
        ({ name }) => name.startsWith(prefix) && (query === undefined || name.toLowerCase().includes(query)),
      );
    const dated = order?.field === 'TAG_COMMIT_DATE';
    const times = new Map<string, number>();
    if (dated) {
      await Promise.all(
        refs.map(async ({ name, oid }) => times.set(name, await commitTime(context, repository, oid))),
      );
    }
    return connection<GitRef>(
      {
        items: refs,
        key: dated ? ({ name }) => [times.get(name) ?? 0, name] : ({ name }) => [name],
        descending: order?.descending ?? false,
        node: (ref) => refSource(repository, ref),
        owner: repository.id,
        countingCursors: true,
      },
      args,
      context,
      info,
    );
  },
  object: async ({ repository }, args, context) => {
    requireContents(context, repository);
    const oid = textArgument(args.oid);
    if (oid !== undefined)
      return gitSource(repository, (await readInNetwork(context, repository, oid))?.object);
    // HEAD is the default branch in the settings, not in the directory on disk.
    const expression = (textArgument(args.expression) ?? '').replace(
      /^HEAD(?=$|:)/,
      `refs/heads/${repository.defaultBranch}`,
    );
    return gitSource(repository, await context.objects.resolve(repository.gitDirectory, expression));
  },
});
