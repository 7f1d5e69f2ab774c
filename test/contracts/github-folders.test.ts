/** Folders of a repository, as the simulated GitHub has them. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { folderMatcher, parseFolderGlobs } from '../../shared/scan/folders/folder-globs.ts';
import { type FolderManifests, readFolders } from '../../shared/scan/folders/read-folders.ts';
import { gitIn, idsIn, world } from './github-contents-fixture.ts';
import { type GitHub, startGitHub } from './github-fixture.ts';

let gitHub: GitHub;
beforeAll(async () => {
  gitHub = await startGitHub(world);
});
afterAll(() => gitHub.close());

/** Runs git once for the same input. */
const made = new Map<string, Promise<string>>();
function once(command: string, input: string | Buffer): Promise<string> {
  const key = `${command} ${Buffer.from(input).toString('hex')}`;
  const known =
    made.get(key) ?? gitIn(gitHub, 'other', command.split(' '), input).then((text) => text.trim());
  made.set(key, known);
  return known;
}

/** A commit with these files; a path that ends in `@` is a symbolic link. */
async function commitWith(files: Readonly<Record<string, string | Buffer>>): Promise<string> {
  const index = ['-c', 'user.name=Ann', '-c', 'user.email=ann@example.com'];
  const write = async (prefix: string): Promise<string> => {
    const names = new Set(
      Object.keys(files).flatMap((path) =>
        path.startsWith(prefix) ? (path.slice(prefix.length).split('/')[0] ?? []) : [],
      ),
    );
    const lines = [];
    for (const name of names) {
      const content = files[prefix + name];
      lines.push(
        content === undefined
          ? `040000 tree ${await write(`${prefix}${name}/`)}\t${name}\n`
          : `${name.endsWith('@') ? '120000' : '100644'} blob ${await once('hash-object -w --stdin', content)}\t${name.replace('@', '')}\n`,
      );
    }
    return once('mktree', lines.join(''));
  };
  const tree = await write('');
  return (await gitIn(gitHub, 'other', [...index, 'commit-tree', '-m', 'x', tree])).trim();
}

const none: FolderManifests = { ofCommit: new Map(), texts: new Map() };

async function read(commits: readonly string[], globs: readonly string[], known = none) {
  const reader = gitHub.reader();
  const found = await readFolders({
    reader: reader.folders ?? expect.fail('GitHub has folders'),
    repository: idsIn(gitHub, 'other'),
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
  return { found, shown, requests: reader.requests() };
}

it('are found at each commit, and only what changed is read again', async () => {
  const files = {
    'composer.json': '{"root":1}',
    'packages/a/composer.json': '{"a":1}',
    'packages/a/deep/composer.json': '{"deep":1}',
    'packages/b/composer.json': '{"b":1}',
    'packages/none/file': '',
    'src/One/Two/composer.json': '{"two":1}',
  };
  const first = await commitWith(files);
  const second = await commitWith({ ...files, 'packages/a/composer.json': '{"a":2}' });
  const globs = ['packages/*', 'src/**'];
  const one = await read([first], globs);
  expect(one.shown).toEqual([
    { 'packages/a': '{"a":1}', 'packages/b': '{"b":1}', 'src/One/Two': '{"two":1}' },
  ]);
  // The folders level by level (packages and the root, their folders, src/One/Two), then the texts.
  expect(one.requests).toBe(5);
  const two = await read([second, first], globs, one.found);
  expect(two.shown[0]).toEqual({ ...one.shown[0], 'packages/a': '{"a":2}' });
  expect(two.shown[1]).toEqual(one.shown[0]);
  const again = await read([second, first], globs, two.found);
  expect([again.shown, again.requests]).toEqual([two.shown, 0]);
});

it('are read byte for byte, and links are not followed', async () => {
  const commit = await commitWith({
    'p/link/composer.json@': '../../composer.json',
    'p/latin/composer.json': Buffer.from([0x7b, 0xe4, 0x7d]),
    'p/large/composer.json': 'x'.repeat(1024 * 1024 + 1),
    'p/long/composer.json': `{"long":"${'ü'.repeat(300_000)}"}`,
    'p/folder/composer.json/file': '',
  });
  const { shown } = await read([commit], ['p/*']);
  expect(shown).toEqual([
    {
      'p/link': 'link-in-folder',
      'p/latin': 'not-utf-8',
      'p/large': 'too-large',
      'p/long': `{"long":"${'ü'.repeat(300_000)}"}`,
      'p/folder': 'folder',
    },
  ]);
});

it('are not read where there are too many', async () => {
  const files = Object.fromEntries(
    Array.from({ length: 301 }, (_, place) => [`p/${place}/composer.json`, '{}']),
  );
  const commit = await commitWith(files);
  const { found } = await read([commit], ['p/*']);
  expect([found.ofCommit.size, [...found.tooMany]]).toEqual([0, [commit]]);
});

it('with manifests are listed in two requests', async () => {
  const reader = gitHub.reader();
  const commit = await commitWith({ 'composer.json': '', 'a/b/composer.json': '', 'a/xcomposer.json': '' });
  const paths = await reader.folders?.findManifests(idsIn(gitHub, 'other'), commit);
  expect([paths, reader.requests()]).toEqual([['a/b/composer.json', 'composer.json'], 2]);
});
