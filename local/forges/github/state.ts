/**
 * The state of the simulated GitHub. Every id is a number that is never reused; names may change and be taken over. Both halves of the
 * simulator share this model: the API that reads it, and the world and git side that changes it.
 */

import type { DeliveryOutcome, WebhookMessage } from '../deliveries/delivery.ts';
import { isTokenEnding, type TokenKey, tokenEnding } from '../state/simulated-tokens.ts';

/** Repository permission, the five levels of GitHub's base roles. */
export type Permission = 'pull' | 'triage' | 'push' | 'maintain' | 'admin';

export interface User {
  readonly id: number;
  readonly nodeId: string;
  login: string;
  name?: string;
  email?: string;
  /** Suspended accounts stay listed on Enterprise installations but lose access. */
  suspended?: boolean;
  type: 'User' | 'Bot';
}

export interface Organization {
  readonly id: number;
  readonly nodeId: string;
  login: string;
  name: string;
  /** Slug of the enterprise it belongs to; only then may it have `internal` repositories. */
  enterprise?: string;
  defaultRepositoryPermission: 'none' | 'read' | 'write' | 'admin';
  members: Map<number, { role: 'admin' | 'member'; state: 'active' | 'pending' }>;
  /** Missing if the plan has no organization roles. */
  roles?: Map<number, OrganizationRole>;
}

/** A role in the organization itself, besides owner and member. */
export interface OrganizationRole {
  readonly id: number;
  readonly name: string;
  /** The permission that it gives on every repository. */
  base?: Permission;
  readonly isPredefined: boolean;
  /** The users who were given it directly. */
  readonly users: Set<number>;
  readonly teams: Set<number>;
}

export interface Team {
  readonly id: number;
  readonly nodeId: string;
  readonly organizationId: number;
  slug: string;
  name: string;
  description?: string;
  privacy: 'closed' | 'secret';
  /**
   * Whether it is a team of the enterprise that was added to this organization: GraphQL does not show it, and no app gets its events. Never
   * nested or secret.
   */
  enterprise?: true;
  parentId?: number;
  /** Immediate members only; members of child teams are derived. */
  members: Map<number, 'member' | 'maintainer'>;
  /** Direct grants only; rights inherited from ancestors are derived. */
  repositories: Map<number, Permission>;
}

export interface Repository {
  readonly id: number;
  readonly nodeId: string;
  organizationId: number;
  name: string;
  description?: string;
  visibility: 'public' | 'private' | 'internal';
  /** Full name of the parent, when this is a fork. */
  forkOf?: string;
  archived: boolean;
  disabled: boolean;
  /** Locked, as while it is being migrated. */
  locked?: boolean;
  /** Whether its issues are switched off. */
  withoutIssues?: boolean;
  defaultBranch: string;
  /** Bare git repository on disk. */
  readonly gitDirectory: string;
  /** ISO 8601 */
  createdAt: string;
  pushedAt: string;
  /** Direct and outside collaborators. */
  collaborators: Map<number, Permission>;
}

export interface Installation {
  readonly id: number;
  readonly organizationId: number;
  repositorySelection: 'all' | 'selected';
  /** Only for `selected`. */
  repositoryIds: Set<number>;
  suspendedAt?: string;
  permissions: Record<string, 'read' | 'write' | 'admin'>;
  createdAt: string;
  /** Last change of selection, permissions or suspension; `createdAt` where there was none. */
  updatedAt?: string;
}

/** One attempt to deliver a webhook. The guid is its `X-GitHub-Delivery`. */
export interface Delivery extends WebhookMessage, DeliveryOutcome {
  readonly installationId?: number;
  readonly repositoryId?: number;
}

export interface App {
  readonly id: number;
  readonly nodeId: string;
  /** Display name; the slug if missing. */
  readonly name?: string;
  readonly slug: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** PKCS#1 PEM, as GitHub hands it out. */
  readonly privateKey: string;
  readonly webhookSecret: string;
  webhookUrl?: string;
  /** Events that the app subscribes to; `installation*` and `github_app_authorization` are sent in any case. */
  events?: readonly string[];
  /** Permissions granted on installation; `appPermissions` if missing. */
  readonly permissions?: Installation['permissions'];
  /** Redirect addresses that sign-in accepts, exactly. */
  callbackUrls?: readonly string[];
  /** Redirect address after installation. */
  setupUrl?: string;
}

export interface GitHubState extends TokenKey {
  app: App;
  users: Map<number, User>;
  organizations: Map<number, Organization>;
  teams: Map<number, Team>;
  repositories: Map<number, Repository>;
  installations: Map<number, Installation>;
  deliveries: Delivery[];
  /** Old full names (lower case) of renamed or transferred repositories, for redirects: name to repository id. */
  formerNames: Map<string, number>;
  nextId: number;
}

/**
 * A node id in GitHub's format of 2021: a prefix for the type and base64url of the MessagePack array `[0, id]`
 * (`[0, organization id, team id]` for teams).
 * https://github.blog/changelog/2022-02-10-new-global-id-format-coming-to-graphql
 */
export function nodeId(prefix: string, ...ids: readonly number[]): string {
  const bytes = Buffer.alloc(2 + ids.length * 5);
  bytes[0] = 0x90 + 1 + ids.length;
  ids.forEach((id, index) => {
    const offset = 2 + index * 5;
    bytes[offset] = 0xce;
    bytes.writeUInt32BE(id, offset + 1);
  });
  return `${prefix}_${bytes.toString('base64url')}`;
}

/** The personal access token of a simulated user. */
export function personalToken(login: string, key: TokenKey = {}): string {
  return `ghp_${login}_${tokenEnding(key, login)}`;
}

/** The user of a personal access token; undefined for suspended and unknown ones. */
export function userOfPersonalToken(state: GitHubState, token: string): User | undefined {
  const [, name, ending = ''] = /^ghp_([A-Za-z0-9-]+)_(\w+)$/.exec(token) ?? [];
  const login = name?.toLowerCase();
  if (login === undefined || !isTokenEnding(state, login, ending)) return undefined;
  const user = [...state.users.values()].find((candidate) => candidate.login.toLowerCase() === login);
  return user?.suspended ? undefined : user;
}
