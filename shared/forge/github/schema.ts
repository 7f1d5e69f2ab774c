/**
 * Schemas of GitHub's responses. Fields that are not in a schema are ignored. A missing field or an unknown value fails the read: nothing
 * here has a default.
 */
import { z } from 'zod';
import {
  asId,
  type ForgeAccountId,
  type ForgeOrganizationId,
  type ForgeRepositoryId,
  type ForgeRoleId,
  type ForgeTeamId,
} from '../../domain/ids.ts';
import { graphqlErrorsSchema } from './http.ts';

/** A number: octokit returns integers beyond 2^53 as bigint, and the progress of a read has them as text. */
export const forgeNumber = z
  .union([z.int().positive(), z.bigint().positive(), z.string().regex(/^[1-9]\d*$/)])
  .transform(String);
export const organizationId = forgeNumber.transform((id) => asId<ForgeOrganizationId>(id));
export const repositoryId = forgeNumber.transform((id) => asId<ForgeRepositoryId>(id));
export const teamId = forgeNumber.transform((id) => asId<ForgeTeamId>(id));
export const roleId = forgeNumber.transform((id) => asId<ForgeRoleId>(id));
export const accountId = forgeNumber.transform((id) => asId<ForgeAccountId>(id));
const text = z.string().min(1);

/** A response with only errors has no `data`. */
export const graphqlAnswerSchema = z.object({ data: z.unknown().optional(), errors: graphqlErrorsSchema });

const pageInfo = z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() });

/** One page of a GraphQL list. A null item is one that GitHub does not show us. */
export interface Page<Item> {
  readonly totalCount: number;
  readonly pageInfo: z.infer<typeof pageInfo>;
  readonly items: readonly Item[];
}

/** Accepts GitHub's two forms of a page, and our own, in which an unfinished read is stored. */
const asPage = (value: unknown): unknown => {
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  const items = 'edges' in value ? value.edges : 'nodes' in value ? value.nodes : undefined;
  return items === undefined ? value : { ...value, items };
};

const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.preprocess(asPage, z.object({ totalCount: z.int().nonnegative(), pageInfo, items: z.array(item) }));

/** https://docs.github.com/en/rest/apps/apps#get-an-installation-for-the-authenticated-app */
export const installationSchema = z.object({
  target_type: text,
  suspended_at: z.string().nullable(),
  repository_selection: z.enum(['all', 'selected']),
  permissions: z.object({ organization_custom_org_roles: text.optional() }),
  account: z.object({ id: organizationId, node_id: text, login: text }),
});

/** https://docs.github.com/en/rest/orgs/orgs#get-an-organization; `default_repository_permission` needs a permission. */
export const organizationSchema = z.object({
  id: organizationId,
  login: text,
  name: z.string().nullish(),
  default_repository_permission: z.string(),
});

export const namedOrganizationSchema = organizationSchema.pick({ id: true });

/** GitHub's levels in GraphQL; a custom role appears as its base level. */
export const permissionSchema = z.enum(['READ', 'TRIAGE', 'WRITE', 'MAINTAIN', 'ADMIN']);
export type Permission = z.infer<typeof permissionSchema>;

const account = z.object({ databaseId: accountId, login: text });

export const member = z.object({ role: z.enum(['ADMIN', 'MEMBER']), node: account });
export const teamMember = z.object({ node: account });
export const teamRepository = z.object({
  permission: permissionSchema,
  node: z.object({ databaseId: repositoryId }),
});
export const collaborator = z.object({ permission: permissionSchema, node: account });
export type Member = z.infer<typeof member>;
export type TeamMember = z.infer<typeof teamMember>;
export type TeamRepository = z.infer<typeof teamRepository>;
export type Collaborator = z.infer<typeof collaborator>;

export const team = z.object({
  databaseId: teamId,
  id: text,
  slug: text,
  name: text,
  privacy: text,
  parentTeam: z.object({ databaseId: teamId }).nullable(),
  members: pageOf(teamMember),
  repositories: pageOf(teamRepository),
});
export type Team = z.infer<typeof team>;

const visibility = z.enum(['PUBLIC', 'INTERNAL', 'PRIVATE']);

/** Null if the repository has no objects that a ref could point at. */
const refCount = z.object({ totalCount: z.int().nonnegative() }).nullable();
export const repository = z.object({
  databaseId: repositoryId,
  id: text,
  name: text,
  nameWithOwner: text,
  visibility,
  isFork: z.boolean(),
  isArchived: z.boolean(),
  isDisabled: z.boolean(),
  isEmpty: z.boolean(),
  createdAt: z.string(),
  pushedAt: z.string().nullable(),
  defaultBranchRef: z.object({ name: text }).nullable(),
  tags: refCount,
  branches: refCount,
  collaborators: pageOf(collaborator),
});
export type Repository = z.infer<typeof repository>;

const ofOrganization = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z.object({ node: z.object({ databaseId: organizationId, ...shape }) });

