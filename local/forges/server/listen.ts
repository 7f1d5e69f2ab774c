import { createServer, type RequestListener, type Server } from 'node:http';

/** One server of a simulator, on a port of 127.0.0.1. */
export interface Listener {
  /** `http://127.0.0.1:<port>`, without a trailing slash. */
  readonly address: string;
  /** Sets the handler; called once. */
  serve(handler: RequestListener): void;
  close(): Promise<void>;
}

/**
 * Opens a port.
 *
 * @param port - 0 takes any free one
 * @throws when the port is taken
 */
export async function listen(port: number): Promise<Listener> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
  return {
    address: addressOf(server),
    serve: (handler) => void server.on('request', handler),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Waits for all ports. @throws when one of them is taken; then the others are closed again */
export async function allOrNone<Opening extends readonly Promise<Listener>[] | []>(opening: Opening) {
  try {
    return await Promise.all(opening);
  } catch (error) {
    for (const outcome of await Promise.allSettled<Listener>(opening)) {
      if (outcome.status === 'fulfilled') await outcome.value.close();
    }
    throw error;
  }
}

function addressOf(server: Server): string {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server listens on no port');
  return `http://127.0.0.1:${address.port}`;
}
