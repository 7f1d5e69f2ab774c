import { expect, it } from 'vitest';
import { createMemoryTable } from '../../test/support/memory-table.ts';
import type { HttpRequest } from '../runtime/http-message.ts';
import { refusalIfTooOften } from './page-rate.ts';

const request = (method: string, path: string, address = '192.0.2.7'): HttpRequest => ({
  method,
  path,
  parameters: {},
  query: new URLSearchParams(),
  headers: { 'x-repertoire-viewer': address },
  cookies: new Map(),
  body: Buffer.alloc(0),
});

it.each([
  ['GET', '/', 120],
  ['GET', '/sign-in', 120],
  ['GET', '/sign-in/callback/toy~toy.example', 30],
  ['POST', '/sign-in/setup', 30],
  ['POST', '/tokens', 30],
])('%s %s is answered %i times a minute for one address', async (method, path, quota) => {
  const dependencies = { table: createMemoryTable(), clock: { now: () => 90_000 } };
  for (let count = 0; count < quota; count++) {
    expect(await refusalIfTooOften(dependencies, request(method, path))).toBeUndefined();
  }
  expect(await refusalIfTooOften(dependencies, request(method, path))).toMatchObject({
    status: 429,
    headers: { 'retry-after': '30' },
  });
  expect(await refusalIfTooOften(dependencies, request(method, path, '192.0.2.8'))).toBeUndefined();
  const later = { ...dependencies, clock: { now: () => 120_000 } };
  expect(await refusalIfTooOften(later, request(method, path))).toBeUndefined();
});
