import { randomBytes, randomUUID } from 'node:crypto';
import type { RequestListener } from 'node:http';
import { createControl } from '../control/control.ts';
import type { RequestLog } from '../control/request-log.ts';
import { createSimulation } from '../control/simulation.ts';
import type { FaultRegistry } from '../faults/faults.ts';
import type { Intercept } from '../faults/interception.ts';
import { createGitObjects, type GitObjects } from '../git/objects.ts';
import { type SimulatorClock, systemClock } from '../server/clock.ts';
import { allOrNone, listen } from '../server/listen.ts';
import { gitRootOf } from '../state/open-state.ts';
import { makeTokensRandom } from '../state/simulated-tokens.ts';
import type { World } from '../world/world.ts';
import { createBudgets } from './api/budgets.ts';
import { createCodeload } from './api/codeload.ts';
import type { RequestEntry } from './api/ports.ts';
import { createSecondaryLimits } from './api/secondary-limits.ts';
import { createGitHubApi } from './api/server.ts';
import { createTokenStore } from './api/tokens.ts';
import { type Changes, createChanges } from './changes.ts';
import { type GitHubFaultKind, gitHubFaultKinds } from './fault-kinds.ts';
import { createGitHubGit } from './git-http.ts';
import { createPushes } from './git-push.ts';
import { createGitHubState } from './open-state.ts';
import { createPayloads } from './payloads.ts';
import { createRegistrations } from './registrations.ts';
import type { App, Delivery, GitHubState } from './state.ts';
import { summarize } from './summarize.ts';
import { createSite } from './web/site.ts';
import { createWebhooks } from './webhooks.ts';

/** Ports on 127.0.0.1; 0 takes any free one. */
export interface SimulatorPorts {
  /** Stands for github.com: pages and OAuth, git over HTTP. */
  readonly web: number;
  /** Stands for api.github.com. */
  readonly api: number;
  /** Stands for codeload.github.com. */
  readonly codeload: number;
  /** The control route. */
  readonly control: number;
}

export interface GitHubSimulatorOptions {
  /** Folder for the state and the repositories, kept between runs. */
  readonly directory: string;
  /** The initial state for a folder without one. */
  readonly world: World;
  readonly ports: SimulatorPorts;
  /** The source of all of the simulator's time: budgets, tokens, links, lagging reads, deliveries and their time-outs. */
  readonly clock?: SimulatorClock;
  /**
   * Whether bursts are refused, as by GitHub's secondary limits. Off by default, since a trial on one machine imports everything at once.
   */
  readonly secondaryLimits?: boolean;
  /** Whether nobody can guess the users' tokens, also in later runs on the folder. Off by default, so that tests know them. */
  readonly randomTokens?: boolean;
  readonly onLog?: (line: string) => void;
  /** Reads git objects; by default from each repository's own folder. Closed with the simulator. */
  readonly objects?: GitObjects;
  /** Parts of the app that are given; the others are generated once and kept. */
  readonly app?: Partial<App>;
  /** Sends webhooks. */
  readonly fetch?: typeof fetch;
}

