import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Repeats the check until it passes.
 *
 * @returns milliseconds that it took
 * @throws the last failure once the time is over
 */
export async function eventually(check: () => Promise<void>, withinMs: number): Promise<number> {
  const started = performance.now();
  for (;;) {
    try {
      await check();
      return performance.now() - started;
    } catch (error) {
      if (performance.now() - started > withinMs) {
        throw error;
      }
      await sleep(50);
    }
  }
}
