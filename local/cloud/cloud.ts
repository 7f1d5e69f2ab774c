import type { CdnLine } from './cdn/distribution.ts';
import { withCookiesOfPort } from './cookies-of-port.ts';
import { createFunctionHost, type FunctionHost, type FunctionLine } from './functions/host.ts';
import type { FunctionObserver } from './functions/observer.ts';
import { authorize, type Roles } from './iam/authorize.ts';
import { busy, type IdleOptions, sleep, waitUntil, waitUntilIdle } from './idle.ts';
import { createResource } from './provision/create-resource.ts';
import { type Engines, emptyPlan, type Plan } from './provision/plan.ts';
import { checkEventSources, statementsOfFunction } from './provision/roles.ts';
import { createCloudClock, type SteppableClock } from './runtime/clock.ts';
import { type HttpHandler, type Listener, listen } from './runtime/listen.ts';
import type { Gateway } from './services/gateway.ts';
import { type ServiceBehavior, startServices } from './start-services.ts';
import { codeCacheOf, readAssembly } from './template/assembly.ts';
import { evaluateStacks } from './template/evaluate.ts';
import type { Json } from './template/json.ts';
import { type EventSource, startEventSource } from './triggers/event-source.ts';
import { startSchedule } from './triggers/schedule.ts';
import { createApiHandler, createDistributions } from './web-servers.ts';

/** Log entries of the local cloud. */
export type CloudLog =
  | ({ readonly source: 'function' } & FunctionLine)
  | ({ readonly source: 'cdn' } & CdnLine)
  | { readonly source: 'edge-function'; readonly functionName: string; readonly line: string }
  | { readonly source: 'service'; readonly line: string };

/** Ports on the loopback interface; 0 takes any free one. A server without a port is not started. */
export interface CloudPorts {
  readonly gateway: number;
  readonly registry?: number;
  readonly console?: number;
  readonly httpApi?: number;
}

/** Base URLs without a trailing slash. */
export interface CloudAddresses {
  readonly gateway: string;
  readonly registry: string | undefined;
  readonly console: string | undefined;
  readonly httpApi: string | undefined;
}

export interface CloudOptions {
  /** Output folder of `cdk synth`. */
  readonly assembly: string;
  /** Folder for everything that outlives the process. */
  readonly directory: string;
  readonly ports: CloudPorts;
  /** Values of the template's parameters; a function gets the addresses, to use them in values. */
  readonly parameters:
    | Readonly<Record<string, string>>
    | ((addresses: CloudAddresses) => Record<string, string>);
  readonly clock?: SteppableClock;
  /** How the services behave where AWS leaves it open. */
  readonly services?: ServiceBehavior;
  /** Whether schedules run, by default yes. Tests that start this work themselves switch it off. `later`: once `startSchedules` is called. */
  readonly schedules?: boolean | 'later';
  /**
   * Whether the HTTP API takes no more requests than its stage in the template, by default no: one machine serves many at once for tests and
   * benches, which measure something else.
   */
  readonly limitsRate?: boolean;
  /** Called when the services hold what the template wants, and before anything runs. */
  prepare?(services: { readonly tableEndpoint: string }): Promise<void>;
  onLog?(line: CloudLog): void;
}

export interface QueueCounts {
  readonly visible: number;
  readonly delayed: number;
  readonly inFlight: number;
}

export interface Cloud {
  readonly addresses: CloudAddresses;
  readonly clock: SteppableClock;
  readonly engines: Engines;
  /** To inject faults between the functions and the services, and to count calls. */
  readonly gateway: Gateway;
  /** The template's outputs. */
  readonly outputs: Readonly<Record<string, Json>>;
  /** Names of the functions. */
  readonly functions: readonly string[];
  /**
   * Invokes a function, by its name with or without the stack's, and waits for the result.
   *
   * @throws Error with the function's own message when it fails or is throttled
   */
  invoke(name: string, payload: unknown): Promise<unknown>;
  /** Sets the observer of all functions. */
  observe(observer: FunctionObserver): void;
  /** Starts the schedules that were put off; a second call does nothing. */
  startSchedules(): void;
  queueCounts(): Readonly<Record<string, QueueCounts>>;
  /**
   * Resolves when no function runs and no queue with a consumer holds a message that is visible or in flight; options change which messages
   * count.
   *
   * @throws Error that names what is busy, by default after 30 s of real time
   */
  idle(options?: IdleOptions & { readonly timeoutMs?: number }): Promise<void>;
  /** Terminates the workers that run an invocation of the function, as a crash would. @returns how many */
  killRunning(name: string): Promise<number>;
  /** Empties the edge caches. */
  clearCaches(): void;
  /** Ends idle workers and clears the edge caches: the next requests find everything cold. */
  coolDown(): Promise<void>;
  /** Stops taking new work, gives running work `graceMs` (5 s) of real time to finish, and ends everything. */
  close(options?: { readonly graceMs?: number }): Promise<void>;
}

