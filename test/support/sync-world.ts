/** A synchronized organization, a forge in memory, and runs between the two. */
import { type Fact, factKey, type ScopeName } from '../../shared/domain/facts.ts';
import { loadScope } from '../../shared/store/fact-store.ts';
import type { Item, Table } from '../../shared/store/table.ts';
import { scopeThing } from '../../shared/store/things.ts';
import { raise } from '../../shared/store/work.ts';
import { runScope } from '../../shared/sync/run-scope.ts';
import { createMemoryForge, type MemoryForge } from './memory-forge.ts';
import { addSynchronized, organizationId, synchronizationId } from './synchronized.ts';
import { createRecordingWaker } from './waker.ts';

export const start = Date.parse('2026-11-22T12:00:00Z');

export interface SyncWorld {
  readonly table: Table;
  readonly forge: MemoryForge;
  readonly waker: ReturnType<typeof createRecordingWaker>;
  readonly clock: { time: number; now(): number };
  /** Asks for the scope and runs it. */
  sync(scope: ScopeName): Promise<unknown>;
  run(scope: ScopeName, through?: Table): Promise<unknown>;
  ask(scope: ScopeName, attributes?: Item): Promise<void>;
  facts(scope: ScopeName): Promise<string[]>;
  /** What is wanted of the work and not done. */
  wanted(key: { pk: string; sk: string }): Promise<number>;
  runs(): Promise<Item[]>;
}

export async function createSyncWorld(table: Table, facts: readonly Fact[] = []): Promise<SyncWorld> {
  await addSynchronized(table);
  const forge = createMemoryForge(facts);
  const waker = createRecordingWaker();
  const clock = { time: start, now: () => clock.time };
  let leases = 0;
  const run = (scope: ScopeName, through: Table = table) =>
    runScope(
      {
        table: through,
        waker,
        clock,
        logger: { info: () => {}, warn: () => {} },
        newLeaseId: () => `lease-${++leases}`,
        openReader: async () => forge.reader(),
      },
      { synchronization: synchronizationId, scope },
    );
  const ask = (scope: ScopeName, attributes: Item = {}) =>
    table.transact([
      raise(scopeThing(organizationId, synchronizationId, scope), clock.now(), {
        cause: 'test',
        ...attributes,
      }),
    ]);
  return {
    table,
    forge,
    waker,
    clock,
    run,
    ask,
    async sync(scope) {
      await ask(scope);
      return run(scope);
    },
    async facts(scope) {
      const stored = await loadScope(table, synchronizationId, scope);
      return stored.facts.map(({ fact }) => factKey(fact)).sort();
    },
    async wanted(key) {
      const item = await table.get(key);
      return Number(item?.wanted ?? 0) - Number(item?.done ?? 0);
    },
    runs: () => table.query(`SYNC#${synchronizationId}`, 'RUN#'),
  };
}
