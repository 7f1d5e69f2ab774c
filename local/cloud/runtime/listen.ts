import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';

/** Gets the whole request; whatever it throws becomes a 500 without details. */
export type HttpHandler = (request: HttpRequest) => Promise<HttpResponse>;

export interface HttpRequest {
  readonly method: string;
  /** Path with query, not decoded, as received. */
  readonly target: string;
  /** Lower-case names; a repeated header has all its values. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
  readonly body: Buffer;
  readonly remoteAddress: string;
}

export interface HttpResponse {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
  readonly body: Buffer;
}

export interface Listener {
  /** `http://127.0.0.1:<port>`, without a trailing slash. */
  readonly url: string;
  readonly port: number;
  /** Sets the handler; until then requests wait. */
  serve(handler: HttpHandler): void;
  close(): Promise<void>;
}

/** More than the limits of the CDN and the API, which answer themselves. */
const headBytesMax = 64 * 1024;

/** How long the whole of a request may take to arrive. AWS ends slow requests too, and publishes no number. */
const arrivalMs = 60_000;

/**
 * Opens a port on the loopback interface.
 *
 * @param port 0 takes any free one
 * @param name purpose of the port, for the error
 * @param withinMs how long the whole of a request may take to arrive; then it is answered with 408
 *
 * @throws Error that names the port when it is in use
 */
export async function listen(name: string, port: number, withinMs = arrivalMs): Promise<Listener> {
  let serve: (handler: HttpHandler) => void = () => {};
  const handler = new Promise<HttpHandler>((resolve) => {
    serve = resolve;
  });
  const limits = {
    maxHeaderSize: headBytesMax,
    requestTimeout: withinMs,
    headersTimeout: withinMs,
    connectionsCheckingInterval: Math.min(withinMs, 10_000),
  };
  const server = createServer(limits, (request, response) => void answer(handler, request, response));
  // A server that closes idle connections races with the next request on them.
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const inUse = error.code === 'EADDRINUSE';
      reject(inUse ? new Error(`Port ${port}, wanted for the ${name}, is in use`) : error);
    });
    server.listen(port, '127.0.0.1', resolve);
  });
  const actualPort = portOf(server);
  return {
    url: `http://127.0.0.1:${actualPort}`,
    port: actualPort,
    serve,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(
  handler: Promise<HttpHandler>,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  try {
    const body = await buffer(incoming);
    const response = await (await handler)({
      method: incoming.method ?? 'GET',
      target: incoming.url ?? '/',
      headers: headerMap(incoming.rawHeaders),
      body,
      remoteAddress: incoming.socket.remoteAddress ?? '127.0.0.1',
    });
    for (const [name, values] of response.headers) {
      if (!hopByHop.has(name))
        outgoing.setHeader(name, name === 'set-cookie' ? [...values] : values.join(', '));
    }
    const hasBody = incoming.method !== 'HEAD' && response.status !== 204 && response.status !== 304;
    if (hasBody || response.body.length > 0) outgoing.setHeader('content-length', response.body.length);
    outgoing.writeHead(response.status);
    outgoing.end(hasBody ? response.body : undefined);
  } catch {
    if (outgoing.headersSent || outgoing.destroyed) outgoing.destroy();
    else outgoing.writeHead(500).end();
  }
}

const hopByHop = new Set(['connection', 'keep-alive', 'transfer-encoding']);

/** Headers by lower-case name, from a list of alternating names and values. */
export function headerMap(raw: readonly string[]): Map<string, string[]> {
  const headers = new Map<string, string[]>();
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = (raw[index] ?? '').toLowerCase();
    headers.set(name, [...(headers.get(name) ?? []), raw[index + 1] ?? '']);
  }
  return headers;
}

/** Headers from a plain object. */
export function headersOf(record: Readonly<Record<string, string>>): Map<string, string[]> {
  return new Map(Object.entries(record).map(([name, value]) => [name.toLowerCase(), [value]]));
}

function portOf(server: Server): number {
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('The server listens on no port');
  return address.port;
}
