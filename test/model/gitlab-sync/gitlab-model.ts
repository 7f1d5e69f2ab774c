/**
 * The way from a simulated GitLab to what people may read here, on a stepped clock: the real adapter, the real runs, deliveries and schedules,
 * with the table in memory. What is published of it is compared in ../sync. One simulator serves all sequences.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SyncMessage } from '../../../events/messages/schema.ts';
import { ChangeError } from '../../../local/forges/control/change.ts';
import type { ChangeName } from '../../../local/forges/gitlab/changes.ts';
import { type GitLabSimulator, startGitLabSimulator } from '../../../local/forges/gitlab/simulator.ts';
import { personalToken } from '../../../local/forges/gitlab/state.ts';
import { parseWorld } from '../../../local/forges/world/read-world.ts';
import { asId, type ConnectionId, type ForgeAccountId } from '../../../shared/domain/ids.ts';
import { namesIn } from '../../../shared/domain/scopes.ts';
import { createMemoryBudgets } from '../../../shared/forge/budget.ts';
import { credential as schema } from '../../../shared/forge/gitlab/credential.ts';
import { gitLab } from '../../../shared/forge/gitlab/module.ts';
import type { ForgeServices } from '../../../shared/forge/module.ts';
import { decideRemovals } from '../../../shared/organizations/decide-removals.ts';
import { decisionsFor } from '../../../shared/publish/effective-rights.ts';
import { createEnvelopeCipher } from '../../../shared/runtime/cipher.ts';
import { plainFetch } from '../../../shared/runtime/plain-fetch.ts';
import { Secret } from '../../../shared/runtime/secret.ts';
import { createCredentialSource, storeCredential } from '../../../shared/store/credential-store.ts';
import { listHeld } from '../../../shared/store/scope-store.ts';
import { findSynchronization } from '../../../shared/store/synchronization-store.ts';
import { requestWork, type WorkMessage } from '../../../shared/store/work.ts';
import { scopeWork } from '../../../shared/store/work-items.ts';
import { runScopes } from '../../../shared/sync/run/run-scopes.ts';
import { reconcile } from '../../../shared/sync/schedule/reconcile.ts';
import { sweepWork } from '../../../shared/sync/schedule/sweep.ts';
import { receiveDelivery } from '../../../shared/sync/webhooks/receive-delivery.ts';
import { byOwner } from '../../support/by-owner.ts';
import { createMemoryDataKeys } from '../../support/memory-data-keys.ts';
import { createMemoryTable } from '../../support/memory-table.ts';
import { addSynchronized, organizationId, synchronizationId } from '../../support/synchronized.ts';
import type { DescribedInstance } from '../gitlab-rights/instance.ts';
import { ownerName, topName } from '../gitlab-rights/random-instances.ts';
import { idOf, simulate } from '../gitlab-rights/simulated-instance.ts';
import { createTurns } from '../sync/serialize.ts';
import { createSteppedClock, type SteppedClock } from '../sync/stepped-clock.ts';
import { type WatchedTable, watchTable } from '../sync/watched-table.ts';

const start = Date.parse('2026-11-22T12:00:00Z');
/** How long one request to GitLab takes. */
const requestMs = 120;
const connection = { kind: 'access-token', id: asId<ConnectionId>('gl1') } as const;
const signingToken = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

export interface ReceivedDelivery {
  readonly body: string;
  /** Whether it was taken. */
  readonly status: number;
  readonly at: number;
}

export interface GitLabWorld {
  readonly simulator: GitLabSimulator;
  readonly clock: SteppedClock;
  readonly table: WatchedTable;
  readonly topId: number;
  readonly received: ReceivedDelivery[];
  readonly errors: unknown[];
  /** Called before each request to GitLab. */
  onRequest: () => Promise<void>;
  /** Called when a worker has finished, and after each delivery. */
  onWork: () => Promise<void>;
  /** @returns false when GitLab refuses it */
  change(name: ChangeName, input: unknown): Promise<boolean>;
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
  /** Ids of the projects that the account may read; undefined while nothing is published because a plan is being applied. */
  readableBy(userId: number): Promise<ReadonlySet<string> | undefined>;
  /** An owner's yes to all held removals. @returns how many lists had some */
  allowHeld(): Promise<number>;
  isSuspended(): Promise<boolean>;
  /** Everything is read, and the credential is good again. */
  repair(): Promise<void>;
}