export const membersSchema = ofOrganization({ membersWithRole: pageOf(member) });
export const teamsSchema = ofOrganization({ teams: pageOf(team) });
export const repositoriesSchema = ofOrganization({ repositories: pageOf(repository) });

/** Null for a repository that no longer exists. */
export const chosenRepositoriesSchema = z.object({ nodes: z.array(repository.nullable()) });

export const teamMembersSchema = z.object({
  node: z.object({ databaseId: teamId, members: pageOf(teamMember) }),
});
export const teamRepositoriesSchema = z.object({
  node: z.object({ databaseId: teamId, repositories: pageOf(teamRepository) }),
});
/** For an owner that is not an organization it is enough that it is another one. */
const owner = z.object({ databaseId: organizationId.optional() });
const ancestor = team.omit({ members: true });
export type Ancestor = z.infer<typeof ancestor>;

export const teamPartSchema = z.object({
  node: team.extend({
    organization: z.object({ databaseId: organizationId }),
    ancestors: pageOf(ancestor),
    childTeams: pageOf(team),
  }),
});
/** GitHub hides the collaborators of a repository that is visible only because it is public. */
export const repositoryPartSchema = z.object({
  node: repository.extend({ owner, collaborators: pageOf(collaborator).nullable() }),
});

/** https://docs.github.com/en/rest/teams/teams#get-a-team-by-name, by its number */
export const numberedTeamSchema = z.object({ id: teamId });
/** https://docs.github.com/en/rest/users/users#get-a-user-using-their-id */
export const userSchema = z.object({ id: accountId, login: text });
/** https://docs.github.com/en/rest/orgs/members#get-organization-membership-for-a-user */
export const membershipSchema = z.object({
  state: z.enum(['active', 'pending']),
  role: z.enum(['admin', 'member', 'billing_manager']),
  organization: z.object({ id: organizationId }),
  user: z.object({ id: accountId, login: text }),
});

/** A repository with its owner, or a team with its organization. */
export const presentSchema = z.object({
  node: z.object({
    databaseId: organizationId,
    teams: z.object({ totalCount: z.int().nonnegative() }).optional(),
  }),
  nodes: z.array(
    z
      .object({
        __typename: z.enum(['Repository', 'Team']),
        databaseId: forgeNumber,
        visibility: visibility.optional(),
        owner: owner.optional(),
        organization: owner.optional(),
      })
      .nullable(),
  ),
});

export const collaboratorsSchema = z.object({
  node: z.object({ databaseId: repositoryId, collaborators: pageOf(collaborator) }),
});

const oid = z.string().regex(/^[0-9a-f]{40}$/);
const blob = z.object({
  __typename: z.string(),
  oid,
  byteSize: z.int().nonnegative().optional(),
  isTruncated: z.boolean().optional(),
  text: z.string().nullish(),
});
const treeEntry = z.object({ mode: z.int(), type: z.string(), object: blob.nullable() });
export type TreeEntry = z.infer<typeof treeEntry>;
const commit = z.object({
  __typename: z.literal('Commit'),
  oid,
  committedDate: text,
  file: treeEntry.nullable(),
});
/** A tag may point at a tree or a blob, which makes no version. */
const noCommit = z.object({ __typename: z.enum(['Tree', 'Blob']) });
const tagOf = <Target extends z.ZodType>(target: Target) =>
  z.object({ __typename: z.literal('Tag'), target });
const oneOf = <Tag extends ReturnType<typeof tagOf> | z.ZodObject<{ __typename: z.ZodLiteral<'Tag'> }>>(
  tag: Tag,
) => z.discriminatedUnion('__typename', [commit, noCommit, tag]);
/** The third tag of a chain names its target if that is a tag too. */
const furtherTag = z.object({ __typename: z.literal('Tag'), oid });
const gitTarget = oneOf(tagOf(oneOf(tagOf(oneOf(tagOf(oneOf(furtherTag)))))));
const ref = z.object({ name: text, target: gitTarget });
export type Commit = z.infer<typeof commit>;
export type Blob = z.infer<typeof blob>;
/** The tip of the default branch, with one field for each name that a readme may have. */
const defaultTarget = z.object({
  oid,
  r0: treeEntry.nullish(),
  r1: treeEntry.nullish(),
  r2: treeEntry.nullish(),
});
export type Ref = z.infer<typeof ref>;

export const refsSchema = z.object({
  node: z.object({
    databaseId: repositoryId,
    nameWithOwner: text,
    url: z.url(),
    sshUrl: text,
    /** True for internal repositories too. */
    isPrivate: z.boolean(),
    isArchived: z.boolean(),
    isEmpty: z.boolean(),
    hasIssuesEnabled: z.boolean(),
    defaultBranchRef: z.object({ name: text, target: defaultTarget.nullish() }).nullable(),
    refs: pageOf(ref).nullable(),
  }),
});
export type RepositoryHead = z.infer<typeof refsSchema>['node'];

