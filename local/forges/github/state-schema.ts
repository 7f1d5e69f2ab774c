import { join } from 'node:path';
import { z } from 'zod';
import type {
  App,
  Delivery,
  GitHubState,
  Installation,
  Organization,
  OrganizationRole,
  Repository,
  Team,
  User,
} from './state.ts';

/** Requires a schema for every field of a type, so that a new field cannot be forgotten here and lost in a restart. */
type Fields<Type> = Record<keyof Type, z.ZodType>;

const id = z.number().int();
const permission = z.enum(['pull', 'triage', 'push', 'maintain', 'admin']);
const strings = z.record(z.string(), z.string());

const user = z.object({
  id,
  nodeId: z.string(),
  login: z.string(),
  name: z.string().exactOptional(),
  email: z.string().exactOptional(),
  suspended: z.boolean().exactOptional(),
  type: z.enum(['User', 'Bot']),
} satisfies Fields<User>);

const organizationRole = z.object({
  id,
  name: z.string(),
  base: permission.exactOptional(),
  isPredefined: z.boolean(),
  users: z.set(id),
  teams: z.set(id),
} satisfies Fields<OrganizationRole>);

const organization = z.object({
  id,
  nodeId: z.string(),
  login: z.string(),
  name: z.string(),
  enterprise: z.string().exactOptional(),
  defaultRepositoryPermission: z.enum(['none', 'read', 'write', 'admin']),
  members: z.map(id, z.object({ role: z.enum(['admin', 'member']), state: z.enum(['active', 'pending']) })),
  roles: z.map(id, organizationRole).exactOptional(),
} satisfies Fields<Organization>);

const team = z.object({
  id,
  nodeId: z.string(),
  organizationId: id,
  slug: z.string(),
  name: z.string(),
  description: z.string().exactOptional(),
  privacy: z.enum(['closed', 'secret']),
  enterprise: z.literal(true).exactOptional(),
  parentId: id.exactOptional(),
  members: z.map(id, z.enum(['member', 'maintainer'])),
  repositories: z.map(id, permission),
} satisfies Fields<Team>);

const repository = z.object({
  id,
  nodeId: z.string(),
  organizationId: id,
  name: z.string(),
  description: z.string().exactOptional(),
  visibility: z.enum(['public', 'private', 'internal']),
  forkOf: z.string().exactOptional(),
  archived: z.boolean(),
  disabled: z.boolean(),
  locked: z.boolean().exactOptional(),
  withoutIssues: z.boolean().exactOptional(),
  defaultBranch: z.string(),
  gitDirectory: z.string(),
  createdAt: z.string(),
  pushedAt: z.string(),
  collaborators: z.map(id, permission),
} satisfies Fields<Repository>);

const installation = z.object({
  id,
  organizationId: id,
  repositorySelection: z.enum(['all', 'selected']),
  repositoryIds: z.set(id),
  suspendedAt: z.string().exactOptional(),
  permissions: z.record(z.string(), z.enum(['read', 'write', 'admin'])),
  createdAt: z.string(),
  updatedAt: z.string().exactOptional(),
} satisfies Fields<Installation>);

const app = z.object({
  id,
  nodeId: z.string(),
  name: z.string().exactOptional(),
  slug: z.string(),
  clientId: z.string(),
  clientSecret: z.string(),
  privateKey: z.string(),
  webhookSecret: z.string(),
  webhookUrl: z.string().exactOptional(),
  events: z.array(z.string()).exactOptional(),
  permissions: z.record(z.string(), z.enum(['read', 'write', 'admin'])).exactOptional(),
  callbackUrls: z.array(z.string()).exactOptional(),
  setupUrl: z.string().exactOptional(),
} satisfies Fields<App>);

export const deliverySchema: z.ZodType<Delivery> = z.object({
  id,
  guid: z.string(),
  event: z.string(),
  action: z.string().exactOptional(),
  installationId: id.exactOptional(),
  repositoryId: id.exactOptional(),
  deliveredAt: z.string(),
  redelivery: z.boolean(),
  status: z.string(),
  statusCode: z.number(),
  durationMs: z.number(),
  body: z.string(),
  requestHeaders: strings.exactOptional(),
  responseHeaders: strings.exactOptional(),
  responseBody: z.string().exactOptional(),
} satisfies Fields<Delivery>);

/** @param gitRoot - the current folder of the repositories; it may have moved since the state was written. */
export function stateSchema(gitRoot: string): z.ZodType<GitHubState> {
  const withDirectory = repository.transform((value) => ({
    ...value,
    gitDirectory: join(gitRoot, `${value.id}.git`),
  }));
  return z.object({
    app,
    users: z.map(id, user),
    organizations: z.map(id, organization),
    teams: z.map(id, team),
    repositories: z.map(id, withDirectory),
    installations: z.map(id, installation),
    deliveries: z.array(deliverySchema).default([]),
    formerNames: z.map(z.string(), id),
    nextId: id,
    tokenKey: z.string().optional(),
  } satisfies Fields<GitHubState>);
}
