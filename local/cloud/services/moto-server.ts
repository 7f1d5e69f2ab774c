import { spawn } from 'node:child_process';
import { createServer } from 'node:net';

export interface MotoServer {
  /** `http://127.0.0.1:<port>` */
  readonly endpoint: string;
  close(): Promise<void>;
}

const PROGRAM = 'moto_server';

/**
 * Starts `moto_server`, an independent implementation of AWS's services, where it is installed (`pip install 'moto[server]'`):
 * https://docs.getmoto.org/en/latest/docs/server_mode.html
 *
 * @returns undefined if it is not on the PATH
 * @throws Error with its output when it does not answer within a minute
 */
export async function startMoto(): Promise<MotoServer | undefined> {
  const port = await freePort();
  const child = spawn(PROGRAM, ['-H', '127.0.0.1', '-p', String(port)], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let output = '';
  let state: 'starting' | 'missing' | 'ended' = 'starting';
  child.stderr.on('data', (chunk: Buffer) => {
    output = (output + chunk.toString('utf8')).slice(-2_000);
  });
  child.once('error', (error: NodeJS.ErrnoException) => {
    state = error.code === 'ENOENT' ? 'missing' : 'ended';
    output += error.message;
  });
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => {
      state = 'ended';
      resolve();
    });
  });
  process.once('exit', () => child.kill('SIGKILL'));
  const endpoint = `http://127.0.0.1:${port}`;
  const close = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await ended;
    }
  };
  const currentState = () => state;
  for (const deadline = Date.now() + 60_000; Date.now() < deadline; ) {
    if (currentState() === 'missing') return undefined;
    if (currentState() === 'ended') break;
    const answers = await fetch(`${endpoint}/moto-api/`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (answers) return { endpoint, close };
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await close();
  throw new Error(`moto_server did not start: ${output.trim()}`);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        typeof address === 'object' && address !== null
          ? resolve(address.port)
          : reject(new Error('no port is free')),
      );
    });
  });
}
