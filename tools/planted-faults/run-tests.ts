import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';

/** What a run of tests showed. */
export type Outcome =
  | { readonly kind: 'passed'; readonly tests: number }
  /** `by`: the name of the first test that failed. */
  | { readonly kind: 'failed'; readonly by: string }
  /** No verdict: a file that cannot be loaded, a hook that fails, no test of the name, too long. */
  | { readonly kind: 'broken'; readonly why: string };

const longestMs = 180_000;

const reportSchema = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      message: z.string().default(''),
      assertionResults: z.array(z.object({ status: z.string(), fullName: z.string() })),
    }),
  ),
});

/** Runs test files in their short version. @param only a pattern for the names of tests */
export async function runTests(
  directory: string,
  files: readonly string[],
  only: string | undefined,
): Promise<Outcome> {
  const folder = await mkdtemp(join(tmpdir(), 'planted-faults-report-'));
  const report = join(folder, 'report.json');
  try {
    const said = await runVitest(directory, [
      ...files,
      ...(only === undefined ? [] : ['-t', only]),
      '--reporter=json',
      `--outputFile=${report}`,
    ]);
    const text = await readFile(report, 'utf8').catch(() => undefined);
    return text === undefined ? { kind: 'broken', why: said } : verdict(reportSchema.parse(JSON.parse(text)));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function verdict({ testResults }: z.infer<typeof reportSchema>): Outcome {
  const results = testResults.flatMap(({ assertionResults }) => assertionResults);
  const failed = results.find(({ status }) => status === 'failed');
  if (failed !== undefined) return { kind: 'failed', by: failed.fullName };
  const broken = testResults.find(({ status }) => status === 'failed');
  if (broken !== undefined) return { kind: 'broken', why: broken.message.split('\n')[0] ?? '' };
  const tests = results.filter(({ status }) => status === 'passed').length;
  return tests === 0 ? { kind: 'broken', why: 'no test was run' } : { kind: 'passed', tests };
}

/** @returns the end of what it said */
function runVitest(directory: string, parameters: readonly string[]): Promise<string> {
  // Whoever runs this inside a test run must not look like a part of it, nor run the long versions.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(VITEST|TEST|NODE_ENV$|NODE_OPTIONS$)/.test(name)),
  );
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', ...parameters], {
      cwd: directory,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own, so that its workers end with it.
      detached: true,
    });
    let said = '';
    const hear = (chunk: Buffer): void => {
      said = (said + chunk.toString('utf8')).slice(-2000);
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    const timer = setTimeout(() => {
      said = `it took longer than ${longestMs / 1000} s`;
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    }, longestMs);
    child.on('error', reject);
    child.on('close', () => {
      clearTimeout(timer);
      resolve(said.trim().split('\n').at(-1) ?? '');
    });
  });
}
