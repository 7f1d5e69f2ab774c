/** Reads who may do what in one GitHub organization. */
import type { Fact, RepositoryFact, ScopeName } from '../../domain/facts.ts';
import type { ForgeOrganizationId, InstallationId } from '../../domain/ids.ts';
import { ForgeError } from '../errors.ts';
import type { ForgeOrganization, StructureReader } from '../forge.ts';
import { askingForLess, createPageSize, type PageSize, readList } from './pages.ts';
import {
  chosenRepositoriesQuery,
  collaboratorsQuery,
  membersQuery,
  repositoriesQuery,
  teamMembersQuery,
  teamRepositoriesQuery,
  teamsQuery,
} from './queries.ts';
import type { Requests } from './requests.ts';
import { memberRole, membersRead } from './roles.ts';
import {
  type Collaborator,
  installationSchema,
  type Member,
  organizationSchema,
  type Page,
  type Repository,
  type Selected,
  selectionSchema,
  type Team,
  type TeamMember,
  type TeamRepository,
} from './schema.ts';
import { teamFacts } from './team-rights.ts';

export interface StructureReaderOptions {
  readonly requests: Requests;
  readonly installation: InstallationId;
  /** Whose facts are wanted: an answer about another organization is refused. */
  readonly organization: ForgeOrganizationId;
}

interface Account extends ForgeOrganization {
  readonly nodeId: string;
  /** Whether the app was given some repositories only. */
  readonly selected: boolean;
}

const membersPerPage = 100;
const teamsPerPage = 25;
const repositoriesPerPage = 50;
const selectionPerPage = 100;

/**
 * Reads the installation itself, with the app's own credential, so it also answers for a suspended one.
 *
 * @throws ForgeError `credential-rejected` when there is no such installation, or none any more
 */
export async function readInstallation(requests: Requests, installation: InstallationId): Promise<Account> {
  const answer = await requests
    .get('GET /app/installations/{installation_id}', { installation_id: installation }, installationSchema)
    .catch((error: unknown) => {
      if (error instanceof ForgeError && error.code === 'not-found') {
        throw new ForgeError('credential-rejected', 'the app is not installed there any more', {
          cause: error,
        });
      }
      throw error;
    });
  if (answer.target_type !== 'Organization') {
    throw new ForgeError(
      'unexpected',
      `the app is installed on a ${answer.target_type}, not on an organization`,
    );
  }
  const { id, login, node_id: nodeId } = answer.account;
  const selected = answer.repository_selection === 'selected';
  return { id, login, nodeId, selected, suspended: answer.suspended_at !== null };
}

