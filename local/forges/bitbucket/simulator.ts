import { randomBytes, randomUUID } from 'node:crypto';
import { createControl } from '../control/control.ts';
import type { LoggedRequest, RequestLog } from '../control/request-log.ts';
import { createSimulation } from '../control/simulation.ts';
import type { FaultRegistry } from '../faults/faults.ts';
import type { Intercept } from '../faults/interception.ts';
import { createGitObjects, type GitObjects } from '../git/objects.ts';
import { type SimulatorClock, systemClock } from '../server/clock.ts';
import { allOrNone, listen } from '../server/listen.ts';
import { gitRootOf } from '../state/open-state.ts';
import { makeTokensRandom } from '../state/simulated-tokens.ts';
import type { World } from '../world/world.ts';
import type { Addresses, Services } from './api/context.ts';
import { createLimits } from './api/limits.ts';
import { createBitbucketApi } from './api/server.ts';
import { type Changes, createChanges } from './changes.ts';
import { type BitbucketFaultKind, bitbucketFaultKinds } from './fault-kinds.ts';
import { createBitbucketGit } from './git-http.ts';
import { createPushes } from './git-push.ts';
import { createGrants } from './grants.ts';
import { createBitbucketState } from './open-state.ts';
import { createPayloads } from './payloads.ts';
import { createMemory } from './remember.ts';
import type { BitbucketState, Consumer, Delivery } from './state.ts';
import { summarize } from './summarize.ts';
import type { Variant } from './variants.ts';
import { createArchives } from './web/archives.ts';
import { createSite } from './web/site.ts';
import { createWebhooks } from './webhooks.ts';

export interface BitbucketSimulatorOptions {
  /** Folder for the state and the repositories, kept between runs. */
  readonly directory: string;
  /** The initial state for a folder without one. */
  readonly world: World;
  /** On 127.0.0.1; 0 takes any free one. `web` stands for bitbucket.org, `api` for api.bitbucket.org. */
  readonly ports: { readonly web: number; readonly api: number; readonly control: number };
  /** What is open; by default that of the stored state, or `defaultVariant`. */
  readonly variant?: Variant;
  /** The source of all of the simulator's time. */
  readonly clock?: SimulatorClock;
  /** Whether nobody can guess the users' tokens, also in later runs on the folder. Off by default, so that tests know them. */
  readonly randomTokens?: boolean;
  readonly onLog?: (line: string) => void;
  /** Reads git objects; by default from each repository's own folder. Closed with the simulator. */
  readonly objects?: GitObjects;
  /** Sends webhooks. */
  readonly fetch?: typeof fetch;
}

export interface BitbucketSimulator {
  readonly state: BitbucketState;
  /** No trailing slash. */
  readonly addresses: Addresses;
  /** A consumer by its name. @throws when there is none */
  consumer(name: string): Consumer;
  readonly changes: Changes;
  readonly faults: FaultRegistry<BitbucketFaultKind>;
  readonly requests: RequestLog<LoggedRequest>;
  /** Replaces the hook that decides on every request; undefined lets all pass. */
  intercept(hook: Intercept | undefined): void;
  /** How often each limit has refused a request, by the name of its group. */
  refusals(): Readonly<Record<string, number>>;
  /** Forgets all requests that count towards limits. */
  renewLimits(): void;
  /** Resolves when no webhook is under way. */
  idle(): Promise<void>;
  /** Like `idle`, but reordered deliveries keep waiting for the next. */
  sent(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Starts a Bitbucket on this machine: pages, OAuth, archives and git on one port of 127.0.0.1, the API on another, and the control route.
 *
 * @throws when a port is taken, or the folder holds a state that cannot be read.
 */
export async function startBitbucketSimulator(
  options: BitbucketSimulatorOptions,
): Promise<BitbucketSimulator> {
  const { directory, clock = systemClock, onLog: log = () => undefined } = options;
  const { now, after } = clock;
  const persistent = await createBitbucketState(options.world, { directory, now, variant: options.variant });
  const { state } = persistent;
  if (options.randomTokens) await makeTokensRandom(persistent);
  const listeners = await allOrNone([
    listen(options.ports.web),
    listen(options.ports.api),
    listen(options.ports.control),
  ]);
  const [web, api, control] = listeners;
  const addresses: Addresses = { web: web.address, api: api.address, control: control.address };

  const simulation = createSimulation<BitbucketFaultKind, LoggedRequest, Delivery, BitbucketState>({
    ...{ persistent, clock, directory, log },
    budgets: ['rest', 'archive'],
  });
  const { faults, requests, sleep, intercept } = simulation;
  const memory = createMemory<BitbucketState>(now);
  const changed = (): Promise<void> => {
    memory.forget();
    return simulation.changed();
  };
  const { objects = createGitObjects() } = options;
  const payloads = createPayloads({ state, addresses, objects });
  const webhooks = createWebhooks({
    ...{ state, faults, now, log, uuid: randomUUID, record: persistent.recordDelivery },
    after: (delayMs, run) => after(delayMs, run),
    fetch: options.fetch ?? globalThis.fetch,
  });
  const pushes = createPushes({ payloads, objects, emit: webhooks.emit, now, changed });
  const grants = createGrants({ state, now, random: randomBytes });
  const changes = createChanges(
    {
      ...{ state, payloads, pushes, grants, now, random: randomBytes, emit: webhooks.emit },
      gitRoot: gitRootOf(directory),
    },
    changed,
  );
  const limits = createLimits(now);
  const common = {
    ...{ state, faults, now, changed, sleep, intercept, recordRequest: requests.recordRequest },
    ...{ limits, objects },
  };
  const services: Services = {
    ...{ addresses, objects, now, changed, random: randomBytes, remember: memory.remember },
  };
  const archives = createArchives(common);
  const git = createBitbucketGit({ state, now, pushes, limits, log });
  web.serve(createSite({ ...common, grants, archives, git }));
  api.serve(createBitbucketApi({ ...common, services, past: simulation.past }));
  control.serve(
    createControl({
      summarize: () => summarize(state),
      change: changes.runUnchecked,
      faults,
      faultKinds: bitbucketFaultKinds,
      requests,
      deliveries: () => state.deliveries,
      redeliver: webhooks.redeliver,
      idle: webhooks.idle,
    }),
  );

  return {
    ...{ state, addresses, changes, faults, requests },
    consumer(name) {
      const found = [...state.consumers.values()].find((consumer) => consumer.name === name);
      if (found === undefined) throw new Error(`there is no consumer "${name}"`);
      return found;
    },
    intercept: simulation.setIntercept,
    refusals: limits.refusals,
    renewLimits: limits.renew,
    idle: webhooks.idle,
    sent: webhooks.sent,
    async close() {
      webhooks.close();
      await Promise.all(listeners.map((listener) => listener.close()));
      objects.close();
      await persistent.save();
    },
  };
}
