/** Reads one team, repository or member by its id, in as few requests as settle it. */
import type { Fact } from '../../domain/facts.ts';
import {
  asId,
  type ForgeAccountId,
  type ForgeOrganizationId,
  type ForgeRepositoryId,
  type ForgeTeamId,
} from '../../domain/ids.ts';
import {
  type AnyScope,
  idOfPart,
  kindOfPart,
  memberPart,
  type PartScope,
  repositoryPart,
  teamPart,
} from '../../domain/scopes.ts';
import { ForgeError } from '../errors.ts';
import type { Absence, LookedUp, LookUp, ScopeRead } from '../forge.ts';
import { type Account, expectSame } from './account.ts';
import type { GraphqlError } from './http.ts';
import { createPageSize, type PageSize, readList } from './pages.ts';
import { presentQuery, repositoryPartQuery, teamPartQuery } from './queries.ts';
import type { Requests } from './requests.ts';
import { memberRole } from './roles.ts';
import { collaboratorsOf, membersOfTeam, repositoriesOfTeam, repositoryFacts, rowsPerPage } from './rows.ts';
import {
  membershipSchema,
  namedOrganizationSchema,
  numberedTeamSchema,
  type Page,
  repositoryNodeSchema,
  type Team,
  userSchema,
} from './schema.ts';
import { teamFacts } from './team-rights.ts';

/** A part that needs more pages than this behind its first request is read with its list, which is read in steps. */
const furtherPagesMax = 20;

/** Reads one part of the organization. A part that is not there is a whole read without facts. */
export function readPart(
  requests: Requests,
  account: Account,
  part: PartScope,
  nodeId: string | undefined,
): Promise<ScopeRead> {
  const id = idOfPart(part);
  switch (kindOfPart(part)) {
    case 'team':
      return readTeam(requests, account.id, asId<ForgeTeamId>(id), nodeId);
    case 'repository':
      return readRepository(requests, account, asId<ForgeRepositoryId>(id), nodeId);
    default:
      return readMember(requests, account, asId<ForgeAccountId>(id));
  }
}

const there = (covers: readonly PartScope[], facts: readonly Fact[]): ScopeRead => ({
  facts,
  covers,
  absenceIsAuthoritative: false,
  followUps: [],
});

const notThere = (part: PartScope, followUps: readonly AnyScope[] = [], absence?: Absence): ScopeRead => ({
  facts: [],
  covers: [part],
  absenceIsAuthoritative: true,
  absence,
  followUps,
});

const notFound = ({ selected }: Pick<Account, 'selected'>): Absence => (selected ? 'not-found' : 'gone');

/** Nothing is known of the part by itself: the list it belongs to has to say. */
const leftTo = (scope: AnyScope): ScopeRead => ({
  facts: [],
  covers: [],
  absenceIsAuthoritative: false,
  followUps: [scope],
});

/** The answer, or undefined when the thing that was asked for is not there. */
async function found<Answer>(asked: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof ForgeError && error.code === 'not-found') {
      return undefined;
    }
    throw error;
  }
}

/** A team and all below it, because they inherit; what they inherit from is read too, but not told. */
async function readTeam(
  requests: Requests,
  organization: ForgeOrganizationId,
  id: ForgeTeamId,
  nodeId: string | undefined,
): Promise<ScopeRead> {
  if (nodeId === undefined) {
    return leftTo('teams');
  }
  const answer = await found(requests.query(teamPartQuery, { team: nodeId }));
  if (answer === undefined) {
    // The teams below it have another parent now, or none.
    return (await hasTeam(requests, organization, id)) ? leftTo('teams') : notThere(teamPart(id), ['teams']);
  }
  const { node } = answer;
  expectSame(node.organization.databaseId, organization);
  expectSame(node.databaseId, id);
  const teams: readonly Team[] = [node, ...node.childTeams.items];
  const further = [
    ...teams.flatMap(({ members, repositories }) => [members, repositories]),
    ...node.ancestors.items.map(({ repositories }) => repositories),
  ].map(furtherPages);
  const isTooMuch = further.reduce((sum, pages) => sum + pages, 0) > furtherPagesMax;
  if (isTooMuch || furtherPages(node.childTeams) > 0 || furtherPages(node.ancestors) > 0) {
    return leftTo('teams');
  }
  const size = createPageSize(rowsPerPage);
  const whole = [];
  for (const team of teams) {
    const members = await readList(membersOfTeam(requests, team, size));
    whole.push({ ...team, members, repositories: await readList(repositoriesOfTeam(requests, team, size)) });
  }
  const above = [];
  for (const team of node.ancestors.items) {
    above.push({ ...team, repositories: await readList(repositoriesOfTeam(requests, team, size)) });
  }
  return there(
    teams.map(({ databaseId }) => teamPart(databaseId)),
    teamFacts(whole, above),
  );
}

/**
 * What GraphQL does not find by its id is asked for by its number too: events may tell an id of the old format, which GitHub is giving
 * up. https://docs.github.com/en/graphql/guides/migrating-graphql-global-node-ids
 */
async function hasTeam(
  requests: Requests,
  organization: ForgeOrganizationId,
  id: ForgeTeamId,
): Promise<boolean> {
  const parameters = { org_id: organization, team_id: id };
  const team = await found(
    requests.get('GET /organizations/{org_id}/team/{team_id}', parameters, numberedTeamSchema),
  );
  return team !== undefined;
}

/** How many pages the list has behind this one. */
function furtherPages({ totalCount, items, pageInfo }: Page<unknown>): number {
  return pageInfo.hasNextPage ? Math.max(1, Math.ceil((totalCount - items.length) / rowsPerPage)) : 0;
}

