import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isTaken } from './compare.ts';
import { findLibraries } from './composer-side.ts';
import { parseOptions } from './options.ts';

const isComposerThere = isLibraryThere();

function isLibraryThere(): boolean {
  try {
    return findLibraries({}).length > 0;
  } catch {
    return false;
  }
}

it('a repository is left out for its name only if another one has it', () => {
  const waiting = [{ name: 'Acme/Lib', reason: 'name-taken' }];
  const two = { name: 'two', packageNames: [] as string[], waiting };
  const one = { name: 'one', packageNames: ['acme/lib'], waiting: [] };
  expect(isTaken(two, [one, two])).toBe(true);
  expect(isTaken(two, [two])).toBe(false);
  expect(isTaken(two, [{ ...one, packageNames: [] }, two])).toBe(false);
  expect(isTaken({ ...two, packageNames: ['acme/lib'] }, [{ ...one, packageNames: [] }, two])).toBe(false);
  expect(isTaken({ ...two, waiting: [{ name: 'acme/lib', reason: 'fork' }] }, [one, two])).toBe(false);
});

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'compare-vcs-test-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the command', () => {
  const run = (args: readonly string[], environment: Readonly<Record<string, string>> = {}) =>
    new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) => {
      const main = fileURLToPath(new URL('./main.ts', import.meta.url));
      const child = execFile(
        process.execPath,
        [main, ...args],
        { env: { ...process.env, ...environment } },
        (_, stdout, stderr) => resolve({ code: child.exitCode, stdout, stderr }),
      );
    });

  it('--help tells what it does', async () => {
    expect(await run(['--help'])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('COMPOSER_LIBRARY'),
    });
  });

  it('no php is one line and exit code 2', async () => {
    const { code, stderr } = await run([folder], { PATH: folder });
    expect([code, stderr.trim()]).toEqual([2, expect.stringMatching(/^php does not run here/)]);
  });

  it.skipIf(!isComposerThere)('no library, or no repository, is one line and exit code 2', async () => {
    const empty = join(folder, 'empty');
    mkdirSync(empty);
    const [library, repositories] = await Promise.all([
      run([empty], { COMPOSER_LIBRARY: empty }),
      run([empty], { COMPOSER_LIBRARY: '' }),
    ]);
    expect(library).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^COMPOSER_LIBRARY=.* no autoloader/),
    });
    expect(repositories).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('there is no git repository'),
    });
  });
});

describe('the options', () => {
  it.each<[string, (folder: string) => string[], RegExp]>([
    ['no folder', () => [], /^compare:vcs takes one folder/],
    ['a folder that is not there', (empty) => [join(empty, 'none')], /there is no such folder$/],
    ['an unknown flag', (empty) => [empty, '--fast'], /--fast.*--help lists the flags$/],
  ])('%s is refused', (_, args, message) => {
    expect(() => parseOptions(args(folder))).toThrow(message);
  });
});
