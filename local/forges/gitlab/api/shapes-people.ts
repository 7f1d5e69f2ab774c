import type { ExpandedUserSchema, MemberSchema, SimpleUserSchema } from '@gitbeaker/rest';
import { levelName, MAINTAINER } from '../levels.ts';
import type { MemberRow } from '../members.ts';
import type { GitLabState, User } from '../state.ts';
import { differences } from '../variants.ts';
import type { Addresses } from './context.ts';
import type { Held } from './held.ts';

/** The fields that every mention of a user has. */
export function userReference({ web }: Addresses, user: User) {
  return {
    id: user.id,
    username: user.username,
    public_email: '',
    name: user.name,
    state: user.state,
    locked: false,
    avatar_url: null,
    web_url: `${web}/${user.username}`,
  } satisfies Held<SimpleUserSchema, 'created_at'>;
}

/** A user as others see it. https://docs.gitlab.com/api/users/#get-a-user */
export function publicUser(addresses: Addresses, user: User) {
  return {
    ...userReference(addresses, user),
    created_at: user.createdAt,
    bio: '',
    location: '',
    linkedin: '',
    twitter: '',
    discord: '',
    website_url: '',
    github: '',
    job_title: '',
    pronouns: null,
    organization: '',
    bot: user.kind !== 'human',
    work_information: null,
    local_time: null,
    is_followed: false,
    followers: 0,
    following: 0,
  };
}

/** https://docs.gitlab.com/api/users/#get-the-current-user */
export function currentUser(addresses: Addresses, user: User) {
  const shape = {
    ...publicUser(addresses, user),
    ...{ last_sign_in_at: user.createdAt, confirmed_at: user.createdAt, last_activity_on: null },
    ...{ email: user.email, commit_email: user.email, theme_id: 3, color_scheme_id: 1 },
    ...{ projects_limit: 100_000, current_sign_in_at: null, identities: [], note: null },
    ...{ can_create_group: true, can_create_project: true, two_factor_enabled: false },
    ...{ external: user.external, private_profile: false, namespace_id: user.id, created_by: null },
    ...{ shared_runners_minutes_limit: null, extra_shared_runners_minutes_limit: null, skype: '' },
  };
  shape satisfies Held<ExpandedUserSchema, 'is_admin' | 'private_profile'>;
  return user.admin ? { ...shape, is_admin: true } : shape;
}

/** @param isOwner - whether the requester owns the group or project, and so sees more */
export function memberShape(state: GitLabState, addresses: Addresses, row: MemberRow, isOwner: boolean) {
  const { user, role } = row;
  return {
    ...userReference(addresses, user),
    access_level: row.level,
    created_at: row.createdAt,
    expires_at: row.expiresAt ?? null,
    ...(differences.isEnterprise(state.variant) && {
      membership_state: row.awaiting ? 'awaiting' : 'active',
    }),
    ...(isOwner && { group_saml_identity: null, email: null }),
    ...(differences.hasMemberRoles(state.variant) && {
      member_role: role === undefined ? null : roleShape(role),
    }),
  } satisfies Held<MemberSchema, 'group_saml_identity' | 'email'>;
}

function roleShape(role: NonNullable<MemberRow['role']>) {
  return {
    id: role.id,
    group_id: null,
    name: role.name,
    description: `${levelName(role.baseLevel)} with more`,
    base_access_level: Math.min(role.baseLevel, MAINTAINER),
    read_code: role.readCode,
  };
}

/** A membership that waits. https://docs.gitlab.com/api/group_members/#list-pending-members-of-a-group-and-its-subgroups-and-projects */
export function pendingShape(
  addresses: Addresses,
  { id, user }: { readonly id: string; readonly user: User },
) {
  const { name, username, avatar_url, web_url } = userReference(addresses, user);
  return {
    ...{ id: Number(id), name, username, email: user.email, avatar_url, web_url },
    ...{ approved: false, invited: false },
  };
}
