/** Folders of repositories that are read by their programs. */

import { symlinkSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { folderMatcher, parseFolderGlobs } from '../../shared/scan/folders/folder-globs.ts';
import type { FolderManifests } from '../../shared/scan/folders/folder-manifests.ts';
import { readFolders } from '../../shared/scan/folders/read-folders.ts';
import { openVcs } from '../../shared/vcs/open-vcs.ts';
import { type ProgramRun, runProgram } from '../../shared/vcs/run-program.ts';
import type { VcsPlace, VcsReader, VcsServices } from '../../shared/vcs/vcs.ts';
import { gitIn, makeRepository } from './git-repositories.ts';
import { createHgRepository } from './mercurial-repository.ts';
import { type GitServer, startGitDaemon } from './servers/git-servers.ts';
import { areInstalled } from './servers/programs.ts';
import { createServices, type Services } from './services.ts';
import { createSvnRepository } from './subversion-repository.ts';
import { any } from './unpacked.ts';

const first = {
  'composer.json': '{"root":1}',
  'packages/a/composer.json': '{"a":1}',
  'packages/a/a.php': '1',
  'packages/b/composer.json': '{"b":1}',
  'packages/none/file': 'x',
  'src/One/Two/composer.json': '{"two":1}',
  file: 'no folder',
};
const second = { 'packages/a/a.php': '2' };
const third = { 'packages/a/composer.json': '{"a":3}' };
const globs = ['packages/*', 'src/**', 'missing/*', 'file/*'];
const all = { 'packages/a': '{"a":1}', 'packages/b': '{"b":1}', 'src/One/Two': '{"two":1}' };

let services: Services;
beforeAll(async () => {
  services = await createServices();
});
afterAll(() => services.close());

const open = async (place: VcsPlace, more: Partial<VcsServices> = {}): Promise<VcsReader> =>
  openVcs(place, { kind: 'none' }, await services.next(more));
const none: FolderManifests = { ofCommit: new Map(), texts: new Map() };

async function read(reader: VcsReader, commits: readonly string[], known = none) {
  const found = await readFolders({
    reader: reader.folders ?? expect.fail('it has folders'),
    ...{ repository: any, matcher: folderMatcher(parseFolderGlobs(globs)), commits, known },
    ...{ now: () => 0, until: 1 },
  });
  const shown = commits.map((commit) =>
    Object.fromEntries(
      (found.ofCommit.get(commit) ?? []).map(({ directory, manifest }) => {
        const text = found.texts.get(manifest);
        return [directory, text?.manifest ?? text?.manifestProblem];
      }),
    ),
  );
  const treeOf = (place: number, directory: string) =>
    found.ofCommit.get(commits[place] ?? '')?.find((one) => one.directory === directory)?.tree;
  return { found, shown, treeOf };
}

/** The three commits, whose second changes a file of one package and whose third changes its manifest. */
async function expectFolders(reader: VcsReader, commits: readonly string[]): Promise<FolderManifests> {
  const { found, shown, treeOf } = await read(reader, commits);
  expect(shown).toEqual([all, all, { ...all, 'packages/a': '{"a":3}' }]);
  expect(new Set([0, 1, 2].map((place) => treeOf(place, 'packages/a'))).size).toBe(3);
  expect(new Set([0, 1, 2].map((place) => treeOf(place, 'packages/b'))).size).toBe(1);
  const paths = await reader.folders?.findManifests(any, commits[0] ?? '');
  expect(paths?.toSorted()).toEqual([
    'composer.json',
    'packages/a/composer.json',
    'packages/b/composer.json',
    'src/One/Two/composer.json',
  ]);
  return found;
}

const counted = () => {
  const runs: string[] = [];
  const run = (one: ProgramRun) => {
    runs.push(`${one.args.join(' ')} ${one.input ?? ''}`);
    return runProgram(one);
  };
  return { runs, run };
};

describe.skipIf(!areInstalled('git', 'git-daemon'))('folders by git', { timeout: 60_000 }, () => {
  let daemon: GitServer;
  let commits: string[];
  beforeAll(async () => {
    const folder = join(services.folder, 'git');
    const refs = ['refs/heads/main'];
    const files = { ...first, 'packages/c/composer.json': { link: '../a/composer.json' } };
    const steps = [
      { refs, files: first },
      { refs, files: second },
      { refs, files: third },
    ];
    const lib = makeRepository(folder, 'lib.git', [...steps, { refs, files }]);
    const filtering = makeRepository(folder, 'filtering.git', [...steps, { refs, files }]);
    gitIn(filtering, ['config', 'uploadpack.allowFilter', 'true']);
    gitIn(lib, ['update-server-info']);
    daemon = await startGitDaemon(folder);
    commits = gitIn(lib, ['rev-list', '--reverse', 'main']).split('\n');
  });
  afterAll(() => daemon?.close());

  it.each(['lib.git', 'filtering.git'])('of %s, each level in one fetch at most', async (name) => {
    const { runs, run } = counted();
    const reader = await open({ kind: 'git', url: `${daemon.url}/${name}` }, { run });
    await expectFolders(reader, commits.slice(0, 3));
    const fetches = runs.filter((one) => one.includes('fetch'));
    expect(fetches.length).toBeLessThanOrEqual(name === 'lib.git' ? 2 : 9);
    const { shown } = await read(reader, [commits[3] ?? '']);
    expect(shown[0]).toMatchObject({ 'packages/c': 'link-in-folder' });
  });
});

describe.skipIf(!areInstalled('hg'))('folders by hg', { timeout: 60_000 }, () => {
  it('have ids of what is in them, and links are not followed', async () => {
    const repository = createHgRepository(join(services.folder, 'hg'));
    const commits = [];
    for (const files of [first, second, third]) {
      for (const [path, text] of Object.entries(files)) repository.write(path, text);
      commits.push(await repository.commit('x'));
    }
    repository.write('packages/c/c.php', '');
    symlinkSync('../a/composer.json', join(repository.folder, 'packages/c/composer.json'));
    commits.push(await repository.commit('link'));
    repository.close();
    const { runs, run } = counted();
    const cacheFolder = await mkdtemp(join(services.folder, 'cache-'));
    const reader = await open({ kind: 'hg', url: `file://${repository.folder}` }, { run, cacheFolder });
    await reader.readRefs(any);
    runs.length = 0;
    const found = await expectFolders(reader, commits.slice(0, 3));
    expect(runs.filter((one) => one.includes('pull'))).toEqual([]);
    const { shown } = await read(reader, commits, found);
    expect(shown[3]).toMatchObject({ 'packages/c': 'link-in-folder' });
  });
});

describe.skipIf(!areInstalled('svn', 'svnadmin'))('folders by svn', { timeout: 60_000 }, () => {
  it('are those of a trunk or tag at its revision', async () => {
    const repository = createSvnRepository(join(services.folder, 'svn'));
    for (const files of [first, second, third]) {
      for (const [path, text] of Object.entries(files)) repository.write(`trunk/${path}`, text);
      repository.commit();
    }
    repository.branch('trunk', 'tags/1.0.0');
    repository.write('trunk/packages/c/c.php', '');
    symlinkSync('../a/composer.json', join(repository.copy, 'trunk/packages/c/composer.json'));
    repository.commit();
    const reader = await open({ kind: 'svn', url: `file://${repository.folder}` });
    await expectFolders(reader, ['/trunk/@2', '/trunk/@3', '/trunk/@4']);
    const { shown } = await read(reader, ['/tags/1.0.0/@5', '/trunk/@6']);
    expect(shown[0]).toEqual({ ...all, 'packages/a': '{"a":3}' });
    expect(shown[1]).toMatchObject({ 'packages/c': 'link-in-folder' });
  });
});
