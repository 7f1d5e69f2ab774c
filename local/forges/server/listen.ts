import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';

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
  const server = createServer((request, response) => {
    if (isOwnHost(request.headers.host)) handle?.(request, response);
    else refuse(request, response);
  });
  let handle: RequestListener | undefined;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
  return {
    address: addressOf(server),
    serve(handler) {
      handle = handler;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/**
 * Protects against DNS rebinding: a web page whose own host name resolves to this address must read and change nothing. Its requests carry
 * that name.
 */
const isOwnHost = (host = ''): boolean => /^(127\.0\.0\.1|localhost)(:\d+)?$/.test(host);

function refuse(request: IncomingMessage, response: ServerResponse): void {
  request.resume();
  response
    .writeHead(403, { 'content-type': 'application/json' })
    .end(`${JSON.stringify({ error: 'ask for 127.0.0.1 or localhost' })}\n`);
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