export interface GitHubSimulator {
  readonly state: GitHubState;
  /** No trailing slash. */
  readonly addresses: Readonly<Record<keyof SimulatorPorts, string>>;
  readonly changes: Changes;
  readonly faults: FaultRegistry<GitHubFaultKind>;
  readonly requests: RequestLog<RequestEntry>;
  /** Replaces the hook that decides on every request to the API and the archive host; undefined lets all pass. */
  intercept(hook: Intercept | undefined): void;
  /** Refills everybody's rate limit, as the next hour does. */
  renewBudgets(): void;
  /** Resolves when no webhook is under way. */
  idle(): Promise<void>;
  /** Like `idle`, but reordered deliveries keep waiting for the next. */
  sent(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Starts a GitHub on this machine: API, git, archives, webhooks and the control route, each on a port of 127.0.0.1.
 *
 * @throws when a port is taken, or the folder holds a state that cannot be read.
 */
export async function startGitHubSimulator(options: GitHubSimulatorOptions): Promise<GitHubSimulator> {
  const { directory, clock = systemClock, onLog: log = () => undefined } = options;
  const { now, after } = clock;
  const persistent = await createGitHubState(options.world, {
    directory,
    now,
    ...(options.app !== undefined && { app: options.app }),
  });
  const { state } = persistent;
  if (options.randomTokens) await makeTokensRandom(persistent);
  const listeners = await allOrNone([
    listen(options.ports.web),
    listen(options.ports.api),
    listen(options.ports.codeload),
    listen(options.ports.control),
  ]);
  const [web, api, codeload, control] = listeners;
  const addresses = {
    web: web.address,
    api: api.address,
    codeload: codeload.address,
    control: control.address,
  };

  const simulation = createSimulation<GitHubFaultKind, RequestEntry, Delivery, GitHubState>({
    ...{ persistent, clock, directory, log },
    budgets: ['rest', 'graphql'],
  });
  const { faults, requests, changed, sleep, intercept } = simulation;
  const payloads = createPayloads(state, addresses);
  const webhooks = createWebhooks({
    state,
    payloads,
    faults,
    now,
    after: (delayMs, run) => after(delayMs, run),
    uuid: randomUUID,
    fetch: options.fetch ?? globalThis.fetch,
    record: persistent.recordDelivery,
    log,
  });
  const pushes = createPushes({ payloads, emit: webhooks.emit, now, save: changed });
  const gitRoot = gitRootOf(directory);
  const tokens = createTokenStore({ now, random: randomBytes });
  const { endGrants } = tokens.users;
  const changes = createChanges(
    { state, payloads, pushes, gitRoot, now, emit: webhooks.emit, endGrants },
    changed,
  );
  const registrations = createRegistrations({
    state,
    now,
    random: randomBytes,
    async replaced() {
      endGrants();
      await changed();
    },
  });
  const { objects = createGitObjects() } = options;
  const budgets = createBudgets(now);
  const common = { state, faults, objects, now, sleep, intercept, recordRequest: requests.recordRequest };
  const git = createGitHubGit({
    state,
    pushes,
    log,
    authorizeGit: (authorization, repositoryId) => tokens.authorizeGit(state, authorization, repositoryId),
  });
  const install = async (organization: string, as: string): Promise<string> => {
    const { id } = await changes.run('install-app', { organization, as });
    return `${id}`;
  };
  const site = createSite({ ...common, addresses, git, users: tokens.users, registrations, install });
  const answerApi = createGitHubApi({
    ...common,
    budgets,
    tokens,
    registrations,
    addresses,
    past: simulation.past,
    ...(options.secondaryLimits && { secondaryLimits: createSecondaryLimits(now) }),
    redeliver: async (deliveryId) => {
      webhooks.redeliver(deliveryId);
    },
  });
  api.serve(answerApi);
  web.serve(asOneHost(site, answerApi));
  codeload.serve(createCodeload(common));
  control.serve(
    createControl({
      summarize: () => summarize(state),
      change: changes.runUnchecked,
      faults,
      faultKinds: gitHubFaultKinds,
      requests,
      deliveries: () => state.deliveries,
      redeliver: webhooks.redeliver,
      idle: webhooks.idle,
    }),
  );

  return {
    state,
    addresses,
    changes,
    faults,
    requests,
    intercept: simulation.setIntercept,
    renewBudgets: budgets.renew,
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

/** An Enterprise Server has its API on the host of its pages: `/api/v3` and `/api/graphql`. */
function asOneHost(site: RequestListener, answerApi: RequestListener): RequestListener {
  return (request, response) => {
    const [, path] = /^\/api(?:\/v3)?(\/.*)$/.exec(request.url ?? '') ?? [];
    if (path === undefined) {
      site(request, response);
      return;
    }
    request.url = path;
    answerApi(request, response);
  };
}
