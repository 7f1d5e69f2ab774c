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
export function missingLibrary(): string | undefined {
  const php = spawnSync(PHP, ['-v'], { encoding: 'utf8' });
  if (php.error !== undefined || php.status !== 0) return `"${PHP}" does not run here`;
  if (!existsSync(AUTOLOADER)) return `${AUTOLOADER} is not there`;
  return undefined;
}

/** The answers to all questions, in their order, by one PHP process. Throws if it does not answer every one. */
export function askPhp(questions: readonly Question[]): Answer[] {
  const run = spawnSync(PHP, ['-d', 'display_errors=stderr', SCRIPT, AUTOLOADER], {
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
