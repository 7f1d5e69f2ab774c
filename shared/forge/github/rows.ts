/** The lists of a team and of a repository, continued from the page that came with it, and the facts of a repository. */
import type { CollaboratorFact, RepositoryFact } from '../../domain/facts.ts';
import { expectSame } from '../http.ts';
import type { ListReading, PageSize } from '../pages.ts';
import { collaboratorsQuery, teamMembersQuery, teamRepositoriesQuery } from './queries.ts';
import type { Requests } from './requests.ts';
import type { Ancestor, Collaborator, Repository, Team, TeamMember, TeamRepository } from './schema.ts';

export const rowsPerPage = 100;

export function membersOfTeam(requests: Requests, team: Team, size: PageSize): ListReading<TeamMember> {
  return {
    what: 'members of a team',
    size,
    first: team.members,
    key: ({ node }) => node.databaseId,
    read: async (count, after) => {
      const { node } = await requests.query(teamMembersQuery, { team: team.id, size: count, after });
      expectSame(node.databaseId, team.databaseId);
      return node.members;
    },
  };
}

export function repositoriesOfTeam(
  requests: Requests,
  team: Team | Ancestor,
  size: PageSize,
): ListReading<TeamRepository> {
  return {
    what: 'repositories of a team',
    size,
    first: team.repositories,
    key: ({ node }) => node.databaseId,
    read: async (count, after) => {
      const { node } = await requests.query(teamRepositoriesQuery, { team: team.id, size: count, after });
      expectSame(node.databaseId, team.databaseId);
      return node.repositories;
    },
  };
}

export function collaboratorsOf(
  requests: Requests,
  repository: Repository,
  size: PageSize,
): ListReading<Collaborator> {
  return {
    what: 'collaborators of a repository',
    size,
    first: repository.collaborators,
    key: ({ node }) => node.databaseId,
    read: async (count, after) => {
      const variables = { repository: repository.id, size: count, after };
      const { node } = await requests.query(collaboratorsQuery, variables);
      expectSame(node.databaseId, repository.databaseId);
      return node.collaborators;
    },
  };
}

const visibilities = { PUBLIC: 'public', INTERNAL: 'internal', PRIVATE: 'private' } as const;

export function repositoryFacts(
  repository: Repository,
  collaborators: readonly Collaborator[],
): readonly (RepositoryFact | CollaboratorFact)[] {
  return [
    repositoryFact(repository),
    ...collaborators.map(({ permission, node }) => ({
      kind: 'collaborator' as const,
      repository: repository.databaseId,
      account: node.databaseId,
      login: node.login,
      permission,
    })),
  ];
}

function repositoryFact(repository: Repository): RepositoryFact {
  return {
    kind: 'repository',
    repository: repository.databaseId,
    handle: repository.id,
    name: repository.name,
    fullName: repository.nameWithOwner,
    visibility: visibilities[repository.visibility],
    fork: repository.isFork,
    archived: repository.isArchived,
    disabled: repository.isDisabled,
    defaultBranch: repository.defaultBranchRef?.name,
    createdAt: repository.createdAt,
    pushedAt: repository.pushedAt ?? undefined,
    tagCount: refCount(repository, repository.tags),
    branchCount: refCount(repository, repository.branches),
  };
}

/** The number of refs. An empty repository may have no list of refs; if another one has none, the number is unknown. */
function refCount({ isEmpty }: Repository, refs: Repository['tags']): number | undefined {
  return refs?.totalCount ?? (isEmpty ? 0 : undefined);
}
