/** The product's use cases between the simulated GitHub and a registry in memory. */

import { asId } from '../../shared/domain/ids.ts';
import { reconcile } from '../../shared/sync/schedule/reconcile.ts';
import { receiveDelivery } from '../../shared/sync/webhooks/receive-delivery.ts';
import { createMemoryKeyValues, createMemoryObjects } from '../../test/support/memory-store.ts';
import { createMemoryTable } from '../../test/support/memory-table.ts';
import { createRegistryWorld, type RegistryWorld } from '../../test/support/registry-world.ts';
import { gitHubHost } from '../../test/support/synchronized.ts';
import { type CountedTable, countWrites, type Writes } from './counted-table.ts';
import type { Asked, Organization } from './organization.ts';

/** What something cost. */
export interface Cost {
  readonly asked: Asked;
  readonly writes: Writes;
  /** Messages handled, by queue. */
  readonly messages: Readonly<Record<string, number>>;
  /** Objects written or removed, by the first parts of their keys. */
  readonly objects: readonly string[];
  readonly tookMs: number;
}

export interface System {
  readonly table: CountedTable;
  readonly world: RegistryWorld;
  /** Does it, and everything that it causes; delayed messages too. */
  cost(does: () => Promise<unknown>): Promise<Cost>;
  /** As the schedule does. */
  reconcile(): Promise<unknown>;
  /** Hands over what the simulated GitHub delivered since the last time. */
  receive(): Promise<void>;
}

/** Messages of a queue that are handled at the same time, as Lambda does. */
const workers = 10;

export async function createSystem({ gitHub, takeRequests }: Organization): Promise<System> {
  let time = Date.parse('2026-11-22T12:00:00Z');
  const clock = {
    now: () => time,
    async advance(ms: number) {
      time += ms;
    },
  };
  const table = countWrites(createMemoryTable());
  const memory = createMemoryObjects(clock);
  const objects: string[] = [];
  const writer: typeof memory.writer = {
    ...memory.writer,
    async write(key, ...rest) {
      objects.push(key);
      return memory.writer.write(key, ...rest);
    },
    async remove(key) {
      objects.push(key);
      return memory.writer.remove(key);
    },
  };
  const { installation, acme } = gitHub;
  /** As many processes, each with a token of its own. */
  let forges = [gitHub.forge];
  let opened = 0;
  const open = () => {
    const forge = forges[opened % forges.length] ?? gitHub.forge;
    opened += 1;
    return forge.organization(asId(installation.id), asId(acme.id));
  };
  const world = await createRegistryWorld(
    {
      table,
      objects: writer,
      dists: memory.dists,
      storedObjects: memory.storedObjects,
      keyValues: createMemoryKeyValues(),
      clock,
    },
    [],
    async () => open(),
  );
  const { workQueue } = world;
  const logger = { info: () => {}, warn: () => {}, error: () => {} };

  async function drain(): Promise<void> {
    for (let isBusy = true; isBusy; ) {
      const handled = await Promise.all(Array.from({ length: workers }, () => world.handleNext()));
      isBusy = handled.includes(true);
    }
    // What waits for its time, or was forgotten.
    await world.settle();
    if (world.errors.length > 0) throw world.errors[0];
  }

  return {
    table,
    world,
    async cost(does) {
      forges = Array.from({ length: workers }, () => gitHub.makeForge());
      takeRequests();
      table.takeWrites();
      objects.length = 0;
      world.handled.length = 0;
      const began = performance.now();
      await does();
      await drain();
      const messages: Record<string, number> = {};
      for (const { queue } of world.handled) messages[queue] = (messages[queue] ?? 0) + 1;
      return {
        asked: takeRequests(),
        writes: table.takeWrites(),
        messages,
        objects: [...objects],
        tookMs: performance.now() - began,
      };
    },
    reconcile: () => reconcile({ table, workQueue, clock, logger }),
    async receive() {
      await gitHub.simulator.idle();
      for (const { headers, body } of gitHub.receiver.received.splice(0)) {
        const source = { ...gitHubHost, secrets: [gitHub.state.app.webhookSecret] };
        const dependencies = { table, workQueue, clock, logger, sourcesOf: async () => [source] };
        await receiveDelivery(dependencies, gitHubHost, { headers, body: Buffer.from(body) });
      }
    },
  };
}
