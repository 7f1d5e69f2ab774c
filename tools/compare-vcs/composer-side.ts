/** Composer's own `vcs` drivers, by its PHP library, and its reading of the registry's files. */

import { execFile, spawn, spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';
import { UsageError } from '../../local/start/options.ts';
import { JudgedRow, Row } from './rows.ts';

const run = promisify(execFile);
const script = fileURLToPath(new URL('./composer-vcs.php', import.meta.url));
const debiansAutoloader = '/usr/share/php/Composer/autoload.php';

export const driverNames = ['git', 'github', 'gitlab', 'bitbucket'] as const;
export type DriverName = (typeof driverNames)[number];

const Answer = z.object({
  composer: z.string(),
  takesDatesAsMajors: z.boolean(),
  theirs: z.array(JudgedRow),
  /** Refs at which PHP ends Composer: read on without them. */
  broken: z.array(z.object({ ref: z.string(), reference: z.string(), error: z.string() })),
  /** Commits whose manifest is a symbolic link that the driver does not follow. */
  linked: z.array(z.string()),
  /** The SHA-1 of the archives that were asked for, by commit. */
  archives: z.record(z.string(), z.string()),
  ours: z.array(Row),
  /** Versions of ours that no client can read, with what it says. */
  unreadable: z.array(z.string()),
});
export type ComposerAnswer = z.infer<typeof Answer>;
export type BrokenRef = ComposerAnswer['broken'][number];

/**
 * The autoloaders of the libraries that judge.
 *
 * @throws UsageError that says what is missing
 */
export function findLibraries(environment: NodeJS.ProcessEnv): string[] {
  const php = spawnSync('php', ['-v'], { encoding: 'utf8' });
  if (php.error !== undefined || php.status !== 0) {
    throw new UsageError('php does not run here; Debian has it in the package php-cli');
  }
  const { COMPOSER_LIBRARY: given } = environment;
  if (given) return given.split(delimiter).map(findLibrary);
  if (existsSync(debiansAutoloader)) return [debiansAutoloader];
  throw new UsageError(
    `${debiansAutoloader} is not there; install Debian's package composer, or set COMPOSER_LIBRARY`,
  );
}

function findLibrary(path: string): string {
  const found = [path, join(path, 'vendor/autoload.php'), join(path, 'autoload.php')].find(
    (file) => existsSync(file) && statSync(file).isFile(),
  );
  if (found === undefined) {
    throw new UsageError(`COMPOSER_LIBRARY=${path}: there is no autoloader (vendor/autoload.php)`);
  }
  return resolve(found);
}

/**
 * What Composer's driver for any git repository makes of it, read from a copy of its heads and tags.
 *
 * @param defaultBranch what HEAD is taken for where it names no branch that there is
 * @param files the texts of the registry's files
 * @throws Error with what git or PHP had to say
 */
export function readWithGitDriver(
  library: string,
  { source, defaultBranch }: { readonly source: string; readonly defaultBranch: string },
  files: readonly string[],
): Promise<ComposerAnswer> {
  return inDirectory(async (directory) => {
    const copy = join(directory, 'repository.git');
    await run('git', ['clone', '--quiet', '--bare', '--', source, copy]);
    await nameHead(copy, defaultBranch);
    return askPhp(library, directory, { driver: 'git', url: copy, git: copy, files });
  });
}

/**
 * What Composer's driver for github.com makes of it.
 *
 * @param gitHub what answers in the place of api.github.com, and the token for it
 * @throws Error with what PHP had to say
 */
export function readWithGitHubDriver(
  library: string,
  { fullName, api, token }: { readonly fullName: string; readonly api: string; readonly token: string },
  files: readonly string[],
): Promise<ComposerAnswer> {
  const url = `https://github.com/${fullName}`;
  const hosts = { 'https://api.github.com': api };
  const question = { driver: 'github', url, hosts, authorization: `Bearer ${token}`, files };
  return inDirectory((directory) => askPhp(library, directory, question));
}

/**
 * What Composer's driver for bitbucket.org makes of it.
 *
 * @param bitbucket what answers in the place of bitbucket.org and its API, the header for both, the repository in a folder, and
 *   commits whose archives are downloaded
 * @throws Error with what PHP had to say
 */
export function readWithBitbucketDriver(
  library: string,
  bitbucket: {
    readonly git: string;
    readonly fullName: string;
    readonly web: string;
    readonly api: string;
    readonly authorization: string;
    readonly archives: readonly string[];
  },
  files: readonly string[],
): Promise<ComposerAnswer> {
  const { git, fullName, web, api, authorization, archives } = bitbucket;
  const url = `https://bitbucket.org/${fullName}`;
  const hosts = { 'https://bitbucket.org': web, 'https://api.bitbucket.org': api };
  const question = { driver: 'bitbucket', url, hosts, authorization, git, archives, files };
  return inDirectory((directory) => askPhp(library, directory, question));
}

/**
 * What Composer's driver for GitLab makes of it.
 *
 * @param web where GitLab is, with its relative URL root
 * @param archives commits whose archives are downloaded
 * @throws Error with what PHP had to say
 */
export function readWithGitLabDriver(
  library: string,
  gitLab: {
    readonly web: string;
    readonly fullName: string;
    readonly token: string;
    readonly archives: readonly string[];
  },
  files: readonly string[],
): Promise<ComposerAnswer> {
  const { web, fullName, token, archives } = gitLab;
  const domain = web.replace(/^https?:\/\//, '');
  const question = { driver: 'gitlab', url: `${web}/${fullName}`, domain, token, archives, files };
  return inDirectory((directory) => askPhp(library, directory, question));
}

async function inDirectory<Result>(use: (directory: string) => Promise<Result>): Promise<Result> {
  const directory = await mkdtemp(join(tmpdir(), 'compare-vcs-'));
  try {
    return await use(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** With a home and a cache of its own. */
async function askPhp(library: string, directory: string, question: unknown): Promise<ComposerAnswer> {
  const home = join(directory, 'home');
  await mkdir(home);
  const php = spawn('php', ['-d', 'display_errors=stderr', script, library], {
    env: {
      PATH: process.env.PATH,
      HOME: home,
      COMPOSER_HOME: home,
      COMPOSER_CACHE_DIR: join(home, 'cache'),
      COMPOSER_ALLOW_SUPERUSER: '1',
      GIT_CONFIG_NOSYSTEM: '1',
    },
  });
  // A PHP that does not start reads nothing; its exit tells.
  php.stdin.on('error', () => {});
  php.stdin.end(JSON.stringify(question));
  const [stdout, stderr, code] = await Promise.all([
    text(php.stdout),
    text(php.stderr),
    new Promise<number | null>((resolve, reject) => php.on('error', reject).on('close', resolve)),
  ]);
  if (code !== 0) throw new Error(`PHP ended with ${code}: ${stderr.slice(0, 4000)}`);
  return Answer.parse(JSON.parse(stdout));
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
