/** The product's use cases between a simulated forge and a registry in memory. */

import { setStoresArchives } from '../../shared/store/synchronization-store.ts';
import { reconcile } from '../../shared/sync/schedule/reconcile.ts';
import { sweepWork } from '../../shared/sync/schedule/sweep.ts';
import type { DeliverySource } from '../../shared/sync/webhooks/delivery-source.ts';
import { receiveDelivery } from '../../shared/sync/webhooks/receive-delivery.ts';
import { createMemoryKeyValues, createMemoryObjects } from '../../test/support/memory-store.ts';
import { createMemoryTable } from '../../test/support/memory-table.ts';
import {
  createRegistryWorld,
  type OpenReader,
  type RegistryWorld,
  type WorldClock,
} from '../../test/support/registry-world.ts';
import { addSynchronized, type ForgeLink, synchronizationId } from '../../test/support/synchronized.ts';
import { type CountedTable, countWrites, type Writes } from './counted-table.ts';

/** Requests since the last time, by what they asked for; and the shortest time that one took. */
export interface Asked {
  readonly total: number;
  readonly counts: Readonly<Record<string, number>>;
  /** Milliseconds. */
  readonly shortest: number;
}

/** A code host that is simulated. */
export interface SimulatedForge {
  /** Default: the App's installation on GitHub. */
  readonly link?: ForgeLink;
  readonly clock: WorldClock;
  /** Begins a process: what it has counted and remembers is its own. */
  startProcess(): () => ReturnType<OpenReader>;
  takeRequests(): Asked;
  readonly webhooks: Omit<DeliverySource, 'secrets'>;
  /** Deliveries since the last time, with the secret that signs them. */
  takeDeliveries(): Promise<readonly ReceivedDelivery[]>;
}

export interface ReceivedDelivery {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly secret: string;
}

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
  /** Does what is due within that time, with the sweep each minute and the schedule each ten. @param ms of the simulated clock */
  runFor(ms: number): Promise<Cost>;
  /** Hands over what the forge delivered since the last time. */
  receive(): Promise<void>;
}

/** Messages of a queue that are handled at the same time, as Lambda does. */
const workers = 10;

export async function createSystem(forge: SimulatedForge): Promise<System> {
  const { clock, takeRequests } = forge;
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
  const startAll = () => Array.from({ length: workers }, () => forge.startProcess());
  let processes = startAll();
  let opened = 0;
  if (forge.link) await addSynchronized(table, 'all', forge.link);
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
    async () => {
      const open = processes[opened % processes.length] ?? forge.startProcess();
      opened += 1;
      return open();
    },
  );
  // Archives are stored apart from what is measured here, with what it leaves of the limits.
  await table.transact([setStoresArchives(synchronizationId, false, true)]);
  const { workQueue } = world;
  const logger = { info: () => {}, warn: () => {}, error: () => {} };

  const common = { table, workQueue, clock, logger };

  async function handleDue(): Promise<void> {
    for (let isBusy = true; isBusy; ) {
      const handled = await Promise.all(Array.from({ length: workers }, () => world.handleNext()));
      isBusy = handled.includes(true);
    }
  }

  async function drain(): Promise<void> {
    await handleDue();
    // What waits for its time, or was forgotten.
    await world.settle();
    if (world.errors.length > 0) throw world.errors[0];
  }

  async function counted(does: () => Promise<unknown>): Promise<Cost> {
    takeRequests();
    table.takeWrites();
    objects.length = 0;
    world.handled.length = 0;
    const began = performance.now();
    await does();
    const messages: Record<string, number> = {};
    for (const { queue } of world.handled) messages[queue] = (messages[queue] ?? 0) + 1;
    return {
      asked: takeRequests(),
      writes: table.takeWrites(),
      messages,
      objects: [...objects],
      tookMs: performance.now() - began,
    };
  }

  return {
    table,
    world,
    async cost(does) {
      processes = startAll();
      return counted(async () => {
        await does();
        await drain();
      });
    },
    runFor: (ms) =>
      counted(async () => {
        const end = clock.now() + ms;
        const regular = [
          { everyMs: 60_000, next: clock.now() + 60_000, run: () => sweepWork(common) },
          { everyMs: 600_000, next: clock.now() + 600_000, run: () => reconcile(common) },
        ];
        for (;;) {
          await handleDue();
          const times = [world.nextDue() ?? end, ...regular.map(({ next }) => next), end];
          await clock.advance(Math.max(0, Math.min(...times) - clock.now()));
          for (const one of regular.filter(({ next }) => next <= clock.now())) {
            one.next += one.everyMs;
            await one.run();
          }
          if (clock.now() >= end) break;
        }
        await handleDue();
        if (world.errors.length > 0) throw world.errors[0];
      }),
    reconcile: () => reconcile(common),
    async receive() {
      for (const { headers, body, secret } of await forge.takeDeliveries()) {
        const source = { ...forge.webhooks, secrets: [secret] };
        const dependencies = { ...common, sourcesOf: async () => [source] };
        await receiveDelivery(dependencies, forge.webhooks, { headers, body: Buffer.from(body) });
      }
    },
  };
}
