/** The versions of repositories that git reads, beside those of Composer's own GitDriver. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { versionsOf } from '../../shared/composer/versions.ts';
import type { ForgeRepositoryId } from '../../shared/domain/ids.ts';
import { openGit } from '../../shared/vcs/git/reader.ts';
import { findLibraries, readWithGitDriver } from '../../tools/compare-vcs/composer-side.ts';
import { gitIn, makeRepository, manifest, type Step } from './git-repositories.ts';
import { areInstalled } from './servers/programs.ts';
import { createServices, type Services } from './services.ts';

const libraries = areInstalled('git', 'php', 'composer') ? findLibraries({}) : [];

const withName = (more = {}) => ({ 'composer.json': manifest(more) });
const odd: readonly Step[] = [
  { refs: ['refs/heads/main', 'refs/tags/1.0'], files: withName(), tags: ['v1.0.1'] },
  { refs: ['refs/heads/main', 'refs/tags/1.0.0', 'refs/tags/v1.0.0'], files: withName({ description: 'b' }) },
  { refs: ['refs/heads/main', 'refs/tags/release-1.1.0'], files: withName({ version: '1.1.0' }) },
  { refs: ['refs/heads/main', 'refs/tags/1.2.0'], files: withName({ version: '1.3.0' }) },
  { refs: ['refs/heads/main', 'refs/tags/sub/v1.4.0', 'refs/tags/2'], files: withName() },
  { refs: ['refs/heads/main', 'refs/tags/\xff1.5.0'], files: withName() },
  { refs: ['refs/heads/main', 'refs/tags/1.6.0'], files: { 'composer.json': null } },
  {
    refs: ['refs/heads/main', 'refs/tags/1.7.0'],
    files: { 'composer.json': Buffer.from('{"name":"\xff"}', 'latin1') },
  },
  { refs: ['refs/heads/main', 'refs/tags/1.8.0'], files: { 'composer.json': '{"name": "acme/lib",' } },
  { refs: ['refs/heads/main', 'refs/tags/1.9.0-beta'], files: withName({ time: '2020-02-03 04:05:06' }) },
  { refs: ['refs/heads/main', 'refs/tags/v1.10.0'], files: withName() },
  { refs: ['refs/heads/2.x', 'refs/heads/2', 'refs/heads/v2.x'], files: withName() },
  { refs: ['refs/heads/-dash', 'refs/heads/origin/HEAD', 'refs/heads/a/b/HEAD'], files: withName() },
  {
    refs: [
      'refs/heads/feature/x',
      'refs/heads/3.1',
      'refs/heads/dev-y',
      `refs/heads/${Buffer.from('Ümlaut').toString('latin1')}`,
    ],
    files: withName(),
  },
  { refs: ['refs/heads/bare'], files: { 'composer.json': null, a: 'b' } },
];

describe.skipIf(libraries.length === 0)("Composer's GitDriver", { timeout: 120_000 }, () => {
  let folder: string;
  let services: Services;
  beforeAll(async () => {
    [folder, services] = [await mkdtemp(join(tmpdir(), 'git-composer-')), await createServices()];
  });
  afterAll(() => Promise.all([services.close(), rm(folder, { recursive: true, force: true })]));

  async function ours(at: string) {
    const reader = await openGit(
      { kind: 'git', url: `file://${at}` },
      { kind: 'none' },
      await services.next(),
    );
    const refs = await reader.readRefs({ repository: 'any' as ForgeRepositoryId });
    const { packageName, versions } = versionsOf(refs);
    return versions.map(
      ({ version, versionNormalized, commit, time, isDefaultBranch }) =>
        `${packageName} ${version} ${versionNormalized} ${commit} ${time}${isDefaultBranch ? ' default' : ''}`,
    );
  }

  async function composers(at: string, defaultBranch = 'main') {
    const [library = ''] = libraries;
    const { theirs } = await readWithGitDriver(library, { source: at, defaultBranch }, []);
    // Composer has all branches of a version (2, 2.x, v2.x); the registry serves the first of them.
    const first = new Map<string, string>();
    for (const { values } of theirs) {
      const { name, version, versionNormalized, reference, metadata } = values;
      const isDefault = metadata['default-branch'] === true ? ' default' : '';
      const row = `${name} ${version} ${versionNormalized} ${reference} ${metadata.time}${isDefault}`;
      if (!first.has(versionNormalized)) first.set(versionNormalized, row);
    }
    return [...first.values()];
  }

  it('finds the same versions, times and default branch in a repository with odd names', async () => {
    const at = makeRepository(folder, 'odd.git', odd);
    // A tag of a tag, and tags of what is no commit.
    gitIn(at, ['tag', '-a', '-m', 'again', 'v4.0.0', 'v1.0.1']);
    gitIn(at, ['update-ref', 'refs/tags/5.0.0', gitIn(at, ['rev-parse', 'main^{tree}'])]);
    gitIn(at, ['update-ref', 'refs/tags/6.0.0', gitIn(at, ['rev-parse', 'main:composer.json'])]);
    const found = await ours(at);
    expect(found.sort()).toEqual((await composers(at)).sort());
    expect(found.length).toBeGreaterThan(12);
  });

  it('finds the same where HEAD is another branch, and where it is none', async () => {
    const steps: readonly Step[] = [
      { refs: ['refs/heads/trunk', 'refs/tags/1.0.0'], files: withName() },
      { refs: ['refs/heads/master'], files: { 'composer.json': '{"name":"acme/other"}' } },
    ];
    const at = makeRepository(folder, 'trunk.git', steps, { head: 'trunk' });
    expect((await ours(at)).sort()).toEqual((await composers(at)).sort());
  });
});
