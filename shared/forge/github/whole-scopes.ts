/** Reads the lists of an organization, each to its end, in steps. */
import type { Fact } from '../../domain/facts.ts';
import type { ScopeName } from '../../domain/scopes.ts';
import { ForgeError } from '../errors.ts';
import type { ScopeRead } from '../forge.ts';
import { expectSame } from '../http.ts';
import { fixedPageSize, type ListReading } from '../pages.ts';
import type { Reading } from '../reading.ts';
import type { Account } from './account.ts';
import { readEnterpriseTeams } from './enterprise-teams.ts';
import { readOrganizationRoles } from './organization-roles.ts';
import { readNodeId } from './parts.ts';
import { chosenRepositoriesQuery, membersQuery, repositoriesQuery, teamsQuery } from './queries.ts';
import type { Requests } from './requests.ts';
import { memberRole, membersRead } from './roles.ts';
import { collaboratorsOf, membersOfTeam, repositoriesOfTeam, repositoryFacts, rowsPerPage } from './rows.ts';
import {
  type ChosenRepository,
  chosenRepository,
  collaborator,
  type Member,
  member,
  organizationSchema,
  type Page,
  type Repository,
  repository as repositorySchema,
  type Selected,
  selected,
  selectionSchema,
  type Team,
  teamMember,
  teamRepository,
  team as teamSchema,
} from './schema.ts';
import { teamFacts } from './team-rights.ts';
import { gitHubTraits } from './traits.ts';

const membersPerPage = 100;
const teamsPerPage = 25;
const repositoriesPerPage = 50;
const selectionPerPage = 100;

type GitHubScope = (typeof gitHubTraits.scopes)[number]['name'];

export const isOfGitHub = (scope: ScopeName): scope is GitHubScope =>
  gitHubTraits.scopes.some(({ name }) => name === scope);

/** The list of each scope that progress is reported by. */
export const mainLists: Readonly<Record<GitHubScope, string>> = {
  settings: 'settings',
  members: 'members',
  teams: 'teams',
  roles: 'roles',
  repositories: 'repositories',
};

/** Reads one scope of the organization, from the start or from where an earlier step stopped. */
export async function readWhole(
  requests: Requests,
  account: Account,
  scope: GitHubScope,
  reading: Reading,
): Promise<ScopeRead> {
  if (scope === 'roles') {
    return readOrganizationRoles(requests, account, reading);
  }
  const facts = await readers[scope](requests, account, reading);
  return { facts, covers: [], absenceIsAuthoritative: false, isCounted: countedIn(facts), followUps: [] };
}

/**
 * Which facts come from lists with a total: all of GraphQL's. Those of enterprise teams, which are read by REST and have no node ids, do
 * not.
 */
function countedIn(facts: readonly Fact[]): (fact: Fact) => boolean {
  const uncounted = new Set(
    facts.flatMap((fact) => (fact.kind === 'team' && fact.handle === undefined ? [fact.team] : [])),
  );
  return (fact) =>
    fact.kind === 'team' ? fact.handle !== undefined : !('team' in fact && uncounted.has(fact.team));
}

type Reader = (requests: Requests, account: Account, reading: Reading) => Promise<readonly Fact[]>;

const readers: Readonly<Record<Exclude<GitHubScope, 'roles'>, Reader>> = {
  settings: readSettings,
  members: readMembers,
  teams: readTeams,
  repositories: readRepositories,
};

