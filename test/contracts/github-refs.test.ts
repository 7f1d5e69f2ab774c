/** Tags and branches with their manifests, compared with git itself. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { ForgeRef } from '../../shared/forge/forge.ts';
import { gitIn, idsIn, world } from './github-contents-fixture.ts';
import { codeOf, type GitHub, startGitHub } from './github-fixture.ts';

let gitHub: GitHub;
beforeAll(async () => {
  gitHub = await startGitHub(world);
});
afterEach(() => {
  gitHub.simulator.faults.remove();
});
afterAll(() => gitHub.close());

const ids = (name: string) => idsIn(gitHub, name);
const git = (name: string, args: readonly string[], input?: string | Buffer) =>
  gitIn(gitHub, name, args, input);

/** Each ref with its commit and composer.json, as git itself reads them. */
async function expected(name: string, prefix: 'refs/tags' | 'refs/heads'): Promise<ForgeRef[]> {
  const fields = [
    'refname:lstrip=2',
    'objectname',
    '*objectname',
    'committerdate:iso-strict',
    '*committerdate:iso-strict',
  ];
  const format = fields.map((field) => `%(${field})`).join('%09');
  const lines = (await git(name, ['for-each-ref', `--format=${format}`, prefix])).trim().split('\n');
  const refs = lines.map((line) => {
    const [ref = '', object = '', peeled, date, peeledDate] = line.split('\t');
    return { name: ref, commit: peeled || object, date: new Date(peeledDate || date || '').toISOString() };
  });
  const wanted = refs.map(({ commit }) => `${commit}:composer.json\n`).join('');
  const files = (await git(name, ['cat-file', '--batch=%(objecttype)'], wanted)).split(/^blob\n/m).slice(1);
  return refs.map((ref, place) => ({ ...ref, manifest: files[place]?.replace(/\n$/, '') }));
}

const byName = (refs: readonly ForgeRef[]) =>
  refs
    .map((ref) => ({ ...ref, date: new Date(ref.date).toISOString() }))
    .sort((one, other) => (one.name < other.name ? -1 : 1));

/** Makes a commit whose tree has one entry in the form of `git mktree`: `100644 blob`, `120000 blob`, `040000 tree`, `160000 commit`. */
async function commitOf(name: string, entry: string | undefined, object = ''): Promise<string> {
  const tree = await git(
    name,
    ['mktree', '--missing'],
    entry === undefined ? '' : `${entry} ${object}\tcomposer.json\n`,
  );
  const person = ['-c', 'user.name=Ann', '-c', 'user.email=ann@example.com'];
  return (await git(name, [...person, 'commit-tree', '-m', 'x', tree.trim()])).trim();
}

const blobOf = async (name: string, content: string | Buffer): Promise<string> =>
  (await git(name, ['hash-object', '-w', '--stdin'], content)).trim();

async function tagObject(
  name: string,
  target: string,
  type: 'commit' | 'tag' | 'blob' | 'tree',
): Promise<string> {
  const text = `object ${target}\ntype ${type}\ntag x\ntagger Ann <ann@example.com> 1700000000 +0000\n\nx\n`;
  return (await git(name, ['hash-object', '-w', '-t', 'tag', '--stdin'], text)).trim();
}

