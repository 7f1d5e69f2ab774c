import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compareRepositories } from './compare.ts';
import { findLibraries } from './composer-side.ts';
import { generateRepositories } from './generated-repositories.ts';
import type { Comparison } from './report.ts';
import { valueAt } from './rows.ts';

const libraries = libraryHere();

function libraryHere(): readonly string[] {
  try {
    return findLibraries({});
  } catch (error) {
    console.warn(
      `\n*** NOT COMPARED WITH COMPOSER'S OWN DRIVERS FOR GITLAB AND BITBUCKET: ${String(error)} ***\n`,
    );
    return [];
  }
}

const equal = [
  'acme/lib 1.0',
  'acme/lib 1.1.0-rc.1',
  'acme/lib 1.2.0',
  'acme/lib 1.7.0',
  'acme/lib 1.x-dev',
  'acme/lib dev--dash',
  'acme/lib dev-gh-pages',
  'acme/lib dev-main',
  'acme/lib dev-renovate/b',
  'acme/odd dev-main',
  'acme/same dev-main',
  'other/by-tag 1.0.0',
];

const meant = [
  'acme/head dev-trunk: a name in capitals, which is served in lower case',
  'acme/lib 1.4.0: a key that the validating loader drops',
  'acme/lib 1.5.0: a version that the validating loader refuses',
  'acme/lib 1.6.0: a link whose name is a number, which no client can read in a p2 file',
  'acme/lib 1.8.0: a key that the validating loader drops',
  'acme/lib 20240102.1.0: a date for a major version, which libraries before semver 3.4.0 refuse',
  'acme/lib dev-feature#1: a branch with a #, which libraries before 2.7.8 keep',
  'acme/lib dev-feature+1: a branch with a #, which libraries before 2.7.8 keep',
  'acme/lib v1.x-dev: another branch of the same version',
  'acme/odd 1.1.0: the reference of a dist of its own, which libraries before 2.8.5 leave out',
  'acme/odd 1.2.0: code of its own that not every client can fetch, and without credentials',
];

const forges = [
  {
    driver: 'gitlab',
    meant,
    clones: [/^git@127\.0\.0\.1:acme\/odd\.git$/, /^http:.*\/gitlab\/acme\/lib\.git$/],
  },
  {
    driver: 'bitbucket',
    meant: [
      ...meant.map((one) =>
        one.startsWith('acme/lib 1.8.0')
          ? 'acme/lib 1.8.0: the page of the repository for a homepage that the validating loader drops'
          : one,
      ),
      'acme/odd 1.0.0: a manifest that is a symbolic link, which is followed on GitHub and Bitbucket, and in git is not',
    ].sort(),
    clones: [/^https:\/\/bitbucket\.org\/acme\/odd\.git$/, /^https:\/\/bitbucket\.org\/acme\/lib\.git$/],
  },
] as const;

describe.skipIf(libraries.length === 0).each(forges)(
  "both sides of generated repositories, before Composer's driver for $driver",
  ({ driver, meant, clones: [ofPrivate, ofPublic] }) => {
    let folder: string;
    let comparison: Comparison;

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'compare-vcs-test-'));
      generateRepositories(folder);
      const silent = { step() {}, counts() {}, end() {} };
      const [only] = await compareRepositories(folder, { libraries, drivers: [driver] }, silent);
      if (only === undefined) throw new Error('nobody judged');
      comparison = only;
    }, 60_000);

    afterAll(() => rm(folder, { recursive: true, force: true }));

    const rowsOf = (isEqual: boolean): string[] =>
      comparison.pairs
        .filter(({ outcome }) => (outcome === 'equal') === isEqual)
        .map(({ packageName, ours, theirs, exceptions }) =>
          [
            `${packageName} ${ours?.version ?? theirs?.values.version}`,
            ...exceptions.map(({ name }) => name),
          ].join(': '),
        )
        .sort();

    it('are equal, with the links of the driver, and differ as is meant', () => {
      expect(rowsOf(true)).toEqual(equal);
      expect(rowsOf(false)).toEqual(meant);
      expect(comparison.unreadable).toEqual([]);
    });

    it('have the same archives, byte for byte', () => {
      expect(comparison.archives.length).toBeGreaterThan(5);
      expect(comparison.archives.filter(({ isSame }) => !isSame)).toEqual([]);
    });

    it('are cloned as the driver does it', () => {
      const source = (name: string) =>
        comparison.pairs.flatMap(({ packageName, ours }) =>
          packageName === name ? [valueAt(ours, 'source')] : [],
        )[0];
      expect(source('acme/odd')).toMatchObject({ url: expect.stringMatching(ofPrivate) });
      expect(source('acme/lib')).toMatchObject({ url: expect.stringMatching(ofPublic) });
    });
  },
);
