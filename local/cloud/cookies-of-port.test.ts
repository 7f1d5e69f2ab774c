import { expect, it } from 'vitest';
import { withCookiesOfPort } from './cookies-of-port.ts';
import type { HttpRequest } from './runtime/listen.ts';

it('gives each port cookies of its own', async () => {
  const seen: unknown[] = [];
  const handle = withCookiesOfPort(8701, async ({ headers }) => {
    seen.push(headers.get('cookie'));
    const set = ['__Host-session=a=b; Path=/', '__Host-refresh=; Max-Age=0'];
    return { status: 200, headers: new Map([['set-cookie', set]]), body: Buffer.alloc(0) };
  });
  const ask = async (...cookies: readonly string[]) => {
    const headers = new Map(cookies.length === 0 ? [] : [['cookie', cookies] as const]);
    const request = { method: 'GET', target: '/', headers, body: Buffer.alloc(0), remoteAddress: '' };
    return (await handle(request satisfies HttpRequest)).headers.get('set-cookie');
  };
  expect(await ask()).toEqual(['__Host-session~8701=a=b; Path=/', '__Host-refresh~8701=; Max-Age=0']);
  await ask('__Host-session~8701=a=b; __Host-session~8731=c', 'theme~8701=dark; written=d');
  await ask('__Host-session~8731=c');
  expect(seen).toEqual([undefined, ['__Host-session=a=b; theme=dark; written=d'], undefined]);
});
