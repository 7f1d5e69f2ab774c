import { expect, it } from 'vitest';
import { isAccepted } from './accepted-token.ts';

const made = { token: 'rprt_o_1', url: 'https://packages.example/acme' };
const asks = (statuses: readonly number[]) => {
  const asked: string[] = [];
  let waits = 0;
  const fetch = async (url: unknown, init?: { headers?: unknown }) => {
    asked.push(`${String(url)} ${JSON.stringify(init?.headers)}`);
    return new Response('{}', { status: statuses[asked.length - 1] ?? statuses.at(-1) ?? 500 });
  };
  const wait = async () => void waits++;
  return { asked, surroundings: { fetch: fetch as typeof globalThis.fetch, wait }, waits: () => waits };
};

it('a token is printed when the registry accepts it', async () => {
  const { asked, surroundings, waits } = asks([401, 401, 200]);
  expect(await isAccepted(made, surroundings)).toBe(true);
  expect([asked.length, waits()]).toEqual([3, 2]);
  expect(asked[0]).toBe('https://packages.example/acme/packages.json {"authorization":"Bearer rprt_o_1"}');
});

it('a token of an organization whose access is stopped is printed after half a minute', async () => {
  const { asked, surroundings } = asks([401]);
  expect(await isAccepted(made, surroundings)).toBe(false);
  expect(asked).toHaveLength(120);
});
