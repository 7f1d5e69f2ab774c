import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  acme,
  addRepository,
  addTeam,
  addUser,
  emptyState,
  graphql,
  INSTALLATION_ID,
  startApi,
  type TestApi,
} from './test-world.ts';

const state = emptyState();
let api: TestApi;

beforeAll(async () => {
  addUser(state, 1, 'Owner', 'admin');
  addUser(state, 2, 'ann', 'member');
  addUser(state, 3, 'bob', 'member');
  addUser(state, 4, 'outside');
  addUser(state, 5, 'invited');
  acme(state).members.set(5, { role: 'member', state: 'pending' });
  addRepository(state, 900, 'billing').collaborators.set(4, 'pull').set(2, 'maintain');
  addRepository(state, 901, 'shop').visibility = 'internal';
  addRepository(state, 902, 'blog').visibility = 'public';
  const grand = addTeam(state, 60, 'engineering');
  grand.repositories.set(900, 'pull');
  const parent = addTeam(state, 61, 'backend', 60);
  parent.repositories.set(900, 'push').set(901, 'triage');
  const child = addTeam(state, 62, 'payments', 61);
  child.members.set(3, 'maintainer');
  parent.members.set(2, 'member');
  api = await startApi(state);
});
afterAll(() => api.stop());

const TEAMS = `query($login:String!,$after:String){ rateLimit{cost remaining resetAt nodeCount} organization(login:$login){ databaseId login
  teams(first:25,after:$after,orderBy:{field:NAME,direction:ASC}){ totalCount pageInfo{hasNextPage endCursor} nodes{
    databaseId id slug name privacy parentTeam{databaseId}
    members(first:100,membership:IMMEDIATE){ totalCount pageInfo{hasNextPage endCursor} edges{ role node{ databaseId login } } }
    repositories(first:100){ totalCount pageInfo{hasNextPage endCursor} edges{ permission node{ databaseId } } } } } } }`;

const REPOSITORIES = `query($login:String!,$after:String){ organization(login:$login){ repositories(first:50,after:$after){ totalCount pageInfo{hasNextPage endCursor} nodes{
    databaseId id name visibility isArchived isDisabled isLocked isEmpty pushedAt defaultBranchRef{name target{oid}}
    collaborators(first:50,affiliation:DIRECT){ totalCount pageInfo{hasNextPage endCursor} edges{ permission node{databaseId login} } } } } } }`;

