/** The programs that tests with real servers start. */
import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/lib/git-core'];

/** The path of a program; undefined where it is not installed. */
export function findProgram(name: string): string | undefined {
  return folders
    .map((folder) => join(folder, name))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

/**
 * Whether tests that need these programs can run.
 *
 * @throws Error under CI, where they must
 */
export function areInstalled(...names: readonly string[]): boolean {
  const missing = names.filter((name) => findProgram(name) === undefined);
  if (missing.length === 0) return true;
  if (process.env.CI !== undefined) throw new Error(`CI has to install ${missing.join(', ')}`);
  console.warn(`\n*** ${missing.join(', ')}: not installed, so tests with real servers are SKIPPED ***\n`);
  return false;
}

export function programPath(name: string): string {
  const path = findProgram(name);
  if (path === undefined) throw new Error(`${name} is not installed`);
  return path;
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

export interface Started {
  readonly process: ChildProcess;
  /** What it has printed. */
  output(): string;
  stop(): Promise<void>;
}

/** Starts a server and waits until something listens at its port. @throws Error with what it printed */
export async function startServer(
  program: string,
  args: readonly string[],
  {
    port,
    env,
    cwd,
  }: {
    readonly port: number;
    readonly env?: NodeJS.ProcessEnv | undefined;
    readonly cwd?: string | undefined;
  },
): Promise<Started> {
  const child = spawn(programPath(program), args, {
    ...{ stdio: ['ignore', 'pipe', 'pipe'], detached: true, env: env ?? process.env },
    ...(cwd !== undefined && { cwd }),
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (bytes: Buffer) => {
      output = `${output}${bytes.toString('utf8')}`.slice(-100_000);
    });
  }
  const exited = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const stop = async (): Promise<void> => {
    if (child.pid !== undefined && child.exitCode === null) {
      try {
        process.kill(-child.pid, 'SIGKILL');
      } catch {
        // It has ended.
      }
    }
    await exited;
  };
  for (let waited = 0; !(await listens(port)); waited += 1) {
    if (waited > 200 || child.exitCode !== null) {
      await stop();
      throw new Error(`${program} does not start: ${output}`);
    }
    await sleep(50);
  }
  return { process: child, output: () => output, stop };
}

async function listens(port: number): Promise<boolean> {
  const { connect } = await import('node:net');
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
