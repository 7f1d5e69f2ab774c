import { join } from 'node:path';
import { z } from 'zod';
import {
  type AccessToken,
  scopes as allScopes,
  branchFilterStrategies,
  type Delivery,
  type GitLabState,
  type Group,
  type GroupLink,
  type Hook,
  type Member,
  type MemberRole,
  type OAuthApplication,
  type OAuthGrant,
  type Project,
  type User,
} from './state.ts';
import type { Variant } from './variants.ts';

/** Requires a schema for every field of a type, so that a new field cannot be forgotten here and lost in a restart. */
type Fields<Type> = Record<keyof Type, z.ZodType>;

const id = z.number().int();
const text = z.string();
const flag = z.boolean();
const strings = z.record(text, text);
const scopes = z.array(z.enum(allScopes));

const variant = z.object({
  offering: z.enum(['gitlab.com', 'self-managed']),
  plan: z.enum(['community', 'free', 'premium']),
  version: text,
  isSigningOff: flag.optional(),
} satisfies Fields<Variant>);

const user = z.object({
  id,
  username: text,
  name: text,
  email: text,
  state: z.enum(['active', 'blocked', 'deactivated', 'banned', 'blocked_pending_approval']),
  external: flag,
  admin: flag,
  kind: z.enum(['human', 'project_bot', 'service_account']),
  createdAt: text,
} satisfies Fields<User>);

const member = z.object({
  level: id,
  expiresAt: text.exactOptional(),
  createdAt: text,
  roleId: id.exactOptional(),
  awaiting: z.literal(true).exactOptional(),
} satisfies Fields<Member>);

const link = z.object({ level: id, expiresAt: text.exactOptional() } satisfies Fields<GroupLink>);

const source = {
  id,
  path: text,
  name: text,
  description: text.exactOptional(),
  visibility: z.enum(['private', 'internal', 'public']),
  members: z.map(id, member),
  sharedWith: z.map(id, link),
  createdAt: text,
  deletionOn: text.exactOptional(),
};

const memberRole = z.object({ id, name: text, baseLevel: id, readCode: flag } satisfies Fields<MemberRole>);

const group = z.object({
  ...source,
  kind: z.literal('group'),
  parentId: id.exactOptional(),
  shareWithGroupLock: flag,
  memberRoles: z.map(id, memberRole).exactOptional(),
} satisfies Fields<Group>);

const project = z.object({
  ...source,
  kind: z.literal('project'),
  groupId: id,
  repositoryAccess: z.enum(['enabled', 'private', 'disabled']),
  forkOf: text.exactOptional(),
  archived: flag,
  withoutIssues: flag.exactOptional(),
  defaultBranch: text,
  gitDirectory: text,
  lastActivityAt: text,
} satisfies Fields<Project>);

const hook = z.object({
  id,
  groupId: id.exactOptional(),
  projectId: id.exactOptional(),
  uuid: text,
  url: text,
  name: text.exactOptional(),
  description: text.exactOptional(),
  events: z.set(text),
  enableSslVerification: flag,
  branchFilter: text.exactOptional(),
  branchFilterStrategy: z.enum(branchFilterStrategies).exactOptional(),
  customTemplate: text.exactOptional(),
  customHeaders: z.record(z.string(), z.string()).exactOptional(),
  token: text.exactOptional(),
  signingToken: text.exactOptional(),
  createdAt: text,
  failures: id,
  disabledUntil: text.exactOptional(),
  disabledForGood: z.literal(true).exactOptional(),
} satisfies Fields<Hook>);

const accessToken = z.object({
  id,
  kind: z.enum(['personal', 'group', 'project']),
  userId: id,
  sourceId: id.exactOptional(),
  name: text,
  value: text,
  scopes,
  createdAt: text,
  expiresAt: text.exactOptional(),
  lastUsedAt: text.exactOptional(),
  revoked: flag,
  familyId: id,
} satisfies Fields<AccessToken>);

const application = z.object({
  id,
  name: text,
  clientId: text,
  clientSecret: text,
  redirectUris: z.array(text),
  scopes,
  confidential: flag,
} satisfies Fields<OAuthApplication>);

const grant = z.object({
  clientId: text,
  userId: id,
  accessToken: text,
  refreshToken: text,
  scopes,
  redirectUri: text,
  createdAt: z.number(),
  revoked: flag,
  spent: flag,
  familyId: id,
} satisfies Fields<OAuthGrant>);

export const deliverySchema: z.ZodType<Delivery> = z.object({
  id,
  guid: text,
  event: text,
  action: text.exactOptional(),
  hookId: id,
  url: text,
  deliveredAt: text,
  redelivery: flag,
  status: text,
  statusCode: z.number(),
  durationMs: z.number(),
  body: text,
  requestHeaders: strings.exactOptional(),
  responseHeaders: strings.exactOptional(),
  responseBody: text.exactOptional(),
} satisfies Fields<Delivery>);

/** @param gitRoot - the current folder of the repositories; it may have moved since the state was written. */
export function stateSchema(gitRoot: string): z.ZodType<GitLabState> {
  const withDirectory = project.transform((value) => ({
    ...value,
    gitDirectory: join(gitRoot, `${value.id}.git`),
  }));
  return z.object({
    variant,
    users: z.map(id, user),
    groups: z.map(id, group),
    projects: z.map(id, withDirectory),
    hooks: z.map(id, hook),
    tokens: z.map(id, accessToken),
    applications: z.map(text, application),
    grants: z.array(grant),
    deliveries: z.array(deliverySchema).default([]),
    formerPaths: z.map(text, id),
    nextId: id,
    tokenKey: z.string().optional(),
  } satisfies Fields<GitLabState>);
}
