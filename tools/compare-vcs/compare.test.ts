import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildAssembly } from '../../local/start/build-assembly.ts';
import { compareRepositories, isTaken } from './compare.ts';
import { findLibrary } from './composer-side.ts';
import { aRow } from './fixtures.ts';
import { rowOf } from './registry-side.ts';
import { failuresOf, reportOf } from './report.ts';

const missing = missingLibrary();
if (missing !== undefined) {
  console.warn(`\n*** NOT COMPARED WITH COMPOSER'S OWN vcs DRIVER: ${missing} ***\n`);
}

function missingLibrary(): string | undefined {
  try {
    findLibrary({});
    return undefined;
  } catch (error) {
    return String(error);
  }
}

it('a repository is left out for its name only if another one has it', () => {
  const waiting = [{ name: 'Acme/Lib', reason: 'name-taken' }];
  const two = { name: 'two', defaultBranch: 'main', rows: [], waiting };
  const one = { name: 'one', defaultBranch: 'main', rows: [aRow('1.0.0.0')], waiting: [] };
  expect(isTaken(two, [one, two])).toBe(true);
  expect(isTaken(two, [two])).toBe(false);
  expect(isTaken(two, [{ ...one, rows: [] }, two])).toBe(false);
  expect(isTaken({ ...two, waiting: [{ name: 'acme/lib', reason: 'fork' }] }, [one, two])).toBe(false);
});

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'compare-vcs-test-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

interface Step {
  readonly manifest?: unknown;
  /** Composer's driver lists no commits that no ref holds. */
  readonly tags?: readonly string[];
  readonly branches?: readonly string[];
}

/** A bare repository with one commit after the other; the last is on main. */
function repository(path: string, steps: readonly Step[]): void {
  const git = (args: readonly string[], input = ''): string =>
    execFileSync('git', ['-C', path, '-c', 'user.name=A', '-c', 'user.email=a@example.org', ...args], {
      input,
      encoding: 'utf8',
    }).trim();
  mkdirSync(path, { recursive: true });
  git(['init', '--quiet', '--bare', '--initial-branch=main']);
  for (const [index, { manifest, tags = [], branches = [] }] of steps.entries()) {
    const text = manifest === undefined ? 'read me' : JSON.stringify(manifest);
    const blob = git(['hash-object', '-w', '--stdin'], text);
    const file = manifest === undefined ? 'README.md' : 'composer.json';
    const tree = git(['mktree'], `100644 blob ${blob}\t${file}\n`);
    const commit = git(['commit-tree', tree, '-m', `step ${index}`]);
    const refs = [
      ...tags.map((tag) => `refs/tags/${tag}`),
      ...branches.map((branch) => `refs/heads/${branch}`),
    ];
    git(['update-ref', '--stdin'], refs.map((ref) => `create ${ref} ${commit}\n`).join(''));
  }
}