async function readSettings(requests: Requests, { id, login }: Account): Promise<readonly Fact[]> {
  // GraphQL does not have the base permission, and REST finds organizations by login only.
  const answer = await requests.get('GET /orgs/{org}', { org: login }, organizationSchema);
  expectSame(answer.id, id);
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

async function readMembers(
  requests: Requests,
  { id, nodeId }: Account,
  reading: Reading,
): Promise<readonly Fact[]> {
  const members = await reading.list<Member>(mainLists.members, member, {
    what: 'members',
    size: reading.size('members', membersPerPage),
    key: ({ node }) => node.databaseId,
    read: async (size, after) => {
      const { node } = await requests.query(membersQuery, { organization: nodeId, size, after });
      expectSame(node.databaseId, id);
      return node.membersWithRole;
    },
  });
  return members.map(({ role, node }) => ({
    kind: 'member',
    account: node.databaseId,
    login: node.login,
    role: memberRole(role),
    forgeRole: role,
  }));
}

async function readTeams(requests: Requests, account: Account, reading: Reading): Promise<readonly Fact[]> {
  const { id, nodeId } = account;
  const teams = await reading.list<Team>(mainLists.teams, teamSchema, {
    what: 'teams',
    size: reading.size('teams', teamsPerPage),
    key: (team) => team.databaseId,
    read: async (size, after) => {
      const { node } = await requests.query(teamsQuery, { organization: nodeId, size, after });
      expectSame(node.databaseId, id);
      return node.teams;
    },
  });
  // One size for all lists below: what is too much for GitHub in one team is too much in the next.
  const size = reading.size('rows', rowsPerPage);
  const whole = [];
  for (const team of teams) {
    const name = `team ${team.databaseId}`;
    const members = await rowsOf(reading, `${name} members`, teamMember, membersOfTeam(requests, team, size));
    const repositories = await rowsOf(
      reading,
      `${name} repositories`,
      teamRepository,
      repositoriesOfTeam(requests, team, size),
    );
    whole.push({ ...team, members, repositories });
  }
  const ofEnterprise = account.readsEnterprise
    ? await readEnterpriseTeams(
        requests,
        account,
        reading,
        new Set(teams.map(({ databaseId }) => databaseId)),
      )
    : [];
  return [...teamFacts(whole), ...ofEnterprise];
}

async function readRepositories(
  requests: Requests,
  account: Account,
  reading: Reading,
): Promise<readonly Fact[]> {
  const repositories = account.selected
    ? await readSelection(requests, reading)
    : await readAllRepositories(requests, account, reading);
  const size = reading.size('rows', rowsPerPage);
  const facts: Fact[] = [];
  for (const repository of repositories) {
    const name = `repository ${repository.databaseId} collaborators`;
    const collaborators = collaboratorsOf(requests, repository, size);
    facts.push(...repositoryFacts(repository, await rowsOf(reading, name, collaborator, collaborators)));
  }
  return facts;
}

/** The rows of a team or repository. Most of these lists came complete with it, and need not be stored with the progress. */
async function rowsOf<Item>(
  reading: Reading,
  name: string,
  item: Parameters<typeof reading.list<Item>>[1],
  listing: ListReading<Item>,
): Promise<readonly Item[]> {
  const { first } = listing;
  const isWhole = first?.pageInfo.hasNextPage === false && first.totalCount === first.items.length;
  const keys = new Set(first?.items.map(listing.key));
  return first !== undefined && isWhole && keys.size === first.items.length
    ? first.items
    : reading.list(name, item, listing);
}

function readAllRepositories(
  requests: Requests,
  { id, nodeId }: Account,
  reading: Reading,
): Promise<readonly Repository[]> {
  return reading.list<Repository>(mainLists.repositories, repositorySchema, {
    what: 'repositories',
    size: reading.size('repositories', repositoriesPerPage),
    key: (repository) => repository.databaseId,
    read: async (size, after) => {
      const { node } = await requests.query(repositoriesQuery, { organization: nodeId, size, after });
      expectSame(node.databaseId, id);
      return node.repositories;
    },
  });
}

/**
 * Reads only the repositories that the app has access to. The organization's own list also has every public one, and hides the
 * collaborators of those outside the selection.
 */
async function readSelection(requests: Requests, reading: Reading): Promise<readonly Repository[]> {
  const chosen = await reading.list<Selected>('selection', selected, {
    what: 'selected repositories',
    size: fixedPageSize(selectionPerPage),
    key: ({ id }) => id,
    read: (size, after) => readSelectionPage(requests, size, after),
  });
  const repositories = await reading.list<ChosenRepository>(mainLists.repositories, chosenRepository, {
    what: 'details of the selected repositories',
    size: reading.size('repositories', repositoriesPerPage),
    key: ({ id }) => id,
    read: (size, after = '0') => readChosen(requests, chosen, Number(after), size),
  });
  return repositories.flatMap(({ repository }) => (repository === null ? [] : [repository]));
}

/** @param after how many repositories were read, a multiple of the page size */
async function readSelectionPage(requests: Requests, size: number, after = '0'): Promise<Page<Selected>> {
  const page = Number(after) / size + 1;
  const parameters = { per_page: size, page };
  const answer = await requests.get('GET /installation/repositories', parameters, selectionSchema);
  const end = page * size;
  const pageInfo = { hasNextPage: end < answer.total_count, endCursor: String(end) };
  return { totalCount: answer.total_count, pageInfo, items: answer.repositories };
}

/**
 * Reads the details of selected repositories. One that GraphQL returns as null no longer exists, if it is not found by its number either.
 *
 * @throws ForgeError `incomplete` when GitHub contradicts itself
 */
async function readChosen(
  requests: Requests,
  chosen: readonly Selected[],
  start: number,
  size: number,
): Promise<Page<ChosenRepository>> {
  const totalCount = chosen.length;
  const batch = chosen.slice(start, start + size);
  const end = start + batch.length;
  const pageInfo = { hasNextPage: end < totalCount, endCursor: String(end) };
  if (batch.length === 0) {
    return { totalCount, pageInfo, items: [] };
  }
  const variables = { repositories: batch.map((one) => one.node_id) };
  const { data, errors } = await requests.ask(
    chosenRepositoriesQuery,
    variables,
    ({ type, path }) => type === 'NOT_FOUND' && path?.length === 2,
  );
  const gone = new Set(errors.map(({ path }) => path?.[1]));
  for (const [place, { id }] of batch.entries()) {
    if (gone.has(place) && (await readNodeId(requests, id)) !== undefined) {
      throw new ForgeError('incomplete', 'GitHub does not find a selected repository by its id');
    }
  }
  const items = batch.map(({ id }, place) => {
    const repository = data.nodes[place] ?? null;
    if (repository !== null || !gone.has(place)) {
      expectSame(repository?.databaseId, id);
    }
    return { id, repository };
  });
  return { totalCount, pageInfo, items };
}