export function createStructureReader({
  requests,
  installation,
  organization,
}: StructureReaderOptions): StructureReader {
  let known: Account | undefined;

  async function probe(): Promise<Account> {
    const account = await readInstallation(requests, installation);
    if (account.id !== organization) {
      throw new ForgeError(
        'unexpected',
        'the installation speaks for another organization than the one it was made for',
      );
    }
    known = account;
    return account;
  }

  /** The facts are about the organization that was asked for, or they are none. */
  function expectOrganization(id: string): void {
    if (id !== organization) {
      throw new ForgeError('incomplete', 'GitHub answered about another organization');
    }
  }

  async function readSettings({ login }: Account): Promise<Fact[]> {
    // GraphQL does not have the base permission, and REST knows organizations by login only.
    const answer = await requests.get('GET /orgs/{org}', { org: login }, organizationSchema);
    expectOrganization(answer.id);
    const basePermission = answer.default_repository_permission;
    return [
      {
        kind: 'settings',
        basePermission,
        membersRead: membersRead(basePermission),
        login: answer.login,
        name: answer.name || answer.login,
      },
    ];
  }

  async function readMembers({ nodeId }: Account): Promise<Fact[]> {
    const members = await readList<Member>({
      what: 'members',
      size: createPageSize(membersPerPage),
      key: (member) => member.node.databaseId,
      read: async (size, after) => {
        const { node } = await requests.query(membersQuery, { organization: nodeId, size, after });
        expectOrganization(node.databaseId);
        return node.membersWithRole;
      },
    });
    return members.map(({ role, node }) => ({
      kind: 'member',
      account: node.databaseId,
      login: node.login,
      role: memberRole(role),
    }));
  }

  async function readTeams({ nodeId }: Account): Promise<Fact[]> {
    const teams = await readList<Team>({
      what: 'teams',
      size: createPageSize(teamsPerPage),
      key: (team) => team.databaseId,
      read: async (size, after) => {
        const { node } = await requests.query(teamsQuery, { organization: nodeId, size, after });
        expectOrganization(node.databaseId);
        return node.teams;
      },
    });
    // One size for all lists below: what is too much for GitHub in one team is so in the next.
    const size = createPageSize(membersPerPage);
    const whole = [];
    for (const team of teams) {
      const members = await readTeamMembers(team, size);
      const repositories = await readTeamRepositories(team, size);
      whole.push({ ...team, members, repositories });
    }
    return teamFacts(whole);
  }

  function readTeamMembers(team: Team, size: PageSize): Promise<readonly TeamMember[]> {
    return readList<TeamMember>({
      what: 'members of a team',
      size,
      first: team.members,
      key: ({ node }) => node.databaseId,
      read: async (count, after) => {
        const { node } = await requests.query(teamMembersQuery, { team: team.id, size: count, after });
        expectSame(node.databaseId, team.databaseId);
        return node.members;
      },
    });
  }

  function readTeamRepositories(team: Team, size: PageSize): Promise<readonly TeamRepository[]> {
    return readList<TeamRepository>({
      what: 'repositories of a team',
      size,
      first: team.repositories,
      key: ({ node }) => node.databaseId,
      read: async (count, after) => {
        const { node } = await requests.query(teamRepositoriesQuery, { team: team.id, size: count, after });
        expectSame(node.databaseId, team.databaseId);
        return node.repositories;
      },
    });
  }

  async function readRepositories(account: Account): Promise<Fact[]> {
    const repositories = account.selected ? await readSelection() : await readAllRepositories(account);
    const size = createPageSize(membersPerPage);
    const facts: Fact[] = [];
    for (const repository of repositories) {
      facts.push(repositoryFact(repository));
      for (const { permission, node } of await readCollaborators(repository, size)) {
        facts.push({
          kind: 'collaborator',
          repository: repository.databaseId,
          account: node.databaseId,
          login: node.login,
          permission,
        });
      }
    }
    return facts;
  }

  function readAllRepositories({ nodeId }: Account): Promise<readonly Repository[]> {
    return readList<Repository>({
      what: 'repositories',
      size: createPageSize(repositoriesPerPage),
      key: (repository) => repository.databaseId,
      read: async (size, after) => {
        const { node } = await requests.query(repositoriesQuery, { organization: nodeId, size, after });
        expectOrganization(node.databaseId);
        return node.repositories;
      },
    });
  }

  /**
   * Only the repositories that the app was given. The organization's own list holds every public one too, and refuses to name the
   * collaborators of those that are not ours.
   */
  async function readSelection(): Promise<readonly Repository[]> {
    const chosen = await readList({
      what: 'selected repositories',
      size: createPageSize(selectionPerPage, 0),
      key: ({ id }) => id,
      read: readSelectionPage,
    });
    const size = createPageSize(repositoriesPerPage);
    const repositories: Repository[] = [];
    while (repositories.length < chosen.length) {
      repositories.push(
        ...(await askingForLess(size, (count) =>
          readChosen(chosen.slice(repositories.length, repositories.length + count)),
        )),
      );
    }
    return repositories;
  }

  /** @param after how many repositories are behind us, in whole pages */
  async function readSelectionPage(size: number, after = '0'): Promise<Page<Selected>> {
    const page = Number(after) / size + 1;
    const parameters = { per_page: size, page };
    const answer = await requests.get('GET /installation/repositories', parameters, selectionSchema);
    const end = page * size;
    const pageInfo = { hasNextPage: end < answer.total_count, endCursor: String(end) };
    return { totalCount: answer.total_count, pageInfo, items: answer.repositories };
  }

  async function readChosen(chosen: readonly Selected[]): Promise<readonly Repository[]> {
    const variables = { repositories: chosen.map((one) => one.node_id) };
    const { nodes } = await requests.query(chosenRepositoriesQuery, variables);
    return chosen.map(({ id }, place) => {
      const node = nodes[place];
      expectSame(node?.databaseId, id);
      return node;
    });
  }

  function readCollaborators(repository: Repository, size: PageSize): Promise<readonly Collaborator[]> {
    return readList<Collaborator>({
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
    });
  }

  const readers: Readonly<Record<ScopeName, (account: Account) => Promise<Fact[]>>> = {
    settings: readSettings,
    members: readMembers,
    teams: readTeams,
    repositories: readRepositories,
  };

  return {
    async probe() {
      const { id, login, suspended } = await probe();
      return { id, login, suspended };
    },
    async readScope(scope) {
      const account = known ?? (await probe());
      try {
        return await readers[scope](account);
      } catch (error) {
        if (error instanceof ForgeError && error.code === 'not-found') {
          // Something went away, or took another name, while we read: that says nothing about the scope.
          throw new ForgeError('incomplete', error.message, { cause: error });
        }
        throw error;
      }
    },
  };
}

function expectSame(id: string | undefined, expected: string): asserts id {
  if (id !== expected) {
    throw new ForgeError(
      'incomplete',
      'GitHub answered about another object than the one it was asked about',
    );
  }
}

const visibilities = { PUBLIC: 'public', INTERNAL: 'internal', PRIVATE: 'private' } as const;

function repositoryFact(repository: Repository): RepositoryFact {
  return {
    kind: 'repository',
    repository: repository.databaseId,
    nodeId: repository.id,
    name: repository.name,
    fullName: repository.nameWithOwner,
    visibility: visibilities[repository.visibility],
    fork: repository.isFork,
    archived: repository.isArchived,
    disabled: repository.isDisabled,
    defaultBranch: repository.defaultBranchRef?.name,
    pushedAt: repository.pushedAt ?? undefined,
  };
}
