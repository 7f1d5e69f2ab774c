import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { findTableProgram, type Machine, thisMachine, withoutTableProgram } from './table-program.ts';

/** A server with DynamoDB's protocol. */
export interface TableService {
  readonly endpoint: string;
  close(): Promise<void>;
}

/** The variable that names a DynamoDB endpoint, for systems that there is no server for. */
export const ENDPOINT_VARIABLE = 'REPERTOIRE_DYNAMODB_ENDPOINT';

/**
 * Starts the DynamoDB-compatible server that is installed, with its data in one file in `directory`, or uses the one at `endpoint`. It ends with
 * this process, however that ends. Throws if neither is available, with what to do.
 *
 * That server asks nobody for a key, and lets the pages of every web site read its answers (`Access-Control-Allow-Origin: *`). So it
 * listens at an address of the loopback network that is drawn at random, which no page can guess, where the system has more than one. The
 * other users of the machine can look it up.
 */
export async function startTableService(options: {
  readonly directory: string;
  readonly endpoint?: string | undefined;
  readonly machine?: Machine;
}): Promise<TableService> {
  if (options.endpoint !== undefined && options.endpoint !== '') {
    return { endpoint: options.endpoint.replace(/\/$/, ''), close: async () => {} };
  }
  const machine = options.machine ?? thisMachine();
  const binary = findTableProgram(machine);
  if (binary === undefined) throw new Error(withoutTableProgram(machine, ENDPOINT_VARIABLE));
  mkdirSync(options.directory, { recursive: true });
  const database = join(options.directory, 'tables.sqlite');
  // Another process may take the port between the check and the start.
  for (let attempt = 1; ; attempt += 1) {
    const host = loopbackAddress(machine);
    const port = await freePort(host);
    const endpoint = `http://${host}:${port}`;
    const child = startWithParentPipe(machine, binary, [
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

/**
 * Starts the server under a shell that waits for the end of its input, a pipe that only this process holds: the system closes it even when
 * this process is killed, and the shell then ends the server.
 */
function startWithParentPipe({ platform }: Machine, binary: string, args: readonly string[]): ChildProcess {
  const stdio: StdioOptions = ['pipe', 'ignore', 'pipe'];
  if (platform === 'win32') {
    // There is no such shell. A Node process takes more memory.
    return spawn(process.execPath, ['-e', watcher, '--', binary, ...args], { stdio });
  }
  const script = [
    'exec 3<&0',
    '"$@" </dev/null 3<&- & server=$!',
    '(cat >/dev/null; kill $server) <&3 & watcher=$!',
    'wait $server; code=$?',
    'kill $watcher; exit $code',
  ].join('\n');
  return spawn('/bin/sh', ['-c', script, 'sh', binary, ...args], { stdio });
}

const watcher = `
const server = require('node:child_process').spawn(process.argv[1], process.argv.slice(2), {
  stdio: ['ignore', 'ignore', 'inherit'],
});
server.on('error', (error) => { console.error(error.message); process.exit(1); });
server.on('exit', (code) => process.exit(code ?? 1));
process.stdin.on('end', () => server.kill()).resume();
`;

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

/** 127.0.0.0/8 belongs to the loopback interface as a whole on Linux and Windows; macOS has only one address of it. */
const loopbackAddress = ({ platform }: Machine): string =>
  platform === 'linux' || platform === 'win32'
    ? ['127', ...Array.from({ length: 3 }, () => randomInt(1, 255))].join('.')
    : '127.0.0.1';

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
