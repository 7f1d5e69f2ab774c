/**
 * The state of the simulated Bitbucket. Everything has a UUID that is never reused; slugs and nicknames may change and be taken over. The API
 * reads it, and changes, git and the registry's own writes (hooks, tokens) change it.
 */

import type { DeliveryOutcome, WebhookMessage } from '../deliveries/delivery.ts';
import { isTokenEnding, type TokenKey, tokenEnding } from '../state/simulated-tokens.ts';
import type { ApiScope, Scope } from './scopes.ts';
import type { Variant } from './variants.ts';

export interface Account {
  /** With its braces, as all UUIDs here. */
  readonly uuid: string;
  /** The Atlassian account's id. */
  readonly accountId: string;
  nickname: string;
  displayName: string;
  email: string;
  /** When it was deactivated: for 14 days it is still listed. */
  deactivatedAt?: string;
  /** Whether Bitbucket takes it, and what it owns, for spam. */
  spam?: true;
  readonly createdOn: string;
}

export type WorkspaceRole = 'owner' | 'member' | 'collaborator';
export type RepositoryPermission = 'read' | 'write' | 'admin';
export type ProjectPermission = RepositoryPermission | 'create-repo';

export interface Group {
  /** Unique in its workspace. */
  readonly slug: string;
  name: string;
  /** By UUID. */
  members: Set<string>;
}

export interface Workspace {
  readonly uuid: string;
  slug: string;
  name: string;
  members: Map<string, { role: WorkspaceRole; readonly addedOn: string }>;
  /** By slug. */
  groups: Map<string, Group>;
  spam?: true;
  readonly createdOn: string;
}

/** Explicit permissions. */
export interface Grants<Permission extends string> {
  /** By the account's UUID. */
  users: Map<string, Permission>;
  /** By the group's slug. */
  groups: Map<string, Permission>;
}

export interface Project extends Grants<ProjectPermission> {
  readonly uuid: string;
  /** UUID. */
  readonly workspace: string;
  key: string;
  name: string;
  readonly createdOn: string;
}

export interface Repository extends Grants<RepositoryPermission> {
  readonly uuid: string;
  /** UUIDs. */
  workspace: string;
  project: string;
  slug: string;
  name: string;
  description: string;
  isPrivate: boolean;
  /** Full name of the parent, which may be unknown here. */
  parent?: string;
  defaultBranch: string;
  /** Bare git repository on disk. */
  readonly gitDirectory: string;
  readonly createdOn: string;
  updatedOn: string;
}

export interface Hook {
  readonly uuid: string;
  /** UUID; of a repository's hook that of its workspace. */
  readonly workspace: string;
  readonly repository?: string;
  url: string;
  description: string;
  active: boolean;
  events: Set<string>;
  secret?: string;
  skipsCertificates?: true;
  readonly createdAt: string;
}

export interface Consumer {
  readonly key: string;
  readonly secret: string;
  name: string;
  callbackUrl: string;
  scopes: readonly Scope[];
  /** A private one may ask for a grant of its own (`client_credentials`). */
  isPrivate: boolean;
  /** UUID of the workspace that it was made in. */
  readonly workspace: string;
}

/** An access token of a consumer with its refresh token. */
export interface OAuthGrant {
  readonly consumer: string;
  /** UUID; undefined where the consumer speaks for itself. */
  readonly account?: string;
  readonly accessToken: string;
  readonly refreshToken?: string;
  readonly scopes: readonly Scope[];
  /** Milliseconds. */
  readonly createdAt: number;
  revoked: boolean;
  /** When its refresh token was first used; milliseconds. */
  refreshedAt?: number;
}

/** A person's API token. */
export interface ApiToken {
  readonly id: number;
  /** UUID. */
  readonly account: string;
  readonly name: string;
  readonly value: string;
  scopes: readonly ApiScope[];
  expiresAt: string;
  revoked: boolean;
}

/** A token of a repository, a project or a workspace. */
export interface AccessToken {
  readonly id: number;
  readonly kind: 'repository' | 'project' | 'workspace';
  /** UUID of the repository, project or workspace. */
  readonly holder: string;
  readonly name: string;
  readonly value: string;
  scopes: readonly Scope[];
  expiresAt?: string;
  revoked: boolean;
}

/** One attempt to deliver a webhook. The guid is its `X-Request-UUID`. */
export interface Delivery extends WebhookMessage, DeliveryOutcome {
  /** UUID. */
  readonly hook: string;
  /** Where it was sent. */
  readonly url: string;
}

export interface BitbucketState extends TokenKey {
  variant: Variant;
  /** All by UUID, in the order in which they were made. */
  accounts: Map<string, Account>;
  workspaces: Map<string, Workspace>;
  projects: Map<string, Project>;
  repositories: Map<string, Repository>;
  hooks: Map<string, Hook>;
  /** By key. */
  consumers: Map<string, Consumer>;
  grants: OAuthGrant[];
  apiTokens: Map<number, ApiToken>;
  accessTokens: Map<number, AccessToken>;
  deliveries: Delivery[];
  /** Of tokens and deliveries. */
  nextId: number;
}

/** The API token of a simulated account, with all scopes. */
export function simulatedToken(nickname: string, key: TokenKey = {}): string {
  return `ATATT-${nickname}_${tokenEnding(key, nickname)}`;
}

/** The account of an API token with all scopes. */
export function accountOfSimulatedToken(state: BitbucketState, token: string): Account | undefined {
  const [, name, ending = ''] = /^ATATT-([A-Za-z0-9-]+)_(\w+)$/.exec(token) ?? [];
  const nickname = name?.toLowerCase();
  if (nickname === undefined || !isTokenEnding(state, nickname, ending)) return undefined;
  return [...state.accounts.values()].find((account) => account.nickname.toLowerCase() === nickname);
}
