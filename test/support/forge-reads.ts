/** Reads of an organization on a simulated code host, as the workers do them, with a table of their own. */
import { type Fact, factKey } from '../../shared/domain/facts.ts';
import type { ForgeTraits } from '../../shared/domain/forge-traits.ts';
import { type AnyScope, namesIn } from '../../shared/domain/scopes.ts';
import type { ForgeClient } from '../../shared/forge/module.ts';
import { loadScope } from '../../shared/store/fact-store.ts';
import { requestWork } from '../../shared/store/work.ts';
import { scopeWork } from '../../shared/store/work-items.ts';
import { runScopes } from '../../shared/sync/run/run-scopes.ts';
import { createMemoryTable, type MemoryTable } from './memory-table.ts';
import { createRecordingQueue } from './recording-queue.ts';
import { addSynchronized, type ForgeLink, organizationId, synchronizationId } from './synchronized.ts';

/** What the fixture of a simulated code host has. */
export interface ReadFixture {
  readonly integration: { readonly forge: string; readonly settings: { readonly baseUrl: string } };
  readonly organization: ForgeLink['forgeOrganization'];
  readonly connection: ForgeLink['connection'];
  readonly clock: { now(): number; step(ms: number): void };
  open(): Promise<ForgeClient>;
}

export interface ForgeReads {
  readonly table: MemoryTable;
  /** What was warned of. */
  readonly warned: string[];
  /** Requests reads of these scopes, and runs them, long after everything before. */
  sync(...scopes: readonly AnyScope[]): Promise<void>;
  stored(): Promise<readonly Fact[]>;
  keysNow(): Promise<readonly string[]>;
}

export async function createForgeReads(
  { integration, organization: forgeOrganization, connection, clock, open }: ReadFixture,
  { scopes: layout, lagMs }: Pick<ForgeTraits, 'scopes' | 'lagMs'>,
): Promise<ForgeReads> {
  const table = createMemoryTable();
  const { forge, settings } = integration;
  await addSynchronized(table, 'some', { forge, baseUrl: settings.baseUrl, forgeOrganization, connection });
  const warned: string[] = [];
  let leases = 0;
  const running = {
    ...{ table, clock, workQueue: createRecordingQueue(), newLeaseId: () => `lease-${++leases}` },
    logger: { info: () => {}, warn: (text: string) => void warned.push(text), error: () => {} },
    async openReader() {
      const { structure, requests } = await open();
      return { ...structure, requests };
    },
  };
  async function stored(): Promise<readonly Fact[]> {
    const loaded = namesIn(layout).map((list) => loadScope(table, synchronizationId, layout, list));
    return (await Promise.all(loaded)).flatMap(({ facts }) => facts.map(({ fact }) => fact));
  }
  return {
    ...{ table, warned, stored },
    async sync(...scopes) {
      clock.step(2 * lagMs);
      for (const scope of scopes) {
        const work = scopeWork(organizationId, synchronizationId, scope);
        await table.transact([requestWork(work, clock.now(), { cause: 'test' })]);
      }
      const [scope = 'settings'] = scopes;
      await runScopes(running, { synchronization: synchronizationId, scope });
    },
    keysNow: async () => (await stored()).map(factKey).sort(),
  };
}
