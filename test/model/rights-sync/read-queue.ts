/** The queue of reads, where nothing else that is sent is handled. */
import { SyncMessage } from '../../../events/messages/schema.ts';
import type { ScopeName } from '../../../shared/domain/scopes.ts';
import type { Table } from '../../../shared/store/table.ts';
import { requestWork, type WorkMessage } from '../../../shared/store/work.ts';
import { scopeWork } from '../../../shared/store/work-items.ts';
import { organizationId, synchronizationId } from '../../support/synchronized.ts';

export interface ReadQueue {
  send(messages: readonly WorkMessage[], delaySeconds?: number): Promise<void>;
  /** Takes the next message that is due. */
  take(): SyncMessage | undefined;
  /** When messages are due; milliseconds since the epoch. */
  due(): readonly number[];
  clear(): void;
}

/** Only reads are of interest here: what is published, and hooks, have tests of their own. */
export function createReadQueue(now: () => number): ReadQueue {
  const queue: { message: SyncMessage; due: number }[] = [];
  return {
    async send(messages, delaySeconds = 0) {
      const due = now() + delaySeconds * 1000;
      const reads = messages
        .filter(({ queue: name }) => name === 'sync')
        .flatMap(({ message }) => SyncMessage.safeParse(message).data ?? []);
      queue.push(...reads.map((message) => ({ message, due })));
    },
    take() {
      const place = queue.findIndex(({ due }) => due <= now());
      return place === -1 ? undefined : queue.splice(place, 1)[0]?.message;
    },
    due: () => queue.map(({ due }) => due),
    clear() {
      queue.length = 0;
    },
  };
}

/** Requests a read of everything. */
export async function requestAll(
  table: Table,
  queue: ReadQueue,
  now: number,
  scopes: readonly ScopeName[],
): Promise<void> {
  for (const scope of scopes) {
    const work = scopeWork(organizationId, synchronizationId, scope);
    await table.transact([requestWork(work, now, { cause: 'test' })]);
    await queue.send([work.message]);
  }
}
