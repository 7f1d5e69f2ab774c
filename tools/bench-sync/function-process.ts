/** The function sync-organization in a process of its own, to be measured and to be killed. Told by messages what to do. */
import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import { tableClient, workQueueClient } from '../../shared/composition/clients.ts';
import { createForges, structureReader } from '../../shared/composition/forges.ts';
import { runScopes } from '../../shared/sync/run/run-scopes.ts';
import { Invocation, type Invoked } from './function-protocol.ts';

const table = tableClient();
const workQueue = workQueueClient();
const silent = (): void => {};
const openReader = structureReader(createForges(table, { error: silent }));
/** Often enough to see what a page or a plan takes. */
const sampleMs = 20;

async function invoke({ message, aheadMs, stepMs }: z.output<typeof Invocation>): Promise<Invoked> {
  let heapUsed = 0;
  const sample = (): void => {
    heapUsed = Math.max(heapUsed, process.memoryUsage().heapUsed);
  };
  const sampling = setInterval(sample, sampleMs);
  const began = performance.now();
  const cpuBefore = process.cpuUsage();
  const dependencies = {
    table,
    workQueue,
    clock: { now: () => Date.now() + aheadMs },
    logger: { info: silent, warn: silent, error: silent },
    newLeaseId: randomUUID,
    openReader,
    ...(stepMs === undefined ? {} : { stepMs }),
  };
  const outcome = await runScopes(dependencies, message).catch((error: unknown) => String(error));
  clearInterval(sampling);
  sample();
  const { user, system } = process.cpuUsage(cpuBefore);
  // The most since the process began, in kilobytes: what a function is billed and ended for.
  const rss = process.resourceUsage().maxRSS * 1024;
  return { outcome, tookMs: performance.now() - began, cpuMs: (user + system) / 1000, heapUsed, rss };
}

process.on('message', (raw) => {
  invoke(Invocation.parse(raw)).then(
    (invoked) => process.send?.(invoked),
    (error: unknown) => {
      process.stderr.write(`${String(error)}\n`);
      process.exit(1);
    },
  );
});
