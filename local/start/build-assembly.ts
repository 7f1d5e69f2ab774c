/** Bundles the functions and synthesizes the template, as a deployment does, in processes of their own: neither leaves its memory here. */
import { spawn } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * @param directory where the cloud assembly goes
 * @throws Error with what the failing step printed
 */
export async function buildAssembly(directory: string): Promise<void> {
  await rm(directory, { recursive: true, force: true });
  await run(join(root, 'tools/bundle.ts'), []);
  await run(join(root, 'infra/main.ts'), [directory]);
}

function run(script: string, args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script, ...args], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    const collect = (chunk: Buffer): void => {
      output = (output + chunk.toString()).slice(-20_000);
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.on('error', reject);
    child.on('exit', (code) => {
      if (code === 0) {
        resolve();
      } else {
        reject(new Error(`${script} ended with ${code}:\n${output}`));
      }
    });
  });
}
