import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { transformSync } from 'esbuild';
import type { FromWorker, FunctionError, WorkerSetup } from './worker-protocol.ts';

/** A function as the template defines it. */
export interface FunctionDefinition {
  readonly name: string;
  readonly arn: string;
  /** Folder of the bundle. */
  readonly directory: string;
  /** `file.export`, for example `index.handler`. */
  readonly handler: string;
  /** The complete environment of the code. */
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly memoryMb: number;
  /** The most concurrent invocations; more are throttled. */
  readonly reservedConcurrency: number | undefined;
  /** How often a failed asynchronous invocation is retried. */
  readonly asyncRetries: number;
}

/** The result of an invocation; the payload is JSON. */
export type Outcome =
  | { readonly kind: 'result'; readonly payload: string }
  | { readonly kind: 'error'; readonly error: FunctionError };

/** One worker thread with the function's code loaded; runs one invocation at a time. */
export interface ExecutionEnvironment {
  /** Resolves when the code is loaded, or has failed to load. */
  readonly ready: Promise<void>;
  /** Runs the handler. A worker that outlives the time-out is terminated, as is one that crashes. */
  invoke(requestId: string, payload: string): Promise<Outcome>;
  /** Whether it can take another invocation. */
  alive(): boolean;
  /** Bytes that the worker's V8 uses now: its heap, and buffers outside of it. 0 once the worker has ended. */
  memory(): Promise<number>;
  /** Ends the thread now; a running invocation fails. */
  kill(): Promise<void>;
}

/**
 * Time limit to load the code. Lambda limits the init phase to 10 s, and starts it again within the invocation if it takes longer:
 * https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html. Here all functions share one machine's processors, so real
 * time says less, and one longer limit stands for both.
 */
const INIT_LIMIT_MS = 30_000;

let compiledWorker: URL | undefined;

/** The worker's code as plain JavaScript: stripping types in every new thread would double its start time. */
function workerCode(): URL {
  if (compiledWorker === undefined) {
    const source = readFileSync(new URL('./worker.ts', import.meta.url), 'utf8');
    const { code } = transformSync(source, { loader: 'ts', format: 'esm', target: 'node22' });
    compiledWorker = new URL(`data:text/javascript,${encodeURIComponent(code)}`);
  }
  return compiledWorker;
}

/**
 * Starts a worker thread for the function. Failures to load the code are reported by the first invocation, as in Lambda.
 *
 * @param onLine receives each line that the code writes
 */
export function startEnvironment(
  definition: FunctionDefinition,
  options: {
    readonly clockOffset: SharedArrayBuffer;
    /** Folder for compiled code; undefined keeps none. */
    readonly codeCache: string | undefined;
    onLine(requestId: string | undefined, line: string): void;
    onRequest?(method: string, url: URL): void;
  },
): ExecutionEnvironment {
  const setup = workerSetup(definition, options);
  const worker = new Worker(workerCode(), {
    workerData: setup,
    env: { ...definition.environment },
    execArgv: [],
    // Output that bypasses the worker's capture (native code) must not reach the host's output.
    stdout: true,
    stderr: true,
    resourceLimits: { maxOldGenerationSizeMb: definition.memoryMb },
  });
  let alive = true;
  let initError: FunctionError | undefined;
  let finish: ((outcome: Outcome) => void) | undefined;

  const end = (error: FunctionError) => {
    alive = false;
    initError ??= error;
    resolveReady();
    settle({ kind: 'error', error });
    void worker.terminate();
  };
  const settle = (outcome: Outcome) => {
    finish?.(outcome);
    finish = undefined;
  };

  let resolveReady = () => {};
  const ready = new Promise<void>((resolve) => {
    resolveReady = resolve;
  });
  const initTimer = setTimeout(
    () =>
      end({
        errorType: 'Sandbox.Timedout',
        errorMessage: `The init phase took longer than ${INIT_LIMIT_MS / 1000} seconds`,
      }),
    INIT_LIMIT_MS,
  );
  void ready.then(() => clearTimeout(initTimer));

  worker.on('message', (message: FromWorker) => {
    if (message.kind === 'ready') resolveReady();
    else if (message.kind === 'request') options.onRequest?.(message.method, new URL(message.url));
    else if (message.kind === 'line') options.onLine(message.requestId, message.line);
    else if (message.kind === 'result') settle({ kind: 'result', payload: message.payload });
    else if (message.kind === 'error') settle({ kind: 'error', error: message.error });
    else end(message.error);
  });
  // Emitted for what the worker itself cannot report, such as running out of memory.
  worker.on('error', () => end(exited('signal: killed')));
  worker.on('exit', () => {
    if (alive) end(exited('without providing a reason'));
  });

  return {
    ready,
    alive: () => alive,
    async memory() {
      const heap = await worker.getHeapStatistics().catch(() => undefined);
      return heap === undefined ? 0 : heap.used_heap_size + heap.external_memory;
    },
    async kill() {
      end(exited('signal: killed'));
      await worker.terminate();
    },
    async invoke(requestId, payload) {
      await ready;
      if (initError !== undefined) return { kind: 'error', error: initError };
      return await new Promise<Outcome>((resolve) => {
        const timer = setTimeout(() => {
          const errorMessage = `RequestId: ${requestId} Error: Task timed out after ${(definition.timeoutMs / 1000).toFixed(2)} seconds`;
          end({ errorType: 'Sandbox.Timedout', errorMessage });
        }, definition.timeoutMs);
        finish = (outcome) => {
          clearTimeout(timer);
          resolve(outcome);
        };
        worker.postMessage({ requestId, payload });
      });
    },
  };
}

function exited(reason: string): FunctionError {
  return { errorType: 'Runtime.ExitError', errorMessage: `Error: Runtime exited with error: ${reason}` };
}

function workerSetup(
  definition: FunctionDefinition,
  { clockOffset, codeCache, onRequest }: Parameters<typeof startEnvironment>[1],
): WorkerSetup {
  const dot = definition.handler.lastIndexOf('.');
  const file = join(definition.directory, `${definition.handler.slice(0, dot)}.mjs`);
  return {
    entry: pathToFileURL(file).href,
    handlerName: definition.handler.slice(dot + 1),
    timeoutMs: definition.timeoutMs,
    codeCache,
    reportsRequests: onRequest !== undefined,
    clockOffset,
    context: {
      functionName: definition.name,
      functionVersion: '$LATEST',
      invokedFunctionArn: definition.arn,
      memoryLimitInMB: String(definition.memoryMb),
      logGroupName: `/aws/lambda/${definition.name}`,
      logStreamName: 'local',
    },
  };
}
