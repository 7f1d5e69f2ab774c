/**
 * The parts of GitLab's answers that we use. A missing field makes an answer incomplete; nothing has a default that could grant. Each schema also
 * takes its own output, which a read in steps stores.
 */
import { z } from 'zod';
import { asId, type ForgeAccountId, type ForgeRepositoryId, type ForgeTeamId } from '../../domain/ids.ts';

/** Ids go beyond 32 bits, so they are text here. */
const number = z.union([z.int().positive(), z.string().regex(/^\d+$/)]).transform(String);
const groupNumber = number.transform((id) => asId<ForgeTeamId>(id));
const accountNumber = number.transform((id) => asId<ForgeAccountId>(id));
const projectNumber = number.transform((id) => asId<ForgeRepositoryId>(id));
const text = z.string().min(1);

/**
 * A day, or a time: milliseconds since the epoch. What ends on a day ends when the day begins, in UTC:
 * https://docs.gitlab.com/user/project/members/#add-users-to-a-project
 */
const end = z
  .union([z.iso.date(), z.iso.datetime({ offset: true }), z.number()])
  .nullable()
  .transform((day) => (typeof day === 'string' ? Date.parse(day) : day));

/** https://docs.gitlab.com/api/groups/#get-a-single-group */
const linkSchema = z.object({ group_id: groupNumber, group_access_level: z.int(), expires_at: end });
export type LinkItem = z.infer<typeof linkSchema>;

export const groupSchema = z.object({
  id: groupNumber,
  path: text,
  name: text,
  full_path: text,
  parent_id: groupNumber.nullable(),
  share_with_group_lock: z.boolean(),
  /** Where the plan lets groups wait for their deletion. */
  marked_for_deletion_on: z.string().nullish(),
});
export type GroupItem = z.infer<typeof groupSchema>;

export const groupDetailSchema = groupSchema.extend({ shared_with_groups: z.array(linkSchema) });
export type GroupDetail = z.infer<typeof groupDetailSchema>;

/**
 * A top-level group, and whether it is shown with what only its owners see: gitlabhq: lib/api/entities/group_detail.rb, by version one field or
 * both. They are secret or of no use, and are not kept.
 */
export const topGroupSchema = groupDetailSchema
  .extend({ runners_token: z.unknown(), enabled_git_access_protocol: z.unknown() })
  .partial({ runners_token: true, enabled_git_access_protocol: true })
  .transform(({ runners_token: token, enabled_git_access_protocol: protocol, ...detail }) => ({
    ...detail,
    isShownToOwner: token !== undefined || protocol !== undefined,
  }));

/**
 * https://docs.gitlab.com/api/members/; `membership_state` is only there in the Enterprise Edition, and `member_role` where the plan has custom roles:
 * https://docs.gitlab.com/api/member_roles/
 */
export const memberSchema = z.object({
  id: accountNumber,
  username: text,
  state: text,
  membership_state: z.string().optional(),
  access_level: z.int(),
  expires_at: end,
  member_role: z.object({ read_code: z.boolean().optional() }).nullish(),
});
export type Member = z.infer<typeof memberSchema>;

/** https://docs.gitlab.com/api/projects/#get-a-single-project; the mark for deletion had another name before 18.0. */
export const projectSchema = z.object({
  id: projectNumber,
  path: text,
  path_with_namespace: text,
  namespace: z.object({ id: groupNumber }),
  visibility: z.enum(['public', 'internal', 'private']),
  repository_access_level: z.enum(['disabled', 'private', 'enabled', 'public']),
  archived: z.boolean(),
  marked_for_deletion_on: z.string().nullish(),
  marked_for_deletion_at: z.string().nullish(),
  default_branch: z.string().nullish(),
  created_at: text,
  last_activity_at: text,
  forked_from_project: z.object({}).nullish(),
  shared_with_groups: z.array(linkSchema),
});
export type ProjectItem = z.infer<typeof projectSchema>;

/** Of a project what its contents need. */
export const projectHeadSchema = projectSchema
  .pick({
    ...{ id: true, path_with_namespace: true, visibility: true, archived: true, default_branch: true },
    ...{ marked_for_deletion_on: true, marked_for_deletion_at: true },
  })
  .extend({
    web_url: z.url(),
    http_url_to_repo: text,
    ssh_url_to_repo: text,
    issues_enabled: z.boolean(),
  });
export type ProjectHead = z.infer<typeof projectHeadSchema>;

const refItem = z.object({
  name: text,
  /** Null for a tag that leads to no commit. */
  commit: z.object({ id: z.string().regex(/^[0-9a-f]{40}$/), committed_date: text }).nullable(),
  /** Of a branch. */
  default: z.boolean().optional(),
});
export type RefItem = z.infer<typeof refItem>;
/** https://docs.gitlab.com/api/tags/ and https://docs.gitlab.com/api/branches/; identified by its name. */
export const refSchema = refItem.transform((ref) => ({ ...ref, id: ref.name }));

/** https://docs.gitlab.com/api/metadata/ */
export const metadataSchema = z.object({ version: text, enterprise: z.boolean() });

/** https://docs.gitlab.com/api/users/#get-the-current-user; `is_admin` is only there for administrators. */
export const userSchema = z.object({
  id: accountNumber,
  username: text,
  // Only for show: nobody is kept out because of them.
  name: z.string().nullish().catch(undefined),
  avatar_url: z
    .url({ protocol: /^https?$/ })
    .nullish()
    .catch(undefined),
  is_admin: z.boolean().optional(),
});

/** https://docs.gitlab.com/api/group_members/#list-pending-members-of-a-group-and-its-subgroups-and-projects; somebody invited by e-mail has no name. */
export const pendingSchema = z.object({ id: number, username: text.optional() });
export type Pending = z.infer<typeof pendingSchema>;

export const graphqlAnswerSchema = z.object({
  data: z.unknown().optional(),
  errors: z.array(z.object({ message: z.string().catch('') })).optional(),
});

/** The number in GraphQL's `gid://gitlab/User/42`. https://docs.gitlab.com/api/graphql/reference/#id */
const globalId = z.string().transform((gid, context) => {
  const found = /^(?:gid:\/\/gitlab\/\w+\/)?(\d+)$/.exec(gid)?.[1];
  if (found === undefined) {
    context.addIssue('not a global id');
    return z.NEVER;
  }
  return found;
});

export const groupGlobalId = globalId.transform((id) => asId<ForgeTeamId>(id));
export const projectGlobalId = globalId.transform((id) => asId<ForgeRepositoryId>(id));

/** One membership. Without a user it is an invitation by e-mail. */
const membershipNode = z.object({
  accessLevel: z.object({ integerValue: z.int() }),
  expiresAt: end,
  user: z
    .object({ id: globalId.transform((id) => asId<ForgeAccountId>(id)), username: text, state: text })
    .nullable(),
  /** What a role allows is only in the lists of REST. Missing where it was not asked for. */
  memberRole: z.object({ id: z.string() }).nullish(),
});
export const membershipPage = z.object({
  pageInfo: z.object({ hasNextPage: z.boolean() }),
  nodes: z.array(membershipNode),
});
export const cursor = z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() });
export type MembershipPage = z.infer<typeof membershipPage>;
