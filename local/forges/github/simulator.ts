import { randomBytes, randomUUID } from 'node:crypto';
import { createServer, type RequestListener, type Server } from 'node:http';
import { join } from 'node:path';
import type { World } from '../world/world.ts';
import { createBudgets } from './api/budgets.ts';
import { createCodeload } from './api/codeload.ts';
import { createGitObjects, type GitObjects } from './api/git-objects.ts';
import type { Intercept } from './api/ports.ts';
import { createSecondaryLimits } from './api/secondary-limits.ts';
import { createGitHubApi } from './api/server.ts';
import { createTokenStore } from './api/tokens.ts';
import { type Changes, createChanges } from './changes.ts';
import { createControl } from './control.ts';
import { createRequestLog, type RequestLog } from './control-requests.ts';
import { createFaultRegistry, type FaultRegistry } from './faults.ts';
import { createGitHttp } from './git-http.ts';
import { createPushes } from './git-push.ts';
import { createPastStates } from './past-states.ts';
import { createPayloads } from './payloads.ts';
import { createGitHubState } from './persistence.ts';
import type { App, GitHubState } from './state.ts';
import { createWebhooks } from './webhooks.ts';

/** Ports on 127.0.0.1; 0 takes any free one. */
export interface SimulatorPorts {
  /** Stands for github.com: git over HTTP. */
  readonly web: number;
  /** Stands for api.github.com. */
  readonly api: number;
  /** Stands for codeload.github.com. */
  readonly codeload: number;
  /** The control route. */
  readonly control: number;
}

export interface SimulatorClock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls `run` once the clock has passed `delayMs`; returns the cancellation. */
  after(delayMs: number, run: () => void): () => void;
}

export interface GitHubSimulatorOptions {
  /** Folder for the state and the repositories, kept between runs. */
  readonly directory: string;
  /** What a folder without a state starts from. */
  readonly world: World;
  readonly ports: SimulatorPorts;
  /** All of the simulator's time comes from here: budgets, tokens, links, what lags, deliveries and their time-outs. */
  readonly clock?: SimulatorClock;
  /** Whether bursts are refused, as GitHub's secondary limits do; not by default, since a trial on one machine imports at once. */
  readonly secondaryLimits?: boolean;
  readonly onLog?: (line: string) => void;
  /** Where git objects are read; from each repository's own folder if left out. Closed with the simulator. */
  readonly objects?: GitObjects;
  /** Parts of the app that are given; the others are made up once and kept. */
  readonly app?: Partial<App>;
  /** Sends webhooks. */
  readonly fetch?: typeof fetch;
}

export interface GitHubSimulator {
  readonly state: GitHubState;
  /** Without a trailing slash. */
  readonly addresses: Readonly<Record<keyof SimulatorPorts, string>>;
  readonly changes: Changes;
  readonly faults: FaultRegistry;
  readonly requests: RequestLog;
  /** Replaces the hook that decides on every request to the API and the archives; undefined lets all pass. */
  intercept(hook: Intercept | undefined): void;
  /** Gives everybody a whole rate limit again, as the next hour does. */
  renewBudgets(): void;
  /** Resolves when no webhook is under way. */
  idle(): Promise<void>;
  /** The same, but what waits for a following delivery goes on waiting. */
  sent(): Promise<void>;
  close(): Promise<void>;
}

const systemClock: SimulatorClock = {
  now: Date.now,
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
};

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
  if (persistent.otherWorld) {
    log(
      `the world has changed since ${directory} was made from it; remove that folder to start from the new one`,
    );
  }

  const servers = await listenAll(options.ports);
  const addresses = {
    web: addressOf(servers.web),
    api: addressOf(servers.api),
    codeload: addressOf(servers.codeload),
    control: addressOf(servers.control),
  };

  const faults: FaultRegistry = createFaultRegistry({ added: () => pastStates.record() });
  const pastStates = createPastStates({
    state,
    now,
    wanted: () => faults.list().some(({ kind }) => kind === 'lagging-read'),
  });
  const changed = async (): Promise<void> => {
    pastStates.record();
    await persistent.save();
  };
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
  const gitRoot = join(directory, 'git');
  const changes = createChanges({ state, payloads, pushes, gitRoot, now, emit: webhooks.emit }, changed);
  const requests = createRequestLog();
  const tokens = createTokenStore({ now, random: randomBytes });
  const { objects = createGitObjects() } = options;
  const gitHttp = createGitHttp({
    state,
    pushes,
    log,
    authorizeGit: (authorization, repositoryId) => tokens.authorizeGit(state, authorization, repositoryId),
  });

  const sleep = (ms: number): Promise<void> => new Promise((resolve) => after(ms, resolve));
  const budgets = createBudgets(now);
  let hook: Intercept | undefined;
  const intercept: Intercept = (match) => hook?.(match);
  const common = { state, faults, objects, now, sleep, intercept, recordRequest: requests.recordRequest };
  const handlers: Record<keyof SimulatorPorts, RequestListener> = {
    web: (request, response) => {
      gitHttp(request, response)
        .then((answered) => {
          if (!answered) response.writeHead(404, { 'content-type': 'text/plain' }).end('Not Found\n');
        })
        .catch((error: unknown) => {
          log(`git: ${error instanceof Error ? error.message : String(error)}`);
          if (response.headersSent) response.destroy();
          else response.writeHead(500).end();
        });
    },
    api: createGitHubApi({
      ...common,
      budgets,
      tokens,
      addresses,
      past: pastStates.past,
      ...(options.secondaryLimits && { secondaryLimits: createSecondaryLimits(now) }),
      redeliver: async (deliveryId) => {
        webhooks.redeliver(deliveryId);
      },
    }),
    codeload: createCodeload(common),
    control: createControl({
      state,
      changes,
      faults,
      requests,
      redeliver: webhooks.redeliver,
      idle: webhooks.idle,
    }),
  };
  for (const name of ['web', 'api', 'codeload', 'control'] as const)
    servers[name].on('request', handlers[name]);

  return {
    state,
    addresses,
    changes,
    faults,
    requests,
    intercept(next) {
      hook = next;
    },
    renewBudgets: budgets.renew,
    idle: webhooks.idle,
    sent: webhooks.sent,
    async close() {
      webhooks.close();
      await Promise.all(Object.values(servers).map(closeServer));
      objects.close();
      await persistent.save();
    },
  };
}

/** All servers, or none when a port is taken. */
async function listenAll(ports: SimulatorPorts): Promise<Record<keyof SimulatorPorts, Server>> {
  const servers = {
    web: createServer(),
    api: createServer(),
    codeload: createServer(),
    control: createServer(),
  };
  const outcomes = await Promise.allSettled([
    listen(servers.web, ports.web),
    listen(servers.api, ports.api),
    listen(servers.codeload, ports.codeload),
    listen(servers.control, ports.control),
  ]);
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed === undefined) return servers;
  await Promise.all(Object.values(servers).map(closeServer));
  throw failed.reason;
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function addressOf(server: Server): string {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server listens on no port');
  return `http://127.0.0.1:${address.port}`;
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
