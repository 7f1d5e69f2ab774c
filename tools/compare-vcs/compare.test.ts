import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildAssembly } from '../../local/start/build-assembly.ts';
import { compareRepositories, isTaken } from './compare.ts';
import { findLibraries, readWithGitDriver } from './composer-side.ts';
import { failuresOf, reportOf } from './report.ts';

const missing = missingLibrary();
if (missing !== undefined) {
  console.warn(`\n*** NOT COMPARED WITH COMPOSER'S OWN vcs DRIVER: ${missing} ***\n`);
}

function missingLibrary(): string | undefined {
  try {
    findLibraries({});
    return undefined;
  } catch (error) {
    return String(error);
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

interface Step {
  /** Text is written as it is. */
  readonly manifest?: unknown;
  /** Texts of `.github/FUNDING.yml`. */
  readonly funding?: string;
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
      // The author's date is another one than the committer's.
      env: { ...process.env, GIT_AUTHOR_DATE: '1700000000 +0100', GIT_COMMITTER_DATE: '1750000000 +0100' },
    }).trim();
  const blob = (text: string) => git(['hash-object', '-w', '--stdin'], text);
  mkdirSync(path, { recursive: true });
  git(['init', '--quiet', '--bare', '--initial-branch=main']);
  for (const [index, { manifest, funding, tags = [], branches = [] }] of steps.entries()) {
    const text = typeof manifest === 'string' ? manifest : JSON.stringify(manifest);
    const entries = [
      manifest === undefined
        ? `100644 blob ${blob('read me')}\tREADME.md\n`
        : `100644 blob ${blob(text)}\tcomposer.json\n`,
    ];
    if (funding !== undefined) {
      const tree = git(['mktree'], `100644 blob ${blob(funding)}\tFUNDING.yml\n`);
      entries.push(`040000 tree ${tree}\t.github\n`);
    }
    const commit = git(['commit-tree', git(['mktree'], entries.join('')), '-m', `step ${index}`]);
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
      {
        manifest: { name },
        tags: ['20240102.1.0'],
        branches: ['feature#1', '1.x', 'v1.x', 'renovate/b', 'gh-pages'],
      },
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

    repository(join(folder, 'all/funded.git'), [
      { manifest: { name: 'acme/funded' }, funding: 'github: acme\n', branches: ['main'] },
    ]);

    const comparisons = await compareRepositories(
      join(folder, 'all'),
      { libraries: findLibraries({}), drivers: ['git', 'github'] },
      { step() {}, counts() {}, end() {} },
    );
    expect(comparisons.map(({ judge }) => judge.driver)).toEqual(['git', 'github']);
    const [comparison, gitHub] = comparisons;
    if (comparison === undefined || gitHub === undefined) throw new Error('two judges, two comparisons');
    const { pairs, notes } = comparison;
    const versions = (outcome: string) =>
      pairs
        .filter((pair) => pair.outcome === outcome)
        .map(({ packageName, ours, theirs }) => `${packageName} ${ours?.version ?? theirs?.values.version}`)
        .sort();
    expect(versions('equal')).toEqual([
      'acme/funded dev-main',
      'acme/head dev-trunk',
      'acme/lib 1.0',
      'acme/lib 1.1.0-rc.1',
      'acme/lib 1.2.0',
      'acme/lib 1.x-dev',
      'acme/lib dev-main',
      'acme/lib dev-renovate/b',
      'acme/same dev-main',
      'other/by-tag 1.0.0',
    ]);
    const excepted = pairs.flatMap(({ outcome, exceptions, ours, theirs }) =>
      outcome === 'equal' ? [] : [`${ours?.version ?? theirs?.values.version}: ${exceptions[0]?.name}`],
    );
    expect(excepted.sort()).toEqual([
      '1.4.0: a key that the validating loader drops',
      '1.5.0: a version that the validating loader refuses',
      '20240102.1.0: a date for a major version, which libraries before semver 3.4.0 refuse',
      'dev-feature#1: a branch with a #, which libraries before 2.7.8 keep',
      'dev-feature+1: a branch with a #, which libraries before 2.7.8 keep',
      'dev-gh-pages: the branch that the driver for GitHub leaves out',
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
    expect(failuresOf(comparison)).toEqual([
      expect.stringContaining('6 of 17 rows are on one side only by an exception'),
    ]);
    expect(reportOf(comparisons)).toMatch(/^total +10 +2 +4 +1 +7$/m);

    const before = (packageName: string, version: string) =>
      gitHub.pairs.find(
        (pair) => pair.packageName === packageName && (pair.ours ?? pair.theirs?.values)?.version === version,
      );
    expect(before('acme/lib', '1.0')?.theirs?.values.version).toBe('v1.0.0');
    expect(before('acme/lib', '1.2.0')?.theirs?.values.metadata).toMatchObject({
      time: '2025-06-15T15:06:40+00:00',
      source: { type: 'git', url: 'git@github.com:acme/lib.git' },
      'support.source': 'https://github.com/acme/lib/tree/v1.3.0',
      'support.issues': 'https://github.com/acme/lib/issues',
    });
    expect(before('acme/lib', '1.2.0')?.differences).not.toContain('time');
    expect(before('acme/funded', 'dev-main')?.differences).toContain('funding');
    expect(gitHub.pairs.map(({ outcome }) => outcome === 'only ours')).toEqual(
      expect.arrayContaining([false, true]),
    );
  }, 120_000);

  it('are compared on where PHP ends Composer at a manifest', async () => {
    const path = join(folder, 'broken.git');
    repository(path, [
      { manifest: { name: 'acme/broken', bin: [['no path']] }, tags: ['1.0.0', 'v1.0.1'] },
      { manifest: { name: ['no', 'name'] }, tags: ['1.1.0'] },
      { manifest: '{"name": "acme/broken", ', tags: ['1.3.0'] },
      { manifest: { name: 'acme/broken' }, tags: ['1.4.0'] },
      { manifest: { name: 'acme/broken', type: {} }, branches: ['main'] },
    ]);
    const [library = ''] = findLibraries({});
    const { broken, theirs } = await readWithGitDriver(library, { source: path, defaultBranch: 'main' }, []);
    expect(broken.map(({ ref, error }) => [ref, error.split(':')[0]]).sort()).toEqual([
      ['1.0.0, v1.0.1', 'TypeError'],
      ['main', 'TypeError'],
    ]);
    expect(theirs.map(({ values }) => values.version)).toEqual(['1.1.0', '1.4.0']);
  });
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
