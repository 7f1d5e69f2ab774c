import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { countReads } from '../../test/support/count-reads.ts';
import { createMemoryDataKeys } from '../../test/support/memory-data-keys.ts';
import { createMemoryTable } from '../../test/support/memory-table.ts';
import { createEnvelopeCipher } from '../runtime/cipher.ts';
import type { HttpRequest } from '../runtime/http-message.ts';
import { refusalIfTooOften } from './page-rate.ts';
import { pendingSignIn } from './pending-sign-in.ts';

const consoleBaseUrl = 'https://console.example.com';
const callback = '/sign-in/callback/toy~toy.example';

function createWorld() {
  const clock = { time: 90_000, now: () => clock.time };
  const table = createMemoryTable();
  const dependencies = {
    table,
    clock,
    cipher: createEnvelopeCipher(createMemoryDataKeys()),
    randomBytes,
    consoleBaseUrl,
  };
  const cookies = new Map<string, string>();
  return {
    table,
    clock,
    /** Begins a sign-in in this browser. */
    async begin() {
      const pending = { integration: 'toy~toy.example', state: 's', codeVerifier: 'v', returnTo: '/' };
      const header = await pendingSignIn.sealed(dependencies, { purpose: 'sign-in', ...pending });
      const [name = '', value = ''] = (header.split(';')[0] ?? '').split(/=(.*)/s);
      cookies.set(name, value);
    },
    cookies,
    /** The status of the refusal. */
    async ask(method: string, path: string, headers: Record<string, string> = {}, address = '192.0.2.7') {
      const own: Record<string, string> = method === 'POST' ? { origin: consoleBaseUrl } : {};
      const request: HttpRequest = {
        ...{ method, path, cookies, parameters: {}, query: new URLSearchParams(), body: Buffer.alloc(0) },
        headers: { 'x-repertoire-viewer': address, ...own, ...headers },
      };
      return refusalIfTooOften(dependencies, request);
    },
  };
}

describe('requests for pages', () => {
  it.each([
    ['GET', '/', 300],
    ['GET', '/sign-in', 300],
    ['GET', callback, 120],
    ['GET', '/sign-in/registered/toy~toy.example', 120],
    ['POST', '/sign-in/setup', 120],
    ['POST', '/tokens', 120],
  ])('%s %s is answered %i times a minute for one address', async (method, path, quota) => {
    const { ask, begin, clock } = createWorld();
    await begin();
    for (let count = 0; count < quota; count++) {
      expect(await ask(method, path)).toBeUndefined();
    }
    expect(await ask(method, path)).toMatchObject({ status: 429, headers: { 'retry-after': '30' } });
    expect(await ask(method, path, {}, '192.0.2.8')).toBeUndefined();
    clock.time = 120_000;
    expect(await ask(method, path)).toBeUndefined();
  });

  const foreign = { 'sec-fetch-site': 'cross-site' };
  const image = { ...foreign, 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' };
  const frame = { ...foreign, 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' };
  const prefetch = {
    ...foreign,
    'sec-fetch-mode': 'navigate',
    'sec-fetch-dest': 'document',
    'sec-purpose': 'prefetch',
  };
  it.each([
    ['a form', 'POST', '/sign-in/out', { ...foreign, origin: 'https://evil.example' }],
    ['an image', 'GET', '/', image],
    ['an image', 'GET', callback, image],
    ['a frame', 'GET', '/sign-in', frame],
    ['a prefetch', 'GET', '/sign-in', prefetch],
    ['a preflight', 'OPTIONS', '/', { ...foreign, 'sec-fetch-mode': 'cors' }],
    ['a page of our domain', 'GET', '/', { ...image, 'sec-fetch-site': 'same-site' }],
    [
      'a script of ours, which we have none of,',
      'GET',
      callback,
      { ...image, 'sec-fetch-site': 'same-origin' },
    ],
  ])('of another site, %s: %s %s is refused and not counted', async (_, method, path, headers) => {
    const { ask, begin, table } = createWorld();
    await begin();
    const before = table.dump();
    expect(await ask(method, path, headers)).toMatchObject({ status: 403 });
    expect(table.dump()).toEqual(before);
  });

  it('by a link of another site, or of no browser, are counted and answered', async () => {
    const { ask, begin, table } = createWorld();
    await begin();
    const link = { ...foreign, 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
    // A client that is no browser.
    const client = { 'sec-fetch-mode': 'cors' };
    for (const path of ['/', callback]) {
      for (const headers of [link, client, {}]) {
        const before = table.dump();
        expect(await ask('GET', path, headers)).toBeUndefined();
        expect(table.dump()).not.toEqual(before);
      }
    }
  });

  it('that answer what this browser has not asked are refused and cost the table nothing', async () => {
    const { ask, begin, table, cookies } = createWorld();
    const reads = countReads(table);
    expect(await ask('GET', callback)).toMatchObject({ status: 400 });
    expect([reads(), table.dump().size]).toEqual([0, 0]);
    await begin();
    await ask('GET', callback);
    const [name = '', value = ''] = [...cookies].flat();
    const ofOldKey = JSON.stringify({ alg: 'dir', enc: 'A256GCM', kid: '-2', typ: 'sign-in+jwt' });
    const forged = [
      `${value.slice(0, -4)}AAAA`,
      value.replace(/^[^.]+/, Buffer.from(ofOldKey).toString('base64url')),
    ];
    const ask400 = async (cookie: string) => {
      cookies.set(name, cookie);
      expect(await ask('GET', callback)).toMatchObject({ status: 400 });
    };
    // Whether there is a key of that name is looked up once for a process.
    await ask400(forged[1] ?? '');
    const before = { reads: reads(), items: table.dump() };
    for (const cookie of forged) {
      await ask400(cookie);
    }
    expect({ reads: reads(), items: table.dump() }).toEqual(before);
  });
});
