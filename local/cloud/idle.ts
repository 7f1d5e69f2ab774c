import type { FunctionHost } from './functions/host.ts';
import type { QueueEngine } from './runtime/service.ts';
import type { EventSource } from './triggers/event-source.ts';

const IDLE_LIMIT_MS = 30_000;

/** Which messages besides the visible ones keep the cloud from being idle. */
export interface IdleOptions {
  /** Delayed messages. By default no. */
  readonly delayedToo?: boolean;
  /** Messages in flight: those of a worker that died become visible after their visibility time-out. By default yes. */
  readonly inFlightToo?: boolean;
}

/** The reasons why the cloud is not idle. */
export function busy(
  sources: readonly EventSource[],
  queues: QueueEngine,
  host: FunctionHost,
  { delayedToo = false, inFlightToo = true }: IdleOptions,
): string[] {
  const waiting = [...new Set(sources.map(({ queueName }) => queueName))].flatMap((name) => {
    const { visible, inFlight, delayed } = queues.counts(name);
    // In a FIFO queue a message in flight blocks the visible ones behind it.
    const free = !inFlightToo && inFlight > 0 && name.endsWith('.fifo') ? 0 : visible;
    const isBusy = free + (inFlightToo ? inFlight : 0) + (delayedToo ? delayed : 0) > 0;
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