/** Objects of one repository, requested with the aliases `o0`, `o1`, …; null for a missing one. */
const listedObjects = (value: unknown): unknown =>
  typeof value === 'object' && value !== null
    ? {
        ...value,
        objects: Object.entries(value).flatMap(([name, one]) => (/^o\d+$/.test(name) ? [one] : [])),
      }
    : value;
const objectsOf = <GitObject extends z.ZodType>(object: GitObject) =>
  z.object({
    node: z.preprocess(
      listedObjects,
      z.object({ databaseId: repositoryId, objects: z.array(object.nullable()) }),
    ),
  });
export const tagTargetsSchema = objectsOf(gitTarget);
/** Without entries: it is no folder. */
export const treesSchema = objectsOf(
  z.object({
    entries: z.array(z.object({ name: text, mode: z.int(), type: z.string(), oid })).nullish(),
  }),
);
export const blobsSchema = objectsOf(blob);
export const filesSchema = objectsOf(
  z.object({ __typename: z.literal('Commit'), file: treeEntry.nullable() }),
);

const gitObject = z.object({ __typename: z.string() });
/** Null if the two have no common history. */
const refComparison = z.object({
  compare: z
    .object({
      status: z.enum(['AHEAD', 'BEHIND', 'DIVERGED', 'IDENTICAL']),
      headTarget: z.object({ oid }),
    })
    .nullable(),
});
export type RefComparison = z.infer<typeof refComparison>;

export const hashSchema = z.object({
  node: z.object({ databaseId: repositoryId, object: gitObject.extend({ oid }).nullable() }),
});
export const commitSchema = z.object({
  node: z.object({
    databaseId: repositoryId,
    object: gitObject.nullable(),
    defaultBranchRef: refComparison.nullable(),
  }),
});
export const commitRefsSchema = z.object({
  node: z.object({ databaseId: repositoryId, isEmpty: z.boolean(), refs: pageOf(refComparison).nullable() }),
});
export type CommitRefs = z.infer<typeof commitRefsSchema>;

export const repositoryNameSchema = z.object({
  node: z.object({ databaseId: repositoryId, nameWithOwner: text }),
});

/** https://docs.github.com/en/rest/apps/installations#list-repositories-accessible-to-the-app-installation */
export const selectionSchema = z.object({
  total_count: z.int().nonnegative(),
  repositories: z.array(z.object({ id: repositoryId, node_id: text })),
});
export const selected = selectionSchema.shape.repositories.element;
export type Selected = z.infer<typeof selected>;
/** One selected repository with its details: null if it no longer exists. */
export const chosenRepository = z.object({ id: repositoryId, repository: repository.nullable() });
export type ChosenRepository = z.infer<typeof chosenRepository>;

/**
 * A role without a base role does not concern repositories; the documented example leaves the field out then.
 * https://docs.github.com/en/rest/orgs/organization-roles#get-all-organization-roles-for-an-organization
 */
export const organizationRole = z.object({
  id: roleId,
  name: text,
  base_role: z.enum(['read', 'triage', 'write', 'maintain', 'admin']).nullish(),
});
export type OrganizationRole = z.infer<typeof organizationRole>;
export const organizationRolesSchema = z.object({
  total_count: z.int().nonnegative(),
  roles: z.array(organizationRole),
});
/** On an older server all teams belong to the organization, and the field is missing. */
export const listedTeam = z.object({
  id: teamId,
  slug: text,
  name: text,
  privacy: text.optional(),
  type: z.enum(['organization', 'enterprise']).optional(),
});
export type ListedTeam = z.infer<typeof listedTeam>;
export const listedMember = z.object({ id: accountId, login: text });
export type ListedMember = z.infer<typeof listedMember>;
export const listedRepository = z.object({
  id: repositoryId,
  role_name: text,
  permissions: z.object({ pull: z.boolean() }),
});
export type ListedRepository = z.infer<typeof listedRepository>;

/** `indirect`: only through a team, or the team above. An Enterprise Server without this field lists direct holders only. */
const assignment = z.enum(['direct', 'indirect', 'mixed']).optional();
export const roleMember = z.object({ id: accountId, login: text, assignment });
export type RoleMember = z.infer<typeof roleMember>;
export const roleTeam = z.object({ id: teamId, assignment });
export type RoleTeam = z.infer<typeof roleTeam>;

/** A repository by its number, at the URL that GitHub's own redirects use. */
export const repositoryNodeSchema = z.object({ id: repositoryId, node_id: text });

/** https://docs.github.com/en/rest/git/blobs#get-a-blob */
export const blobSchema = z.object({ encoding: z.literal('base64'), content: z.string() });

/** https://docs.github.com/en/rest/git/trees#get-a-tree */
export const recursiveTreeSchema = z.object({
  tree: z.array(z.object({ path: text, type: z.string() })),
});
