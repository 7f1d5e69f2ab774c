/** Schemas of Bitbucket's answers, of the fields that are used: https://developer.atlassian.com/cloud/bitbucket/rest/ */
import { z } from 'zod';
import {
  asId,
  type ForgeAccountId,
  type ForgeOrganizationId,
  type ForgeRepositoryId,
} from '../../domain/ids.ts';

const uuid = z.string().regex(/^\{[0-9a-f-]{36}\}$/i);
const accountId = uuid.transform((text) => asId<ForgeAccountId>(text));
export const repositoryId = uuid.transform((text) => asId<ForgeRepositoryId>(text));
const workspaceId = uuid.transform((text) => asId<ForgeOrganizationId>(text));

export const accountSchema = z.object({
  uuid: accountId,
  nickname: z.string().optional(),
  display_name: z.string().optional(),
});
export type AccountItem = z.infer<typeof accountSchema>;

/** For display: a nickname is neither unique nor permanent, and apps have none. */
export const loginOf = ({ uuid: id, nickname, display_name: name }: AccountItem): string =>
  nickname ?? name ?? id;

export const workspaceSchema = z.object({ uuid: workspaceId, slug: z.string().min(1), name: z.string() });

export const membershipSchema = z.object({ permission: z.string(), user: accountSchema });
export type Membership = z.infer<typeof membershipSchema>;

export const ownMembershipSchema = z.object({
  permission: z.string(),
  user: z.object({ uuid: accountId }).optional(),
});

/** Of the list of workspaces that a person is in. */
export const workspaceAccessSchema = z.object({
  administrator: z.boolean(),
  workspace: z.object({ uuid: workspaceId, slug: z.string().min(1), name: z.string().optional() }),
});

export const repositorySchema = z.object({
  uuid: repositoryId,
  slug: z.string().min(1),
  full_name: z.string().min(1),
  is_private: z.boolean(),
  parent: z.object({}).nullish(),
  mainbranch: z.object({ name: z.string() }).nullish(),
  created_on: z.string(),
  updated_on: z.string(),
  workspace: z.object({ uuid: workspaceId }),
  project: z.object({ key: z.string() }),
});
export type RepositoryItem = z.infer<typeof repositorySchema>;

export const repositoryCountSchema = z.object({ values: z.array(z.unknown()) });

/** The fields of it, for partial responses. */
export const repositoryFields = [
  ...[
    'uuid',
    'slug',
    'full_name',
    'is_private',
    'parent.uuid',
    'mainbranch.name',
    'created_on',
    'updated_on',
  ],
  ...['workspace.uuid', 'project.key'],
];

/** One account's permission on one repository. */
export const rowSchema = z.object({
  permission: z.string(),
  user: accountSchema,
  repository: z.object({ uuid: repositoryId }),
});
export type Row = z.infer<typeof rowSchema>;

export const rowFields = [
  ...['permission', 'user.uuid', 'user.nickname', 'user.display_name', 'repository.uuid'],
];

export const projectUserSchema = z.object({ permission: z.string(), user: accountSchema });
export const projectGroupSchema = z.object({ permission: z.string(), group: z.object({ slug: z.string() }) });

/** API 1.0: https://support.atlassian.com/bitbucket-cloud/docs/groups-endpoint/ */
const groupSchema = z.object({
  slug: z.string().min(1),
  name: z.string(),
  members: z.array(accountSchema),
});
export type GroupItem = z.infer<typeof groupSchema>;
export const groupsSchema = z.array(groupSchema);

/** Of a list, for partial responses. */
export const fieldsOf = (names: readonly string[]): string =>
  ['next', 'size', ...names.map((name) => `values.${name}`)].join(',');
