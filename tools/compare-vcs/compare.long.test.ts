import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildAssembly } from '../../local/start/build-assembly.ts';
import { compareRepositories } from './compare.ts';
import { type DriverName, findLibraries, readWithGitDriver } from './composer-side.ts';
import { exceptions } from './exceptions.ts';
import { generateRepositories, repository } from './generated-repositories.ts';
import { type Comparison, exitCodeOf, failuresOf, reportOf } from './report.ts';

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

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'compare-vcs-test-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe.skipIf(missing !== undefined)('both sides of generated repositories', () => {
  // The bundles are built once for each change of the sources.
  beforeAll(() => buildAssembly(), 120_000);

  let comparisons: readonly Comparison[];

  beforeAll(async () => {
    const all = join(folder, 'all');
    generateRepositories(all);
    comparisons = await compareRepositories(
      all,
      { libraries: findLibraries({}), drivers: ['git', 'github'] },
      { step() {}, counts() {}, end() {} },
    );
  }, 240_000);

  const rowsOf = ({ pairs }: Comparison, isEqual: boolean): string[] =>
    pairs
      .filter(({ outcome }) => (outcome === 'equal') === isEqual)
      .map(({ packageName, ours, theirs, exceptions: meant }) =>
        [
          `${packageName} ${ours?.version ?? theirs?.values.version}`,
          ...meant.map(({ name }) => name),
          ...(meant.length === 0 && !isEqual ? ['nobody meant this'] : []),
        ].join(': '),
      )
      .sort();
  const before = (driver: DriverName): Comparison => {
    const found = comparisons.find(({ judge }) => judge.driver === driver);
    if (found === undefined) throw new Error(`${driver} did not judge`);
    return found;
  };

  it('are equal in what Composer has rules for, and differ as is meant: the git driver', () => {
    const comparison = before('git');
    expect(rowsOf(comparison, true)).toEqual([
      'acme/lib 1.0',
      'acme/lib 1.1.0-rc.1',
      'acme/lib 1.2.0',
      'acme/lib 1.x-dev',
      'acme/lib dev-main',
      'acme/odd dev-main',
      'acme/same dev-main',
      'other/by-tag 1.0.0',
    ]);
    expect(rowsOf(comparison, false)).toEqual([
      'acme/head dev-trunk: a name in capitals, which is served in lower case',
      'acme/lib 1.4.0: a key that the validating loader drops',
      'acme/lib 1.5.0: a version that the validating loader refuses',
      'acme/lib 1.6.0: a link whose name is a number, which no client can read in a p2 file',
      'acme/lib 1.7.0: a ref at which PHP ends Composer',
      'acme/lib 1.8.0: a key that the validating loader drops',
      'acme/lib 20240102.1.0: a date for a major version, which libraries before semver 3.4.0 refuse',
      'acme/lib dev--dash: a branch that begins with a dash, which the git driver leaves out',
      'acme/lib dev-feature#1: a branch with a #, which libraries before 2.7.8 keep',
      'acme/lib dev-feature+1: a branch with a #, which libraries before 2.7.8 keep',
      'acme/lib dev-gh-pages: the branch that the driver for GitHub leaves out',
      'acme/lib dev-renovate/b: a branch of a bot, which a new organization leaves out',
      'acme/lib v1.x-dev: another branch of the same version',
      'acme/odd 1.0.0: a manifest that is a symbolic link, which is followed on GitHub and Bitbucket, and in git is not',
      'acme/odd 1.1.0: the reference of a dist of its own, which libraries before 2.8.5 leave out',
      'acme/odd 1.2.0: code of its own that not every client can fetch, and without credentials',
    ]);
    expect(comparison.broken).toEqual([
      expect.objectContaining({
        repository: 'lib',
        ref: '1.7.0',
        error: expect.stringContaining('TypeError'),
      }),
    ]);
  });

  it('are equal in what Composer has rules for, and differ as is meant: the driver for GitHub', () => {
    const comparison = before('github');
    expect(rowsOf(comparison, true)).toEqual([
      'acme/lib 1.7.0',
      'acme/lib 1.x-dev',
      'acme/lib dev--dash',
      'acme/lib dev-main',
      'acme/same dev-main',
      'other/by-tag 1.0.0',
    ]);
    expect(rowsOf(comparison, false)).toEqual([
      'acme/head dev-trunk: a name in capitals, which is served in lower case',
      'acme/lib 1.0: the first of two tags for one version, by name here and by the order of a list there',
      "acme/lib 1.1.0-rc.1: a tag's own files, not those of another tag at its commit",
      "acme/lib 1.2.0: a tag's own files, not those of another tag at its commit",
      'acme/lib 1.4.0: a key that the validating loader drops',
      'acme/lib 1.5.0: a version that the validating loader refuses',
      'acme/lib 1.6.0: a link whose name is a number, which no client can read in a p2 file',
      'acme/lib 1.8.0: a key that the validating loader drops',
      'acme/lib 20240102.1.0: a date for a major version, which libraries before semver 3.4.0 refuse',
      'acme/lib dev-feature#1: a branch with a #, which libraries before 2.7.8 keep',
      'acme/lib dev-feature+1: a branch with a #, which libraries before 2.7.8 keep',
      'acme/lib dev-renovate/b: a branch of a bot, which a new organization leaves out',
      'acme/lib v1.x-dev: another branch of the same version',
      'acme/odd 1.0.0: funding that GitHub keeps in a file of its own',
      'acme/odd 1.1.0: the reference of a dist of its own, which libraries before 2.8.5 leave out: funding that GitHub keeps in a file of its own',
      'acme/odd 1.2.0: code of its own that not every client can fetch, and without credentials',
      'acme/odd dev-main: funding that GitHub keeps in a file of its own',
    ]);
    expect(comparison.broken).toEqual([]);
    const theirs = comparison.pairs.find(({ ours }) => ours?.version === '1.2.0')?.theirs?.values.metadata;
    expect(theirs).toMatchObject({
      time: '2025-06-15T15:06:40+00:00',
      source: { type: 'git', url: 'git@github.com:acme/lib.git' },
      'support.source': 'https://github.com/acme/lib/tree/v1.3.0',
      'support.issues': 'https://github.com/acme/lib/issues',
    });
  });

  it('show each named exception: one that is met no more has to go', () => {
    const met = comparisons.flatMap(({ pairs }) => pairs.flatMap(({ exceptions: meant }) => meant));
    expect(new Set(met)).toEqual(new Set(exceptions));
  });

  it('are told apart from what is not compared, and exceptions are not more than they should be', () => {
    for (const comparison of comparisons) {
      expect(comparison.unreadable).toEqual([]);
      expect(comparison.notes).toHaveLength(2);
      expect(comparison.notes).toEqual(
        expect.arrayContaining([
          expect.stringMatching(
            /^(one|two) is not compared: another repository has the package name acme\/same$/,
          ),
          'text holds no package, both sides say',
        ]),
      );
      // Made to differ, so the exceptions are too many here.
      expect(failuresOf(comparison)).toEqual([
        expect.stringMatching(/^\d+ of \d+ rows are on one side only by an exception/),
      ]);
    }
    expect(exitCodeOf(comparisons)).toBe(1);
    expect(reportOf(comparisons)).toMatch(/^Composer [\d.]+, github driver +\d+/m);
  });

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
    const { broken, linked, theirs } = await readWithGitDriver(
      library,
      { source: path, defaultBranch: 'main' },
      [],
    );
    expect(broken.map(({ ref, error }) => [ref, error.split(':')[0]]).sort()).toEqual([
      ['1.0.0, v1.0.1', 'TypeError'],
      ['main', 'TypeError'],
    ]);
    expect(theirs.map(({ values }) => values.version)).toEqual(['1.1.0', '1.4.0']);
    expect(linked).toEqual([]);
  });
});