describe('the structure of an organization', () => {
  it('is read with the real client: JWT, token, REST settings, teams with inherited repositories', async () => {
    const { data: organization } = await api.octokit.request('GET /orgs/{org}', { org: 'acme' });
    expect(organization).toMatchObject({ id: 501, login: 'acme', default_repository_permission: 'read' });

    const result = await api.octokit.graphql<Record<string, unknown>>(TEAMS, { login: 'acme' });
    expect(result.rateLimit).toMatchObject({ cost: 1, nodeCount: 5025 });
    expect(result.organization).toMatchObject({
      databaseId: 501,
      teams: {
        totalCount: 3,
        nodes: [
          {
            slug: 'backend',
            parentTeam: { databaseId: 60 },
            members: { totalCount: 1, edges: [{ role: 'MEMBER', node: { databaseId: 2, login: 'ann' } }] },
            repositories: {
              edges: [
                { permission: 'WRITE', node: { databaseId: 900 } },
                { permission: 'TRIAGE', node: { databaseId: 901 } },
              ],
            },
          },
          { slug: 'engineering', parentTeam: null, members: { totalCount: 0 } },
          {
            slug: 'payments',
            members: { edges: [{ role: 'MAINTAINER', node: { databaseId: 3 } }] },
            repositories: { totalCount: 2 },
          },
        ],
      },
    });
  });

  it('includes the members of child teams by default, and only those with CHILD_TEAM', async () => {
    const { body } = await graphql(
      api,
      `{ organization(login:"acme") { team(slug:"engineering") {
        all: members(first:10) { totalCount nodes { login } }
        below: members(first:10, membership:CHILD_TEAM) { totalCount }
        direct: members(first:10, membership:IMMEDIATE) { totalCount }
        childTeams(first:5) { nodes { slug } }  every: childTeams(first:5, immediateOnly:false) { totalCount }
      } child: team(slug:"payments") { ancestors(first:5) { nodes { slug } } } } }`,
    );
    expect(body.errors).toBeUndefined();
    expect(body.data.organization).toEqual({
      team: {
        all: { totalCount: 2, nodes: [{ login: 'ann' }, { login: 'bob' }] },
        below: { totalCount: 2 },
        direct: { totalCount: 0 },
        childTeams: { nodes: [{ slug: 'backend' }] },
        every: { totalCount: 2 },
      },
      child: { ancestors: { nodes: [{ slug: 'engineering' }, { slug: 'backend' }] } },
    });
  });

  it('lists members with roles, without those who are only invited', async () => {
    const { body } = await graphql(
      api,
      'query($login:String!,$after:String){ organization(login:$login){ membersWithRole(first:100,after:$after){ totalCount edges{ role node{ databaseId id login } } } pendingMembers(first: 5) { nodes { login } } } }',
      { login: 'acme' },
    );
    expect(body.data.organization.membersWithRole.edges.map((edge: { role: string }) => edge.role)).toEqual([
      'ADMIN',
      'MEMBER',
      'MEMBER',
    ]);
    expect(body.data.organization.pendingMembers.nodes).toEqual([{ login: 'invited' }]);
  });

  it('lists repositories with direct collaborators and their effective permission', async () => {
    const { body } = await graphql(api, REPOSITORIES, { login: 'ACME' });
    expect(body.errors).toBeUndefined();
    expect(body.data.organization.repositories.totalCount).toBe(3);
    expect(body.data.organization.repositories.nodes[0]).toMatchObject({
      databaseId: 900,
      visibility: 'PRIVATE',
      isLocked: false,
      isEmpty: true,
      defaultBranchRef: null,
      collaborators: {
        totalCount: 2,
        edges: [
          { permission: 'MAINTAIN', node: { databaseId: 2 } },
          { permission: 'READ', node: { databaseId: 4 } },
        ],
      },
    });
  });

  it('shows the sources of a permission', async () => {
    const { body } = await graphql(
      api,
      `{ repository(owner:"acme", name:"billing") { collaborators(first:10, login:"ann") { edges { permission permissionSources {
        permission roleName organization { login } source { __typename ... on Team { slug } ... on Repository { name } } } } }
        outside: collaborators(first:1, affiliation:OUTSIDE) { nodes { login } } } }`,
    );
    expect(body.errors).toBeUndefined();
    expect(body.data.repository.outside.nodes).toEqual([{ login: 'outside' }]);
    const [edge] = body.data.repository.collaborators.edges;
    expect(edge.permission).toBe('MAINTAIN');
    expect(
      edge.permissionSources.map((each: { source: object; roleName: string }) => [
        each.roleName,
        each.source,
      ]),
    ).toEqual([
      ['read', { __typename: 'Organization' }],
      ['write', { __typename: 'Team', slug: 'backend' }],
      ['read', { __typename: 'Team', slug: 'engineering' }],
      ['maintain', { __typename: 'Repository', name: 'billing' }],
    ]);
  });

  it('is charged by the documented formula, shown in headers', async () => {
    const { headers } = await graphql(api, TEAMS, { login: 'acme' });
    expect(headers.get('x-ratelimit-resource')).toBe('graphql');
    expect(headers.get('x-ratelimit-limit')).toBe('5000');
    expect(Number(headers.get('x-ratelimit-remaining'))).toBe(5000 - Number(headers.get('x-ratelimit-used')));
    expect(api.requests.at(-1)).toMatchObject({
      surface: 'graphql',
      cost: 1,
      installationId: INSTALLATION_ID,
    });
  });
});
