/**
 * Runs inside the worker thread of one execution environment: loads the function's bundle and calls its handler.
 *
 * Imports nothing but builtins, since it is compiled on its own. Errors take the form that Lambda's Node.js runtime gives
 * them: https://github.com/aws/aws-lambda-nodejs-runtime-interface-client
 */
import { subscribe } from 'node:diagnostics_channel';
import { ClientRequest } from 'node:http';
import { enableCompileCache, flushCompileCache } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import type { FromWorker, FunctionError, ToWorker, WorkerSetup } from './worker-protocol.ts';

type Handler = (event: unknown, context: unknown) => unknown;

const port = parentPort;
const setup: WorkerSetup = workerData;
let requestId: string | undefined;
let keepsCode = setup.codeCache !== undefined;

// By a relative path to the bundle: a copy of the assembly finds what another has compiled.
if (setup.codeCache !== undefined) enableCompileCache({ directory: setup.codeCache, portable: true });
shiftDate(new Float64Array(setup.clockOffset));
for (const stream of ['stdout', 'stderr'] as const) captureLines(stream);
if (setup.reportsRequests) reportRequests();
process.on('uncaughtException', (error) => send({ kind: 'crash', error: describe(error) }));
process.on('unhandledRejection', (reason) => {
  const { errorMessage, trace } = describe(reason);
  send({ kind: 'crash', error: { errorType: 'Runtime.UnhandledPromiseRejection', errorMessage, trace } });
});

const handler = await load();
if (handler !== undefined) {
  port?.on('message', (message: ToWorker) => void run(handler, message));
  send({ kind: 'ready' });
}

function send(message: FromWorker): void {
  port?.postMessage(message);
}

async function load(): Promise<Handler | undefined> {
  try {
    const module: Record<string, unknown> = await import(setup.entry);
    const exported = module[setup.handlerName];
    if (typeof exported === 'function') return (event, context) => exported(event, context);
    const errorMessage = `${setup.handlerName} is undefined or not exported`;
    send({ kind: 'init-error', error: { errorType: 'Runtime.HandlerNotFound', errorMessage, trace: [] } });
  } catch (error) {
    send({ kind: 'init-error', error: describe(error) });
  }
  return undefined;
}

async function run(call: Handler, message: ToWorker): Promise<void> {
  requestId = message.requestId;
  const started = performance.now();
  const context = {
    ...setup.context,
    awsRequestId: message.requestId,
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, Math.round(setup.timeoutMs - (performance.now() - started))),
  };
  try {
    const result = await call(JSON.parse(message.payload), context);
    send({ kind: 'result', requestId: message.requestId, payload: JSON.stringify(result) ?? 'null' });
  } catch (error) {
    send({ kind: 'error', requestId: message.requestId, error: describe(error) });
  }
  keepCode();
}

/** Keeps the compiled code, with what the first invocation has needed of it; Node writes nothing where it is kept already. */
function keepCode(): void {
  if (keepsCode) flushCompileCache();
  keepsCode = false;
}

function describe(error: unknown): FunctionError {
  if (error instanceof Error) {
    return { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? '').split('\n') };
  }
  return { errorType: typeof error, errorMessage: String(error), trace: [] };
}

/**
 * Reports the code's requests: those of `fetch` by the channel of undici, which implements it, and those of node:http by Node's own. Calls
 * of AWS's services are left out: the gateway counts them.
 * https://undici.nodejs.org/#/docs/api/DiagnosticsChannel, https://nodejs.org/api/diagnostics_channel.html#http
 */
function reportRequests(): void {
  const services = process.env.AWS_ENDPOINT_URL;
  const report = (method: string, url: string): void => {
    if (services === undefined || !url.startsWith(services)) send({ kind: 'request', method, url });
  };
  subscribe('undici:request:create', (message) => {
    if (!isRequestMessage(message)) return;
    const { method, origin, path } = message.request;
    report(String(method), `${origin}${path}`);
  });
  subscribe('http.client.request.start', (message) => {
    if (!isRequestMessage(message) || !(message.request instanceof ClientRequest)) return;
    const { method, protocol, path } = message.request;
    report(method, `${protocol}//${message.request.getHeader('host')}${path}`);
  });
}

function isRequestMessage(message: unknown): message is { request: Record<string, unknown> } {
  return typeof message === 'object' && message !== null && 'request' in message;
}

/** Makes `Date` and `Date.now` return the cloud's time. */
function shiftDate(offset: Float64Array): void {
  const realNow = Date.now;
  const RealDate = Date;
  const now = () => Math.floor(realNow() + (offset[0] ?? 0));
  RealDate.now = now;
  const shifted = new Proxy(RealDate, {
    construct: (target, args, newTarget) =>
      Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget),
    apply: () => new RealDate(now()).toString(),
  });
  RealDate.prototype.constructor = shifted;
  globalThis.Date = shifted;
}

/** Sends output line by line, in order with the results, so that each line gets the right request id. */
function captureLines(name: 'stdout' | 'stderr'): void {
  let rest = '';
  const write = (chunk: string | Uint8Array, ...others: unknown[]): boolean => {
    const lines = (rest + (typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString())).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) send({ kind: 'line', requestId, line });
    const done = others.at(-1);
    if (typeof done === 'function') queueMicrotask(() => done());
    return true;
  };
  process[name].write = write;
}
