import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';

/** A server with DynamoDB's protocol. */
export interface TableService {
  readonly endpoint: string;
  close(): Promise<void>;
}

/** The variable that names a DynamoDB endpoint, for systems that the project has no server for. */
export const ENDPOINT_VARIABLE = 'REPERTOIRE_DYNAMODB_ENDPOINT';

/**
 * Starts the DynamoDB-compatible server that comes with the project, with its data in one file in `directory`, or uses the one at
 * `endpoint`. It ends with this process, however that ends. Throws if neither is available.
 *
 * That server asks nobody for a key, and lets the pages of every web site read its answers (`Access-Control-Allow-Origin: *`). So it
 * listens at an address of the loopback network that is drawn at random, which no page can guess. The other users of the machine can
 * look it up.
 */
export async function startTableService(options: {
  readonly directory: string;
  readonly endpoint?: string | undefined;
}): Promise<TableService> {
  if (options.endpoint !== undefined && options.endpoint !== '') {
    return { endpoint: options.endpoint.replace(/\/$/, ''), close: async () => {} };
  }
  const binary = bundledBinary();
  if (binary === undefined) {
    throw new Error(
      `No DynamoDB server comes with the project for ${process.platform}-${process.arch}: start one, for example DynamoDB Local, and set ${ENDPOINT_VARIABLE} to its URL.`,
    );
  }
  mkdirSync(options.directory, { recursive: true });
  const database = join(options.directory, 'tables.sqlite');
  // Another process may take the port between the check and the start.
  for (let attempt = 1; ; attempt += 1) {
    const host = randomLoopbackAddress();
    const port = await freePort(host);
    const endpoint = `http://${host}:${port}`;
    const child = startWithParentPipe(binary, [
      '--host',
      host,
      '--port',
      String(port),
      '--db-path',
      database,
    ]);
    const failure = await started(child, endpoint);
    if (failure === undefined) return { endpoint, close: () => end(child) };
    await end(child);
    if (attempt === 3) throw new Error(`The DynamoDB server did not start: ${failure}`);
  }
}

function bundledBinary(): string | undefined {
  try {
    const manifest = createRequire(import.meta.url).resolve(
      `@dynoxide/${process.platform}-${process.arch}/package.json`,
    );
    const binary = join(dirname(manifest), 'dynoxide');
    return existsSync(binary) ? binary : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Starts the server under a shell that waits for the end of its input, a pipe that only this process holds: the system closes it even when
 * this process is killed, and the shell then ends the server.
 */
function startWithParentPipe(binary: string, args: readonly string[]): ChildProcess {
  const script = [
    'exec 3<&0',
    '"$@" </dev/null 3<&- & server=$!',
    '(cat >/dev/null; kill $server) <&3 & watcher=$!',
    'wait $server; code=$?',
    'kill $watcher; exit $code',
  ].join('\n');
  return spawn('/bin/sh', ['-c', script, 'sh', binary, ...args], {
    stdio: ['pipe', 'ignore', 'pipe'],
  });
}

/** Waits until the server answers; returns its output if it exits before that, or after ten seconds. */
async function started(child: ChildProcess, endpoint: string): Promise<string | undefined> {
  let output = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    output = (output + chunk.toString('utf8')).slice(-2_000);
  });
  for (const deadline = Date.now() + 10_000; Date.now() < deadline; ) {
    if (child.exitCode !== null) return output.trim() || `exit code ${child.exitCode}`;
    try {
      await fetch(endpoint);
      // The answer may come from another process that took the port; then the child exits.
      await new Promise((resolve) => setTimeout(resolve, 30));
      if (child.exitCode === null) return undefined;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
  return output.trim() || 'no answer for ten seconds';
}

function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.stdin?.end();
  });
}

/** Of 127.0.0.0/8, which belongs to the loopback interface as a whole on Linux, and the project has a server for no other system. */
const randomLoopbackAddress = (): string =>
  ['127', ...Array.from({ length: 3 }, () => randomInt(1, 255))].join('.');

function freePort(host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, host, () => {
      const address = server.address();
      server.close(() =>
        typeof address === 'object' && address !== null ? resolve(address.port) : reject(),
      );
    });
  });
}
