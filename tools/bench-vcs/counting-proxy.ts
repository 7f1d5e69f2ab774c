/** Counts what goes over a connection, both ways. */
import { connect, createServer } from 'node:net';

export interface CountingProxy {
  readonly port: number;
  /** Since the last reset. */
  bytes(): number;
  reset(): void;
  close(): Promise<void>;
}

/** Passes connections on to a port of this machine. */
export async function startCountingProxy(to: number): Promise<CountingProxy> {
  let bytes = 0;
  const count = (part: Uint8Array): void => {
    bytes += part.length;
  };
  const server = createServer((client) => {
    const upstream = connect(to, '127.0.0.1');
    client.on('data', count).on('error', () => upstream.destroy());
    upstream.on('data', count).on('error', () => client.destroy());
    client.pipe(upstream).pipe(client);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    port: address.port,
    bytes: () => bytes,
    reset() {
      bytes = 0;
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
