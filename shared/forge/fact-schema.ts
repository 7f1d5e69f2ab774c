/** Facts as JSON, as stored in the table and in the progress of a read in steps. */
import { z } from 'zod';
import type { Fact } from '../domain/facts.ts';
import {
  asId,
  type ForgeAccountId,
  type ForgeRepositoryId,
  type ForgeRoleId,
  type ForgeTeamId,
} from '../domain/ids.ts';

const account = z.string().transform((text) => asId<ForgeAccountId>(text));
const team = z.string().transform((text) => asId<ForgeTeamId>(text));
const role = z.string().transform((text) => asId<ForgeRoleId>(text));
const repository = z.string().transform((text) => asId<ForgeRepositoryId>(text));

/** An earlier version stored the handle as `nodeId`. */
const handle = { handle: z.string().optional(), nodeId: z.string().optional() };

const ending = { expiresAt: z.number().optional() };

/** The table and JSON leave out undefined attributes; parsing restores them. */
const FactItem = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('settings'),
    basePermission: z.string(),
    membersRead: z.boolean(),
    login: z.string(),
    name: z.string(),
  }),
  z.object({
    kind: z.literal('member'),
    account,
    login: z.string(),
    role: z.enum(['owner', 'member', 'outside']),
    forgeRole: z.string().optional(),
    readsByTeams: z.literal(true).optional(),
    ...ending,
  }),
  z
    .object({
      kind: z.literal('team'),
      team,
      slug: z.string(),
      name: z.string(),
      parent: team.optional(),
      privacy: z.string().optional(),
      ...handle,
    })
    .transform(({ nodeId, handle = nodeId, ...fact }) => ({ ...fact, parent: fact.parent, handle })),
  z.object({
    kind: z.literal('team-member'),
    team,
    account,
    login: z.string(),
    level: z.string().optional(),
    via: team.optional(),
    ...ending,
  }),
  z.object({
    kind: z.literal('team-repository'),
    team,
    repository,
    permission: z.string(),
    via: team,
    readers: z.array(z.string()).optional(),
    keyedByVia: z.literal(true).optional(),
    ...ending,
  }),
  z.object({
    kind: z.literal('role-member'),
    role,
    name: z.string(),
    permission: z.string(),
    account,
    login: z.string(),
  }),
  z.object({ kind: z.literal('role-team'), role, name: z.string(), permission: z.string(), team }),
  z
    .object({
      kind: z.literal('repository'),
      repository,
      name: z.string(),
      fullName: z.string(),
      visibility: z.enum(['public', 'internal', 'private']),
      fork: z.boolean(),
      archived: z.boolean(),
      disabled: z.boolean(),
      defaultBranch: z.string().optional(),
      createdAt: z.string().optional(),
      pushedAt: z.string().optional(),
      tagCount: z.number().optional(),
      branchCount: z.number().optional(),
      ...handle,
    })
    .transform(({ nodeId, handle = nodeId, ...fact }) => ({
      ...fact,
      defaultBranch: fact.defaultBranch,
      pushedAt: fact.pushedAt,
      handle,
    })),
  z.object({
    kind: z.literal('collaborator'),
    repository,
    account,
    login: z.string(),
    permission: z.string(),
    ...ending,
  }),
]);

/**
 * @param stored a fact that was JSON in between; undefined attributes may be missing
 * @throws ZodError when it is something else
 */
export function parseFact(stored: unknown): Fact {
  return FactItem.parse(stored);
}
