/** Hooks of synchronizations that were ended, until they are removed from their forges: work items, with what that needs. */
import { z } from 'zod';
import {
  asId,
  type ForgeOrganizationId,
  type ForgeRepositoryId,
  type OrganizationId,
  type SynchronizationId,
} from '../domain/ids.ts';
import type { Synchronization } from '../domain/synchronization.ts';
import { equal } from './condition.ts';
import { endCredential } from './connection-credentials.ts';
import type { StoredHook } from './hook-store.ts';
import { keys } from './keys.ts';
import { connectionSchema } from './synchronization-store.ts';
import type { Item, Operation, Table } from './table.ts';
import { type Lease, requestWork, type WorkItem } from './work.ts';

/** As many as fit into an item; the forge disables what is left. */
const hooksMax = 3000;

const EndedHooksItem = z.object({
  organization: z.string().transform((text) => asId<OrganizationId>(text)),
  forge: z.string(),
  baseUrl: z.string(),
  forgeOrganization: z.string().transform((text) => asId<ForgeOrganizationId>(text)),
  connection: connectionSchema,
  hooks: z.array(
    z.object({
      source: z.string(),
      repository: z
        .string()
        .transform((text) => asId<ForgeRepositoryId>(text))
        .optional(),
      forgeHook: z.string().optional(),
    }),
  ),
  endedAt: z.number(),
});
export type EndedHooks = z.infer<typeof EndedHooksItem>;

/** The work of removing the hooks of an ended synchronization from its forge, and then the credential. */
export const endedHooksWork = (organization: OrganizationId, id: SynchronizationId): WorkItem => ({
  key: keys.endedHooks(id),
  message: {
    queue: 'sync',
    group: organization,
    message: { kind: 'ended-hooks', synchronization: id },
  },
});

/**
 * Keeps what removing the hooks needs, and requests that.
 *
 * @param now milliseconds since the epoch
 */
export function endHooks(
  { id, organization, forge, baseUrl, forgeOrganization, connection }: Synchronization,
  hooks: readonly StoredHook[],
  now: number,
): Operation {
  return requestWork(endedHooksWork(organization, id), now, {
    ...{ organization, forge, baseUrl, forgeOrganization, connection, endedAt: now },
    hooks: hooks.slice(0, hooksMax).map(({ source, repository, forgeHook }) => ({
      ...{ source, ...(repository && { repository }), ...(forgeHook && { forgeHook }) },
    })),
  });
}

export const parseEndedHooks = (item: Item): EndedHooks => EndedHooksItem.parse(item);

/** One read. */
export async function findEndedHooks(table: Table, id: SynchronizationId): Promise<EndedHooks | undefined> {
  const item = await table.get(keys.endedHooks(id));
  return item && parseEndedHooks(item);
}

/**
 * Forgets them, and deletes the credential.
 *
 * @param now milliseconds since the epoch
 * @throws ConflictError when the lease was lost, or the credential is being renewed
 */
export const forgetEndedHooks = async (
  table: Table,
  { workItem, leaseId }: Lease,
  ended: EndedHooks,
  now: number,
): Promise<void> =>
  table.transact([
    { delete: workItem.key, when: equal('leaseId', leaseId) },
    ...(await endCredential(table, ended, now)),
  ]);
