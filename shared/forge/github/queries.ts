/**
 * Our GraphQL queries. Everything is addressed by node id, because logins and names pass to others. Costs follow GitHub's formula: the
 * number of requested connections divided by 100, at least 1 point.
 *
 * https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api
 */
import { readmeNames } from '../readme.ts';
import { manifestFragment, targetFields, treeEntryFragment } from './git-fragments.ts';
import {
  chosenRepositoriesSchema,
  collaboratorsSchema,
  commitRefsSchema,
  commitSchema,
  hashSchema,
  membersSchema,
  presentSchema,
  refsSchema,
  repositoriesSchema,
  repositoryNameSchema,
  repositoryPartSchema,
  teamMembersSchema,
  teamPartSchema,
  teamRepositoriesSchema,
  teamsSchema,
} from './schema.ts';

const listHead = 'totalCount pageInfo { hasNextPage endCursor }';
const teamMember = 'node { databaseId login }';
const teamRepository = 'permission node { databaseId }';
/**
 * The permission is the effective one, from all sources. The sources themselves, `permissionSources`, are not available to apps and not
 * correct: https://github.com/palantir/policy-bot/blob/develop/pull/github.go (`RepositoryCollaborators`).
 */
const collaborator = 'permission node { databaseId login }';

/** Pending invitations are not in this list. One point per 100 members. */
export const membersQuery = {
  name: 'Members',
  schema: membersSchema,
  text: `query Members($organization: ID!, $size: Int!, $after: String) {
    node(id: $organization) { ... on Organization { databaseId
      membersWithRole(first: $size, after: $after) { ${listHead} edges { role node { databaseId login } } }
    } }
  }`,
};

const teamHead = 'databaseId id slug name privacy parentTeam { databaseId }';
const teamDetails = `fragment Details on Team {
    ${teamHead}
    members(first: 100, membership: IMMEDIATE) { ${listHead} edges { ${teamMember} } }
    repositories(first: 100) { ${listHead} edges { ${teamRepository} } }
  }`;

/**
 * Members without those of child teams, which `ALL`, the default, would include. 25 teams: 1 + 25 + 25 connections, one point; at most
 * 5,025 nodes.
 */
export const teamsQuery = {
  name: 'Teams',
  schema: teamsSchema,
  text: `query Teams($organization: ID!, $size: Int!, $after: String) {
    node(id: $organization) { ... on Organization { databaseId
      teams(first: $size, after: $after, orderBy: { field: NAME, direction: ASC }) { ${listHead} nodes { ...Details } }
    } }
  }
  ${teamDetails}`,
};

/**
 * One team with the teams that inherit from it and those it inherits from: at most 10 above it and 25 below. 2 + 2 + 10 + 50 connections,
 * one point.
 */
export const teamPartQuery = {
  name: 'TeamPart',
  schema: teamPartSchema,
  text: `query TeamPart($team: ID!) {
    node(id: $team) { ... on Team { ...Details
      organization { databaseId }
      ancestors(first: 10) { ${listHead} nodes {
        ${teamHead}
        repositories(first: 100) { ${listHead} edges { ${teamRepository} } }
      } }
      childTeams(first: 25, immediateOnly: false, orderBy: { field: NAME, direction: ASC }) { ${listHead} nodes { ...Details } }
    } }
  }
  ${teamDetails}`,
};

export const teamMembersQuery = {
  name: 'TeamMembers',
  schema: teamMembersSchema,
  text: `query TeamMembers($team: ID!, $size: Int!, $after: String) {
    node(id: $team) { ... on Team { databaseId
      members(first: $size, after: $after, membership: IMMEDIATE) { ${listHead} edges { ${teamMember} } }
    } }
  }`,
};

export const teamRepositoriesQuery = {
  name: 'TeamRepositories',
  schema: teamRepositoriesSchema,
  text: `query TeamRepositories($team: ID!, $size: Int!, $after: String) {
    node(id: $team) { ... on Team { databaseId
      repositories(first: $size, after: $after) { ${listHead} edges { ${teamRepository} } }
    } }
  }`,
};

/** The refs are only counted: nothing else shows that one was deleted. */
const repositoryDetails = `fragment Details on Repository {
    databaseId id name nameWithOwner visibility isFork isArchived isDisabled isEmpty createdAt pushedAt defaultBranchRef { name }
    tags: refs(refPrefix: "refs/tags/", first: 1) { totalCount }
    branches: refs(refPrefix: "refs/heads/", first: 1) { totalCount }
    collaborators(first: 50, affiliation: DIRECT) { ${listHead} edges { ${collaborator} } }
  }`;