const PSEUDO = { accountId: '000000000000', region: 'us-east-1' } as const;
const GRACE_MS = 5_000;

/**
 * Starts the whole system of a synthesized cloud assembly on this machine, all on the loopback interface.
 *
 * @throws Error when a port is in use, the template holds what the local cloud does not know, or a parameter is missing
 */
export async function startCloud(options: CloudOptions): Promise<Cloud> {
  const clock = options.clock ?? createCloudClock();
  const closers: (() => Promise<void>)[] = [];
  const closing = async () => {
    for (const close of closers.splice(0).reverse()) await close();
  };
  try {
    return await start(options, clock, closers, closing);
  } catch (error) {
    await closing();
    throw error;
  }
}

async function start(
  options: CloudOptions,
  clock: SteppableClock,
  closers: (() => Promise<void>)[],
  closing: () => Promise<void>,
): Promise<Cloud> {
  const { ports } = options;
  const log = options.onLog ?? (() => {});
  const open = async (name: string, port: number | undefined): Promise<Listener | undefined> => {
    if (port === undefined) return undefined;
    const listener = await listen(name, port);
    closers.push(listener.close);
    return listener;
  };
  const stacks = readAssembly(options.assembly);
  const listeners = {
    registry: await open('registry', ports.registry),
    console: await open('console', ports.console),
    httpApi: await open('HTTP API', ports.httpApi),
  };

  const host = createFunctionHost({
    clock,
    clockOffset: clock.shared,
    codeCache: codeCacheOf(options.assembly),
    onLine: (line) => log({ source: 'function', ...line }),
  });
  const plan = emptyPlan();
  const roles: Roles = {
    pseudo: PSEUDO,
    partitionKey: (table) => plan.partitionKeys.get(table),
    statementsOf: (caller) => statementsOfFunction(plan, caller),
  };
  const { engines, gateway } = await startServices({
    directory: options.directory,
    gatewayPort: ports.gateway,
    behavior: options.services ?? {},
    pseudo: PSEUDO,
    clock,
    host,
    closers,
    authorize: (call) => authorize(call, roles),
    onError: (line) => log({ source: 'service', line }),
  });
  closers.push(host.close);
  const addresses: CloudAddresses = {
    gateway: gateway.url,
    registry: listeners.registry?.url,
    console: listeners.console?.url,
    httpApi: listeners.httpApi?.url,
  };

  const listenerOf = (logicalId: string, comment: string): Listener => {
    const name = [logicalId, comment].join(' ').toLowerCase().includes('console') ? 'console' : 'registry';
    const listener = listeners[name];
    if (listener === undefined)
      throw new Error(`no port was given for the distribution ${logicalId} (${name})`);
    return listener;
  };
  const context = {
    plan,
    engines,
    pseudo: PSEUDO,
    assembly: options.assembly,
    gatewayUrl: gateway.url,
    accessKeyId: gateway.accessKeyId,
    distributionHost: (logicalId: string, comment: string) =>
      new URL(listenerOf(logicalId, comment).url).host,
  };
  const outputs = await evaluateStacks(stacks, {
    parameters: typeof options.parameters === 'function' ? options.parameters(addresses) : options.parameters,
    pseudo: PSEUDO,
    create: (resource) => createResource(resource, context),
    secretString(id) {
      const value = engines.secrets.secretString(id);
      if (value === undefined) throw new Error(`there is no secret ${id}`);
      return value;
    },
  });

  checkEventSources(plan);
  await options.prepare?.({ tableEndpoint: engines.tableEndpoint });
  for (const definition of plan.functions.values()) {
    host.define({
      ...definition,
      asyncRetries: plan.asyncRetries.get(definition.name) ?? definition.asyncRetries,
    });
  }
  const web = {
    plan,
    engines,
    host,
    clock,
    accountId: PSEUDO.accountId,
    apiUrl: addresses.httpApi,
    limitsRate: options.limitsRate ?? false,
    onRequest: (line: CdnLine) => log({ source: 'cdn', ...line }),
    onEdgeLine: (functionName: string, line: string) => log({ source: 'edge-function', functionName, line }),
  };
  const served = new Set<Listener | undefined>();
  const serve = (listener: Listener | undefined, handler: HttpHandler) => {
    listener?.serve(handler);
    served.add(listener);
  };
  const apiHandler = createApiHandler(web);
  if (apiHandler !== undefined) serve(listeners.httpApi, apiHandler);
  const distributions = createDistributions(web);
  for (const { planned, distribution } of distributions) {
    closers.push(async () => distribution.close());
    const listener = listenerOf(planned.logicalId, planned.config.comment);
    serve(listener, withCookiesOfPort(listener.port, distribution.handle));
  }
  for (const [name, listener] of Object.entries(listeners)) {
    const isUnused = listener !== undefined && !served.has(listener);
    if (isUnused)
      throw new Error(`A port was given for the ${name}, and the template has nothing to answer there`);
  }
  const work = startWork(plan, engines, host, clock);
  const schedules = options.schedules ?? true;
  if (schedules === true) work.startSchedules();
  const clearCaches = () => {
    for (const { distribution } of distributions) distribution.clearCache();
  };

  return {
    addresses,
    clock,
    engines,
    gateway,
    outputs,
    functions: [...plan.functions.keys()],
    async invoke(name, payload) {
      const outcome = await host.invoke(fullName(name, plan), JSON.stringify(payload ?? null));
      if (outcome === undefined) throw new Error(`The function ${name} has no room for one more invocation`);
      if (outcome.kind === 'error')
        throw new Error(`${outcome.error.errorType}: ${outcome.error.errorMessage}`);
      return JSON.parse(outcome.payload);
    },
    observe: host.observe,
    startSchedules() {
      if (schedules !== false) work.startSchedules();
    },
    queueCounts: () => queueCounts(plan, engines),
    idle: (wanted = {}) =>
      waitUntilIdle(() => busy(work.sources, engines.queues, host, wanted), wanted.timeoutMs),
    killRunning: (name) => host.killRunning(fullName(name, plan)),
    clearCaches,
    async coolDown() {
      clearCaches();
      await host.coolDown();
    },
    async close({ graceMs = GRACE_MS } = {}) {
      work.stop();
      await Promise.race([waitUntil(() => host.running() === 0), sleep(graceMs)]);
      await Promise.all([host.close(), work.finished()]);
      await closing();
    },
  };
}

