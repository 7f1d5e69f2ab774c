/** Composer's own PHP library as a judge: Debian's packages `php-cli` and `composer` bring both. */

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

const PHP = process.env.ORACLE_PHP ?? 'php';
const AUTOLOADER = process.env.ORACLE_AUTOLOADER ?? '/usr/share/php/Composer/autoload.php';

/**
 * Set `ORACLE_LIBRARY=current` with an autoloader for the very versions that this project follows (Composer 2.10.2, semver
 * 3.4.4, metadata-minifier 1.0.1, spdx-licenses 1.6.0): then no difference between versions is known.
 */
export const isCurrentLibrary = process.env.ORACLE_LIBRARY === 'current';

/** The Composer that the differences in known-differences.ts were found in. */
const JUDGE = isCurrentLibrary ? '2.10.2' : '2.5.5';

const SCRIPT = fileURLToPath(new URL('./oracle.php', import.meta.url));

/** A function of oracle.php and its arguments. */
export type Question = readonly [name: string, ...parameters: unknown[]];

const Answer = z.union([
  z.object({ value: z.unknown() }),
  z.object({ error: z.string() }),
  z.object({ crash: z.string() }),
]);
export type Answer = z.infer<typeof Answer>;

/** Why there is no judge on this machine; undefined if there is one. */
export function missingLibrary(programs = { php: PHP, autoloader: AUTOLOADER }): string | undefined {
  const run = spawnSync(programs.php, ['-v'], { encoding: 'utf8' });
  if (run.error !== undefined || run.status !== 0) return `"${programs.php}" does not run here`;
  if (!existsSync(programs.autoloader)) return `${programs.autoloader} is not there`;
  const [answer] = askPhp([['library']], programs);
  const version = answer !== undefined && 'value' in answer ? answer.value : undefined;
  if (version !== JUDGE) {
    return `${programs.autoloader} loads Composer ${version}, and only ${JUDGE}'s differences are known`;
  }
  return undefined;
}

/** The answers to all questions, in their order, by one PHP process. Throws if it does not answer every one. */
export function askPhp(
  questions: readonly Question[],
  programs = { php: PHP, autoloader: AUTOLOADER },
): Answer[] {
  const run = spawnSync(programs.php, ['-d', 'display_errors=stderr', SCRIPT, programs.autoloader], {
    input: questions.map((question) => `${JSON.stringify(question)}\n`).join(''),
    encoding: 'utf8',
    maxBuffer: 1024 ** 3,
  });
  const lines = run.stdout.split('\n').slice(0, -1);
  if (run.status !== 0 || lines.length !== questions.length) {
    throw new Error(
      `PHP answered ${lines.length} of ${questions.length} questions: ${run.stderr.slice(0, 2000)}`,
    );
  }
  return lines.map((line) => Answer.parse(JSON.parse(line)));
}
