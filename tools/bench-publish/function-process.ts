/** A shipped function in a process of its own, to be measured. Told by messages what is in its queue. */
import { pathToFileURL } from 'node:url';
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { z } from 'zod';
import { Invocation, type Invoked } from './function-protocol.ts';

const Bundle = z.object({
  handler: z.custom<(event: SQSEvent, context: Context) => Promise<SQSBatchResponse>>(
    (value) => typeof value === 'function',
  ),
});

const [, , file = ''] = process.argv;
const { handler } = Bundle.parse(await import(pathToFileURL(file).href));

const context = { awsRequestId: 'bench', functionName: 'bench' } as Context;

async function invoke({ bodies }: Invocation): Promise<Invoked> {
  const began = performance.now();
  const cpuBefore = process.cpuUsage();
  const Records = bodies.map((body, place) => ({ messageId: String(place), body })) as SQSEvent['Records'];
  const answer = await handler({ Records }, context);
  const { user, system } = process.cpuUsage(cpuBefore);
  return {
    failed: answer.batchItemFailures.length,
    tookMs: performance.now() - began,
    cpuMs: (user + system) / 1000,
    // The most since the process began, in kilobytes: what a function is billed and ended for.
    rss: process.resourceUsage().maxRSS * 1024,
  };
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
process.send?.('ready');
