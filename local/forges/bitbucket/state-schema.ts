import { join } from 'node:path';
import { z } from 'zod';
import { apiScopes, scopes } from './scopes.ts';
import type {
  AccessToken,
  Account,
  ApiToken,
  BitbucketState,
  Consumer,
  Delivery,
  Group,
  Hook,
  OAuthGrant,
  Project,
  Repository,
  Workspace,
} from './state.ts';
import type { Variant } from './variants.ts';

/** Requires a schema for every field of a type, so that a new field cannot be forgotten here and lost in a restart. */
type Fields<Type> = Record<keyof Type, z.ZodType>;

const text = z.string();
const flag = z.boolean();
const number = z.number();
const strings = z.record(text, text);
const scopeList = z.array(z.enum(scopes));
const projectPermission = z.enum(['read', 'write', 'admin', 'create-repo']);
const repositoryPermission = z.enum(['read', 'write', 'admin']);

const variant = z.object({
  plan: z.enum(['free', 'standard', 'premium']),
  administration: z.enum(['bitbucket', 'atlassian']),
  seats: number,
  listsProjectGrants: flag,
  groups: z.enum(['served', 'empty', 'not-found', 'removed']),
  archivesTakeOAuth: flag,
} satisfies Fields<Variant>);

const account = z.object({
  uuid: text,
  accountId: text,
  nickname: text,
  displayName: text,
  email: text,
  deactivatedAt: text.exactOptional(),
  spam: z.literal(true).exactOptional(),
  createdOn: text,
} satisfies Fields<Account>);

const group = z.object({ slug: text, name: text, members: z.set(text) } satisfies Fields<Group>);

const workspace = z.object({
  uuid: text,
  slug: text,
  name: text,
  members: z.map(text, z.object({ role: z.enum(['owner', 'member', 'collaborator']), addedOn: text })),
  groups: z.map(text, group),
  spam: z.literal(true).exactOptional(),
  createdOn: text,
} satisfies Fields<Workspace>);

const project = z.object({
  uuid: text,
  workspace: text,
  key: text,
  name: text,
  users: z.map(text, projectPermission),
  groups: z.map(text, projectPermission),
  createdOn: text,
} satisfies Fields<Project>);

const repository = z.object({
  uuid: text,
  workspace: text,
  project: text,
  slug: text,
  name: text,
  description: text,
  isPrivate: flag,
  parent: text.exactOptional(),
  users: z.map(text, repositoryPermission),
  groups: z.map(text, repositoryPermission),
  defaultBranch: text,
  gitDirectory: text,
  createdOn: text,
  updatedOn: text,
} satisfies Fields<Repository>);

const hook = z.object({
  uuid: text,
  workspace: text,
  repository: text.exactOptional(),
  url: text,
  description: text,
  active: flag,
  events: z.set(text),
  secret: text.exactOptional(),
  skipsCertificates: z.literal(true).exactOptional(),
  createdAt: text,
} satisfies Fields<Hook>);

const consumer = z.object({
  key: text,
  secret: text,
  name: text,
  callbackUrl: text,
  scopes: scopeList,
  isPrivate: flag,
  workspace: text,
} satisfies Fields<Consumer>);

const grant = z.object({
  consumer: text,
  account: text.exactOptional(),
  accessToken: text,
  refreshToken: text.exactOptional(),
  scopes: scopeList,
  createdAt: number,
  revoked: flag,
  refreshedAt: number.exactOptional(),
} satisfies Fields<OAuthGrant>);

const apiToken = z.object({
  id: number,
  account: text,
  name: text,
  value: text,
  scopes: z.array(z.enum(apiScopes)),
  expiresAt: text,
  revoked: flag,
} satisfies Fields<ApiToken>);

const accessToken = z.object({
  id: number,
  kind: z.enum(['repository', 'project', 'workspace']),
  holder: text,
  name: text,
  value: text,
  scopes: scopeList,
  expiresAt: text.exactOptional(),
  revoked: flag,
} satisfies Fields<AccessToken>);

export const deliverySchema: z.ZodType<Delivery> = z.object({
  id: number,
  guid: text,
  event: text,
  action: text.exactOptional(),
  hook: text,
  url: text,
  deliveredAt: text,
  redelivery: flag,
  status: text,
  statusCode: number,
  durationMs: number,
  body: text,
  requestHeaders: strings.exactOptional(),
  responseHeaders: strings.exactOptional(),
  responseBody: text.exactOptional(),
} satisfies Fields<Delivery>);

/** Where a repository's bare git repository is. */
export const gitDirectoryOf = (gitRoot: string, uuid: string): string =>
  join(gitRoot, `${uuid.slice(1, -1)}.git`);

/** @param gitRoot - the current folder of the repositories; it may have moved since the state was written. */
export function stateSchema(gitRoot: string): z.ZodType<BitbucketState> {
  const placed = repository.transform((value) => ({
    ...value,
    gitDirectory: gitDirectoryOf(gitRoot, value.uuid),
  }));
  return z.object({
    variant,
    accounts: z.map(text, account),
    workspaces: z.map(text, workspace),
    projects: z.map(text, project),
    repositories: z.map(text, placed),
    hooks: z.map(text, hook),
    consumers: z.map(text, consumer),
    grants: z.array(grant),
    apiTokens: z.map(number, apiToken),
    accessTokens: z.map(number, accessToken),
    deliveries: z.array(deliverySchema).default([]),
    nextId: number,
    tokenKey: z.string().optional(),
  } satisfies Fields<BitbucketState>);
}
