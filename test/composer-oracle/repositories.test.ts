import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { ScannedRef, ScannedRepository } from '../../shared/composer/scanned-repository.ts';
import { versionsOf } from '../../shared/composer/versions.ts';
import { distinct, INPUTS, percent, SEEDS, shareOf, skipReason, TIMEOUT } from './comparison.ts';
import { askPhp, isCurrentLibrary } from './php-library.ts';
import {
  firstOfEquals,
  hasDatedName,
  inOrder,
  ofOnePackage,
  withoutNumberSigns,
} from './repository-differences.ts';
import { repository } from './repository-inputs.ts';

const Version = z.object({
  name: z.string(),
  version: z.string(),
  versionNormalized: z.string(),
  commit: z.string(),
  time: z.string().nullable(),
  isDev: z.boolean(),
  isDefaultBranch: z.boolean(),
});
type Version = z.infer<typeof Version>;

const Found = z.object({ value: z.array(Version) });

/** A version of a plain vcs repository, with what the validating loader calls errors in it. */
const PlainVersion = Version.extend({ errors: z.array(z.string()) });
const PlainFound = z.object({ value: z.array(PlainVersion) });

function ours(input: ScannedRepository): { name: string | undefined; versions: Version[] } {
  const { packageName, versions } = versionsOf(input);
  return {
    name: packageName,
    versions: versions.map(({ version, versionNormalized, commit, time, isDev, isDefaultBranch }) => ({
      name: packageName ?? '',
      version,
      versionNormalized,
      commit,
      time,
      isDev,
      isDefaultBranch,
    })),
  };
}

/** Composer's own list for each repository, its refs in the order given. */
function composers(inputs: readonly ScannedRepository[]): Version[][] {
  return askPhp(inputs.map((input) => ['versions', input])).map((answer) => Found.parse(answer).value);
}

function theirs(input: ScannedRepository): Version[] {
  return composers([input])[0] ?? [];
}

function ref(name: string, manifest: string, commit = 'a'): ScannedRef {
  return { name, manifest, commit: commit.repeat(40), date: '2024-01-01' };
}

function repositoryOf(parts: Partial<ScannedRepository>): ScannedRepository {
  return { tags: [], branches: [], defaultBranch: 'main', archived: false, ...parts };
}

const NAMED = '{"name":"a/b"}';
const main = ref('main', NAMED);

