import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { compareBytes } from '../../shared/composer/php-text.ts';
import type { ScannedRef, ScannedRepository } from '../../shared/composer/scanned-repository.ts';
import { versionsOf } from '../../shared/composer/versions.ts';
import { compare, INPUTS, SEED, skipReason } from './comparison.ts';
import { isNewCalver } from './known-differences.ts';
import { isCurrentLibrary } from './php-library.ts';
import { createRandom } from './random.ts';
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

const IGNORED =
  /^dev-(?:(?:gh-readonly-queue\/|renovate\/|dependabot\/|conductor-|merge-up\/).|(?:gh-pages|release-please--branches--main|gitattributes)$)/;

/** What Packagist makes of Composer's list: nothing for some branches, and of equals the first. */
function asPackagist(versions: readonly Version[]): Version[] {
  const seen = new Set<string>();
  return versions.filter(({ version, versionNormalized }) => {
    const key = versionNormalized.toLowerCase();
    if (IGNORED.test(version) || seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** Composer takes refs as they come; this project by the bytes of their names. */
function inOrder(input: ScannedRepository): ScannedRepository {
  const sorted = (refs: readonly ScannedRef[]) => refs.toSorted((a, b) => compareBytes(a.name, b.name));
  return { ...input, tags: sorted(input.tags), branches: sorted(input.branches) };
}

/** Composer up to 2.7.7 keeps the # of a branch's name, which then nobody can require. */
function hasNumberSign(input: ScannedRepository): boolean {
  return !isCurrentLibrary && input.branches.some(({ name }) => name.includes('#'));
}

function ofOurs(input: ScannedRepository): { name: string | undefined; versions: Version[] } {
  const { packageName, versions } = versionsOf(input, { now: Date.now() });
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

describe.skipIf(skipReason() !== undefined)("repositories, by Composer's own VcsRepository", () => {
  it('finds the same versions, in the same order, with the same commits and times', () => {
    const random = createRandom(SEED);
    const inputs = Array.from({ length: INPUTS / 2 }, () => repository(random));
    const answers = compare(
      inputs.map((input) => ({ question: ['versions', inOrder(input)], ours: { value: undefined } })),
    );
    const wrong: string[] = [];
    let count = 0;
    for (const [index, input] of inputs.entries()) {
      const php = answers[index]?.php;
      const isComparable = ![...input.tags, ...input.branches].some(({ name }) => isNewCalver(name));
      if (php === undefined || !('value' in php) || !isComparable || hasNumberSign(input)) continue;
      const ours = ofOurs(input);
      if (ours.name === undefined) continue;
      const theirs = asPackagist(
        z
          .array(Version)
          .parse(php.value)
          .filter(({ name }) => name === ours.name),
      );
      count += theirs.length;
      if (JSON.stringify(theirs) !== JSON.stringify(ours.versions)) {
        wrong.push(
          `${JSON.stringify(inOrder(input))} PHP ${JSON.stringify(theirs)}, here ${JSON.stringify(ours.versions)} (seed ${SEED})`,
        );
      }
    }
    expect(wrong.slice(0, 5)).toEqual([]);
    expect(count).toBeGreaterThan(INPUTS / 4);
  });

  it.skipIf(isCurrentLibrary)('differs in branches with a # in their names', () => {
    const input: ScannedRepository = {
      tags: [],
      branches: [
        { name: 'feature#1', commit: 'a'.repeat(40), date: '2024-01-01', manifest: '{"name":"a/b"}' },
      ],
      defaultBranch: 'feature#1',
      archived: false,
    };
    const [one] = compare([{ question: ['versions', input], ours: { value: ofOurs(input).versions } }]);
    expect(one?.php).toMatchObject({ value: [{ version: 'dev-feature#1' }] });
    expect(one?.ours).toMatchObject({ value: [{ version: 'dev-feature+1' }] });
  });

  it('differs in manifests that are lists, which PHP cannot tell from objects', () => {
    const ref = { commit: 'a'.repeat(40), date: '2024-01-01' };
    const input: ScannedRepository = {
      tags: [{ ...ref, name: '1.0', manifest: '["a"]' }],
      branches: [{ ...ref, name: 'main', manifest: '{"name":"a/b"}', commit: 'b'.repeat(40) }],
      defaultBranch: 'main',
      archived: false,
    };
    const [one] = compare([{ question: ['versions', input], ours: { value: ofOurs(input).versions } }]);
    expect(one?.php).toMatchObject({ value: [{ version: '1.0' }, { version: 'dev-main' }] });
    expect(one?.ours).toMatchObject({ value: [{ version: 'dev-main' }] });
  });
});