describe.skipIf(missing !== undefined)('both sides of generated repositories', () => {
  // The bundles are built once for each change of the sources.
  beforeAll(() => buildAssembly(), 120_000);

  it('are equal in what Composer has rules for, and differ in each named exception', async () => {
    const name = 'acme/lib';
    const alias = (value: string) => ({ extra: { 'branch-alias': { 'dev-main': value } } });
    repository(join(folder, 'all/lib.git'), [
      {
        manifest: { name: 'acme/old-name', require: { php: '>=8.1', 'Acme/B': '^1.0' } },
        tags: ['1.0.0', '1.0'],
      },
      { manifest: { name, type: 'Project', abandoned: 'acme/new' }, tags: ['v1.0.0', 'release-1.1.0-rc.1'] },
      { manifest: { name, version: '1.2.0' }, tags: ['1.2', 'v1.3.0', 'not-a-version'] },
      { manifest: { name }, tags: ['20240102.1.0'], branches: ['feature#1', '1.x', 'v1.x', 'renovate/b'] },
      { manifest: { name, ...alias('no version') }, tags: ['1.4.0'] },
      { manifest: { name, autoload: { 'psr-4': { Acme: 'src' } } }, tags: ['1.5.0'] },
      {
        manifest: { name, autoload: { 'psr-4': { 'Acme\\': ['src', 'lib'] } }, ...alias('2.x-dev') },
        branches: ['main'],
      },
    ]);
    repository(join(folder, 'all/one.git'), [{ manifest: { name: 'acme/same' }, branches: ['main'] }]);
    repository(join(folder, 'all/two.git'), [{ manifest: { name: 'acme/same' }, branches: ['main'] }]);
    repository(join(folder, 'all/tagged.git'), [
      { manifest: { name: 'other/by-tag' }, tags: ['1.0.0'] },
      { branches: ['main'] },
    ]);
    // HEAD names a branch that nobody has pushed.
    repository(join(folder, 'all/head.git'), [{ manifest: { name: 'acme/head' }, branches: ['trunk'] }]);
    repository(join(folder, 'all/text.git'), [{ branches: ['main'] }]);

    const comparison = await compareRepositories(join(folder, 'all'), findLibrary({}), {
      step() {},
      counts() {},
      end() {},
    });
    const { pairs, notes } = comparison;
    const versions = (outcome: string) =>
      pairs
        .filter((pair) => pair.outcome === outcome)
        .map(({ packageName, ours, theirs }) => `${packageName} ${ours?.version ?? theirs?.values.version}`)
        .sort();
    expect(versions('equal')).toEqual([
      'acme/head dev-trunk',
      'acme/lib 1.0',
      'acme/lib 1.1.0-rc.1',
      'acme/lib 1.2.0',
      'acme/lib 1.x-dev',
      'acme/lib dev-main',
      'acme/same dev-main',
      'other/by-tag 1.0.0',
    ]);
    const excepted = pairs.flatMap(({ outcome, exception, ours, theirs }) =>
      outcome === 'equal' ? [] : [`${ours?.version ?? theirs?.values.version}: ${exception?.name}`],
    );
    expect(excepted.sort()).toEqual([
      '1.4.0: a key that the validating loader drops',
      '1.5.0: a version that the validating loader refuses',
      '20240102.1.0: a date for a major version, which libraries before semver 3.4.0 refuse',
      'dev-feature#1: a branch with a #, which libraries before 2.7.8 keep',
      'dev-feature+1: a branch with a #, which libraries before 2.7.8 keep',
      'dev-renovate/b: a branch that Packagist leaves out',
      'v1.x-dev: another branch of the same version',
    ]);
    expect(notes).toHaveLength(2);
    expect(notes).toEqual(
      expect.arrayContaining([
        expect.stringMatching(
          /^(one|two) is not compared: another repository has the package name acme\/same$/,
        ),
        'text holds no package, both sides say',
      ]),
    );
    // Made to differ, so the exceptions are too many here.
    expect(failuresOf(comparison)).toEqual([expect.stringContaining('7 of 15 rows are exceptions')]);
    expect(reportOf(comparison)).toMatch(/^total +9 +2 +4 +1 +7$/m);
  }, 60_000);
});

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

  it.each<[string, (empty: string) => { args: string[]; environment?: Record<string, string> }, RegExp]>([
    ['no folder', () => ({ args: [] }), /^compare:vcs takes one folder/],
    ['a folder that is not there', (empty) => ({ args: [join(empty, 'none')] }), /there is no such folder$/],
    ['an unknown flag', (empty) => ({ args: [empty, '--fast'] }), /--fast.*--help lists the flags$/],
    ['no php', (empty) => ({ args: [empty], environment: { PATH: empty } }), /^php does not run here/],
  ])('%s is one line and exit code 2', async (_, given, message) => {
    const { args, environment } = given(folder);
    const { code, stderr } = await run(args, environment);
    expect([code, stderr.trim()]).toEqual([2, expect.stringMatching(message)]);
  });

  it.skipIf(missing !== undefined)('no library, or no repository, is one line and exit code 2', async () => {
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

describe('a version of ours', () => {
  const least = { name: 'a/b', version: '1.0', version_normalized: '1.0.0.0' };

  it('is read as clients read it', () => {
    expect(rowOf({ ...least, type: 'Project', dist: { reference: 'c' }, 'default-branch': true })).toEqual({
      name: 'a/b',
      version: '1.0',
      versionNormalized: '1.0.0.0',
      reference: 'c',
      type: 'project',
      require: {},
      autoload: {},
      extra: {},
      abandoned: false,
      defaultBranch: true,
    });
    expect(rowOf(least)).toMatchObject({ reference: null, type: 'library', defaultBranch: false });
  });

  it.each([{ require: { php: 8 } }, { version: undefined }, { 'default-branch': 'yes' }])(
    'is refused if no client could read it: %o',
    (change) => {
      expect(() => rowOf({ ...least, ...change })).toThrow();
    },
  );
});
