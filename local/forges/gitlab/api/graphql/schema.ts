import { buildASTSchema, type GraphQLSchema, parse } from 'graphql';

/**
 * The part of GitLab's schema that a registry may use, with its names and types: https://docs.gitlab.com/api/graphql/reference/. A field
 * that is not here is refused, as one that GitLab does not have.
 */
const sdl = /* GraphQL */ `
  scalar Time
  scalar BigInt

  type PageInfo { hasNextPage: Boolean! hasPreviousPage: Boolean! startCursor: String endCursor: String }
  type Metadata { version: String! revision: String! enterprise: Boolean! }
  type QueryComplexity { limit: Int score: Int }

  enum GroupMemberRelation { DIRECT INHERITED DESCENDANTS SHARED_FROM_GROUPS }
  enum ProjectMemberRelation { DIRECT INHERITED DESCENDANTS INVITED_GROUPS SHARED_INTO_ANCESTORS }
  enum AccessLevelEnum { NO_ACCESS MINIMAL_ACCESS GUEST PLANNER REPORTER SECURITY_MANAGER DEVELOPER MAINTAINER OWNER }
  enum UserState { active blocked deactivated banned ldap_blocked blocked_pending_approval }
  enum NamespaceProjectSort { SIMILARITY ACTIVITY_DESC }

  type AccessLevel { integerValue: Int stringValue: AccessLevelEnum humanAccess: String }
  type MemberRole { id: ID! name: String }

  interface User {
    id: ID! username: String! name: String! state: UserState! bot: Boolean! active: Boolean human: Boolean
    publicEmail: String webUrl: String! createdAt: Time
  }
  type UserCore implements User {
    id: ID! username: String! name: String! state: UserState! bot: Boolean! active: Boolean human: Boolean
    publicEmail: String webUrl: String! createdAt: Time
  }
  type CurrentUser implements User {
    id: ID! username: String! name: String! state: UserState! bot: Boolean! active: Boolean human: Boolean
    publicEmail: String webUrl: String! createdAt: Time
  }

  interface MemberInterface {
    id: ID accessLevel: AccessLevel createdAt: Time updatedAt: Time expiresAt: Time user: UserCore memberRole: MemberRole
  }
  type GroupMember implements MemberInterface {
    id: ID accessLevel: AccessLevel createdAt: Time updatedAt: Time expiresAt: Time user: UserCore memberRole: MemberRole
    group: Group
  }
  type ProjectMember implements MemberInterface {
    id: ID accessLevel: AccessLevel createdAt: Time updatedAt: Time expiresAt: Time user: UserCore memberRole: MemberRole
    project: Project
  }
  type MemberInterfaceEdge { cursor: String! node: MemberInterface }
  type MemberInterfaceConnection { edges: [MemberInterfaceEdge] nodes: [MemberInterface] pageInfo: PageInfo! }
  type GroupMemberEdge { cursor: String! node: GroupMember }
  type GroupMemberConnection { edges: [GroupMemberEdge] nodes: [GroupMember] pageInfo: PageInfo! }

  type RepositoryBlob {
    id: ID! oid: String! path: String! name: String mode: String size: BigInt rawSize: BigInt
    rawBlob: String rawTextBlob: String webPath: String
  }
  type RepositoryBlobEdge { cursor: String! node: RepositoryBlob }
  type RepositoryBlobConnection { edges: [RepositoryBlobEdge] nodes: [RepositoryBlob] pageInfo: PageInfo! }
  type Commit { id: ID! sha: String! title: String message: String authoredDate: Time webUrl: String! }
  type Tree { lastCommit: Commit }
  type Repository {
    empty: Boolean! exists: Boolean! rootRef: String
    tree(path: String = "", ref: String, recursive: Boolean = false): Tree
    blobs(paths: [String!]!, ref: String, after: String, before: String, first: Int, last: Int): RepositoryBlobConnection
    branchNames(searchPattern: String!, offset: Int!, limit: Int!): [String!]
  }

  type Project {
    id: ID! name: String! path: String! fullPath: ID! visibility: String archived: Boolean createdAt: Time
    lastActivityAt: Time webUrl: String httpUrlToRepo: String sshUrlToRepo: String issuesEnabled: Boolean
    repository: Repository group: Group markedForDeletionOn: Time
    projectMembers(
      relations: [ProjectMemberRelation!] = [DIRECT, INHERITED], search: String, sort: String
      after: String, before: String, first: Int, last: Int
    ): MemberInterfaceConnection
  }
  type ProjectEdge { cursor: String! node: Project }
  type ProjectConnection { count: Int! edges: [ProjectEdge] nodes: [Project] pageInfo: PageInfo! }

  type Group {
    id: ID! name: String! path: String! fullPath: ID! fullName: String! visibility: String webUrl: String! parent: Group
    createdAt: Time markedForDeletionOn: Time shareWithGroupLock: Boolean
    projects(
      includeSubgroups: Boolean = false, includeArchived: Boolean = true, notAimedForDeletion: Boolean = false
      ids: [ID!], search: String, sort: NamespaceProjectSort, after: String, before: String, first: Int, last: Int
    ): ProjectConnection!
    descendantGroups(search: String, after: String, before: String, first: Int, last: Int): GroupConnection
    groupMembers(
      relations: [GroupMemberRelation!] = [DIRECT, INHERITED], accessLevels: [AccessLevelEnum!], search: String, sort: String
      after: String, before: String, first: Int, last: Int
    ): GroupMemberConnection
  }
  type GroupEdge { cursor: String! node: Group }
  type GroupConnection { edges: [GroupEdge] nodes: [Group] pageInfo: PageInfo! }

  type Query {
    currentUser: CurrentUser
    metadata: Metadata
    queryComplexity: QueryComplexity
    group(fullPath: ID!): Group
    project(fullPath: ID!): Project
    projects(ids: [ID!], fullPaths: [String!], search: String, sort: String, membership: Boolean = false, after: String, before: String, first: Int, last: Int): ProjectConnection
  }
`;

let built: GraphQLSchema | undefined;

/** Parsed at the first call, and cached. */
export function gitLabSchema(): GraphQLSchema {
  built ??= buildASTSchema(parse(sdl, { noLocation: true }));
  return built;
}
