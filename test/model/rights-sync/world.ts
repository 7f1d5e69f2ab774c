/**
 * The way from a simulated code host to what people may read here, on a stepped clock: the real adapter, the real runs, deliveries and
 * schedules, with the table in memory. What is published of it is compared in ../sync.
 */
import { randomBytes } from 'node:crypto';
import { ChangeError, type RunChange } from '../../../local/forges/control/change.ts';
import type { ForgeAccountId } from '../../../shared/domain/ids.ts';
import type { ScopeName } from '../../../shared/domain/scopes.ts';
import { decideRemovals } from '../../../shared/organizations/decide-removals.ts';
import { decisionsFor } from '../../../shared/publish/effective-rights.ts';
import { listHeld } from '../../../shared/store/scope-store.ts';
import { findSynchronization } from '../../../shared/store/synchronization-store.ts';
import { runScopes } from '../../../shared/sync/run/run-scopes.ts';
import { reconcile } from '../../../shared/sync/schedule/reconcile.ts';
import { sweepWork } from '../../../shared/sync/schedule/sweep.ts';
import { receiveDelivery } from '../../../shared/sync/webhooks/receive-delivery.ts';
import { byOwner } from '../../support/by-owner.ts';
import { createMemoryTable } from '../../support/memory-table.ts';
import { organizationId, synchronizationId } from '../../support/synchronized.ts';
import { createTurns } from '../sync/serialize.ts';
import type { SteppedClock } from '../sync/stepped-clock.ts';
import { type WatchedTable, watchTable } from '../sync/watched-table.ts';
import { createReadQueue, type ReadQueue, requestAll } from './read-queue.ts';

/** How long one request to the code host takes. */
const requestMs = 120;

/** What the model needs of a simulator. */
export interface ChangeableSimulator {
  readonly changes: { readonly runUnchecked: RunChange };
  sent(): Promise<void>;
}

/** A simulator on a stepped clock. */
export interface SimulatedForge<Simulator extends ChangeableSimulator = ChangeableSimulator> {
  readonly simulator: Simulator;
  readonly clock: SteppedClock;
  /** Where deliveries go. @returns the status of the answer */
  deliver: (headers: Readonly<Record<string, string>>, body: string) => Promise<number>;
  /** Sends a request; a slow answer advances the clock meanwhile. */
  readonly ask: typeof fetch;
  /** Removes all faults. */
  quiet(): void;
}

/** What reads it here. */
export interface Connected {
  /** With the secrets that its deliveries are signed with. */
  readonly host: { readonly forge: string; readonly baseUrl: string; readonly secrets: readonly string[] };
  /** Stores the credential, and makes it good again. */
  giveCredential(): Promise<void>;
  readonly openReader: Parameters<typeof runScopes>[0]['openReader'];
}

export interface ReceivedDelivery {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Whether it was taken. */
  readonly status: number;
  readonly at: number;
}

export interface RightsWorld<Simulator extends ChangeableSimulator> {
  readonly simulator: Simulator;
  readonly clock: SteppedClock;
  readonly table: WatchedTable;
  readonly received: ReceivedDelivery[];
  readonly errors: unknown[];
  /** Called before each request to the code host. */
  onRequest: () => Promise<void>;
  /** Called when a worker has finished, and after each delivery. */
  onWork: () => Promise<void>;
  /** @returns false when the code host refuses it */
  change(name: string, input: unknown): Promise<boolean>;
  /** Does the work that is due. */
  work(): Promise<void>;
  /** Handles one message that is due; false: there is none. */
  deliver(): Promise<boolean>;
  /** Lets time pass with messages, timers and schedules. */
  pass(ms: number): Promise<void>;
  reconcile(): Promise<void>;
  loseMessages(): void;
  /** Removes all faults. */
  quiet(): void;
  /** Ids of the repositories that the account may read; undefined while nothing is published because a plan is being applied. */
  readableBy(account: ForgeAccountId): Promise<ReadonlySet<string> | undefined>;
  /** An owner's yes to all held removals. @returns how many lists had some */
  allowHeld(): Promise<number>;
  isSuspended(): Promise<boolean>;
  /** Everything is read, and the credential is good again. */
  repair(): Promise<void>;
}

