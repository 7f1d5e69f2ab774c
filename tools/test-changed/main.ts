/** `npm run test:changed`. */
import { execFileSync, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { isTest, sourceFiles, sourceImports } from '../../test/repo/source-imports.ts';
import { readKeptSeconds } from '../test-seconds/kept-seconds.ts';
import { type Chosen, chooseTests, usualSecondsOf } from './choose-tests.ts';

const usualBudget = 5;

const usage = `Runs the tests that are nearest to what was changed, as many as fit into a few seconds.

Usage: npm run test:changed -- [REF] [options]

  REF          compares with where the current branch left REF (main, HEAD~3); without it, with the last commit.
               What is not committed counts in either case, files that git does not know too.
  --budget N   seconds of tests; ${usualBudget} if left out, which with loading makes less than 10 on two processors
  --list       says what would run, and runs nothing
  --help       this text

Tests that were changed come first, then those beside a changed file, then all that import it, the nearest first. What does not fit is
named at the end, with the command that runs it. How long a file takes is known from its last run here (npm test).
`;

/** Changes to these concern every test. */
const ofEverything = new Set(['package.json', 'package-lock.json', 'tsconfig.json', 'vitest.config.ts']);
/** What is loaded by other ways than imports: the bundler finds the handlers, and programs are started as processes. */
const loadedToo = [
  ...sourceFiles
    .filter((file) => /^functions\/[^/]+\/handler\.(edge\.)?ts$/.test(file))
    .map((to) => ({ from: 'infra/bundle.ts', to })),
  { from: 'local/start/build-assembly.ts', to: 'local/start/assemble.ts' },
  { from: 'local/start/build-console.ts', to: 'console/build/main.ts' },
  { from: 'test/integration/npm-start.test.ts', to: 'local/main.ts' },
  { from: 'test/integration/npm-start.test.ts', to: 'local/admin.ts' },
];
const root = fileURLToPath(new URL('../..', import.meta.url));
const shownMax = 5;

const git = (...args: readonly string[]): string[] =>
  execFileSync('git', args, { cwd: root, encoding: 'utf8' })
    .split('\n')
    .filter((line) => line !== '');

function changedFiles(ref: string | undefined): string[] {
  const [base = 'HEAD'] = ref === undefined ? ['HEAD'] : git('merge-base', ref, 'HEAD');
  return [
    ...git('diff', '--name-only', '--no-renames', base),
    ...git('ls-files', '--others', '--exclude-standard'),
  ];
}

const secondsOfAll = (files: readonly Chosen[]): string =>
  files.reduce((total, { seconds }) => total + seconds, 0).toFixed(1);

function main(args: string[]): number {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { budget: { type: 'string' }, list: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
  });
  if (values.help) {
    process.stdout.write(usage);
    return 0;
  }
  const budget = Number(values.budget ?? usualBudget);
  if (!(budget > 0)) {
    throw new RangeError(`--budget ${values.budget}: a number of seconds`);
  }
  const changed = changedFiles(positionals[0]);
  const kept = readKeptSeconds(root);
  const { run, leftOut } = chooseTests({
    changed,
    imports: [...sourceImports, ...loadedToo],
    isTest: (file) => isTest(file) && !file.endsWith('.long.test.ts'),
    secondsOf: (file) => kept[file] ?? usualSecondsOf(file),
    budget,
  });
  console.log(
    `${changed.length} changed files: ${run.length} test files, about ${secondsOfAll(run)} s of tests`,
  );
  const files = run.map(({ file }) => file);
  if (values.list) {
    console.log(files.map((file) => `  ${file}`).join('\n'));
  }
  const status = values.list || files.length === 0 ? 0 : vitest(files);
  if (leftOut.length > 0) {
    const shown = leftOut
      .slice(0, shownMax)
      .map(({ file, seconds }) => `  ${file} (${seconds.toFixed(1)} s)`);
    console.log(
      `not run: ${leftOut.length} test files farther away or slower, about ${secondsOfAll(leftOut)} s of tests`,
    );
    console.log(shown.join('\n'));
    console.log(`  they run with: npm run test:changed -- ${[...positionals, '--budget 10000'].join(' ')}`);
  }
  if (changed.some((file) => ofEverything.has(file))) {
    console.log('what every test depends on was changed: npm test');
  }
  return status;
}

function vitest(files: readonly string[]): number {
  const program = `${root}node_modules/vitest/vitest.mjs`;
  const { status } = spawnSync(process.execPath, [program, 'run', ...files], { cwd: root, stdio: 'inherit' });
  return status ?? 1;
}

try {
  process.exitCode = main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}; --help lists the flags\n`);
  process.exitCode = 2;
}
