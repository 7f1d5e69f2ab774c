/** Folders of a repository, as each of the simulated code hosts has them. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { runGit } from '../../local/forges/git/run-git.ts';
import { asId } from '../../shared/domain/ids.ts';
import type { RepositoryIds } from '../../shared/forge/forge.ts';
import type { ForgeClient } from '../../shared/forge/module.ts';
import { folderMatcher, parseFolderGlobs } from '../../shared/scan/folders/folder-globs.ts';
import type { FolderManifests } from '../../shared/scan/folders/folder-manifests.ts';
import { readFolders } from '../../shared/scan/folders/read-folders.ts';
import { startBitbucket } from './bitbucket-fixture.ts';
import { errorOf } from './forge-contract/reading.ts';
import { idsIn, world } from './github-contents-fixture.ts';
import { startGitHub } from './github-fixture.ts';
import { startGitLab } from './gitlab-fixture.ts';

interface Host {
  readonly gitDirectory: string;
  readonly ids: RepositoryIds;
  /** A new process. */
  open(): Promise<Pick<ForgeClient, 'contents' | 'requests'>>;
  close(): Promise<unknown>;
}

async function onGitHub(): Promise<Host> {
  const gitHub = await startGitHub(world);
  const { gitDirectory } = gitHub.repository('other');
  const open = async () => {
    const reader = gitHub.reader();
    return { contents: reader, requests: () => reader.requests() };
  };
  return { gitDirectory, ids: idsIn(gitHub, 'other'), open, close: () => gitHub.close() };
}

async function onGitLab(variant = {}): Promise<Host> {
  const lab = await startGitLab({ variant });
  const fullName = 'acme/core/money';
  const { id, gitDirectory } = lab.gitlab.project(fullName);
  return { gitDirectory, ids: { repository: asId(id), fullName }, open: lab.open, close: lab.close };
}

async function onBitbucket(): Promise<Host> {
  const at = await startBitbucket();
  const { uuid, gitDirectory } = at.cloud.repository('acme/money');
  return { gitDirectory, ids: { repository: asId(uuid) }, open: at.open, close: at.close };
}

type Files = Readonly<Record<string, string | Buffer>>;

/** Makes a commit with these files; a path that ends in `@` is a symbolic link. */
function committer({ gitDirectory }: Host): (files: Files) => Promise<string> {
  /** Runs git once for the same input. */
  const made = new Map<string, Promise<string>>();
  const git = async (args: readonly string[], input: string | Buffer = ''): Promise<string> =>
    (await runGit(['--git-dir', gitDirectory, ...args], { input })).trim();
  const once = (command: string, input: string | Buffer): Promise<string> => {
    const key = `${command} ${Buffer.from(input).toString('hex')}`;
    const known = made.get(key) ?? git(command.split(' '), input);
    made.set(key, known);
    return known;
  };
  const write = async (files: Files, prefix: string): Promise<string> => {
    const below = Object.keys(files).filter((path) => path.startsWith(prefix));
    const names = new Set(below.map((path) => path.slice(prefix.length).split('/')[0] ?? ''));
    const lines = [];
    for (const name of names) {
      const content = files[prefix + name];
      lines.push(
        content === undefined
          ? `040000 tree ${await write(files, `${prefix}${name}/`)}\t${name}\n`
          : `${name.endsWith('@') ? '120000' : '100644'} blob ${await once('hash-object -w --stdin', content)}\t${name.replace('@', '')}\n`,
      );
    }
    return once('mktree', lines.join(''));
  };
  const person = ['-c', 'user.name=Ann', '-c', 'user.email=ann@example.com'];
  return async (files) => git([...person, 'commit-tree', '-m', 'x', await write(files, '')]);
}

const none: FolderManifests = { ofCommit: new Map(), texts: new Map() };

async function read(host: Host, commits: readonly string[], globs: readonly string[], known = none) {
  const { contents, requests } = await host.open();
  const found = await readFolders({
    reader: contents.folders ?? expect.fail('it has folders'),
    repository: host.ids,
    matcher: folderMatcher(parseFolderGlobs(globs)),
    commits,
    known,
    now: () => 0,
    until: 1,
  });
  const shown = [...found.ofCommit.values()].map((folders) =>
    Object.fromEntries(
      folders.map(({ directory, manifest }) => {
        const text = found.texts.get(manifest);
        return [directory, text?.manifest ?? text?.manifestProblem];
      }),
    ),
  );
  const trees = [...found.ofCommit.values()].map((folders) =>
    Object.fromEntries(folders.map(({ directory, tree }) => [directory, tree])),
  );
  return { found, shown, trees, requests: requests() };
}

const manifests = {
  'composer.json': '{"root":1}',
  'packages/a/composer.json': '{"a":1}',
  'packages/a/deep/composer.json': '{"deep":1}',
  'packages/a/a.php': '1',
  'packages/b/composer.json': '{"b":1}',
  'packages/none/file': '',
  'src/One/Two/composer.json': '{"two":1}',
};
const globs = ['packages/*', 'src/**'];

const hosts = [
  // Level by level (packages and the root, their folders, src/One, src/One/Two), 50 folders in a request, then the texts.
  { name: 'GitHub', start: onGitHub, requests: { first: 5, changed: 5, paths: 2 } },
  // Each of the folders, one of them by its path and its id, then all texts in one query.
  { name: 'GitLab', start: onGitLab, requests: { first: 10, changed: 9, paths: 1 } },
  // Each of the folders, and each text; later only what differs.
  { name: 'Bitbucket', start: onBitbucket, requests: { first: 11, changed: 2, paths: 1 } },
];

