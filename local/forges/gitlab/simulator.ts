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
import { createGitLabApi } from './api/server.ts';
import { addApplication, type NewApplication } from './applications.ts';
import { createBranchCache } from './branch-cache.ts';
import { type Changes, createChanges } from './changes.ts';
import { type GitLabFaultKind, gitLabFaultKinds } from './fault-kinds.ts';
import { createGitLabGit } from './git-http.ts';
import { createPushes } from './git-push.ts';
import { createGrants } from './grants.ts';
import { createGitLabState } from './open-state.ts';
import { createPayloads } from './payloads.ts';
import type { Delivery, GitLabState, OAuthApplication } from './state.ts';
import { summarize } from './summarize.ts';
import type { Variant } from './variants.ts';
import { createSite } from './web/site.ts';
import { createWebhooks } from './webhooks.ts';

export interface GitLabSimulatorOptions {
  /** Folder for the state and the repositories, kept between runs. */
  readonly directory: string;
  /** The initial state for a folder without one. */
  readonly world: World;
  /** On 127.0.0.1; 0 takes any free one. `web` serves everything of a GitLab. */
  readonly ports: { readonly web: number; readonly control: number };
  /** The relative URL root, such as `/gitlab`; none if left out. https://docs.gitlab.com/install/relative_url/ */
  readonly root?: string;
  /** Offering, plan and version; by default those of the stored state, or `defaultVariant`. */
  readonly variant?: Variant;
  /** The source of all of the simulator's time. */
  readonly clock?: SimulatorClock;
  /** OAuth applications; each keeps its id and secret between runs. */
  readonly applications?: readonly NewApplication[];
  /** Whether nobody can guess the users' tokens, also in later runs on the folder. Off by default, so that tests know them. */
  readonly randomTokens?: boolean;
  readonly onLog?: (line: string) => void;
  /** Reads git objects; by default from each repository's own folder. Closed with the simulator. */
  readonly objects?: GitObjects;
  /** Sends webhooks. */
  readonly fetch?: typeof fetch;
}

export interface GitLabSimulator {
  readonly state: GitLabState;
  /** No trailing slash; `web` includes the relative URL root. */
  readonly addresses: Addresses;
  /** A registered application by its name. @throws when there is none */
  application(name: string): OAuthApplication;
  readonly changes: Changes;
  readonly faults: FaultRegistry<GitLabFaultKind>;
  readonly requests: RequestLog<LoggedRequest>;
  /** Replaces the hook that decides on every request; undefined lets all pass. */
  intercept(hook: Intercept | undefined): void;
  /** Starts new windows of all limits. */
  renewLimits(): void;
  /** How often each limit has refused a request, by the limit's name. */
  refusals(): Readonly<Record<string, number>>;
  /** Resolves when no webhook is under way. */
  idle(): Promise<void>;
  /** Like `idle`, but reordered deliveries keep waiting for the next. */
  sent(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Starts a GitLab on this machine: pages, OAuth, API and git on one port of 127.0.0.1, the control route on another.
 *
 * @throws when a port is taken, or the folder holds a state that cannot be read.
 */
export async function startGitLabSimulator(options: GitLabSimulatorOptions): Promise<GitLabSimulator> {
  const { directory, root = '', clock = systemClock, onLog: log = () => undefined } = options;
  const { now, after } = clock;
  const persistent = await createGitLabState(options.world, { directory, now, variant: options.variant });
  const { state } = persistent;
  if (options.randomTokens) await makeTokensRandom(persistent);
  for (const application of options.applications ?? []) addApplication(state, randomBytes, application);

  const listeners = await allOrNone([listen(options.ports.web), listen(options.ports.control)]);
  const [web, control] = listeners;
  const addresses: Addresses = { web: `${web.address}${root}`, control: control.address };

  const simulation = createSimulation<GitLabFaultKind, LoggedRequest, Delivery, GitLabState>({
    ...{ persistent, clock, directory, log },
    budgets: ['rest', 'graphql'],
  });
  const { faults, requests, changed, sleep, intercept } = simulation;
  const payloads = createPayloads(state, addresses.web, now);
  const webhooks = createWebhooks({
    ...{ state, payloads, web: addresses.web, faults, now, changed, log, uuid: randomUUID },
    after: (delayMs, run) => after(delayMs, run),
    fetch: options.fetch ?? globalThis.fetch,
    record: persistent.recordDelivery,
  });
  const pushes = createPushes({ payloads, emit: webhooks.emit, now, changed });
  const grants = createGrants({ state, now, random: randomBytes });
  const changes = createChanges(
    {
      ...{ state, payloads, pushes, grants, now, random: randomBytes, emit: webhooks.emit },
      gitRoot: gitRootOf(directory),
    },
    changed,
  );
  const limits = createLimits(now);
  const { objects = createGitObjects() } = options;
  const common = {
    ...{ state, faults, now, changed, sleep, intercept, recordRequest: requests.recordRequest },
  };
  const services: Services = {
    ...{ addresses, objects, hooks: webhooks, now, changed, random: randomBytes },
    cachedBranches: createBranchCache(now),
  };
  const api = createGitLabApi({ ...common, services, limits, past: simulation.past });
  const git = createGitLabGit({ state, now, pushes, root, log });
  web.serve(createSite({ ...common, root, grants, api, git }));
  control.serve(
    createControl({
      summarize: () => summarize(state),
      change: changes.runUnchecked,
      faults,
      faultKinds: gitLabFaultKinds,
      requests,
      deliveries: () => state.deliveries,
      redeliver: webhooks.redeliver,
      idle: webhooks.idle,
    }),
  );

  return {
    ...{ state, addresses, changes, faults, requests },
    application(name) {
      const found = [...state.applications.values()].find((application) => application.name === name);
      if (found === undefined) throw new Error(`there is no application "${name}"`);
      return found;
    },
    intercept: simulation.setIntercept,
    renewLimits: limits.renew,
    refusals: limits.refusals,
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
