/** The real Composer, in a project with a home and a cache of its own. */
import { execFile, execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const composerVersion = findComposer();
if (composerVersion === undefined) {
  console.warn('\n*** php or composer is missing: the tests with the real Composer are SKIPPED ***\n');
}

function findComposer(): string | undefined {
  try {
    return execFileSync('composer', ['--version', '--no-ansi'], {
      encoding: 'utf8',
      env: { ...process.env, COMPOSER_ALLOW_SUPERUSER: '1' },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  } catch {
    return undefined;
  }
}

export interface ComposerRun {
  readonly code: number;
  /** Standard output and standard error together. */
  readonly output: string;
}

export interface Project {
  readonly directory: string;
  run(...args: string[]): Promise<ComposerRun>;
  /** Files of the project. */
  read(file: string): Promise<string>;
  write(file: string, text: string): Promise<void>;
  /** Uses this token from now on; none if undefined. */
  useToken(token: string | undefined): Promise<void>;
  /** Empties Composer's cache, as on a machine that has never seen the registry. */
  forgetCache(): Promise<void>;
  /** Removes `vendor` and the lock file. */
  forgetInstalled(options?: { keepLock?: boolean }): Promise<void>;
  remove(): Promise<void>;
}

/** @param environment variables for Composer besides those that it needs */
export async function createProject(
  repository: string,
  token: string | undefined,
  environment: Readonly<Record<string, string>> = {},
): Promise<Project> {
  const base = await mkdtemp(join(tmpdir(), 'composer-test-'));
  const directory = join(base, 'app');
  await mkdir(directory);
  const host = new URL(repository).host;
  const write = (file: string, text: string): Promise<void> => writeFile(join(directory, file), text);
  await write(
    'composer.json',
    JSON.stringify({
      name: 'example/app',
      repositories: [{ type: 'composer', url: repository }, { 'packagist.org': false }],
      config: { 'secure-http': false },
      require: {},
    }),
  );
  const useToken = async (given: string | undefined): Promise<void> => {
    const credentials = given === undefined ? {} : { [host]: { username: 'token', password: given } };
    await write('auth.json', JSON.stringify({ 'http-basic': credentials }));
  };
  await useToken(token);
  return {
    directory,
    write,
    useToken,
    read: (file) => readFile(join(directory, file), 'utf8'),
    forgetCache: () => rm(join(base, 'cache'), { recursive: true, force: true }),
    async forgetInstalled({ keepLock = false } = {}) {
      await rm(join(directory, 'vendor'), { recursive: true, force: true });
      if (!keepLock) {
        await rm(join(directory, 'composer.lock'), { force: true });
      }
    },
    remove: () => rm(base, { recursive: true, force: true }),
    run: (...args) =>
      new Promise((resolve) => {
        execFile(
          'composer',
          [...args, '--no-interaction', '--no-ansi'],
          {
            cwd: directory,
            maxBuffer: 16 * 1024 * 1024,
            env: {
              PATH: process.env.PATH,
              HOME: base,
              COMPOSER_HOME: join(base, 'home'),
              COMPOSER_CACHE_DIR: join(base, 'cache'),
              COMPOSER_ALLOW_SUPERUSER: '1',
              COMPOSER_ROOT_VERSION: '1.0.0',
              ...environment,
            },
          },
          (error, stdout, stderr) => {
            const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
            resolve({ code, output: `${stdout}${stderr}` });
          },
        );
      }),
  };
}
