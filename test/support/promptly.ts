import { eventually } from './eventually.ts';
import type { System } from './started.ts';

/** How soon a change on the forge must be visible: the promise of the product, in milliseconds. */
const promptMs = 5_000;

/**
 * Checks that a change becomes visible by itself within the promised time. The work itself is waited for first, since its duration is that
 * of the machine (a few processes beside this one triple it); the benches compare it. The limit is for all that waits: schedules, delayed
 * messages, caches and the edge's propagation. A change that only the next schedule carries out does not pass.
 *
 * @returns milliseconds that all of it took
 * @throws the last failure of the check once the time is over
 */
export async function promptly(
  system: System,
  check: () => Promise<void>,
  withinMs = promptMs,
): Promise<number> {
  const started = performance.now();
  await system.gitHub.idle();
  await system.gitLab?.idle();
  await system.cloud.idle({ timeoutMs: 45_000 });
  await eventually(check, withinMs);
  return performance.now() - started;
}
