/** Runs programs that prepare a test. */
import { execFileSync } from 'node:child_process';
import { programPath } from './programs.ts';

/** Runs a program to its end, in a folder, with nothing of the user's configuration. @returns what it printed */
export function run(
  folder: string,
  [program, ...args]: readonly [string, ...string[]],
  environment: Readonly<Record<string, string>> = {},
): string {
  return execFileSync(programPath(program), args, {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 64 * 1024 * 1024,
    env: {
      ...{ PATH: process.env.PATH ?? '', HOME: folder, LC_ALL: 'C.UTF-8', TZ: 'UTC' },
      ...{ HGRCPATH: '', HGPLAIN: '1', HGUSER: 'Ann <ann@example.org>' },
      ...environment,
    },
  });
}