describe.skipIf(skipReason() !== undefined)(
  "repositories, by Composer's own VcsRepository",
  { timeout: TIMEOUT },
  () => {
    it.each(SEEDS)(
      'the same versions, in the same order, with the same commits and times: seed %i',
      (seed) => {
        const inputs = distinct(INPUTS, seed, repository);
        const found = composers(inputs.map(inOrder));
        const wrong: string[] = [];
        const counts = { refs: 0, versions: 0 };
        for (const [index, input] of inputs.entries()) {
          const php = found[index] ?? [];
          counts.refs += input.tags.length + input.branches.length;
          counts.versions += php.length;
          if (hasDatedName(input)) continue;
          const { name, versions } = ours(input);
          const expected = firstOfEquals(withoutNumberSigns(ofOnePackage(php, name)));
          if (JSON.stringify(expected) === JSON.stringify(versions)) continue;
          wrong.push(
            `${JSON.stringify(inOrder(input))} PHP ${JSON.stringify(expected)}, here ${JSON.stringify(versions)}`,
          );
        }
        const withVersions = shareOf(found, (php) => php.length > 0);
        const accepted = counts.versions / counts.refs;
        const excused = shareOf(inputs, hasDatedName);
        console.info(
          `repositories: ${percent(accepted)} of ${counts.refs} refs are versions to Composer, ${percent(withVersions)} of the repositories have one, ${percent(excused)} excused (seed ${seed})`,
        );
        expect(wrong.slice(0, 5)).toEqual([]);
        expect(accepted).toBeGreaterThanOrEqual(0.5);
        expect(accepted).toBeLessThan(0.9);
        expect(excused).toBeLessThan(isCurrentLibrary ? Number.MIN_VALUE : 0.05);
      },
    );

    it.each(SEEDS)('nothing of a plain vcs repository is missing but what has errors: seed %i', (seed) => {
      const inputs = distinct(INPUTS / 4, seed, repository).filter((input) => !hasDatedName(input));
      const answers = askPhp(inputs.map((input) => ['plainVersions', inOrder(input)]));
      const wrong: string[] = [];
      const counts = { same: 0, refused: 0 };
      for (const [index, input] of inputs.entries()) {
        const { name, versions } = ours(input);
        const commits = new Map(versions.map((one) => [one.versionNormalized.toLowerCase(), one.commit]));
        const plain = PlainFound.parse(answers[index]).value;
        const expected = firstOfEquals(withoutNumberSigns(ofOnePackage(plain, name)));
        for (const { versionNormalized, commit, errors } of expected) {
          if (errors.length > 0) {
            counts.refused += 1;
          } else if (commits.get(versionNormalized.toLowerCase()) === commit) {
            counts.same += 1;
          } else {
            wrong.push(`${versionNormalized} of ${JSON.stringify(inOrder(input))} is missing`);
          }
        }
        // A tag that is refused leaves its version to an equal one that is spelt otherwise.
        if (expected.some(({ errors }) => errors.length > 0)) continue;
        const theirs = new Set(expected.map((one) => one.versionNormalized.toLowerCase()));
        wrong.push(
          ...[...commits.keys()].filter((one) => !theirs.has(one)).map((one) => `${one} is ours alone`),
        );
      }
      console.info(`plain repositories: ${JSON.stringify(counts)} (seed ${seed})`);
      expect(wrong.slice(0, 5)).toEqual([]);
      expect(counts.refused).toBeGreaterThan(inputs.length / 100);
      expect(counts.same).toBeGreaterThan(inputs.length);
    });

    describe.skipIf(isCurrentLibrary)('differences of the older library are still there', () => {
      it('branches with a # in their names', () => {
        const input = repositoryOf({ branches: [ref('feature#1', NAMED)], defaultBranch: 'feature#1' });
        expect(theirs(input)).toMatchObject([{ version: 'dev-feature#1' }]);
        expect(ours(input).versions).toMatchObject([{ version: 'dev-feature+1' }]);
        expect(withoutNumberSigns(theirs(input))).toEqual(ours(input).versions);
      });

      it('tags with a date for the major number', () => {
        const input = repositoryOf({ tags: [ref('20240102.1.0', NAMED, 'b')], branches: [main] });
        expect(hasDatedName(input)).toBe(true);
        expect(theirs(input)).toMatchObject([{ version: 'dev-main' }]);
        expect(ours(input).versions).toMatchObject([{ version: '20240102.1.0' }, { version: 'dev-main' }]);
      });
    });

    describe('differences on purpose are still there', () => {
      it('what the validating loader calls an error', () => {
        const bad = ref('1.0', '{"name":"a/b","extra":{"branch-alias":"2.x-dev"}}', 'b');
        const input = repositoryOf({ tags: [bad], branches: [main] });
        expect(theirs(input)).toMatchObject([{ version: 'dev-main' }]);
        expect(ours(input).versions).toMatchObject([{ version: 'dev-main' }]);
        const [plain] = askPhp([['plainVersions', input]]).map((answer) => PlainFound.parse(answer).value);
        expect(plain).toMatchObject([
          { version: '1.0', errors: [expect.stringContaining('extra.branch-alias : must be an array')] },
          { version: 'dev-main', errors: [] },
        ]);
      });

      it('the order of refs', () => {
        const tags = [ref('v1.0.0', NAMED, 'b'), ref('1.0.0', NAMED, 'c')];
        const input = repositoryOf({ tags, branches: [main] });
        expect(theirs(input)[0]).toMatchObject({ version: 'v1.0.0' });
        expect(theirs(inOrder(input))[0]).toMatchObject({ version: '1.0.0' });
        expect(ours(input).versions[0]).toMatchObject({ version: '1.0.0' });
      });

      it('branches for one version', () => {
        const input = repositoryOf({ branches: [main, ref('2', NAMED, 'b'), ref('2.x', NAMED, 'c')] });
        expect(theirs(input)).toHaveLength(3);
        expect(firstOfEquals(theirs(input))).toMatchObject(ours(input).versions);
        expect(ours(input).versions).toHaveLength(2);
      });

      it('several names, where the default branch has none', () => {
        const tags = [ref('1.0', '{"name":"a/old"}', 'b'), ref('2.0', NAMED, 'c')];
        const input = repositoryOf({ tags, branches: [ref('main', '{}')] });
        expect(theirs(input).map(({ name }) => name)).toEqual(['a/old', 'a/b']);
        expect(ours(input).versions).toMatchObject([{ name: 'a/b', version: '2.0' }]);
        expect(ofOnePackage(theirs(input), 'a/b')).toEqual(ours(input).versions);
      });

      it('manifests that are lists, which PHP cannot tell from objects', () => {
        const input = repositoryOf({ tags: [ref('1.0', '["a"]', 'b')], branches: [main] });
        expect(theirs(input)).toMatchObject([{ version: '1.0' }, { version: 'dev-main' }]);
        expect(ours(input).versions).toMatchObject([{ version: 'dev-main' }]);
      });
    });
  },
);