/** @param connect adds the connection to the table. @param ask sends the requests to the code host */
export async function openWorld<Simulator extends ChangeableSimulator>(
  forge: SimulatedForge<Simulator>,
  scopes: readonly ScopeName[],
  connect: (table: WatchedTable, ask: typeof fetch) => Promise<Connected>,
): Promise<RightsWorld<Simulator>> {
  const { clock, simulator } = forge;
  const table = watchTable(createMemoryTable(), clock.now, clock.now());
  const queue = createReadQueue(clock.now);
  const { host, giveCredential, openReader } = await connect(
    table,
    inTurns(forge, () => world.onRequest()),
  );
  const logger = { info: () => {}, warn: () => {}, error: () => {} };
  let leases = 0;
  const common: Common = {
    ...{ table, workQueue: queue, clock, logger },
    newLeaseId: () => `lease-${++leases}`,
  };
  const world: RightsWorld<Simulator> = {
    ...{ simulator, clock, table, received: [], errors: [] },
    onRequest: async () => {},
    onWork: async () => {},
    change: (name, input) => changed(simulator, name, input),
    async deliver() {
      const message = queue.take();
      if (message === undefined) {
        return false;
      }
      await runScopes({ ...common, openReader }, message).catch((error) => world.errors.push(error));
      await world.onWork();
      return true;
    },
    async work() {
      for (let count = 0; await world.deliver(); count++) {
        if (count > 2000) {
          throw new Error('work without end');
        }
      }
    },
    ...schedules(common, queue, () => world),
    loseMessages: () => queue.clear(),
    quiet: () => forge.quiet(),
    readableBy: (account) => readableBy(common, account),
    allowHeld: () => allowHeld(common),
    async isSuspended() {
      return (await findSynchronization(table, synchronizationId))?.rightsSuspendedAt !== undefined;
    },
    async repair() {
      forge.quiet();
      await giveCredential();
    },
  };
  forge.deliver = receiverOf(common, host, world);
  await requestAll(table, queue, clock.now(), scopes);
  await world.work();
  return world;
}

/** What the use cases work with. */
interface Common {
  readonly table: WatchedTable;
  readonly workQueue: ReadQueue;
  readonly clock: SteppedClock;
  readonly logger: { info(): void; warn(): void; error(): void };
  readonly newLeaseId: () => string;
}

/** One request after the other, each at its time. Work that is done meanwhile makes requests of its own. */
function inTurns(
  { clock, ask }: Pick<SimulatedForge, 'clock' | 'ask'>,
  onRequest: () => Promise<void>,
): typeof fetch {
  let turns = createTurns();
  return (input, init) =>
    turns(async () => {
      await clock.advance(requestMs);
      const outer = turns;
      turns = createTurns();
      await onRequest().finally(() => {
        turns = outer;
      });
      return ask(input, init);
    });
}

async function changed(simulator: ChangeableSimulator, name: string, input: unknown): Promise<boolean> {
  try {
    await simulator.changes.runUnchecked(name, input);
    return true;
  } catch (error) {
    if (error instanceof ChangeError) {
      return false;
    }
    throw error;
  } finally {
    await simulator.sent();
  }
}

type Schedules = Pick<RightsWorld<ChangeableSimulator>, 'pass' | 'reconcile' | 'work' | 'onWork'>;

function schedules(
  common: Common,
  queue: ReadQueue,
  world: () => Schedules,
): Pick<Schedules, 'pass' | 'reconcile'> {
  const { clock } = common;
  let nextSweep = clock.now() + 60_000;
  let nextReconcile = clock.now() + 600_000;
  return {
    async pass(ms) {
      const end = clock.now() + ms;
      await world().work();
      while (clock.now() < end) {
        const stops = [...queue.due(), clock.nextTimer(), nextSweep, nextReconcile];
        const next = Math.min(end, ...stops.filter((at) => at !== undefined));
        await clock.advance(Math.max(1, next - clock.now()));
        if (clock.now() >= nextSweep) {
          nextSweep = clock.now() + 60_000;
          await sweepWork(common);
        }
        if (clock.now() >= nextReconcile) {
          await world().reconcile();
        }
        await world().work();
      }
    },
    async reconcile() {
      nextReconcile = clock.now() + 600_000;
      await reconcile(common);
      await world().onWork();
    },
  };
}

async function readableBy(
  { table, clock }: Common,
  account: ForgeAccountId,
): Promise<ReadonlySet<string> | undefined> {
  const reader = { kind: 'account', synchronization: synchronizationId, account } as const;
  const decisions = await decisionsFor(table, organizationId, reader, clock.now());
  return decisions.some(({ isApplying }) => isApplying)
    ? undefined
    : new Set(decisions.flatMap(({ readable }) => [...readable.keys()].map(String)));
}

async function allowHeld(common: Common): Promise<number> {
  const held = await listHeld(common.table, synchronizationId);
  const synchronization = await findSynchronization(common.table, synchronizationId);
  if (synchronization === undefined) {
    throw new Error('the synchronization is gone');
  }
  for (const { scope, digest } of held) {
    const said = { scope, decision: 'yes', shown: digest } as const;
    await decideRemovals({ ...common, randomBytes }, synchronization, said, byOwner);
  }
  return held.length;
}

function receiverOf(
  common: Common,
  host: Connected['host'],
  { received, errors }: Pick<RightsWorld<ChangeableSimulator>, 'received' | 'errors'>,
): SimulatedForge['deliver'] {
  const source = { ...host, synchronization: synchronizationId };
  const receiving = { ...common, sourcesOf: async () => [source] };
  return async (headers, body) => {
    let status = 500;
    try {
      const request = { headers, body: Buffer.from(body) };
      ({ status } = await receiveDelivery(receiving, { forge: host.forge, source: 'hook' }, request));
    } catch (error) {
      errors.push(error);
    }
    received.push({ headers, body, status, at: common.clock.now() });
    return status;
  };
}