async function readRepository(
  requests: Requests,
  account: Account,
  id: ForgeRepositoryId,
  known: string | undefined,
): Promise<ScopeRead> {
  const nodeId = known ?? (await readNodeId(requests, id));
  if (nodeId === undefined) {
    // The way by number stands in no documentation, so that its word for "not there" is not enough.
    return leftTo('repositories');
  }
  const part = repositoryPart(id);
  const asked = await found(requests.ask(repositoryPartQuery, { repository: nodeId }, isAboutCollaborators));
  if (asked === undefined) {
    // As with teams: only what is found in neither way is not there.
    return known !== undefined && (await readNodeId(requests, id)) !== undefined
      ? leftTo('repositories')
      : notThere(part, [], notFound(account));
  }
  const { node } = asked.data;
  expectSame(node.databaseId, id);
  if (node.owner.databaseId !== account.id) {
    // It was transferred away, and is visible still.
    return notThere(part, [], 'elsewhere');
  }
  if (account.selected && node.visibility === 'PUBLIC') {
    // Everybody sees it; whether it is among what we were given only that list says.
    return leftTo('repositories');
  }
  const { collaborators } = node;
  if (collaborators === null) {
    throw (
      asked.refusal ??
      new ForgeError('incomplete', 'GitHub does not return the collaborators of a repository')
    );
  }
  if (furtherPages(collaborators) > furtherPagesMax) {
    return leftTo('repositories');
  }
  const repository = { ...node, collaborators };
  const size: PageSize = createPageSize(rowsPerPage);
  return there(
    [part],
    repositoryFacts(repository, await readList(collaboratorsOf(requests, repository, size))),
  );
}

const isAboutCollaborators = ({ type, path }: GraphqlError): boolean =>
  type === 'FORBIDDEN' && path?.join('.') === 'node.collaborators';

/** GraphQL's id of a repository of which we know the number only; undefined when GitHub does not find it. */
export async function readNodeId(requests: Requests, id: ForgeRepositoryId): Promise<string | undefined> {
  const answer = await found(requests.get('GET /repositories/{id}', { id }, repositoryNodeSchema));
  if (answer !== undefined) {
    expectSame(answer.id, id);
  }
  return answer?.node_id;
}

/** Memberships are known by login only, so the account is asked for its login first. */
async function readMember(
  requests: Requests,
  { id: organization, login: org }: Account,
  id: ForgeAccountId,
): Promise<ScopeRead> {
  const part = memberPart(id);
  const user = await found(requests.get('GET /user/{account_id}', { account_id: id }, userSchema));
  const membership = user && (await readMembership(requests, org, expectUser(user, id)));
  if (membership === undefined) {
    // Under a login that the organization no longer has nothing is found either, nor while the API does not work.
    const { id: asked } = await requests.get('GET /orgs/{org}', { org }, namedOrganizationSchema);
    expectSame(asked, organization);
    return notThere(part);
  }
  expectSame(membership.organization.id, organization);
  expectSame(membership.user.id, id);
  const { state, role } = membership;
  // An invitation is no membership, and who only pays the bills is in no list of members.
  if (state !== 'active' || role === 'billing_manager') {
    return notThere(part);
  }
  const forgeRole = role === 'admin' ? 'ADMIN' : 'MEMBER';
  return there(
    [part],
    [
      {
        kind: 'member',
        account: id,
        login: membership.user.login,
        role: memberRole(forgeRole),
        forgeRole,
      },
    ],
  );
}

function expectUser(user: { readonly id: string; readonly login: string }, id: ForgeAccountId): string {
  expectSame(user.id, id);
  return user.login;
}

const readMembership = (requests: Requests, org: string, username: string) =>
  found(requests.get('GET /orgs/{org}/memberships/{username}', { org, username }, membershipSchema));

/** GitHub's bound. https://docs.github.com/en/graphql/reference/queries#nodes */
const nodesPerRequest = 100;

/**
 * Asks for teams and repositories by their node ids. What has none is unknown to GraphQL, which says nothing of it.
 *
 * Everybody sees a public repository, so of one that a narrowed app was not given the list of what it was given is all there is to say.
 */
export async function lookUp(
  requests: Requests,
  account: Account,
  workItems: readonly LookedUp[],
): Promise<ReadonlyMap<PartScope, LookUp>> {
  const { id: organization, nodeId: ours, selected } = account;
  const answers = new Map<PartScope, LookUp>(workItems.map(({ part }) => [part, { is: 'unknown' }]));
  const known = workItems.flatMap(({ part, handle }) => (handle === undefined ? [] : [{ part, handle }]));
  for (let start = 0; start < known.length; start += nodesPerRequest) {
    const asked = known.slice(start, start + nodesPerRequest);
    const { data, errors } = await requests.ask(
      presentQuery,
      {
        ids: asked.map(({ handle }) => handle),
        organization: ours,
        withTeams: asked.some(({ part }) => kindOfPart(part) === 'team'),
      },
      ({ type, path }) => type === 'NOT_FOUND' && path?.length === 2,
    );
    expectSame(data.node.databaseId, organization);
    const unknown = new Set(errors.map(({ path }) => path?.[1]));
    asked.forEach(({ part }, place) => {
      const node = data.nodes[place] ?? undefined;
      if (node === undefined && unknown.has(place)) {
        answers.set(part, { is: 'absent', absence: notFound(account) });
        return;
      }
      expectSame(node?.databaseId, idOfPart(part));
      const isOurs = (node.owner ?? node.organization)?.databaseId === organization;
      const isElsewhere = !isOurs || (selected && node.visibility === 'PUBLIC');
      answers.set(part, isElsewhere ? { is: 'absent', absence: 'elsewhere' } : { is: 'present' });
    });
  }
  return answers;
}