/** 50 repositories: 1 + 150 connections, two points. Ordered by a field that never changes, so that nothing moves between pages. */
export const repositoriesQuery = {
  name: 'Repositories',
  schema: repositoriesSchema,
  text: `query Repositories($organization: ID!, $size: Int!, $after: String) {
    node(id: $organization) { ... on Organization { databaseId
      repositories(first: $size, after: $after, ownerAffiliations: [OWNER], orderBy: { field: CREATED_AT, direction: ASC }) {
        ${listHead} nodes { ...Details }
      }
    } }
  }
  ${repositoryDetails}`,
};

/** The same for given repositories: 150 connections, two points. */
export const chosenRepositoriesQuery = {
  name: 'ChosenRepositories',
  schema: chosenRepositoriesSchema,
  text: `query ChosenRepositories($repositories: [ID!]!) {
    nodes(ids: $repositories) { ...Details }
  }
  ${repositoryDetails}`,
};

export const repositoryPartQuery = {
  name: 'RepositoryPart',
  schema: repositoryPartSchema,
  text: `query RepositoryPart($repository: ID!) {
    node(id: $repository) { ... on Repository { ...Details owner { ... on Organization { databaseId } } } }
  }
  ${repositoryDetails}`,
};

/**
 * Whether these parts exist, and who owns them: at most 100, one point. Without permission teams are hidden, so for teams the query also
 * checks the permission.
 */
export const presentQuery = {
  name: 'Present',
  schema: presentSchema,
  text: `query Present($ids: [ID!]!, $organization: ID!, $withTeams: Boolean!) {
    node(id: $organization) { ... on Organization { databaseId teams(first: 1) @include(if: $withTeams) { totalCount } } }
    nodes(ids: $ids) { __typename
      ... on Repository { databaseId visibility owner { ... on Organization { databaseId } } }
      ... on Team { databaseId organization { databaseId } }
    }
  }`,
};

export const collaboratorsQuery = {
  name: 'Collaborators',
  schema: collaboratorsSchema,
  text: `query Collaborators($repository: ID!, $size: Int!, $after: String) {
    node(id: $repository) { ... on Repository { databaseId
      collaborators(first: $size, after: $after, affiliation: DIRECT) { ${listHead} edges { ${collaborator} } }
    } }
  }`,
};

const readmeFields = readmeNames
  .map((name, place) => `r${place}: file(path: "${name}") { ...Entry }`)
  .join(' ');

/**
 * 100 refs with their commits and manifests, one point. Tags of tags are followed for three levels. `readme`: with the readme at the tip of
 * the default branch, which saves a request of its own.
 */
export const refsQuery = {
  name: 'Refs',
  schema: refsSchema,
  text: `query Refs($repository: ID!, $prefix: String!, $size: Int!, $after: String, $readme: Boolean!) {
    node(id: $repository) { ... on Repository {
      databaseId nameWithOwner url sshUrl isPrivate isArchived isEmpty hasIssuesEnabled
      defaultBranchRef { name target @include(if: $readme) { __typename oid ... on Commit { ${readmeFields} } } }
      refs(refPrefix: $prefix, first: $size, after: $after, orderBy: { field: ALPHABETICAL, direction: ASC }) { ${listHead} nodes {
        name
        target { ${targetFields} }
      } }
    } }
  }
  ${manifestFragment}
  ${treeEntryFragment}`,
};

export const repositoryNameQuery = {
  name: 'RepositoryName',
  schema: repositoryNameSchema,
  text: `query RepositoryName($repository: ID!) {
    node(id: $repository) { ... on Repository { databaseId nameWithOwner } }
  }`,
};

/** Resolves an abbreviated hash; GitHub tries it as the name of a branch or tag first. */
export const hashQuery = {
  name: 'Hash',
  schema: hashSchema,
  text: `query Hash($repository: ID!, $hash: String!) {
    node(id: $repository) { ... on Repository { databaseId object(expression: $hash) { __typename oid } } }
  }`,
};

const comparison = 'compare(headRef: $head) { status headTarget { oid } }';

/** Whether the repository's network has the commit, and whether the default branch contains it: one point. */
export const commitQuery = {
  name: 'Commit',
  schema: commitSchema,
  text: `query Commit($repository: ID!, $commit: GitObjectID!, $head: String!) {
    node(id: $repository) { ... on Repository {
      databaseId object(oid: $commit) { __typename } defaultBranchRef { ${comparison} }
    } }
  }`,
};

/** Which refs contain a commit: one point per page of any size. */
export const commitRefsQuery = {
  name: 'CommitRefs',
  schema: commitRefsSchema,
  text: `query CommitRefs($repository: ID!, $prefix: String!, $head: String!, $size: Int!, $after: String) {
    node(id: $repository) { ... on Repository {
      databaseId isEmpty
      refs(refPrefix: $prefix, first: $size, after: $after, orderBy: { field: ALPHABETICAL, direction: ASC }) {
        ${listHead} nodes { ${comparison} }
      }
    } }
  }`,
};
