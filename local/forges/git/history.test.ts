import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createBareRepository, listRefs } from './bare-repository.ts';
import { type HistoryStep, tagNames, writeHistory } from './history.ts';
import { runGit } from './run-git.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'history-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function write(steps: readonly HistoryStep[], name = 'one'): Promise<string> {
  const directory = join(root, name);
  await createBareRepository(directory, 'main');
  await append(directory, steps);
  return directory;
}

async function append(directory: string, steps: readonly HistoryStep[]): Promise<void> {
  const person = (login = 'alice') => ({ name: login, email: `${login}@example.com` });
  const refs = await listRefs(directory);
  const startAt = Date.UTC(2024, 0, 1);
  await writeHistory({ directory, defaultBranch: 'main', person, startAt, interval: 1000, refs }, steps);
}

const git = (directory: string, ...args: string[]): Promise<string> =>
  runGit(['--git-dir', directory, ...args]).then((text) => text.trim());

const steps: HistoryStep[] = [
  { manifest: { name: 'acme/money', require: { php: '>=8.1', 'ext-json': '*' } }, tags: ['1.0.0', '1.1.0'] },
  { manifest: { require: { 'ext-json': null } }, author: 'ann', tags: '2.0.0', annotated: true },
  {
    branch: '1.x',
    from: '1.0.0',
    files: { 'a "b"/ç.txt': 'x', LICENSE: { symlink: 'COPYING' } },
    message: 'Keep\n\nLong',
  },
];

describe('a history', () => {
  it('has the same commit ids every time, and exactly these', async () => {
    const refs = await listRefs(await write(steps, 'one'));
    expect(await listRefs(await write(steps, 'two'))).toEqual(refs);
    expect(Object.fromEntries(refs)).toMatchInlineSnapshot(`
      {
        "refs/heads/1.x": "278545c7b8126465d9e235b83f68c86bd4a1e36b",
        "refs/heads/main": "8f70d389c054de944d2351f3aab3b870d2f0c90b",
        "refs/tags/1.0.0": "1de1a1447f48ed580c13c8dc1fd42f15899c8d28",
        "refs/tags/1.1.0": "1e5aae43c0b1e6a55a43008e7e946d6434522b4d",
        "refs/tags/2.0.0": "a9b6177858e97a0957c76b0b64371b730b40356e",
      }
    `);
  });

  it('is copied where it was written before, to a repository that is valid by itself', async () => {
    const before = await write(steps, 'one');
    const directory = await write(steps, 'two');
    await rm(before, { recursive: true });
    await expect(runGit(['--git-dir', directory, 'fsck', '--strict', '--no-dangling'])).resolves.toBe('');
    await append(directory, [{ tags: '3.0.0' }]);
    expect(await git(directory, 'log', '--format=%s', 'main')).toContain('Release 3.0.0\nRelease 2.0.0');
    // What was added there is in no other copy.
    expect([...(await listRefs(await write(steps, 'three'))).keys()]).not.toContain('refs/tags/3.0.0');
  });

  it('is valid, with merged manifests, a commit for each tag and unusual paths', async () => {
    const directory = await write(steps);
    await expect(runGit(['--git-dir', directory, 'fsck', '--strict', '--no-dangling'])).resolves.toBe('');
    expect(JSON.parse(await git(directory, 'show', '2.0.0:composer.json'))).toEqual({
      name: 'acme/money',
      require: { php: '>=8.1' },
    });
    expect(await git(directory, 'log', '--reverse', '--format=%an %s', 'main')).toBe(
      'alice Release 1.0.0\nalice Release 1.1.0\nann Release 2.0.0',
    );
    expect(await git(directory, 'cat-file', '-t', '1.1.0')).toBe('commit');
    expect(await git(directory, 'cat-file', '-t', '2.0.0')).toBe('tag');
    expect(await git(directory, 'merge-base', '1.x', 'main')).toBe(
      await git(directory, 'rev-parse', '1.0.0'),
    );
    expect(
      (await git(directory, 'ls-tree', '-r', '-z', '--name-only', '1.x')).split('\0').slice(0, -1),
    ).toEqual(['CHANGELOG.md', 'LICENSE', 'a "b"/ç.txt', 'composer.json']);
    expect(await git(directory, 'ls-tree', '1.x', 'LICENSE')).toMatch(/^120000 blob /);
    expect(await git(directory, 'log', '-1', '--format=%B', '1.x')).toBe('Keep\n\nLong');
  });

  it("continues from the repository's current state", async () => {
    const directory = await write(steps);
    const before = await git(directory, 'rev-parse', 'main', '1.x');
    await append(directory, [
      { manifest: { type: 'library' }, tags: '2.1.0' },
      { branch: '1.x', tags: '1.0.1' },
      { branch: 'fix', from: '2.0.0' },
    ]);
    expect(await git(directory, 'rev-parse', 'main^', '1.x^')).toBe(before);
    expect(JSON.parse(await git(directory, 'show', 'main:composer.json'))).toEqual({
      name: 'acme/money',
      require: { php: '>=8.1' },
      type: 'library',
    });
    expect(await git(directory, 'show', '1.x:CHANGELOG.md')).toBe('## 1.0.1\n\n## 1.0.0');
    expect(await git(directory, 'rev-parse', 'fix^')).toBe(
      await git(directory, 'rev-parse', '2.0.0^{commit}'),
    );
  });

  it('removes a manifest, replaces a broken one, and forces a branch', async () => {
    const directory = await write([
      { files: { 'composer.json': '{broken' }, tags: '1' },
      { manifest: { name: 'acme/x' }, tags: '2' },
      { manifest: null, tags: '3' },
      { branch: 'main', from: '1', tags: '4' },
    ]);
    expect(await git(directory, 'show', '1:composer.json')).toBe('{broken');
    expect(JSON.parse(await git(directory, 'show', '2:composer.json'))).toEqual({ name: 'acme/x' });
    await expect(git(directory, 'show', '3:composer.json')).rejects.toThrow('does not exist');
    expect(await git(directory, 'log', '--format=%s', 'main')).toBe('Release 4\nRelease 1');
  });

  it('reports when there is nothing to start from', async () => {
    await expect(write([{ from: 'x' }])).rejects.toThrow(
      'there is no branch, tag or commit "x" to start from',
    );
  });
});

describe('tags', () => {
  it.each([
    [undefined, []],
    ['1.0.0', ['1.0.0']],
    [{ from: 'v1.2.3', minors: 2, patches: 2 }, ['v1.2.3', 'v1.2.4', 'v1.3.0', 'v1.3.1']],
    [{ from: 'release-0.9.9', minors: 1, patches: 1 }, ['release-0.9.9']],
  ])('%j', (tags, names) => {
    expect(tagNames(tags)).toEqual(names);
  });
});
