/** A synchronized organization, a forge in memory, and synchronization runs. */

import { type Fact, factKey } from '../../shared/domain/facts.ts';
import type { AnyScope } from '../../shared/domain/scopes.ts';
import { namesIn } from '../../shared/domain/scopes.ts';
import { traitsOf } from '../../shared/forge/modules.ts';
import { putExpectation } from '../../shared/store/claim-store.ts';
import { loadScope } from '../../shared/store/fact-store.ts';
import { latestRuns, type StoredRun } from '../../shared/store/run-store.ts';
import type { Item, Table } from '../../shared/store/table.ts';
import { requestWork } from '../../shared/store/work.ts';
import { scopeWork } from '../../shared/store/work-items.ts';
import { runScopes } from '../../shared/sync/run/run-scopes.ts';
import { createMemoryForge, type MemoryForge } from './memory-forge.ts';
import { createRecordingQueue } from './recording-queue.ts';
import { addSynchronized, type ForgeLink, organizationId, synchronizationId } from './synchronized.ts';

export const start = Date.parse('2026-11-22T12:00:00Z');

export interface SyncWorld {
  readonly table: Table;
  readonly forge: MemoryForge;
  readonly workQueue: ReturnType<typeof createRecordingQueue>;
  readonly clock: { time: number; now(): number };
  /** Requests a read of the scope and runs it. */
  sync(scope: AnyScope): Promise<unknown>;
  /** Requests reads of all scopes, and runs them in one run. */
  syncAll(): Promise<unknown>;
  run(scope: AnyScope, through?: Table): Promise<unknown>;
  ask(scope: AnyScope, attributes?: Item): Promise<void>;
  facts(scope: AnyScope): Promise<string[]>;
  /** Records an event's claim that a fact is gone. */
  claimGone(key: string): Promise<void>;
  /** Advances the clock beyond the forge's lag, so that a read sees everything before. */
  later(): void;
  /** How much of a work item is not done yet: `wanted` minus `done`. */
  wanted(key: { pk: string; sk: string }): Promise<number>;
  /** Records of runs, oldest first. */
  runs(): Promise<StoredRun[]>;
}

/** Creates the world. @param link to another forge than GitHub */
export async function createSyncWorld(
  table: Table,
  facts: readonly Fact[] = [],
  link?: ForgeLink,
): Promise<SyncWorld> {
  await addSynchronized(table, 'some', link);
  const forge = createMemoryForge(facts);
  forge.layout = link === undefined ? forge.layout : traitsOf(link.forge).scopes;
  const workQueue = createRecordingQueue();
  const clock = { time: start, now: () => clock.time };
  let leases = 0;
  const run = (scope: AnyScope, through: Table = table) =>
    runScopes(
      {
        table: through,
        workQueue,
        clock,
        logger: { info: () => {}, warn: () => {}, error: () => {} },
        newLeaseId: () => `lease-${++leases}`,
        openReader: async () => forge.reader(),
      },
      { synchronization: synchronizationId, scope },
    );
  const ask = (scope: AnyScope, attributes: Item = {}) =>
    table.transact([
      requestWork(scopeWork(organizationId, synchronizationId, scope), clock.now(), {
        cause: 'test',
        ...attributes,
      }),
    ]);
  return {
    table,
    forge,
    workQueue,
    clock,
    run,
    ask,
    async sync(scope) {
      await ask(scope);
      return run(scope);
    },
    async syncAll() {
      for (const scope of namesIn(forge.layout)) {
        await ask(scope);
      }
      return run('settings');
    },
    async facts(scope) {
      const stored = await loadScope(table, synchronizationId, forge.layout, scope);
      return stored.facts.map(({ fact }) => factKey(fact)).sort();
    },
    claimGone: (key) =>
      table.transact([putExpectation(synchronizationId, { key, expect: 'gone', at: clock.now() })]),
    later() {
      clock.time += 300_000;
    },
    async wanted(key) {
      const item = await table.get(key);
      return Number(item?.wanted ?? 0) - Number(item?.done ?? 0);
    },
    runs: async () => (await latestRuns(table, synchronizationId, 1000)).toReversed(),
  };
}
