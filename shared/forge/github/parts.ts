/** Reads one team, repository or member by its id, with as few requests as possible. */
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
import { expectSame } from '../http.ts';
import { createPageSize, type PageSize, readList } from '../pages.ts';
import type { Account } from './account.ts';
import type { GraphqlError } from './http.ts';
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

/** A part that needs more pages than this after its first request is read with its list, which is read in steps. */
const furtherPagesMax = 20;

/** Reads one part of the organization. A part that does not exist is a complete read without facts. */
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

const partRead = (covers: readonly PartScope[], facts: readonly Fact[]): ScopeRead => ({
  facts,
  covers,
  absenceIsAuthoritative: false,
  followUps: [],
});

const absentPart = (part: PartScope, followUps: readonly AnyScope[] = [], absence?: Absence): ScopeRead => ({
  facts: [],
  covers: [part],
  absenceIsAuthoritative: true,
  absence,
  followUps,
});

const notFound = ({ selected }: Pick<Account, 'selected'>): Absence => (selected ? 'not-found' : 'gone');

/** The part cannot be decided by itself: its list has to be read. */
const deferToList = (scope: AnyScope): ScopeRead => ({
  facts: [],
  covers: [],
  absenceIsAuthoritative: false,
  followUps: [scope],
});

/** The response, or undefined for `not-found`. */
async function unlessNotFound<Answer>(request: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await request;
  } catch (error) {
    if (error instanceof ForgeError && error.code === 'not-found') {
      return undefined;
    }
    throw error;
  }
}

/** Reads a team and all teams below it, because they inherit. The teams above are read for inheritance, but give no facts. */
async function readTeam(
  requests: Requests,
  organization: ForgeOrganizationId,
  id: ForgeTeamId,
  nodeId: string | undefined,
): Promise<ScopeRead> {
  if (nodeId === undefined) {
    return deferToList('teams');
  }
  const answer = await unlessNotFound(requests.query(teamPartQuery, { team: nodeId }));
  if (answer === undefined) {
    // The list of teams is read too: the teams below now have another parent, or none.
    return (await hasTeam(requests, organization, id))
      ? deferToList('teams')
      : absentPart(teamPart(id), ['teams']);
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
    return deferToList('teams');
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
  return partRead(
    teams.map(({ databaseId }) => teamPart(databaseId)),
    teamFacts(whole, above),
  );
}

/**
 * Looks a team up by its number. What GraphQL does not find by its node id may still exist: events may have an id of the old format, which
 * GitHub is phasing out. https://docs.github.com/en/graphql/guides/migrating-graphql-global-node-ids
 */
async function hasTeam(
  requests: Requests,
  organization: ForgeOrganizationId,
  id: ForgeTeamId,
): Promise<boolean> {
  const parameters = { org_id: organization, team_id: id };
  const team = await unlessNotFound(
    requests.get('GET /organizations/{org_id}/team/{team_id}', parameters, numberedTeamSchema),
  );
  return team !== undefined;
}

/** How many pages the list has after this one. */
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
    // The look-up by number is undocumented, so its "not found" alone is not enough.
    return deferToList('repositories');
  }
  const part = repositoryPart(id);
  const answer = await unlessNotFound(
    requests.ask(repositoryPartQuery, { repository: nodeId }, isAboutCollaborators),
  );
  if (answer === undefined) {
    // As with teams: absent only if both look-ups fail.
    return known !== undefined && (await readNodeId(requests, id)) !== undefined
      ? deferToList('repositories')
      : absentPart(part, [], notFound(account));
  }
  const { node } = answer.data;
  expectSame(node.databaseId, id);
  if (node.owner.databaseId !== account.id) {
    // It was transferred away, but is still visible.
    return absentPart(part, [], 'elsewhere');
  }
  if (account.selected && node.visibility === 'PUBLIC') {
    // Everybody sees a public repository; only the list says whether the app has access to it.
    return deferToList('repositories');
  }
  const { collaborators } = node;
  if (collaborators === null) {
    throw (
      answer.refusal ??
      new ForgeError('incomplete', 'GitHub does not return the collaborators of a repository')
    );
  }
  if (furtherPages(collaborators) > furtherPagesMax) {
    return deferToList('repositories');
  }
  const repository = { ...node, collaborators };
  const size: PageSize = createPageSize(rowsPerPage);
  return partRead(
    [part],
    repositoryFacts(repository, await readList(collaboratorsOf(requests, repository, size))),
  );
}

const isAboutCollaborators = ({ type, path }: GraphqlError): boolean =>
  type === 'FORBIDDEN' && path?.join('.') === 'node.collaborators';

/** Finds the GraphQL id of a repository by its number; undefined when GitHub does not find it. */
export async function readNodeId(requests: Requests, id: ForgeRepositoryId): Promise<string | undefined> {
  const answer = await unlessNotFound(requests.get('GET /repositories/{id}', { id }, repositoryNodeSchema));
  if (answer !== undefined) {
    expectSame(answer.id, id);
  }
  return answer?.node_id;
}

/** Reads a member. Memberships can only be looked up by login, so the account's login is read first. */
async function readMember(
  requests: Requests,
  { id: organization, login: org }: Account,
  id: ForgeAccountId,
): Promise<ScopeRead> {
  const part = memberPart(id);
  const user = await unlessNotFound(requests.get('GET /user/{account_id}', { account_id: id }, userSchema));
  const membership = user && (await readMembership(requests, org, expectUser(user, id)));
  if (membership === undefined) {
    // Nothing is found either if the organization no longer has this login, or while the API fails.
    const { id: currentId } = await requests.get('GET /orgs/{org}', { org }, namedOrganizationSchema);
    expectSame(currentId, organization);
    return absentPart(part);
  }
  expectSame(membership.organization.id, organization);
  expectSame(membership.user.id, id);
  const { state, role } = membership;
  // An invitation is not a membership, and a billing manager is in no list of members.
  if (state !== 'active' || role === 'billing_manager') {
    return absentPart(part);
  }
  const forgeRole = role === 'admin' ? 'ADMIN' : 'MEMBER';
  return partRead(
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
  unlessNotFound(requests.get('GET /orgs/{org}/memberships/{username}', { org, username }, membershipSchema));

/** GitHub's limit. https://docs.github.com/en/graphql/reference/queries#nodes */
const nodesPerRequest = 100;

/**
 * Looks up teams and repositories by their node ids. The result for one without a node id is `unknown`.
 *
 * Everybody sees a public repository, so for an app with selected repositories only the list of those says whether it belongs to them.
 */
export async function lookUp(
  requests: Requests,
  account: Account,
  parts: readonly LookedUp[],
): Promise<ReadonlyMap<PartScope, LookUp>> {
  const { id: organization, nodeId: ours, selected } = account;
  const answers = new Map<PartScope, LookUp>(parts.map(({ part }) => [part, { is: 'unknown' }]));
  const known = parts.flatMap(({ part, handle }) => (handle === undefined ? [] : [{ part, handle }]));
  for (let start = 0; start < known.length; start += nodesPerRequest) {
    const batch = known.slice(start, start + nodesPerRequest);
    const { data, errors } = await requests.ask(
      presentQuery,
      {
        ids: batch.map(({ handle }) => handle),
        organization: ours,
        withTeams: batch.some(({ part }) => kindOfPart(part) === 'team'),
      },
      ({ type, path }) => type === 'NOT_FOUND' && path?.length === 2,
    );
    expectSame(data.node.databaseId, organization);
    const unknown = new Set(errors.map(({ path }) => path?.[1]));
    batch.forEach(({ part }, place) => {
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
