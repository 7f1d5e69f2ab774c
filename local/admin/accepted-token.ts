/** Waits until the registry accepts a new token, so that the printed commands work. */
import { setTimeout } from 'node:timers/promises';
import { z } from 'zod';

const Made = z.object({ token: z.string(), url: z.url() });

/** From the table to the edge takes seconds; milliseconds. */
const longest = 30_000;
const lookMs = 250;

/**
 * @param answer of the command `token`
 * @returns whether it is accepted; false where access is stopped, or it takes longer than half a minute
 */
export async function isAccepted(
  answer: unknown,
  { fetch = globalThis.fetch, wait = setTimeout }: Partial<Surroundings> = {},
): Promise<boolean> {
  const { token, url } = Made.parse(answer);
  for (let waited = 0; waited < longest; waited += lookMs) {
    const headers = { authorization: `Bearer ${token}` };
    const status = await fetch(`${url}/packages.json`, { headers }).then(
      async (response) => {
        await response.arrayBuffer();
        return response.status;
      },
      () => undefined,
    );
    if (status === 200) {
      return true;
    }
    await wait(lookMs);
  }
  return false;
}

interface Surroundings {
  readonly fetch: typeof globalThis.fetch;
  readonly wait: (ms: number) => Promise<unknown>;
}
