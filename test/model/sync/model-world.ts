/**
 * The whole way from a simulated GitHub to what Composer reads, on a stepped clock: the real adapter, the real use cases, the real
 * deliveries and schedules; table, objects and the edge's store in memory. One simulator serves all sequences.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readRefs } from '../../../local/forges/github/api/git-refs.ts';
import { ChangeError } from '../../../local/forges/github/changes-context.ts';
import { type GitHubSimulator, startGitHubSimulator } from '../../../local/forges/github/simulator.ts';
import { testApp } from '../../../local/forges/github/simulator-fixture.ts';
import type { GitHubState } from '../../../local/forges/github/state.ts';
import { parseWorld } from '../../../local/forges/world/read-world.ts';
import { gitHubBaseUrl } from '../../../shared/domain/synchronization.ts';
import { ForgeError } from '../../../shared/forge/errors.ts';
import { createGitHubForge, type GitHubForge } from '../../../shared/forge/github/forge.ts';
import { createCredentialBudget } from '../../../shared/store/budget-store.ts';
import type { Item } from '../../../shared/store/table.ts';
import { catchUp } from '../../../shared/sync/catch-up.ts';
import { receiveDelivery } from '../../../shared/sync/receive-delivery.ts';
import { reconcile } from '../../../shared/sync/reconcile.ts';
import { sweepWork } from '../../../shared/sync/sweep.ts';
import { createMemoryKeyValues, createMemoryObjects, type StoredObject } from '../../support/memory-store.ts';
import { createMemoryTable, type MemoryTable } from '../../support/memory-table.ts';
import { createRegistry, type Registry, settled } from '../../support/registry-fixture.ts';
import type { Services } from '../../support/registry-world.ts';
import { acmeId, type BaseWorld, type BaseWorldName, baseWorld } from './base-worlds.ts';
import { directoryOf, type ForgeChange, type ForgeNow } from './forge-changes.ts';
import { createGitPool, type GitPool } from './git-pool.ts';
import { createSteppedClock, type SteppedClock } from './stepped-clock.ts';

/** So long ago that octokit takes no token for a new one, which it would try again and wait for: it looks at the process's clock. */
const start = Date.parse('2026-03-01T12:00:00Z');
/** What one request to the forge takes. */
const requestMs = 120;

/** Somebody with a token. */
export interface Holder {
  readonly kind: 'account' | 'team' | 'organization';
  /** Of the account or team on the forge; 0 for the organization. */
  readonly id: number;
  readonly token: string;
}

export interface ModelWorld {
  readonly state: GitHubState;
  readonly gitHub: GitHubSimulator;
  readonly registry: Registry;
  readonly table: MemoryTable;
  readonly clock: SteppedClock;
  readonly now: ForgeNow;
  readonly pool: GitPool;
  readonly forge: GitHubForge;
  readonly holders: Holder[];
  /** What went wrong and should not have. */
  readonly errors: unknown[];
  /** Called before each request to the forge but those for tokens. */
  onRequest: () => Promise<void>;
  /** Applied to the services of the next worker. */
  through: ((services: Services) => Services) | undefined;
  /** Requests for whole lists of people that are answered without most of them. */
  forgetful: number;
  /** @returns false when GitHub refuses it */
  change(change: ForgeChange): Promise<boolean>;
  /** Does what is due, and nothing later. */
  work(): Promise<void>;
  /** Lets time pass, with messages, timers and schedules at their times. */
  pass(ms: number): Promise<void>;
  /** Lets time pass without any schedule or worker. */
  silence(ms: number): Promise<void>;
  reconcile(): Promise<void>;
  catchUp(): Promise<void>;
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
  /** A world at rest, imported and with its tokens. */
  begin(name: BaseWorldName): Promise<ModelWorld>;
  close(): Promise<void>;
}

