/** A server of HTTP that answers as a test says. */
import { once } from 'node:events';
import http from 'node:http';
import { freePort } from './programs.ts';

export interface HttpServer {
  readonly port: number;
  stop(): Promise<void>;
}

export async function serveHttp(
  answer: (request: http.IncomingMessage, response: http.ServerResponse) => void,
): Promise<HttpServer> {
  const port = await freePort();
  const server = http.createServer(answer).listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    port,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** In front of another server: passes on what has the header, and answers 401 to everything else. */
export const serveBehind = (
  port: number,
  { header, value }: { readonly header: string; readonly value: string },
): Promise<HttpServer> =>
  serveHttp((request, response) => {
    if (request.headers[header] !== value) {
      response.writeHead(401, { 'WWW-Authenticate': 'Basic realm="vcs"' }).end();
      return;
    }
    const { method, headers } = request;
    const onward = http.request({ host: '127.0.0.1', port, method, path: request.url, headers });
    onward.on('response', (found) => {
      response.writeHead(found.statusCode ?? 502, found.headers);
      found.pipe(response);
    });
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  });
