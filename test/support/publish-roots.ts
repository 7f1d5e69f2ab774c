/** The function that publishes views, on a table in memory; it finds its work there as the sweep does. */
import { randomUUID } from 'node:crypto';
import { PublishRootsMessage } from '../../events/messages/schema.ts';
import { isOwner } from '../../shared/organizations/membership.ts';
import { effectiveRightsOf } from '../../shared/publish/effective-rights.ts';
import { publishView } from '../../shared/publish/publish-view.ts';
import { requestPrincipals } from '../../shared/publish/request-principals.ts';
import type { Clock } from '../../shared/runtime/clock.ts';
import { createSlugReader } from '../../shared/store/organization-store.ts';
import type { Table } from '../../shared/store/table.ts';
import type { WorkQueue } from '../../shared/store/work.ts';

interface World {
  readonly table: Table;
  readonly clock: Clock;
  readonly workQueue: WorkQueue;
}

/** Keeps nothing: root files are looked at elsewhere. */
const noObjects = {
  see: async () => undefined,
  isSame: () => false,
  write: async () => {},
  remove: async () => {},
};

/** Carries out what is requested of the views by now, and by that. */
export async function publishRoots({ table, clock, workQueue }: World): Promise<void> {
  const dependencies = {
    table,
    clock,
    workQueue,
    objects: noObjects,
    newLeaseId: randomUUID,
    registryBaseUrl: 'https://registry.example',
    slugOf: createSlugReader(table),
    effectiveRightsOf: effectiveRightsOf.bind(undefined, table),
    isOwner: isOwner.bind(undefined, table),
  };
  for (;;) {
    const [item] = await table.pending('publish-roots', { before: clock.now() + 1, limit: 1 });
    if (item === undefined) {
      return;
    }
    const message = PublishRootsMessage.parse((item.wake as { readonly message: unknown }).message);
    await (message.kind === 'grants'
      ? requestPrincipals(dependencies, message.organization)
      : publishView(dependencies, message.organization, message.principal));
  }
}
