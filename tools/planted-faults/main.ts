/**
 * Plants the faults of the list, one at a time, in a copy of the repository, and runs the tests that have to notice:
 *
 *     npm run planted-faults -- [part of an id or a proof ...]
 *
 * Ends with an error if one survives or does not fit the code any more.
 */
import { fileURLToPath } from 'node:url';
import { copyRepository } from './copy.ts';
import { plantedFaults } from './faults/all.ts';
import { runUnchanged, tryFault, type Verdict } from './try-faults.ts';

const wanted = process.argv.slice(2);
const faults = plantedFaults.filter(
  ({ id, proof }) => wanted.length === 0 || wanted.some((part) => id.includes(part) || proof === part),
);
const width = Math.max(...faults.map(({ id }) => id.length));
const copy = await copyRepository(fileURLToPath(new URL('../..', import.meta.url)));
process.on('SIGINT', () => void copy.remove().finally(() => process.exit(130)));
try {
  const unchanged = await runUnchanged(copy, faults);
  if (unchanged.kind !== 'passed') {
    throw new Error(
      `without any fault: ${unchanged.kind === 'failed' ? unchanged.by : unchanged.why} (${unchanged.kind})`,
    );
  }
  console.log(`${unchanged.tests} tests pass without a fault`);
  const counts = { caught: 0, survived: 0, broken: 0 } satisfies Record<Verdict['kind'], number>;
  for (const fault of faults) {
    const started = Date.now();
    const { kind, detail } = await tryFault(copy, fault);
    counts[kind] += 1;
    const seconds = ((Date.now() - started) / 1000).toFixed(1).padStart(5);
    console.log(`${kind.padEnd(8)} ${fault.id.padEnd(width)} ${seconds} s  ${detail}`);
  }
  console.log(`${counts.caught} caught, ${counts.survived} survived, ${counts.broken} broken`);
  process.exitCode = counts.survived + counts.broken === 0 ? 0 : 1;
} finally {
  await copy.remove();
}
