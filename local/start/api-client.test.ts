import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { createApiClient } from './api-client.ts';

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) {
    close();
  }
});

type Answer = (request: IncomingMessage, answer: ServerResponse) => void;

/** An API that gives these answers, one after the other. */
async function serve(...answers: readonly Answer[]) {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, answer) => {
    requests.push(request);
    answers[requests.length - 1]?.(request, answer);
    answer.end();
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  closing.push(() => server.close());
  const consoleBaseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  let asked = 0;
  const operatorKey = async () => {
    asked += 1;
    return 'the-key';
  };
  const client = createApiClient({ consoleBaseUrl, operatorKey });
  const clientOf = (by: string) => createApiClient({ consoleBaseUrl, operatorKey, by });
  return { client, clientOf, requests, keysAsked: () => asked };
}

const problem =
  (status: number, body: object, headers: Record<string, string> = {}) =>
  (_: IncomingMessage, answer: ServerResponse): void => {
    answer.writeHead(status, { 'content-type': 'application/problem+json', ...headers });
    answer.write(JSON.stringify(body));
  };
const fine = (_: IncomingMessage, answer: ServerResponse): void => {
  answer.write('{"a":1}');
};

it('sends the key, which it asks for once, and for whom it works', async () => {
  const { client, requests, keysAsked } = await serve(fine, (_, answer) => answer.writeHead(204));
  expect(await client.request({ path: '/a' })).toEqual({ a: 1 });
  expect(await client.request({ method: 'POST', path: '/b', body: {}, by: 'Zoë' })).toBeUndefined();
  expect(requests.map(({ url, method }) => [method, url])).toEqual([
    ['GET', '/api/v1/a'],
    ['POST', '/api/v1/b'],
  ]);
  expect(requests.map(({ headers }) => [headers.authorization, headers['x-repertoire-operator']])).toEqual([
    ['Bearer the-key', undefined],
    ['Bearer the-key', 'Zo%C3%AB'],
  ]);
  expect(keysAsked()).toBe(1);
});

it('says of every request for whom it works, if it was told', async () => {
  const { clientOf, requests } = await serve(fine, fine);
  await clientOf('Olga').request({ path: '/a' });
  await clientOf('Olga').request({ path: '/b', by: 'Zoe' });
  expect(requests.map(({ headers }) => headers['x-repertoire-operator'])).toEqual(['Olga', 'Zoe']);
});

it.each([
  ['not-found', 404, 'not-found'],
  ['too-early', 409, 'too-early'],
  ['unauthenticated', 401, 'forbidden'],
  ['malformed', 400, 'invalid'],
  ['internal', 500, undefined],
])('says by a code what can be done about the problem %s', async (code, status, expected) => {
  const { client } = await serve(problem(status, { code, detail: 'It is so.' }));
  await expect(client.request({ path: '/a' })).rejects.toMatchObject({
    message: 'It is so.',
    code: expected,
  });
});

it('names the fields that are wrong', async () => {
  const errors = [{ pointer: '/why', detail: 'is too short' }];
  const { client } = await serve(problem(422, { code: 'invalid', detail: 'The body is not valid.', errors }));
  await expect(client.request({ path: '/a' })).rejects.toThrow('The body is not valid: why is too short');
});

it('waits as long as it is told to when it asks too often', async () => {
  const limited = problem(429, { code: 'rate-limited', detail: 'Slow down.' }, { 'retry-after': '0' });
  const { client, requests } = await serve(limited, limited, fine);
  expect(await client.request({ path: '/a' })).toEqual({ a: 1 });
  expect(requests).toHaveLength(3);
});

it('takes the key nowhere else, and believes nothing that is no API', async () => {
  const { client, requests } = await serve(
    (_, answer) => answer.writeHead(307, { location: '/elsewhere' }),
    (_, answer) => answer.writeHead(404).write('<html>'),
  );
  await expect(client.request({ path: '/a' })).rejects.toThrow('does not answer');
  await expect(client.request({ path: '/a' })).rejects.toThrow("is this the console's address?");
  expect(requests).toHaveLength(2);
});
