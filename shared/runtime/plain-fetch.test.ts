import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { plainFetch as send } from './plain-fetch.ts';

/** The server answers with the request. */
const echoed = z.object({
  method: z.string(),
  headers: z.record(z.string(), z.string()),
  body: z.string(),
});

let server: Server;
let address: string;
beforeAll(async () => {
  server = createServer((request, response) => {
    if (request.url === '/cut') {
      response.writeHead(200, { 'content-length': '10' }).write('12345');
      setTimeout(() => request.socket.destroy(), 10);
      return;
    }
    if (request.url === '/silent') return;
    if (request.url === '/moved') {
      response.writeHead(302, { location: '/elsewhere' }).end();
      return;
    }
    if (request.url === '/nothing') {
      response.writeHead(204).end();
      return;
    }
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () =>
      response
        .writeHead(200, { link: ['<a>; rel="next"', '<b>; rel="last"'] })
        .end(JSON.stringify({ method: request.method, headers: request.headers, body })),
    );
  }).listen(0, '127.0.0.1');
  await new Promise((done) => server.once('listening', done));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

test('R39: no header says how the request was made', async () => {
  const response = await send(`${address}/`, { headers: { authorization: 'Bearer secret' } });
  const { headers } = echoed.parse(await response.json());
  expect(Object.keys(headers).filter((name) => name.startsWith('sec-'))).toEqual([]);
  expect(headers.authorization).toBe('Bearer secret');
  expect(response.headers.get('link')).toBe('<a>; rel="next", <b>; rel="last"');
});

test('sends a form', async () => {
  const body = new URLSearchParams({ grant_type: 'refresh_token' });
  const response = await send(`${address}/`, { method: 'POST', body });
  const answer = echoed.parse(await response.json());
  expect(answer).toMatchObject({ method: 'POST', body: 'grant_type=refresh_token' });
  expect(answer.headers['content-type']).toMatch(/^application\/x-www-form-urlencoded/);
});

test('follows no redirect, and takes an answer without a body', async () => {
  expect(await send(`${address}/moved`)).toMatchObject({ status: 302 });
  expect(await send(`${address}/nothing`)).toMatchObject({ status: 204, body: null });
});

test('fails as fetch does: no connection, a cut body, an aborted request', async () => {
  await expect(send('http://127.0.0.1:1/')).rejects.toThrow(TypeError);
  const cut = await send(`${address}/cut`);
  await expect(cut.text()).rejects.toThrow();
  const signal = AbortSignal.timeout(20);
  await expect(send(`${address}/silent`, { signal })).rejects.toMatchObject({ name: 'TimeoutError' });
});
