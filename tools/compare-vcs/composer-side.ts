/** Composer's own `vcs` driver, by its PHP library. */
import { execFile, spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';
import { UsageError } from '../../local/start/options.ts';
import { JudgedRow } from './rows.ts';

const run = promisify(execFile);
const script = fileURLToPath(new URL('./composer-vcs.php', import.meta.url));
const debiansAutoloader = '/usr/share/php/Composer/autoload.php';

const Answer = z.object({
  composer: z.string(),
  takesDatesAsMajors: z.boolean(),
  rows: z.array(JudgedRow),
});
export type ComposerAnswer = z.infer<typeof Answer>;

/**
 * The autoloader of the library that judges.
 *
 * @throws UsageError that says what is missing
 */
export function findLibrary(environment: NodeJS.ProcessEnv): string {
  const php = spawnSync('php', ['-v'], { encoding: 'utf8' });
  if (php.error !== undefined || php.status !== 0) {
    throw new UsageError('php does not run here; Debian has it in the package php-cli');
  }
  const { COMPOSER_LIBRARY: given } = environment;
  if (!given) {
    if (existsSync(debiansAutoloader)) return debiansAutoloader;
    throw new UsageError(
      `${debiansAutoloader} is not there; install Debian's package composer, or set COMPOSER_LIBRARY`,
    );
  }
  const found = [given, join(given, 'vendor/autoload.php'), join(given, 'autoload.php')].find(
    (path) => existsSync(path) && statSync(path).isFile(),
  );
  if (found === undefined) {
    throw new UsageError(`COMPOSER_LIBRARY=${given}: there is no autoloader (vendor/autoload.php)`);
  }
  return resolve(found);
}

/**
 * What Composer makes of the repository, read from a copy of its heads and tags with a home and a cache of its own.
 *
 * @param defaultBranch what HEAD is taken for where it names no branch that there is
 * @throws Error with what git or PHP had to say
 */
export async function readWithComposer(
  library: string,
  source: string,
  defaultBranch: string,
): Promise<ComposerAnswer> {
  const directory = await mkdtemp(join(tmpdir(), 'compare-vcs-'));
  try {
    const copy = join(directory, 'repository.git');
    await run('git', ['clone', '--quiet', '--bare', '--', source, copy]);
    await nameHead(copy, defaultBranch);
    const home = join(directory, 'home');
    await mkdir(home);
    const { stdout } = await run('php', ['-d', 'display_errors=stderr', script, library, copy], {
      maxBuffer: 1024 ** 3,
      env: {
        PATH: process.env.PATH,
        HOME: home,
        COMPOSER_HOME: home,
        COMPOSER_CACHE_DIR: join(home, 'cache'),
        COMPOSER_ALLOW_SUPERUSER: '1',
        GIT_CONFIG_NOSYSTEM: '1',
      },
    });
    return Answer.parse(JSON.parse(stdout));
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function nameHead(copy: string, defaultBranch: string): Promise<void> {
  const head = await run('git', ['-C', copy, 'symbolic-ref', '--quiet', 'HEAD']).then(
    ({ stdout }) => stdout.trim(),
    () => undefined,
  );
  const isThere =
    head !== undefined &&
    (await run('git', ['-C', copy, 'show-ref', '--verify', '--quiet', head]).then(
      () => true,
      () => false,
    ));
  if (!isThere) await run('git', ['-C', copy, 'symbolic-ref', 'HEAD', `refs/heads/${defaultBranch}`]);
}
