/**
 * GraphQL for the direct members of many groups or projects at once. https://docs.gitlab.com/api/graphql/reference/
 *
 * A page of 100 projects with 100 members each has a complexity of about 80, of 250 that are allowed: each field counts 1, and a list 1 % more for
 * each item that is asked for (gitlabhq: app/graphql/types/base_field.rb).
 */
import { z } from 'zod';
import type { Query } from './requests.ts';
import { cursor, groupGlobalId, membershipPage, projectGlobalId } from './schema.ts';

/** @param roles whether it is asked who has a custom role; the Community Edition has no such field */
const membersOf = (roles: boolean): string =>
  `pageInfo { hasNextPage } nodes { accessLevel { integerValue } expiresAt user { id username state }${roles ? ' memberRole { id }' : ''} }`;
const pageInfo = 'pageInfo { hasNextPage endCursor }';

const groupMembersSchema = z.object({
  group: z.object({
    id: groupGlobalId,
    groupMembers: membershipPage,
    descendantGroups: z.object({
      pageInfo: cursor,
      nodes: z.array(z.object({ id: groupGlobalId, groupMembers: membershipPage })),
    }),
  }),
});

const projectMembersSchema = z.object({
  group: z.object({
    id: groupGlobalId,
    projects: z.object({
      pageInfo: cursor,
      nodes: z.array(z.object({ id: projectGlobalId, projectMembers: membershipPage })),
    }),
  }),
});

function queriesOf(roles: boolean) {
  const members = membersOf(roles);
  const groups: Query<typeof groupMembersSchema> = {
    name: 'GroupMembers',
    text: `query GroupMembers($path: ID!, $size: Int!, $after: String) {
  group(fullPath: $path) { id groupMembers(relations: [DIRECT], first: 100) { ${members} }
    descendantGroups(first: $size, after: $after) { ${pageInfo} nodes { id groupMembers(relations: [DIRECT], first: 100) { ${members} } } } } }`,
    schema: groupMembersSchema,
  };
  const projects: Query<typeof projectMembersSchema> = {
    name: 'ProjectMembers',
    text: `query ProjectMembers($path: ID!, $size: Int!, $after: String) {
  group(fullPath: $path) { id projects(includeSubgroups: true, first: $size, after: $after) { ${pageInfo} nodes { id projectMembers(relations: [DIRECT], first: 100) { ${members} } } } } }`,
    schema: projectMembersSchema,
  };
  return { groups, projects };
}
export type MembersQueries = ReturnType<typeof queriesOf>;

const [plain, withRoles] = [queriesOf(false), queriesOf(true)];

/** The queries of members. @param roles whether it is asked who has a custom role */
export const membersQueries = (roles: boolean): MembersQueries => (roles ? withRoles : plain);
