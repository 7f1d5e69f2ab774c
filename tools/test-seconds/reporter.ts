/** A reporter of vitest that prints what the tests of each project and folder took, and keeps it for `npm run test:changed`. */
import type { Reporter, TestModule } from 'vitest/node';
import { keepSeconds } from './kept-seconds.ts';
import { type FileSeconds, sumLines } from './sums.ts';

/** A run of fewer files shows their times anyway. */
const filesMin = 50;

export function createSecondsReporter(): Reporter {
  return {
    onTestRunEnd(modules) {
      const files = modules.map(secondsOf);
      const [root] = modules.map(({ project }) => project.config.root);
      if (root !== undefined) {
        keepSeconds(root, Object.fromEntries(files.map(({ file, seconds }) => [file, seconds])));
      }
      if (files.length >= filesMin) {
        process.stdout.write(`${sumLines(files).join('\n')}\n\n`);
      }
    },
  };
}

function secondsOf(module: TestModule): FileSeconds {
  const { duration, collectDuration } = module.diagnostic();
  return {
    project: module.project.name,
    file: module.relativeModuleId,
    tests: [...module.children.allTests()].length,
    seconds: duration / 1000,
    loading: collectDuration / 1000,
  };
}
