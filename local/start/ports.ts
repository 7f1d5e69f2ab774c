/** The ports of `npm start`, all on 127.0.0.1. */
import { createServer } from 'node:net';
import { portCount, UsageError } from './options.ts';
import { readForgePorts, type StateFolder, writeForgePorts } from './state-folder.ts';

export interface Ports {
  readonly registry: number;
  readonly console: number;
  readonly gitHubApi: number;
  readonly gitHubWeb: number;
  readonly codeload: number;
  readonly control: number;
  readonly gateway: number;
  readonly httpApi: number;
  readonly gitLabWeb: number;
  readonly gitLabControl: number;
  readonly bitbucketWeb: number;
  readonly bitbucketApi: number;
  readonly bitbucketControl: number;
}

/**
 * Consecutive ports from the first one, checked to be free; for 0, any free ports.
 *
 * @throws UsageError that names a port in use
 */
export async function takePorts(first: number): Promise<Ports> {
  const numbers = Array.from({ length: portCount }, (_, place) => (first === 0 ? 0 : first + place));
  const servers = await Promise.allSettled(numbers.map(listen));
  const taken = servers.findIndex((server) => server.status === 'rejected');
  const found = servers.map((server) => (server.status === 'fulfilled' ? server.value.port : 0));
  await Promise.all(
    servers.map((server) => (server.status === 'fulfilled' ? server.value.close() : undefined)),
  );
  if (taken >= 0) {
    throw new UsageError(
      `port ${numbers[taken]} on 127.0.0.1 is in use; choose others with --port (it takes ${portCount} in a row)`,
    );
  }
  const at = (place: number): number => found[place] ?? 0;
  return {
    registry: at(0),
    console: at(1),
    gitHubApi: at(2),
    gitHubWeb: at(3),
    codeload: at(4),
    control: at(5),
    gateway: at(6),
    httpApi: at(7),
    gitLabWeb: at(8),
    gitLabControl: at(9),
    bitbucketWeb: at(10),
    bitbucketApi: at(11),
    bitbucketControl: at(12),
  };
}

/**
 * The ports with those of the simulated GitLab and Bitbucket as the folder has them: an organization on another address is another one to
 * Repertoire, as on the real ones.
 *
 * @throws UsageError that names a kept port in use
 */
export async function withForgePorts(folder: StateFolder, ports: Ports): Promise<Ports> {
  const kept = await readForgePorts(folder);
  if (kept === undefined) {
    await writeForgePorts(folder, ports);
    return ports;
  }
  const { gitLabWeb: _, bitbucketWeb: __, bitbucketApi: ___, ...others } = ports;
  for (const port of Object.values(kept)) {
    // Those of this run are known to be free, but each is for one server.
    const isOurs = Object.values(ports).includes(port);
    const isTaken = isOurs
      ? Object.values(others).includes(port)
      : await listen(port).then(
          (server) => server.close().then(() => false),
          () => true,
        );
    if (isTaken) {
      throw new UsageError(
        `port ${port} on 127.0.0.1 is in use, where the simulated code hosts of ${folder.directory} have their address: stop what uses it, choose ${isOurs ? 'other ports with --port' : 'another folder with --data'}, or add --fresh`,
      );
    }
  }
  return { ...others, ...kept };
}

function listen(port: number): Promise<{ port: number; close: () => Promise<void> }> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      resolve({
        port: typeof address === 'object' && address ? address.port : port,
        close: () => new Promise((closed) => server.close(() => closed())),
      });
    });
  });
}
