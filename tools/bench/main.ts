/** `npm run bench`. */
import { WorldError } from '../../local/forges/world/world-error.ts';
import { UsageError } from '../../local/start/options.ts';
import { createProgress } from '../../local/start/progress.ts';
import { parseOptions, usage } from './options.ts';
import { reportOf } from './report.ts';
import type { MeasuredWorld } from './run-world.ts';

async function main(args: readonly string[]): Promise<void> {
  const options = parseOptions(args);
  if (options === 'help') {
    process.stdout.write(usage);
    return;
  }
  // With the whole system: what is wrong with the options is said without it.
  const { edgeTimeLines, measureEdgeTime, tooSlow } = await import('./edge-time.ts');
  const { measureWorld } = await import('./run-world.ts');
  const edgeTimes = await measureEdgeTime();
  if (!options.json) process.stdout.write(`${edgeTimeLines(edgeTimes).join('\n')}\n\n`);
  const progress = createProgress(process.stderr, Date.now(), Date.now);
  const all: MeasuredWorld[] = [];
  for (const world of options.worlds) {
    const measured = await measureWorld(world, options.rounds, progress);
    all.push(measured);
    if (!options.json) process.stdout.write(`${reportOf(measured)}\n`);
  }
  if (options.json) process.stdout.write(`${JSON.stringify({ edgeTimes, worlds: all })}\n`);
  if (tooSlow(edgeTimes ?? []).length > 0) {
    process.stderr.write("the edge's decision takes longer than it may\n");
    process.exitCode = 1;
  }
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  const isUsers = error instanceof UsageError || error instanceof WorldError;
  process.stderr.write(`${isUsers ? error.message : error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = 2;
}
