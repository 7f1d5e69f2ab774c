/**
 * The whole way from a simulated GitHub to what Composer reads, on a stepped clock: the real adapter, the real use cases, the real
 * deliveries and schedules; table, objects and the edge's store in memory. One simulator serves all sequences.
 */
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ChangeError } from '../../../local/forges/control/change.ts';
import { readRefs } from '../../../local/forges/git/refs.ts';
import { type GitHubSimulator, startGitHubSimulator } from '../../../local/forges/github/simulator.ts';
import type { GitHubState } from '../../../local/forges/github/state.ts';
import { parseWorld } from '../../../local/forges/world/read-world.ts';
import { ForgeError } from '../../../shared/forge/errors.ts';
import { createCredentialBudget } from '../../../shared/store/budget-store.ts';
import type { Item } from '../../../shared/store/table.ts';
import { reconcile } from '../../../shared/sync/schedule/reconcile.ts';
import { sweepWork } from '../../../shared/sync/schedule/sweep.ts';
import { receiveDelivery } from '../../../shared/sync/webhooks/receive-delivery.ts';
import { recoverDeliveries } from '../../../shared/sync/webhooks/recover-deliveries.ts';
import { createGitHubForge, type GitHubForge, readerFor } from '../../support/github-forge.ts';
import { createMemoryKeyValues, createMemoryObjects, type StoredObject } from '../../support/memory-store.ts';
import { createMemoryTable } from '../../support/memory-table.ts';
import { createRegistry, type Registry, settled } from '../../support/registry-fixture.ts';
import type { Services } from '../../support/registry-world.ts';
import { gitHubHost } from '../../support/synchronized.ts';
import { hurryTime } from './advancing-clock.ts';
import { app } from './app-secrets.ts';
import { type BaseWorld, type BaseWorldName, baseWorld } from './base-worlds.ts';
import type { ForgeChange, ForgeNow } from './forge-changes.ts';
import { createGitPool, directoryOf, type GitPool } from './git-pool.ts';
import { giveTokens, type Holder } from './holders.ts';
import { createTurns } from './serialize.ts';
import { type Forgetful, forget } from './short-lists.ts';
import { createSteppedClock, type SteppedClock } from './stepped-clock.ts';
import { type WatchedTable, watchTable } from './watched-table.ts';

const start = Date.parse('2026-11-22T12:00:00Z');
/** How long one request to the forge takes. */
const requestMs = 120;
/** How long a world is idle before a sequence. */
const restMs = 1_200_000;

export interface ReceivedDelivery {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

export interface ModelWorld {
  readonly state: GitHubState;
  readonly gitHub: GitHubSimulator;
  readonly registry: Registry;
  readonly table: WatchedTable;
  readonly clock: SteppedClock;
  readonly now: ForgeNow;
  readonly pool: GitPool;
  readonly forge: GitHubForge;
  readonly holders: Holder[];
  /** Unexpected errors. */
  readonly errors: unknown[];
  /** Called before each request to the forge but those for tokens. */
  onRequest: () => Promise<void>;
  /** Called when a worker has finished. */
  onWork: () => Promise<void>;
  /** Applied to the services of the next worker. */
  through: ((services: Services) => Services) | undefined;
  /** Applied to the services of every other worker. */
  throughAll: ((services: Services) => Services) | undefined;
  /** What the forge leaves out of its lists. */
  forgetful: Forgetful | undefined;
  /** When it last left out some; milliseconds since the epoch. */
  readonly forgotAt: Record<Forgetful['what'], number>;
  /** Deliveries that came, oldest first. */
  readonly received: ReceivedDelivery[];
  /** Sends a delivery to us again under another id, which is possible because the id is not signed. */
  repeat(delivery: ReceivedDelivery): Promise<void>;
  /** Deliveries recovered from the forge's log. */
  recovered: number;
  /** @returns false when GitHub refuses it */
  change(change: ForgeChange): Promise<boolean>;
  /** Handles one message that is due; false: there is none. */
  deliver(): Promise<boolean>;
  /** Does the work that is due now. */
  work(): Promise<void>;
  /** Lets time pass, with messages, timers and schedules at their times. */
  pass(ms: number): Promise<void>;
  /** Lets time pass without any schedule or worker. */
  silence(ms: number): Promise<void>;
  reconcile(): Promise<void>;
  recoverDeliveries(): Promise<void>;
  /** Removes all faults. */
  quiet(): void;
}

interface Snapshot {
  readonly world: BaseWorld;
  readonly items: ReadonlyMap<string, Item>;
  readonly objects: ReadonlyMap<string, StoredObject>;
  readonly values: ReadonlyMap<string, string>;
  readonly holders: readonly Holder[];
  readonly time: number;
}

export interface Model {
  /** An imported, idle world with its tokens. */
  begin(name: BaseWorldName): Promise<ModelWorld>;
  close(): Promise<void>;
}

export async function startModel(): Promise<Model> {
  const putTimeBack = hurryTime();
  // Its state is written with each change: in memory, where there is such a folder.
  const directory = await mkdtemp(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'model-github-'));
  const gitRoot = join(directory, 'git');
  let current: ModelWorld | undefined;
  let deliver: (headers: Readonly<Record<string, string>>, body: string) => Promise<number> = async () => 503;
  const clock = createSteppedClock(start, async () => gitHub.sent());
  let underWay = 0;
  const gitHub: GitHubSimulator = await startGitHubSimulator({
    directory,
    world: parseWorld(
      'users: [{ login: nobody }]\norganizations: [{ login: nothing, members: { nobody: owner } }]',
      'none',
    ),
    ports: { web: 0, api: 0, codeload: 0, control: 0 },
    clock: {
      now: clock.now,
      // A slow answer advances the clock while the caller waits.
      after(ms, run) {
        if (underWay === 0) {
          return clock.after(ms, run);
        }
        void clock.advance(ms).then(run);
        return () => {};
      },
    },
    app: { ...app, webhookUrl: 'http://127.0.0.1/webhooks' },
    fetch: async (_, init) => {
      const headers = new Headers(init?.headers);
      const status = await deliver(Object.fromEntries(headers), String(init?.body));
      return new Response(null, { status });
    },
  });
  const pool = await createGitPool(join(directory, 'pool.git'));
  const { state } = gitHub;
  const snapshots = new Map<BaseWorldName, Snapshot>();

