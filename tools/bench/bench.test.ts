import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { parseOptions } from './options.ts';

const main = fileURLToPath(new URL('./main.ts', import.meta.url));
const run = promisify(execFile);

it('npm run bench explains itself', async () => {
  expect((await run(process.execPath, [main, '--help'])).stdout).toContain('--world');
});

it('npm run bench ends with code 2 and one line when it does not understand an option', async () => {
  await expect(run(process.execPath, [main, '--wrld', 'x'])).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringContaining('--help'),
  });
});

it('rounds have to be a number', () => {
  expect(() => parseOptions(['--rounds', 'x'])).toThrow(/^--rounds/);
});