describe('refs', () => {
  test('on several pages are all read, each with its manifest', async () => {
    const reader = gitHub.reader();
    const { tags, branches, defaultBranch, archived } = await reader.readRefs(ids('many'));
    expect(byName(tags)).toEqual(await expected('many', 'refs/tags'));
    expect(tags).toHaveLength(210);
    expect(byName(branches)).toEqual(await expected('many', 'refs/heads'));
    expect(branches.map(({ name }) => name).sort()).toEqual(['1.x', 'main']);
    expect({ defaultBranch, archived }).toEqual({ defaultBranch: 'main', archived: false });
    // Three pages of tags and one of branches.
    expect(reader.requests()).toBe(4);
  });

  test('that are annotated tags are at the commit, not at the tag object', async () => {
    const { tags } = await gitHub.reader().readRefs(ids('other'));
    expect(tags).toMatchObject([{ name: '1.0.0', manifest: expect.stringContaining('acme/other') }]);
    expect(byName(tags)).toEqual(await expected('other', 'refs/tags'));
    expect((await git('other', ['rev-parse', 'refs/tags/1.0.0'])).trim()).not.toBe(tags[0]?.commit);
  });

  test('R7: 1001 of them are read to the end', async () => {
    const commit = (await git('many', ['rev-parse', 'refs/tags/v1.3.0'])).trim();
    const added = Array.from({ length: 1001 - 210 }, (_, place) => `refs/tags/more-${place}`);
    const run = (command: (ref: string) => string) =>
      git('many', ['update-ref', '--stdin'], added.map((ref) => `${command(ref)}\n`).join(''));
    await run((ref) => `create ${ref} ${commit}`);
    expect((await gitHub.reader().readRefs(ids('many'))).tags).toHaveLength(1001);
    await run((ref) => `delete ${ref}`);
    expect((await gitHub.reader().readRefs(ids('many'))).tags).toHaveLength(210);
  });

  test('have the complete text of a file called composer.json, or no manifest', async () => {
    const file = '100644 blob';
    const long = JSON.stringify({ name: 'acme/odd', description: 'x'.repeat(600_000) });
    const huge = JSON.stringify({ name: 'acme/odd', description: 'x'.repeat(1_200_000) });
    const binary = '{"name": "acme/odd", "x": "\0ü"}';
    const plain = await commitOf('odd', file, await blobOf('odd', '{}'));
    const folder = await git('odd', ['mktree'], '');
    const tagged = await tagObject('odd', plain, 'commit');
    const twice = await tagObject('odd', tagged, 'tag');
    const thrice = await tagObject('odd', twice, 'tag');
    const refs: Record<string, string> = {
      none: await commitOf('odd', undefined),
      plain,
      executable: await commitOf('odd', '100755 blob', await blobOf('odd', '{}')),
      blank: await commitOf('odd', file, await blobOf('odd', '')),
      binary: await commitOf('odd', file, await blobOf('odd', binary)),
      long: await commitOf('odd', file, await blobOf('odd', long)),
      'long-again': await commitOf('odd', file, await blobOf('odd', long)),
      huge: await commitOf('odd', file, await blobOf('odd', huge)),
      link: await commitOf('odd', '120000 blob', await blobOf('odd', 'other.json')),
      folder: await commitOf('odd', '040000 tree', folder.trim()),
      submodule: await commitOf('odd', '160000 commit', plain),
      tagged,
      twice,
      thrice,
      'four-times': await tagObject('odd', thrice, 'tag'),
      'to-blob': await blobOf('odd', 'x'),
      'to-tree': folder.trim(),
      'tag-to-blob': await tagObject('odd', await blobOf('odd', 'x'), 'blob'),
    };
    for (const [name, object] of Object.entries(refs)) {
      await git('odd', ['update-ref', `refs/tags/${name}`, object]);
    }
    const reader = gitHub.reader();
    const { tags, unusable } = await reader.readRefs(ids('odd'));
    const manifests = Object.fromEntries(tags.map(({ name, manifest }) => [name, manifest]));
    expect(manifests).toEqual({
      none: undefined,
      plain: '{}',
      executable: '{}',
      blank: '',
      binary,
      long,
      'long-again': long,
      huge: undefined,
      link: undefined,
      folder: undefined,
      submodule: undefined,
      tagged: '{}',
      twice: '{}',
      thrice: '{}',
      'four-times': '{}',
    });
    expect(unusable).toEqual([
      { kind: 'tag', name: 'tag-to-blob', reason: 'It leads to a file, not to a commit.' },
      { kind: 'tag', name: 'to-blob', reason: 'It leads to a file, not to a commit.' },
      { kind: 'tag', name: 'to-tree', reason: 'It leads to a folder, not to a commit.' },
    ]);
    expect(
      tags.flatMap(({ name, manifestProblem }) => (manifestProblem ? [name, manifestProblem] : [])),
    ).toEqual(['submodule', 'submodule', 'link', 'link-to-nothing', 'huge', 'too-large', 'folder', 'folder']);
    expect(
      tags
        .filter(({ name }) => /^(plain|tagged|twice|thrice|four-times)$/.test(name))
        .every(({ commit }) => commit === plain),
    ).toBe(true);
    // A page of tags, one of branches, the target of the fourth tag, the target of the link, and the two files that GraphQL does not serve
    // completely.
    expect(reader.requests()).toBe(6);
  });

  test('mark as left out the branch for web pages, as GitHubDriver does, and no other', async () => {
    const tip = await commitOf('odd', undefined);
    for (const name of ['gh-pages', 'gh-pages-2']) {
      await git('odd', ['update-ref', `refs/heads/${name}`, tip]);
    }
    const { branches } = await gitHub.reader().readRefs(ids('odd'));
    expect(branches.filter(({ leftOut }) => leftOut !== undefined)).toMatchObject([
      { name: 'gh-pages', commit: tip, leftOut: expect.stringContaining('Composer takes no version from') },
    ]);
    expect(branches.map(({ name }) => name)).toContain('gh-pages-2');
  });

  test('with a composer.json that is no UTF-8 have no manifest, and never one with U+FFFD', async () => {
    const bytes: Readonly<Record<string, Buffer>> = {
      latin: Buffer.from('{"name": "acme/odd", "description": "caf\xe9"}', 'latin1'),
      // Four bytes cut to three: one replacement character, which is three bytes too.
      'same-length': Buffer.concat([
        Buffer.from('{"x": "'),
        Buffer.from('😀').subarray(0, 3),
        Buffer.from('"}'),
      ]),
      marked: Buffer.from('\uFEFF{"name": "acme/odd"}'),
      // A replacement character that the author wrote is kept.
      replacement: Buffer.from('{"description": "\uFFFD"}'),
    };
    for (const [name, content] of Object.entries(bytes)) {
      const commit = await commitOf('odd', '100644 blob', await blobOf('odd', content));
      await git('odd', ['update-ref', `refs/heads/${name}`, commit]);
    }
    const reader = gitHub.reader();
    const { branches } = await reader.readRefs(ids('odd'));
    expect(
      Object.fromEntries(
        branches.map(({ name, manifest, manifestProblem }) => [name, manifestProblem ?? manifest]),
      ),
    ).toEqual({
      latin: 'not-utf-8',
      'same-length': 'not-utf-8',
      marked: '\uFEFF{"name": "acme/odd"}',
      replacement: '{"description": "\uFFFD"}',
    });
    for (const name of Object.keys(bytes)) await git('odd', ['update-ref', '-d', `refs/heads/${name}`]);
  });

  test('whose composer.json is a symbolic link have the file that it leads to in the repository, or a reason', async () => {
    const link = async (name: string, target: string) =>
      `120000 blob ${await blobOf('linked', target)}\t${name}\n`;
    const file = async (name: string, text: string) =>
      `100644 blob ${await blobOf('linked', text)}\t${name}\n`;
    const treeOf = async (...entries: readonly string[]) =>
      (await git('linked', ['mktree', '--missing'], entries.join(''))).trim();
    const folder = async (...entries: readonly string[]) =>
      `040000 tree ${await treeOf(...entries)}\tpackage\n`;
    const tag = async (name: string, ...entries: readonly string[]) => {
      const person = ['-c', 'user.name=Ann', '-c', 'user.email=ann@example.com'];
      const commit = await git('linked', [...person, 'commit-tree', '-m', name, await treeOf(...entries)]);
      await git('linked', ['update-ref', `refs/tags/${name}`, commit.trim()]);
    };
    const manifest = await file('composer.json', '{"name":"acme/linked"}');
    await tag('below', await link('composer.json', 'package/composer.json'), await folder(manifest));
    await tag(
      'roundabout',
      await link('composer.json', './package/../main.json'),
      await file('main.json', '{}'),
    );
    await tag('folder', await link('composer.json', 'package'), await folder(manifest));
    await tag(
      'further',
      await link('composer.json', 'next'),
      await link('next', 'main.json'),
      await file('main.json', '{}'),
    );
    await tag('itself', await link('composer.json', 'composer.json'));
    await tag('nowhere', await link('composer.json', 'package/none.json'), await folder(manifest));
    await tag('outside', await link('composer.json', '../other/composer.json'));
    await tag('root', await link('composer.json', '/etc/passwd'));
    await tag('dot', await link('composer.json', 'package/..'), await folder(manifest));
    const reader = gitHub.reader();
    const { tags } = await reader.readRefs(ids('linked'));
    expect(
      Object.fromEntries(
        tags.map(({ name, manifest, manifestProblem }) => [name, manifest ?? manifestProblem]),
      ),
    ).toEqual({
      below: '{"name":"acme/linked"}',
      roundabout: '{}',
      folder: 'link-to-folder',
      further: 'link-to-link',
      itself: 'link-to-link',
      nowhere: 'link-to-nothing',
      outside: 'link-to-outside',
      root: 'link-to-outside',
      dot: 'link-to-folder',
    });
    // Tags, branches, and the targets of all links.
    expect(reader.requests()).toBe(3);
  });

  test('with links at more commits than one query takes are read in several queries, smaller ones when GitHub times out', async () => {
    const stream = Array.from({ length: 70 }, (_, place) => place).map(
      (place) =>
        `commit refs/tags/many-${place}\ncommitter Ann <ann@example.com> 1700000000 +0000\ndata 1\nx\n` +
        `M 120000 inline composer.json\ndata 9\nmain.json\nM 100644 inline main.json\ndata ${`{"a":${place}}`.length}\n{"a":${place}}\n`,
    );
    await git('linked', ['fast-import', '--quiet'], stream.join(''));
    const manifestsOf = async (reader = gitHub.reader()) => {
      const { tags } = await reader.readRefs(ids('linked'));
      const many = tags.filter(({ name }) => name.startsWith('many-'));
      expect(many).toHaveLength(70);
      expect(many.filter(({ name, manifest }) => manifest !== `{"a":${name.slice('many-'.length)}}`)).toEqual(
        [],
      );
      return reader.requests();
    };
    expect(await manifestsOf()).toBe(4);
    // The pages of tags and branches arrive, the first query for files does not.
    const fault = { kind: 'server-error', times: 1, after: 2, match: { surface: 'graphql' } } as const;
    gitHub.simulator.faults.add({ ...fault, status: 502 });
    expect(await manifestsOf()).toBe(6);
  });

  test('through tags of tags lead to their commit up to any realistic depth, and beyond it to a reason', async () => {
    const commit = await commitOf('other', undefined);
    let last = commit;
    for (let depth = 1; depth <= 34; depth += 1) {
      last = await tagObject('other', last, depth === 1 ? 'commit' : 'tag');
      if ([4, 7, 8, 33, 34].includes(depth)) {
        await git('other', ['update-ref', `refs/tags/deep-${depth}`, last]);
      }
    }
    const { tags, unusable } = await gitHub.reader().readRefs(ids('other'));
    expect(tags.filter((ref) => ref.commit === commit).map(({ name }) => name)).toEqual([
      'deep-8',
      'deep-7',
      'deep-4',
      'deep-33',
    ]);
    expect(unusable).toEqual([
      { kind: 'tag', name: 'deep-34', reason: expect.stringContaining('more than 33 tags') },
    ]);
    for (const depth of [4, 7, 8, 33, 34]) {
      await git('other', ['update-ref', '-d', `refs/tags/deep-${depth}`]);
    }
  });

  test('are read in smaller pages when GitHub times out on large ones', async () => {
    const { tags } = await gitHub.reader().readRefs(ids('many'));
    const list = 'Repository.refs';
    for (const fault of [
      { kind: 'failing-page' as const, times: 2, match: { list, page: '1' } },
      { kind: 'server-error' as const, times: 1, match: { surface: 'graphql' }, status: 502 },
    ]) {
      gitHub.simulator.faults.add(fault);
    }
    expect((await gitHub.reader().readRefs(ids('many'))).tags).toEqual(tags);
    expect(gitHub.simulator.faults.list()).toEqual([]);
  });

  test.each([
    ['short-page', {}, 'incomplete'],
    ['resource-limits', {}, 'incomplete'],
    ['failing-page', {}, 'unavailable'],
  ] as const)('R8: fail under a lasting %s instead of being read in part', async (kind, more, code) => {
    gitHub.simulator.faults.add({ kind, ...more, match: { list: 'Repository.refs' } });
    expect(await codeOf(gitHub.reader().readRefs(ids('many')))).toBe(code);
  });

  test('R10: a file that cannot be read makes them incomplete', async () => {
    gitHub.simulator.faults.add({ kind: 'server-error', status: 404, match: { path: '/git/blobs/' } });
    // Whichever form of the path the adapter requests, this matches the blob.
    const code = await codeOf(gitHub.reader().readRefs(ids('odd')));
    expect(code).toBe('incomplete');
  });
});
