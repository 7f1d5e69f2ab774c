/** `npm run compare:vcs`. */
import { WorldError } from '../../local/forges/world/world-error.ts';
import { UsageError } from '../../local/start/options.ts';
import { createProgress } from '../../local/start/progress.ts';
import { findLibraries } from './composer-side.ts';
import { parseOptions, usage } from './options.ts';
import { exitCodeOf, jsonOf, reportOf } from './report.ts';

async function main(args: readonly string[]): Promise<number> {
  const options = parseOptions(args);
  if (options === 'help') {
    process.stdout.write(usage);
    return 0;
  }
  const libraries = findLibraries(process.env);
  const progress = createProgress(process.stderr, Date.now(), Date.now);
  // Both sides, with the whole system: what is wrong with the options is said without it.
  const { compareRepositories } = await import('./compare.ts');
  const comparisons = await compareRepositories(
    options.directory,
    { drivers: options.drivers, libraries },
    progress,
  );
  process.stdout.write(options.json ? `${JSON.stringify(jsonOf(comparisons))}\n` : reportOf(comparisons));
  return exitCodeOf(comparisons);
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const isUsers = error instanceof UsageError || error instanceof WorldError;
  process.stderr.write(`${isUsers ? error.message : error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = 2;
}
