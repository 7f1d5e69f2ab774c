import { randomUUID } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CloudClock } from '../runtime/service.ts';
import {
  type ExecutionEnvironment,
  type FunctionDefinition,
  type Outcome,
  startEnvironment,
} from './execution-environment.ts';

import { type FunctionObserver, MEMORY_SAMPLE_MS } from './observer.ts';

export type { FunctionDefinition, Outcome } from './execution-environment.ts';

/** A line that a function wrote, or that the host logs about it. */
export interface FunctionLine {
  readonly functionName: string;
  readonly requestId: string | undefined;
  readonly line: string;
}

export interface FunctionHostOptions {
  readonly clock: CloudClock;
  /** One Float64 with the clock's offset, shared with the workers; see WorkerSetup. */
  readonly clockOffset: SharedArrayBuffer;
  /** Folder where the functions' compiled code is kept, for workers of later runs too; without it every worker compiles again. */
  readonly codeCache?: string;
  onLine(line: FunctionLine): void;
}

/** Runs functions as Lambda does: an environment per concurrent invocation, kept warm in between. */
export interface FunctionHost {
  define(definition: FunctionDefinition): void;
  has(name: string): boolean;
  /**
   * Invokes a function and waits for its answer.
   *
   * @returns undefined when the function's reserved concurrency is used up
   * @throws Error when there is no such function
   */
  invoke(name: string, payload: string): Promise<Outcome | undefined>;
  /**
   * Invokes a function asynchronously; a failed event is retried after one and two minutes of the cloud's time.
   * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
   *
   * @returns resolves when the first attempt has ended, successful or not
   */
  invokeLater(name: string, payload: string): Promise<void>;
  /** Sets the observer of all functions; environments that already run report no requests. */
  observe(observer: FunctionObserver): void;
  /** The number of invocations that run now. */
  running(): number;
  /** Terminates the workers that run an invocation of the function. @returns how many */
  killRunning(name: string): Promise<number>;
  /** Terminates the idle workers of all functions, so that the next invocations start cold. */
  coolDown(): Promise<void>;
  close(): Promise<void>;
}

/** How long an idle environment is kept. Lambda ends one after some minutes, too. */
const KEEP_WARM_MS = 5 * 60_000;
const ASYNC_RETRY_DELAYS_MS = [60_000, 120_000];
const THROTTLED_RETRY_MS = 1_000;

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const RESPONSE_LIMIT_BYTES = 6 * 1024 * 1024;

const PROCESSORS = Math.max(2, availableParallelism());

/**
 * How many environments load their code at the same time: more would only slow each other down. A waiting invocation takes an environment
 * that becomes free meanwhile, so a burst of messages causes fewer cold starts than on AWS.
 */
const STARTS_AT_ONCE = PROCESSORS;

/**
 * How long an invocation waits at least for an environment of its function to become free while all processors are busy, in real time since
 * one last did: to load one more takes their time from those that work. On a slow machine it waits twice as long as a load takes.
 */
const PATIENCE_MS = 1_000;

interface Warm {
  readonly environment: ExecutionEnvironment;
  readonly expiry: NodeJS.Timeout;
}

interface HostedFunction {
  readonly definition: FunctionDefinition;
  readonly warm: Warm[];
  readonly busy: Set<ExecutionEnvironment>;
  /** The number of invocations that wait for an environment. */
  waiting: number;
  /** When an invocation last got an environment; milliseconds of `performance.now()`. */
  movedAt: number;
}