describe.each(hosts)('folders on $name', ({ start, requests }) => {
  let host: Host;
  let commit: (files: Files) => Promise<string>;
  beforeAll(async () => {
    host = await start();
    commit = committer(host);
  });
  afterAll(() => host.close());

  it('are found at each commit, and only what changed is read again', async () => {
    const first = await commit(manifests);
    const second = await commit({ ...manifests, 'packages/a/composer.json': '{"a":2}' });
    const one = await read(host, [first], globs);
    expect(one.shown).toEqual([
      { 'packages/a': '{"a":1}', 'packages/b': '{"b":1}', 'src/One/Two': '{"two":1}' },
    ]);
    expect(one.requests).toBe(requests.first);
    const two = await read(host, [second, first], globs, one.found);
    expect(two.shown[0]).toEqual({ ...one.shown[0], 'packages/a': '{"a":2}' });
    expect(two.shown[1]).toEqual(one.shown[0]);
    expect(two.requests).toBe(requests.changed);
    const again = await read(host, [second, first], globs, two.found);
    expect([again.shown, again.requests]).toEqual([two.shown, 0]);
  });

  it('are the same where their files are, come, move and go', async () => {
    const { 'packages/b/composer.json': b, ...rest } = manifests;
    const changes: Files[] = [
      manifests,
      { ...manifests, 'packages/a/a.php': '2' },
      { ...rest, 'packages/moved/composer.json': b },
      { ...rest, 'packages/a/deep/composer.json': '{"other":1}', 'src/composer.json': '{"src":1}' },
    ];
    const commits = [];
    for (const files of changes) commits.push(await commit(files));
    const { shown, trees } = await read(host, commits, globs);
    const all = { 'packages/a': '{"a":1}', 'src/One/Two': '{"two":1}' };
    expect(shown).toEqual([
      { ...all, 'packages/b': b },
      { ...all, 'packages/b': b },
      { ...all, 'packages/moved': b },
      { ...all, src: '{"src":1}' },
    ]);
    const ofA = trees.map((one) => one['packages/a']);
    expect(ofA.map((tree, place) => tree === ofA[place - 1])).toEqual([false, false, false, false]);
    expect(trees[1]?.['packages/b']).toBe(trees[0]?.['packages/b']);
    expect(new Set(trees.map((one) => one['src/One/Two'])).size).toBe(1);
  });

  it('are read byte for byte, and links are not followed', async () => {
    const long = `{"long":"${'ü'.repeat(300_000)}"}`;
    const one = await commit({
      'p/link/composer.json@': '../../composer.json',
      'p/latin/composer.json': Buffer.from([0x7b, 0xe4, 0x7d]),
      'p/large/composer.json': 'x'.repeat(1024 * 1024 + 1),
      'p/long/composer.json': long,
      'p/folder/composer.json/file': '',
    });
    const { shown } = await read(host, [one], ['p/*']);
    expect(shown).toEqual([
      {
        'p/link': 'link-in-folder',
        'p/latin': 'not-utf-8',
        'p/large': 'too-large',
        'p/long': long,
        'p/folder': 'folder',
      },
    ]);
  });

  it('are listed to their end, where files are the same too', async () => {
    const files = Array.from({ length: 199 }, (_, place) => [`p/a/${place}`, '{}']);
    const one = await commit({ ...Object.fromEntries(files), 'p/a/composer.json': '{}' });
    expect((await read(host, [one], ['p/*'])).shown).toEqual([{ 'p/a': '{}' }]);
  });

  it('are none where there is nothing, or a file', async () => {
    const one = await commit({ 'composer.json': '{}', file: 'x' });
    expect((await read(host, [one], ['none/*', 'file/*'])).shown).toEqual([{}]);
  });

  it('with manifests are listed in few requests', async () => {
    const one = await commit({ 'composer.json': '', 'a/b/composer.json': '', 'a/xcomposer.json': '' });
    const { contents, requests: count } = await host.open();
    const paths = await contents.folders?.findManifests(host.ids, one);
    expect([paths?.toSorted(), count()]).toEqual([['a/b/composer.json', 'composer.json'], requests.paths]);
  });
});

describe('folders on GitHub', () => {
  it('are not read where there are too many', async () => {
    const host = await onGitHub();
    const files = Array.from({ length: 301 }, (_, place) => [`p/${place}/composer.json`, '{}']);
    const one = await committer(host)(Object.fromEntries(files));
    const { found } = await read(host, [one], ['p/*']);
    expect([found.ofCommit.size, [...found.tooMany]]).toEqual([0, [one]]);
    await host.close();
  });
});

describe.each([hosts[1], hosts[2]])('a commit that $name does not find', (one) => {
  it('says nothing about its folders', async () => {
    const host = (await one?.start()) ?? expect.fail('there are three');
    const { code } = await errorOf(read(host, ['f'.repeat(40)], ['p/*']));
    expect(code).toBe('incomplete');
    await host.close();
  });
});

describe('older versions of GitLab', () => {
  let host: Host;
  afterEach(() => host.close());

  it.each(['17.6', '18.5'])('%s: folders are the same', async (version) => {
    host = await onGitLab({ version });
    const one = await committer(host)(manifests);
    expect((await read(host, [one], [...globs, 'none/*'])).shown).toEqual([
      { 'packages/a': '{"a":1}', 'packages/b': '{"b":1}', 'src/One/Two': '{"two":1}' },
    ]);
  });
});
