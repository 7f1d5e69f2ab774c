import { randomBytes, randomUUID } from 'node:crypto';
import { z } from 'zod';
import { HooksMessage, PreviewMessage, SyncMessage } from '../../events/messages/schema.ts';
import { addresses, forAddresses } from '../../shared/composition/addresses.ts';
import { tableClient, workQueueClient } from '../../shared/composition/clients.ts';
import { createForges, hooksOpener, readOnly, structureReader } from '../../shared/composition/forges.ts';
import { hookCipher } from '../../shared/composition/hooks.ts';
import type { SynchronizationId } from '../../shared/domain/ids.ts';
import { runPreview } from '../../shared/organizations/run-preview.ts';
import { systemClock } from '../../shared/runtime/clock.ts';
import { createLogger } from '../../shared/runtime/logger.ts';
import { queueHandler } from '../../shared/runtime/queue-handler.ts';
import { removeEndedHooks } from '../../shared/sync/hooks/end-hooks.ts';
import { maintainHooks } from '../../shared/sync/hooks/maintain-hooks.ts';
import { runScopes } from '../../shared/sync/run/run-scopes.ts';

const logger = createLogger('sync-organization');
const table = tableClient();
const forges = createForges(table, logger);
const dependencies = {
  table,
  workQueue: workQueueClient(),
  clock: systemClock,
  logger,
  newLeaseId: randomUUID,
  openReader: structureReader(forges),
};

const hooksDependencies = forAddresses(addresses(), ({ consoleBaseUrl }) => ({
  ...dependencies,
  randomBytes,
  cipher: hookCipher,
  consoleBaseUrl,
  openHooks: hooksOpener(forges),
}));

/** A preview writes nothing but its own result. */
const previewDependencies = {
  ...dependencies,
  openReader: structureReader(createForges(table, logger, readOnly)),
};

const byKind = {
  preview: (id: SynchronizationId) => runPreview(previewDependencies, id),
  hooks: async (id: SynchronizationId) => maintainHooks(await hooksDependencies(), id),
  'ended-hooks': async (id: SynchronizationId) => removeEndedHooks(await hooksDependencies(), id),
};

export const handler = queueHandler(
  z.union([PreviewMessage, HooksMessage, SyncMessage]),
  { logger },
  (message) =>
    'kind' in message ? byKind[message.kind](message.synchronization) : runScopes(dependencies, message),
);
