import { defineConfig } from 'vitest/config';
import { BrowserFirst } from './tools/browser-first.ts';
import { createSecondsReporter } from './tools/test-seconds/reporter.ts';

/**
 * Tests that start the whole system, which has more to do than one core can: after the others, two at a time. The seconds that they hold it to
 * are those in which it waits (`test/support/promptly.ts`), so that a neighbour takes none of them.
 */
const wholeSystem = [
  'test/browser/**/*.test.ts',
  'test/composer-client/**/*.test.ts',
  'test/integration/first-run.test.ts',
  'test/integration/npm-start.test.ts',
];
/** `npm run test:long`. */
const isLong = process.env.TEST_LONG !== undefined;
const report = process.env.TEST_REPORT;
/** `.ci/run` counts from it. */
const jsonReporter: ['json', { outputFile: string }][] =
  report === undefined ? [] : [['json', { outputFile: report }]];
const excluded = [
  '**/node_modules/**',
  'cdk.out/**',
  'dist/**',
  '.repertoire/**',
  ...(isLong ? [] : ['**/*.long.test.ts']),
];
/** What Node does not import: the console, which is JSX, and a test that replaces modules. */
const byVite = ['console/**/*.test.ts', 'shared/organizations/status-cost.test.ts'];
const common = {
  testTimeout: isLong ? 3_600_000 : 20_000,
  hookTimeout: isLong ? 600_000 : 60_000,
  pool: 'forks',
} as const;
/** Node imports the code itself, as it does in `npm start`: Vite would rewrite each module for either project, and make each call of an import slower. */
const byNode = { experimental: { viteModuleRunner: false, nodeLoader: false } } as const;

export default defineConfig({
  test: {
    reporters: ['default', ...jsonReporter, createSecondsReporter()],
    sequence: { sequencer: BrowserFirst },
    projects: [
      {
        test: {
          ...common,
          ...byNode,
          name: 'parts',
          include: ['**/*.test.ts'],
          exclude: [...excluded, ...wholeSystem, ...byVite],
          maxWorkers: 2,
          // Loading what they import once per worker, and not once per file, halves the time. A file leaves nothing behind for the next.
          isolate: false,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          ...common,
          name: 'by-vite',
          include: byVite,
          exclude: excluded,
          maxWorkers: 2,
          isolate: false,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          ...common,
          ...byNode,
          name: 'system',
          include: wholeSystem,
          exclude: excluded,
          maxWorkers: 2,
          isolate: false,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
