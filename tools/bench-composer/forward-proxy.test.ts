import { createServer, get } from 'node:http';
import { expect, it } from 'vitest';
import { startForwardProxy } from './forward-proxy.ts';

/** As a client that is told of a proxy: the whole address stands in the request line. */
const ask = (proxy: string, address: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(proxy);
    get({ hostname, port, path: address }, (answer) => {
      let text = `${answer.statusCode} `;
      answer.on('data', (part) => {
        text += String(part);
      });
      answer.on('end', () => resolve(text));
    }).on('error', reject);
  });

it('passes requests on, and counts the heads and bodies of their answers as they are sent', async () => {
  const origin = createServer((request, response) => {
    response.sendDate = false;
    response.writeHead(request.url?.startsWith('/old') ? 304 : 200, {
      'Content-Length': 0,
      Connection: 'close',
    });
    response.end();
  });
  const withBody = createServer((_, response) => {
    response.sendDate = false;
    response.writeHead(200, { 'Content-Length': 5, Connection: 'close' });
    response.end('hello');
  });
  const portOf = (server: typeof origin): Promise<number> =>
    new Promise((resolve) =>
      server.listen(0, '127.0.0.1', () => {
        const address = server.address();
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      }),
    );
  const proxy = await startForwardProxy();
  try {
    const [one, other] = [await portOf(origin), await portOf(withBody)];
    expect(await ask(proxy.url, `http://127.0.0.1:${one}/old.json?x=1`)).toBe('304 ');
    expect(await ask(proxy.url, `http://127.0.0.1:${one}/new.json`)).toBe('200 ');
    expect(await ask(proxy.url, `http://127.0.0.1:${other}/a.zip`)).toBe('200 hello');
    const head = (line: string, length: number): number =>
      `HTTP/1.1 ${line}\r\nContent-Length: ${length}\r\nConnection: close\r\n\r\n`.length;
    expect(proxy.take()).toEqual([
      { path: '/old.json', status: 304, bytes: head('304 Not Modified', 0) },
      { path: '/new.json', status: 200, bytes: head('200 OK', 0) },
      { path: '/a.zip', status: 200, bytes: head('200 OK', 5) + 5 },
    ]);
    expect(proxy.take()).toEqual([]);
  } finally {
    origin.close();
    withBody.close();
    await proxy.close();
  }
});
