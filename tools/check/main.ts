/** `npm run check`: types, lint and format, and unused code. Each uses little more than one core, so that they run side by side. */
import { spawn } from 'node:child_process';

interface Checked {
  readonly passed: boolean;
  /** Standard output and standard error together. */
  readonly output: string;
  readonly seconds: number;
}

function run(script: string): Promise<Checked> {
  const startedAt = performance.now();
  return new Promise((resolve, reject) => {
    const child = spawn('npm', ['run', '--silent', script], { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const collect = (chunk: Buffer): void => {
      output += chunk.toString();
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.on('error', reject);
    child.on('close', (code) => {
      resolve({ passed: code === 0, output, seconds: (performance.now() - startedAt) / 1000 });
    });
  });
}

/** Runs a script of package.json, and prints it in one piece. @returns whether it passed */
async function check(script: string): Promise<boolean> {
  const { passed, output, seconds } = await run(script);
  const result = passed ? 'passed' : 'FAILED';
  process.stdout.write(`npm run ${script}: ${result} after ${seconds.toFixed(1)} s\n${output}\n`);
  return passed;
}

/** What imports the console's client, or looks for its file. */
async function checkConsole(): Promise<boolean> {
  if (!(await check('client'))) {
    return false;
  }
  const results = await Promise.all([check('check:console'), check('check:unused')]);
  return results.every(Boolean);
}

const results = await Promise.all([check('check:types'), check('check:lint'), checkConsole()]);
process.exitCode = results.every(Boolean) ? 0 : 1;