export async function startModel(): Promise<Model> {
  const directory = await mkdtemp(join(tmpdir(), 'model-github-'));
  const gitRoot = join(directory, 'git');
  let current: ModelWorld | undefined;
  let deliver: (headers: Readonly<Record<string, string>>, body: string) => Promise<number> = async () => 503;
  const clock = createSteppedClock(start, async () => gitHub.sent());
  const gitHub: GitHubSimulator = await startGitHubSimulator({
    directory,
    world: parseWorld(
      'users: [{ login: nobody }]\norganizations: [{ login: nothing, members: { nobody: owner } }]',
      'none',
    ),
    ports: { web: 0, api: 0, codeload: 0, control: 0 },
    clock,
    app: { ...testApp, webhookUrl: 'http://127.0.0.1/webhooks' },
    fetch: async (_, init) => {
      const headers = new Headers(init?.headers);
      const status = await deliver(Object.fromEntries(headers), String(init?.body));
      return new Response(null, { status });
    },
  });
  const pool = await createGitPool(join(directory, 'pool.git'));
  const { state } = gitHub;
  const snapshots = new Map<BaseWorldName, Snapshot>();

  /** Puts the forge back. */
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
    // Nobody wants the past of another sequence.
    await gitHub.changes.run('set-webhook', { url: 'http://127.0.0.1/webhooks' });
  }

  async function open(snapshot: Omit<Snapshot, 'world'> | undefined): Promise<ModelWorld> {
    const table = createMemoryTable(snapshot?.items);
    const objects = createMemoryObjects(clock, snapshot?.objects);
    const keyValues = createMemoryKeyValues(snapshot?.values);
    let turns = createTurns();
    const ask: typeof fetch = (input, init) =>
      turns(async () => {
        await clock.advance(requestMs);
        // Who wants a token waits for the request of another for one, so nothing is done during those.
        if (!String(input).endsWith('/access_tokens')) {
          // What is done meanwhile has requests of its own.
          const outer = turns;
          turns = createTurns();
          await world.onRequest().finally(() => {
            turns = outer;
          });
        }
        const put = forgetPeople(world, init);
        try {
          const response = await fetch(input, init);
          const body = await response.arrayBuffer();
          return new Response([204, 304].includes(response.status) ? null : body, response);
        } finally {
          put();
        }
      });
    const forge = createGitHubForge({
      secret: { appId: String(state.app.id), ...testApp },
      baseUrl: gitHub.addresses.api,
      clock,
      fetch: ask,
      budgets: (credential) => createCredentialBudget(table, 'github', credential),
      random: () => 0,
    });
    const registry = await createRegistry(
      {
        table,
        objects: objects.writer,
        dists: objects.dists,
        keyValues,
        clock,
        published: async () => ({ values: await keyValues.list(), objects: await objects.list() }),
      },
      [],
      async ({ installation, forgeOrganization }) => forge.organization(installation, forgeOrganization),
    );
    const { waker } = registry;
    const logger = { info: () => {}, warn: () => {}, error: () => {} };
    const common = { table, waker, clock, logger, baseUrl: gitHubBaseUrl };
    let nextSweep = clock.now() + 60_000;
    let nextCatchUp = clock.now() + 300_000;
    let nextReconcile = clock.now() + 600_000;
    const deliverNext = async (): Promise<boolean> => {
      const { through } = world;
      if (through !== undefined && (registry.nextDue() ?? Infinity) <= clock.now()) {
        world.through = undefined;
        return registry.deliver(through);
      }
      return registry.deliver();
    };
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
      through: undefined,
      forgetful: 0,
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
      async work() {
        for (let count = 0; await deliverNext(); count++) {
          if (count > 5000) {
            throw new Error('work without end');
          }
        }
      },
      async pass(ms) {
        const end = clock.now() + ms;
        await world.work();
        while (clock.now() < end) {
          const stops = [registry.nextDue(), clock.nextTimer(), nextSweep, nextCatchUp, nextReconcile];
          const next = Math.min(end, ...stops.filter((at) => at !== undefined));
          await clock.advance(Math.max(1, next - clock.now()));
          if (clock.now() >= nextSweep) {
            nextSweep = clock.now() + 60_000;
            await sweepWork(common);
          }
          if (clock.now() >= nextCatchUp) {
            nextCatchUp = clock.now() + 300_000;
            await world.catchUp();
          }
          if (clock.now() >= nextReconcile) {
            nextReconcile = clock.now() + 600_000;
            await world.reconcile();
          }
          await world.work();
        }
      },
      silence: (ms) => clock.advance(ms),
      async reconcile() {
        await reconcile(common);
      },
      async catchUp() {
        try {
          await catchUp({ ...common, log: forge.deliveries, reconcileAll: () => reconcile(common) });
        } catch (error) {
          // The next turn begins where this one did.
          if (!(error instanceof ForgeError)) {
            world.errors.push(error);
          }
        }
      },
    };
    deliver = async (headers, body) => {
      try {
        const request = { headers, body: Buffer.from(body) };
        return (await receiveDelivery({ ...common, webhooks: forge.webhooks }, request)).status;
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
    const idOf = new Map([...state.users.values()].map(({ login, id }) => [login, id]));
    for (const login of base.members) {
      const { token } = await world.registry.issue({ kind: 'member', login });
      world.holders.push({ kind: 'account', id: idOf.get(login) ?? 0, token });
    }
    for (const slug of base.teams) {
      const { token } = await world.registry.issue({ kind: 'team', slug });
      const id = [...state.teams.values()].find((team) => team.slug === slug)?.id ?? 0;
      world.holders.push({ kind: 'team', id, token });
    }
    const { token } = await world.registry.issue({ kind: 'organization' });
    world.holders.push({ kind: 'organization', id: 0, token });
    await world.registry.settle();
    await clock.advance(1_200_000);
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
    },
  };
}

/** One after the other, so that a sequence goes the same way each time. */
function createTurns() {
  let last: Promise<unknown> = Promise.resolve();
  return <Result>(run: () => Promise<Result>): Promise<Result> => {
    const answer = last.then(run, run);
    last = answer.catch(() => undefined);
    return answer;
  };
}

/** Lists that a tired forge may cut, with totals that fit; each thing's own look-up stays true. */
const listsOfPeople: readonly string[] = ['Members', 'Teams', 'Repositories'];

/** Takes most people out of the forge's lists for one request. @returns what puts them back */
function forgetPeople(world: ModelWorld, init: RequestInit | undefined): () => void {
  const body = typeof init?.body === 'string' ? init.body : '';
  const operation = /"operationName":"(\w+)"/.exec(body)?.[1] ?? '';
  if (world.forgetful === 0 || !listsOfPeople.includes(operation)) {
    return () => {};
  }
  world.forgetful -= 1;
  const { state } = world;
  const maps = [
    ...(operation === 'Members' ? [state.organizations.get(acmeId)?.members ?? new Map()] : []),
    ...(operation === 'Teams' ? [...state.teams.values()].map(({ members }) => members) : []),
    ...(operation === 'Repositories'
      ? [...state.repositories.values()].map(({ collaborators }) => collaborators)
      : []),
  ];
  const kept = maps.map((map) => new Map<number, unknown>(map));
  for (const map of maps) {
    // Fewer are taken for people who left.
    const last = [...map.keys()].slice(1);
    for (const id of last.length > 6 ? last : []) {
      map.delete(id);
    }
  }
  return () => {
    maps.forEach((map: Map<number, unknown>, place) => {
      map.clear();
      for (const [id, value] of kept[place] ?? []) {
        map.set(id, value);
      }
    });
  };
}
