/**
 * The state of the simulated GitLab. Every id is a number that is never reused; paths may change and be taken over. The API reads it, and
 * changes, git and the registry's own writes (hooks, tokens) change it.
 */

import type { DeliveryOutcome, WebhookMessage } from '../deliveries/delivery.ts';
import { isTokenEnding, type TokenKey, tokenEnding } from '../state/simulated-tokens.ts';
import type { Variant } from './variants.ts';

/** https://docs.gitlab.com/administration/moderate_users/; `blocked_pending_approval` awaits an administrator. */
export type UserState = 'active' | 'blocked' | 'deactivated' | 'banned' | 'blocked_pending_approval';

export interface User {
  readonly id: number;
  username: string;
  name: string;
  email: string;
  state: UserState;
  external: boolean;
  admin: boolean;
  /** Bots of group and project tokens, and service accounts, are members like people. */
  readonly kind: 'human' | 'project_bot' | 'service_account';
  readonly createdAt: string;
}

export interface Member {
  level: number;
  /** The day on which it ends. */
  expiresAt?: string;
  readonly createdAt: string;
  /** A custom role, whose base level is `level`. */
  roleId?: number;
  /** Waits for a seat or an approval: it is listed and gives nothing. */
  awaiting?: true;
}

/** A group that is invited to a group or to a project. */
export interface GroupLink {
  /** The highest level that its members get. */
  level: number;
  expiresAt?: string;
}

export interface MemberRole {
  readonly id: number;
  readonly name: string;
  readonly baseLevel: number;
  readonly readCode: boolean;
}

export type Visibility = 'private' | 'internal' | 'public';

/** What groups and projects have in common. */
export interface Source {
  readonly id: number;
  path: string;
  name: string;
  description?: string;
  visibility: Visibility;
  /** Direct members by the user's id. */
  members: Map<number, Member>;
  /** By the invited group's id. */
  sharedWith: Map<number, GroupLink>;
  readonly createdAt: string;
  /** The day on which it will be deleted. */
  deletionOn?: string;
}

export interface Group extends Source {
  readonly kind: 'group';
  parentId?: number;
  /** Groups that are invited to its projects give nothing. */
  shareWithGroupLock: boolean;
  /** Custom roles; of top-level groups only. */
  memberRoles?: Map<number, MemberRole>;
}

export interface Project extends Source {
  readonly kind: 'project';
  groupId: number;
  repositoryAccess: 'enabled' | 'private' | 'disabled';
  /** Full path of the parent, which may be unknown here. */
  forkOf?: string;
  archived: boolean;
  withoutIssues?: boolean;
  defaultBranch: string;
  /** Bare git repository on disk. */
  readonly gitDirectory: string;
  lastActivityAt: string;
}

export const branchFilterStrategies = ['wildcard', 'regex', 'all_branches'] as const;
export type BranchFilterStrategy = (typeof branchFilterStrategies)[number];

export interface Hook {
  readonly id: number;
  /** Exactly one of both. */
  readonly groupId?: number;
  readonly projectId?: number;
  readonly uuid: string;
  url: string;
  name?: string;
  description?: string;
  events: Set<string>;
  enableSslVerification: boolean;
  branchFilter?: string;
  /** How the filter is read; left out for `wildcard`. */
  branchFilterStrategy?: BranchFilterStrategy;
  /** What is sent instead of the event. */
  customTemplate?: string;
  customHeaders?: Record<string, string>;
  token?: string;
  signingToken?: string;
  readonly createdAt: string;
  /** Consecutive failures. */
  failures: number;
  disabledUntil?: string;
  /** Version 17.10 and before: disabled for good after client errors. */
  disabledForGood?: true;
}

/** https://docs.gitlab.com/user/profile/personal_access_tokens/#personal-access-token-scopes and those of OpenID. */
export const scopes = [
  ...(['api', 'read_api', 'read_user', 'read_repository', 'write_repository'] as const),
  ...(['read_registry', 'write_registry', 'create_runner', 'manage_runner'] as const),
  ...(['sudo', 'admin_mode', 'self_rotate', 'openid', 'profile', 'email'] as const),
] as const;
export type Scope = (typeof scopes)[number];

export interface AccessToken {
  readonly id: number;
  readonly kind: 'personal' | 'group' | 'project';
  readonly userId: number;
  /** The group or project that has the token. */
  readonly sourceId?: number;
  readonly name: string;
  readonly value: string;
  readonly scopes: readonly Scope[];
  readonly createdAt: string;
  /** The day on which it ends. */
  expiresAt?: string;
  lastUsedAt?: string;
  revoked: boolean;
  /** The tokens that came from each other by rotation: using a revoked one revokes all. */
  readonly familyId: number;
}

export interface OAuthApplication {
  readonly id: number;
  name: string;
  readonly clientId: string;
  readonly clientSecret: string;
  redirectUris: readonly string[];
  scopes: readonly Scope[];
  confidential: boolean;
}

/** An access token of an OAuth application with its refresh token. */
export interface OAuthGrant {
  readonly clientId: string;
  readonly userId: number;
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly scopes: readonly Scope[];
  readonly redirectUri: string;
  /** Milliseconds. */
  readonly createdAt: number;
  revoked: boolean;
  /** Whether its refresh token was used. */
  spent: boolean;
  /** All grants that came from one authorization. */
  readonly familyId: number;
}

/** One attempt to deliver a webhook. The guid is its `Idempotency-Key`. */
export interface Delivery extends WebhookMessage, DeliveryOutcome {
  readonly hookId: number;
  /** Where it was sent. */
  readonly url: string;
}

export interface GitLabState extends TokenKey {
  variant: Variant;
  users: Map<number, User>;
  groups: Map<number, Group>;
  projects: Map<number, Project>;
  hooks: Map<number, Hook>;
  tokens: Map<number, AccessToken>;
  applications: Map<string, OAuthApplication>;
  grants: OAuthGrant[];
  deliveries: Delivery[];
  /** Former full paths of projects, in lower case. */
  formerPaths: Map<string, number>;
  nextId: number;
}

/** The personal access token of a simulated user, with all scopes. */
export function personalToken(username: string, key: TokenKey = {}): string {
  return `glpat-${username}_${tokenEnding(key, username)}`;
}

/** The user of a personal access token with all scopes. */
export function userOfPersonalToken(state: GitLabState, token: string): User | undefined {
  const [, name, ending = ''] = /^glpat-([A-Za-z0-9-]+)_(\w+)$/.exec(token) ?? [];
  const username = name?.toLowerCase();
  if (username === undefined || !isTokenEnding(state, username, ending)) return undefined;
  return [...state.users.values()].find((user) => user.username.toLowerCase() === username);
}
