import type { EventSource } from './event-source.ts';
import type { FunctionHost } from './functions/host.ts';
import type { QueueEngine } from './service.ts';

const IDLE_LIMIT_MS = 30_000;

/** What keeps the cloud from being idle. */
export function busy(
  sources: readonly EventSource[],
  queues: QueueEngine,
  host: FunctionHost,
  delayedToo: boolean,
): string[] {
  const waiting = [...new Set(sources.map(({ queueName }) => queueName))].flatMap((name) => {
    const { visible, inFlight, delayed } = queues.counts(name);
    const isBusy = visible + inFlight + (delayedToo ? delayed : 0) > 0;
    return isBusy ? [`queue ${name} (${visible} visible, ${inFlight} in flight, ${delayed} delayed)`] : [];
  });
  const batches = sources.reduce((sum, source) => sum + source.running(), 0);
  const running = host.running();
  return running + batches > 0 ? [...waiting, `${running} running functions`] : waiting;
}

/**
 * Waits until nothing is busy.
 *
 * @throws Error with the reasons when it takes too long, in real time
 */
export async function waitUntilIdle(whatIsBusy: () => string[], timeoutMs = IDLE_LIMIT_MS): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  for (let reasons = whatIsBusy(); reasons.length > 0; reasons = whatIsBusy()) {
    if (Date.now() > deadline)
      throw new Error(`The cloud is still busy after ${timeoutMs} ms: ${reasons.join(', ')}`);
    await sleep(10);
  }
}

export async function waitUntil(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await sleep(20);
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