export interface GitLabModel {
  /** A simulated GitLab with this instance, read completely. */
  begin(instance: DescribedInstance): Promise<GitLabWorld>;
  close(): Promise<void>;
}

export async function startGitLabModel(): Promise<GitLabModel> {
  const directory = await mkdtemp(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'model-gitlab-'));
  let deliver: (headers: Readonly<Record<string, string>>, body: string) => Promise<number> = async () => 503;
  const clock = createSteppedClock(start, async () => simulator.sent());
  let underWay = 0;
  const simulator: GitLabSimulator = await startGitLabSimulator({
    ...{ directory, ports: { web: 0, control: 0 } },
    world: parseWorld(
      `users: [{ login: ${ownerName} }]\norganizations: [{ forge: gitlab, path: ${topName}, members: { ${ownerName}: owner }, projects: [{ path: any }] }]`,
      'none',
    ),
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
    fetch: async (_, init) =>
      new Response(null, {
        status: await deliver(Object.fromEntries(new Headers(init?.headers)), String(init?.body)),
      }),
  });
  const { state } = simulator;
  const [project] = [...state.projects.values()];
  const [top] = [...state.groups.values()];
  const [owner] = [...state.users.values()];
  if (project === undefined || top === undefined || owner === undefined) {
    throw new Error('the simulated GitLab is empty');
  }
  const { gitDirectory } = project;
  const kept = new Map([
    [ownerName, owner.id],
    [topName, top.id],
  ]);
  const topId = idOf(kept, topName);
  const host = { forge: gitLab.id, baseUrl: simulator.addresses.web };
  const integration = {
    forge: gitLab.id,
    settings: gitLab.settings.parse({ baseUrl: host.baseUrl }),
    secrets: {},
  };

  /** The simulator keeps the past only while a fault of lagging reads exists, so there is always one, which never matches. */
  const quiet = (): void => {
    simulator.faults.remove();
    simulator.faults.add({ kind: 'lagging-read', after: Infinity });
  };

  async function reset(instance: DescribedInstance): Promise<void> {
    await simulator.idle();
    simulator.faults.remove();
    clock.set(start);
    simulate(state, instance, { gitDirectory, kept, now: start });
    Object.assign(state, { deliveries: [], nextId: 10_000 });
    state.hooks.clear();
    state.hooks.set(1, {
      ...{ id: 1, groupId: topId, uuid: 'hook', url: 'http://127.0.0.1/webhooks', failures: 0 },
      // Before 19.0 it is sent as it is.
      ...{ token: signingToken, signingToken },
      events: new Set(['member_events', 'subgroup_events', 'project_events']),
      ...{ enableSslVerification: true, createdAt: new Date(start).toISOString() },
    });
    // The state is stored with a change, and the past of another sequence is forgotten.
    await simulator.changes.run('set-variant', {});
    simulator.requests.clear();
    quiet();
  }

  async function open(): Promise<GitLabWorld> {
    const table = watchTable(createMemoryTable(), clock.now, start);
    const cipher = createEnvelopeCipher(createMemoryDataKeys());
    let turns = createTurns();
    const ask: typeof fetch = (input, init) =>
      turns(async () => {
        await clock.advance(requestMs);
        // Work done meanwhile makes requests of its own.
        const outer = turns;
        turns = createTurns();
        await world.onRequest().finally(() => {
          turns = outer;
        });
        underWay += 1;
        try {
          const response = await plainFetch(input, init);
          const body = await response.arrayBuffer();
          return new Response([204, 304].includes(response.status) ? null : body, response);
        } finally {
          underWay -= 1;
        }
      });
    const services: ForgeServices = {
      ...{ fetch: ask, clock, budgets: createMemoryBudgets(), random: () => 0 },
    };
    const organization = asId<never>(topId);
    const giveCredential = async (): Promise<void> => {
      const secret = new Secret({
        kind: 'token',
        accessToken: personalToken(ownerName),
        rotates: false,
      } as const);
      await storeCredential({ table, cipher, clock }, connection.id, { secret, validUntil: undefined });
    };
    await addSynchronized(table, 'some', { ...host, forgeOrganization: organization, connection });
    await giveCredential();

    const queue: { message: SyncMessage; due: number }[] = [];
    const workQueue = {
      /** Only reads are of interest here: what is published, and hooks, have tests of their own. */
      async send(messages: readonly WorkMessage[], delaySeconds = 0) {
        const due = clock.now() + delaySeconds * 1000;
        const reads = messages
          .filter(({ queue: name }) => name === 'sync')
          .flatMap(({ message }) => SyncMessage.safeParse(message).data ?? []);
        queue.push(...reads.map((message) => ({ message, due })));
      },
    };
    const logger = { info: () => {}, warn: () => {}, error: () => {} };
    let leases = 0;
    const common = { ...{ table, workQueue, clock, logger }, newLeaseId: () => `lease-${++leases}` };
    let nextSweep = start + 60_000;
    let nextReconcile = start + 600_000;
    const world: GitLabWorld = {
      ...{ simulator, clock, table, topId, received: [], errors: [], quiet },
      onRequest: async () => {},
      onWork: async () => {},
      async change(name, input) {
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
      },
      async deliver() {
        const place = queue.findIndex(({ due }) => due <= clock.now());
        const [next] = place === -1 ? [] : queue.splice(place, 1);
        if (next === undefined) {
          return false;
        }
        try {
          await runScopes({ ...common, openReader }, next.message);
        } catch (error) {
          world.errors.push(error);
        }
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
      async pass(ms) {
        const end = clock.now() + ms;
        await world.work();
        while (clock.now() < end) {
          const due = queue.map((one) => one.due);
          const stops = [...due, clock.nextTimer(), nextSweep, nextReconcile];
          const next = Math.min(end, ...stops.filter((at) => at !== undefined));
          await clock.advance(Math.max(1, next - clock.now()));
          if (clock.now() >= nextSweep) {
            nextSweep = clock.now() + 60_000;
            await sweepWork(common);
          }
          if (clock.now() >= nextReconcile) {
            await world.reconcile();
          }
          await world.work();
        }
      },
      async reconcile() {
        nextReconcile = clock.now() + 600_000;
        await reconcile(common);
        await world.onWork();
      },
      loseMessages() {
        queue.length = 0;
      },
      async readableBy(userId) {
        const account = asId<ForgeAccountId>(userId);
        const reader = { kind: 'account', synchronization: synchronizationId, account } as const;
        const decisions = await decisionsFor(table, organizationId, reader, clock.now());
        return decisions.some(({ isApplying }) => isApplying)
          ? undefined
          : new Set(decisions.flatMap(({ readable }) => [...readable.keys()].map(String)));
      },
      async allowHeld() {
        const held = await listHeld(table, synchronizationId);
        const synchronization = await findSynchronization(table, synchronizationId);
        for (const { scope, digest } of synchronization === undefined ? [] : held) {
          const said = { scope, decision: 'yes', shown: digest } as const;
          await decideRemovals({ ...common, randomBytes }, synchronization as never, said, byOwner);
        }
        return held.length;
      },
      async isSuspended() {
        return (await findSynchronization(table, synchronizationId))?.rightsSuspendedAt !== undefined;
      },
      async repair() {
        quiet();
        await giveCredential();
      },
    };
    async function openReader() {
      const source = createCredentialSource(
        { table, cipher, clock, newLeaseId: randomUUID },
        connection.id,
        schema,
      );
      const client = await gitLab.open(
        { integration, connection, organization, services: { ...services } },
        source,
      );
      return { ...client.structure, requests: client.requests };
    }
    const source = { ...host, secrets: [signingToken], synchronization: synchronizationId };
    const receiving = { ...common, sourcesOf: async () => [source] };
    deliver = async (headers, body) => {
      let status = 500;
      try {
        const request = { headers, body: Buffer.from(body) };
        ({ status } = await receiveDelivery(receiving, { forge: gitLab.id, source: 'hook' }, request));
      } catch (error) {
        world.errors.push(error);
      }
      world.received.push({ body, status, at: clock.now() });
      return status;
    };
    for (const scope of namesIn(gitLab.traits.scopes)) {
      const work = scopeWork(organizationId, synchronizationId, scope);
      await table.transact([requestWork(work, clock.now(), { cause: 'test' })]);
      await workQueue.send([work.message]);
    }
    await world.work();
    return world;
  }

  return {
    async begin(instance) {
      await reset(instance);
      return open();
    },
    async close() {
      await simulator.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