interface Work {
  readonly sources: readonly EventSource[];
  /** Once. */
  startSchedules(): void;
  stop(): void;
  finished(): Promise<void>;
}

function startWork(plan: Plan, engines: Engines, host: FunctionHost, clock: SteppableClock): Work {
  const sources = plan.eventSources.map((source) =>
    startEventSource({
      ...source,
      region: PSEUDO.region,
      queues: engines.queues,
      clock,
      invoke: host.invoke,
    }),
  );
  let schedules: readonly (() => void)[] | undefined;
  return {
    sources,
    startSchedules() {
      schedules ??= plan.schedules.map(({ functionName, intervalMs, input }) =>
        startSchedule(clock, intervalMs, () => host.invokeLater(functionName, input)),
      );
    },
    stop() {
      for (const stop of schedules ?? []) stop();
      schedules = [];
      for (const source of sources) source.stop();
    },
    async finished() {
      await Promise.all(sources.map((source) => source.close()));
    },
  };
}

function queueCounts(plan: Plan, engines: Engines): Record<string, QueueCounts> {
  return Object.fromEntries([...plan.queues.values()].map(({ name }) => [name, engines.queues.counts(name)]));
}

function fullName(name: string, plan: Plan): string {
  const found = [...plan.functions.keys()].find((known) => known === name || known.endsWith(`-${name}`));
  if (found === undefined) throw new Error(`The template has no function ${name}`);
  return found;
}