  /** The simulator keeps the past only while a fault of lagging reads exists, so there is always one, which never matches. */
  const quiet = (): void => {
    gitHub.faults.remove();
    gitHub.faults.add({ kind: 'lagging-read', after: Infinity });
  };

  /** Restores the forge. */
  async function resetForge({ state: base, contents }: BaseWorld, time: number): Promise<void> {
    await gitHub.idle();
    gitHub.faults.remove();
    gitHub.renewBudgets();
    clock.set(time);
    Object.assign(state, structuredClone(base), { deliveries: [] });
    await rm(gitRoot, { recursive: true, force: true });
    for (const [place, refs] of contents) {
      await pool.make(place, refs);
    }
    // The past of another sequence is not needed.
    await gitHub.changes.run('set-webhook', { url: 'http://127.0.0.1/webhooks' });
    quiet();
  }

  async function open(snapshot: Omit<Snapshot, 'world'> | undefined): Promise<ModelWorld> {
    const table = watchTable(
      createMemoryTable(snapshot?.items),
      clock.now,
      (snapshot?.time ?? start) - restMs,
    );
    const objects = createMemoryObjects(clock, snapshot?.objects);
    const keyValues = createMemoryKeyValues(snapshot?.values);
    let turns = createTurns();
    const ask: typeof fetch = (input, init) =>
      turns(async () => {
        await clock.advance(requestMs);
        // Callers share the request for a token, so no other worker runs during it.
        if (!String(input).endsWith('/access_tokens')) {
          // Work done meanwhile makes requests of its own.
          const outer = turns;
          turns = createTurns();
          await world.onRequest().finally(() => {
            turns = outer;
          });
        }
        const put = forget(world, init);
        underWay += 1;
        try {
          const response = await fetch(input, init);
          const body = await response.arrayBuffer();
          return new Response([204, 304].includes(response.status) ? null : body, response);
        } finally {
          underWay -= 1;
          put();
        }
      });
    const forge = createGitHubForge({
      app: { id: state.app.id, ...app },
      apiUrl: gitHub.addresses.api,
      clock,
      fetch: ask,
      budgets: (credential) => createCredentialBudget(table, gitHubHost, credential),
    });
    const registry = await createRegistry(
      {
        table,
        objects: objects.writer,
        dists: objects.dists,
        storedObjects: objects.storedObjects,
        keyValues,
        clock,
        published: async () => ({ values: await keyValues.list(), objects: await objects.list() }),
      },
      [],
      async (synchronization) => readerFor(forge, synchronization),
    );
    const { workQueue } = registry;
    const logger = { info: () => {}, warn: () => {}, error: () => {} };
    const common = { table, workQueue, clock, logger };
    let nextSweep = clock.now() + 60_000;
    let nextRecovery = clock.now() + 300_000;
    let nextReconcile = clock.now() + 600_000;
    const world: ModelWorld = {
      state,
      gitHub,
      registry,
      table,
      clock,
      pool,
      forge,
      now: {
        state,
        pool,
        refs: ({ gitDirectory }) => new Map(readRefs(gitDirectory).map(({ name, oid }) => [name, oid])),
      },
      holders: [...(snapshot?.holders ?? [])],
      errors: [],
      onRequest: async () => {},
      onWork: async () => {},
      through: undefined,
      throughAll: undefined,
      forgetful: undefined,
      forgotAt: { people: 0, things: 0 },
      received: [],
      async repeat({ headers, body }) {
        await deliver({ ...headers, 'x-github-delivery': `repeated-${world.received.length}` }, body);
      },
      recovered: 0,
      async change({ name, input }) {
        try {
          const { id } = await gitHub.changes.runUnchecked(name, input);
          if (name === 'create-repository' && typeof id === 'number') {
            await pool.share(directoryOf(gitRoot, id));
          }
          return true;
        } catch (error) {
          if (error instanceof ChangeError) {
            return false;
          }
          throw error;
        } finally {
          await gitHub.sent();
        }
      },
      async deliver() {
        const { through = world.throughAll } = world;
        const isDue = (registry.nextDue() ?? Infinity) <= clock.now();
        if (isDue) {
          world.through = undefined;
        }
        const isDone = await registry.handleNext(isDue ? through : undefined);
        if (isDone) {
          await world.onWork();
        }
        return isDone;
      },
      async work() {
        for (let count = 0; await world.deliver(); count++) {
          if (count > 5000) {
            throw new Error('work without end');
          }
        }
      },
      async pass(ms) {
        const end = clock.now() + ms;
        await world.work();
        while (clock.now() < end) {
          const stops = [registry.nextDue(), clock.nextTimer(), nextSweep, nextRecovery, nextReconcile];
          const next = Math.min(end, ...stops.filter((at) => at !== undefined));
          await clock.advance(Math.max(1, next - clock.now()));
          if (clock.now() >= nextSweep) {
            nextSweep = clock.now() + 60_000;
            await sweepWork(common);
          }
          if (clock.now() >= nextRecovery) {
            nextRecovery = clock.now() + 300_000;
            await world.recoverDeliveries();
          }
          if (clock.now() >= nextReconcile) {
            await world.reconcile();
          }
          await world.work();
        }
      },
      silence: (ms) => clock.advance(ms),
      quiet,
      async reconcile() {
        nextReconcile = clock.now() + 600_000;
        await reconcile(common);
        await world.onWork();
      },
      async recoverDeliveries() {
        try {
          const log = forge.deliveries;
          const { taken } = await recoverDeliveries({
            ...common,
            log,
            source: gitHubHost,
            reconcileAll: () => reconcile(common),
          });
          world.recovered += taken;
        } catch (error) {
          // The next turn begins where this one did.
          if (!(error instanceof ForgeError)) {
            world.errors.push(error);
          }
        }
      },
    };
    const source = { ...gitHubHost, secrets: [app.webhookSecret] };
    const receiving = { ...common, sourcesOf: async () => [source] };
    deliver = async (headers, body) => {
      world.received.push({ headers, body, at: clock.now() });
      try {
        const request = { headers, body: Buffer.from(body) };
        return (await receiveDelivery(receiving, gitHubHost, request)).status;
      } catch (error) {
        world.errors.push(error);
        return 500;
      }
    };
    current = world;
    return world;
  }

  async function snapshotOf(name: BaseWorldName): Promise<Snapshot> {
    const known = snapshots.get(name);
    if (known !== undefined) {
      return known;
    }
    const base = baseWorld(name, pool, gitRoot);
    await resetForge(base, start);
    const world = await open(undefined);
    await settled(world.registry);
    world.holders.push(...(await giveTokens(world.registry, base, state)));
    await world.registry.settle();
    // The import ends here, so that names pass only as they do after an import.
    await world.reconcile();
    await world.work();
    await clock.advance(restMs);
    const { values, objects } = await world.registry.published();
    const made: Snapshot = {
      world: base,
      items: world.table.dump(),
      objects,
      values,
      holders: world.holders,
      time: clock.now(),
    };
    snapshots.set(name, made);
    return made;
  }

  return {
    async begin(name) {
      const snapshot = await snapshotOf(name);
      await resetForge(snapshot.world, snapshot.time);
      return open(snapshot);
    },
    async close() {
      if (current !== undefined) {
        await gitHub.close();
      }
      await rm(directory, { recursive: true, force: true });
      putTimeBack();
    },
  };
}
