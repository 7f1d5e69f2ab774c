/** An HTTP proxy that notes what passes, so that every registry is counted in the same way. */
import { Agent, createServer, type IncomingMessage, request as send } from 'node:http';

export interface Passed {
  readonly path: string;
  readonly status: number;
  /** Of the answer as it was sent: its head, and its body in whatever encoding. */
  readonly bytes: number;
}

export interface ForwardProxy {
  /** For the environment of a client. */
  readonly url: string;
  /** What passed since it was last asked, in the order of the answers. */
  take(): readonly Passed[];
  close(): Promise<void>;
}

/** Starts a proxy for addresses of plain HTTP. */
export async function startForwardProxy(): Promise<ForwardProxy> {
  let passed: Passed[] = [];
  const agent = new Agent({ keepAlive: true });
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    const upstream = send(url, { method: request.method, headers: request.headers, agent }, (answer) => {
      const status = answer.statusCode ?? 0;
      let bytes = headBytes(answer);
      answer.on('data', (part: Buffer) => {
        bytes += part.length;
      });
      answer.on('end', () => passed.push({ path: url.pathname, status, bytes }));
      response.writeHead(status, answer.rawHeaders);
      answer.pipe(response);
    });
    upstream.on('error', () => response.destroy());
    request.pipe(upstream);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    take() {
      const taken = passed;
      passed = [];
      return taken;
    },
    close() {
      agent.destroy();
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** `HTTP/1.1 200 OK`, a line for each header, and an empty one. https://www.rfc-editor.org/rfc/rfc9112#section-2.1 */
function headBytes({ rawHeaders, statusMessage = '' }: IncomingMessage): number {
  const headers = rawHeaders.reduce((sum, text) => sum + text.length, 0);
  return 'HTTP/1.1 200 '.length + statusMessage.length + 2 + headers + 2 * rawHeaders.length + 2;
}