/** Creates a host without functions. Sets the process's time zone to UTC, as in Lambda, since threads share it. */
export function createFunctionHost(options: FunctionHostOptions): FunctionHost {
  process.env.TZ = 'UTC';
  const functions = new Map<string, HostedFunction>();
  let closed = false;
  let observer: FunctionObserver | undefined;
  let sampling: NodeJS.Timeout | undefined;
  const unused = new WeakSet<ExecutionEnvironment>();

  function find(name: string): HostedFunction {
    const hosted = functions.get(name);
    if (hosted === undefined) throw new Error(`There is no function ${name}`);
    return hosted;
  }

  let starting = 0;
  /** How long the newest environment took to load, in milliseconds. */
  let loadMs = 0;
  let changed = Promise.withResolvers<void>();
  /** Wakes waiting invocations: an environment is free, or another one may start. */
  function announce(): void {
    changed.resolve();
    changed = Promise.withResolvers<void>();
  }

  async function takeEnvironment(hosted: HostedFunction): Promise<ExecutionEnvironment | undefined> {
    hosted.waiting += 1;
    try {
      while (!closed) {
        const environment = takeWarm(hosted) ?? (mayStart(hosted) ? startCold(hosted) : undefined);
        if (environment !== undefined) {
          hosted.busy.add(environment);
          hosted.movedAt = performance.now();
          return environment;
        }
        await change(patienceEnd(hosted) - performance.now());
      }
      return undefined;
    } finally {
      hosted.waiting -= 1;
    }
  }

  const patienceEnd = ({ movedAt }: HostedFunction): number => movedAt + Math.max(PATIENCE_MS, 2 * loadMs);

  /** @param ms how long to wait at most, if that is still to come */
  async function change(ms: number): Promise<void> {
    const late = ms > 0 ? [sleep(ms, undefined, { ref: false })] : [];
    await Promise.race([changed.promise, ...late]);
  }

  /** Whether one more environment is of use: the first of a function always, others if the processors have time, or none becomes free. */
  function mayStart(hosted: HostedFunction): boolean {
    if (starting >= STARTS_AT_ONCE) return false;
    const busy = all().reduce((sum, one) => sum + one.busy.size, 0);
    return hosted.busy.size === 0 || busy < PROCESSORS || performance.now() >= patienceEnd(hosted);
  }

  function takeWarm(hosted: HostedFunction): ExecutionEnvironment | undefined {
    for (let warm = hosted.warm.pop(); warm !== undefined; warm = hosted.warm.pop()) {
      clearTimeout(warm.expiry);
      if (warm.environment.alive()) return warm.environment;
    }
    return undefined;
  }

  function startCold(hosted: HostedFunction): ExecutionEnvironment {
    const functionName = hosted.definition.name;
    const startedAt = performance.now();
    const watcher = observer;
    const environment = startEnvironment(hosted.definition, {
      clockOffset: options.clockOffset,
      codeCache: options.codeCache,
      onLine: (requestId, line) => options.onLine({ functionName, requestId, line }),
      ...(watcher && { onRequest: (method, url) => watcher.onRequest(functionName, method, url) }),
    });
    unused.add(environment);
    starting += 1;
    void environment.ready.then(() => {
      loadMs = performance.now() - startedAt;
      watcher?.onLoaded(functionName, loadMs);
      // What waits counts from here: before, none could become free.
      hosted.movedAt = performance.now();
      starting -= 1;
      announce();
    });
    return environment;
  }

  function keepWarm(hosted: HostedFunction, environment: ExecutionEnvironment): void {
    const expiry = setTimeout(() => {
      hosted.warm.splice(
        hosted.warm.findIndex((warm) => warm.environment === environment),
        1,
      );
      void environment.kill();
    }, KEEP_WARM_MS);
    expiry.unref();
    hosted.warm.push({ environment, expiry });
  }

  async function measure(name: string, environment: ExecutionEnvironment): Promise<void> {
    observer?.onMemory(name, await environment.memory());
  }

  async function invoke(name: string, payload: string): Promise<Outcome | undefined> {
    const hosted = find(name);
    const most = hosted.definition.reservedConcurrency ?? Number.POSITIVE_INFINITY;
    if (closed || hosted.busy.size + hosted.waiting >= most) return undefined;
    const environment = await takeEnvironment(hosted);
    if (environment === undefined) return undefined;
    const requestId = randomUUID();
    const isCold = unused.delete(environment);
    const startedAt = Date.now();
    try {
      const outcome = limited(await environment.invoke(requestId, payload));
      observer?.onInvoked({
        functionName: name,
        payload,
        outcome: outcome.kind,
        isCold,
        startedAt,
        endedAt: Date.now(),
      });
      void measure(name, environment);
      if (outcome.kind === 'error') {
        const line = JSON.stringify({ level: 'ERROR', message: 'Invocation failed', ...outcome.error });
        options.onLine({ functionName: name, requestId, line });
      }
      return outcome;
    } finally {
      hosted.busy.delete(environment);
      if (environment.alive() && !closed) keepWarm(hosted, environment);
      else void environment.kill();
      announce();
    }
  }

  async function invokeAsync(name: string, payload: string, retriesDone: number): Promise<void> {
    const outcome = await invoke(name, payload);
    if (closed || outcome?.kind === 'result') return;
    if (outcome === undefined) {
      options.clock.after(THROTTLED_RETRY_MS, () => void invokeAsync(name, payload, retriesDone));
      return;
    }
    const delay = ASYNC_RETRY_DELAYS_MS[retriesDone];
    if (delay === undefined || retriesDone >= find(name).definition.asyncRetries) return;
    options.clock.after(delay, () => void invokeAsync(name, payload, retriesDone + 1));
  }

  const all = () => [...functions.values()];

  async function coolDown(): Promise<void> {
    const idle = all().flatMap((hosted) => hosted.warm.splice(0));
    for (const { expiry } of idle) clearTimeout(expiry);
    await Promise.all(idle.map(({ environment }) => environment.kill()));
  }

  return {
    define(definition) {
      functions.set(definition.name, { definition, warm: [], busy: new Set(), waiting: 0, movedAt: 0 });
    },
    has: (name) => functions.has(name),
    observe(next) {
      observer = next;
      sampling ??= setInterval(() => {
        for (const [name, { busy }] of functions) for (const one of busy) void measure(name, one);
      }, MEMORY_SAMPLE_MS).unref();
    },
    invoke,
    async invokeLater(name, payload) {
      find(name);
      await invokeAsync(name, payload, 0);
    },
    running: () => all().reduce((sum, { busy, waiting }) => sum + busy.size + waiting, 0),
    async killRunning(name) {
      const victims = [...find(name).busy];
      await Promise.all(victims.map((environment) => environment.kill()));
      return victims.length;
    },
    coolDown,
    async close() {
      closed = true;
      clearInterval(sampling);
      announce();
      await Promise.all(all().flatMap(({ busy }) => [...busy].map((environment) => environment.kill())));
      await coolDown();
    },
  };
}

function limited(outcome: Outcome): Outcome {
  if (outcome.kind === 'error' || Buffer.byteLength(outcome.payload) <= RESPONSE_LIMIT_BYTES) return outcome;
  const errorMessage = `Response payload size exceeded maximum allowed payload size (${RESPONSE_LIMIT_BYTES} bytes).`;
  return { kind: 'error', error: { errorType: 'Function.ResponseSizeTooLarge', errorMessage } };
}
