import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { committedSeconds, isBinary, parseCommit, parseTree, typeOfMode } from './object-formats.ts';
import { createGitObjects } from './objects.ts';
import { createRefReader } from './ref-history.ts';
import { readRefs } from './refs.ts';
import { commitText, gitIn, importRepository, removeRepository } from './test-repository.ts';

const BIG = 'x'.repeat(3_000_000);
let gitDirectory: string;
let commit: string;

beforeAll(async () => {
  const files = { 'big.txt': BIG, 'deep/er/file name.txt': 'found' };
  gitDirectory = await importRepository(commitText('refs/heads/main', 1_700_000_000, files));
  commit = (await gitIn(gitDirectory, 'rev-parse', 'main')).trim();
});
afterAll(() => removeRepository(gitDirectory));

describe('createGitObjects', () => {
  it('reads objects of all sizes concurrently, each for its own caller', async () => {
    const objects = createGitObjects();
    const oid = (path: string) =>
      gitIn(gitDirectory, 'rev-parse', `main:${path}`).then((text) => text.trim());
    const [big, small, tree] = [await oid('big.txt'), await oid('deep/er/file name.txt'), await oid('deep')];
    const read = await Promise.all(
      [big, small, '0'.repeat(40), tree, big, commit].map((each) => objects.read(gitDirectory, each)),
    );
    expect(read.map((object) => [object?.type, object?.body.length])).toEqual([
      ['blob', BIG.length],
      ['blob', 5],
      [undefined, undefined],
      ['tree', expect.any(Number)],
      ['blob', BIG.length],
      ['commit', expect.any(Number)],
    ]);
    objects.close();
  });

  it('resolves expressions, also with spaces, and returns none for invalid ones', async () => {
    const objects = createGitObjects();
    const resolve = async (text: string) => (await objects.resolve(gitDirectory, text))?.body.toString();
    expect(await resolve('main:deep/er/file name.txt')).toBe('found');
    expect(await resolve('x blob 12')).toBeUndefined();
    expect(await resolve(`main\n${commit}`)).toBeUndefined();
    expect((await objects.resolve(gitDirectory, 'main'))?.oid).toBe(commit);
    objects.close();
  });

  it('finds entries below directories', async () => {
    const objects = createGitObjects();
    const root = await objects.read(gitDirectory, commit);
    if (root === undefined) throw new Error('no commit');
    expect((await objects.entryAt(gitDirectory, root, 'deep/er/file name.txt'))?.name).toBe('file name.txt');
    expect((await objects.entryAt(gitDirectory, root, 'deep'))?.mode).toBe(0o40000);
    expect(await objects.entryAt(gitDirectory, root, 'deep/none/x')).toBeUndefined();
    expect(await objects.entryAt(gitDirectory, root, 'big.txt/x')).toBeUndefined();
    objects.close();
  });

  it('continues after its process was ended because it was idle or another repository needed it', async () => {
    const objects = createGitObjects({ idleMs: 20, maxProcesses: 1, maxBytes: 0 });
    const other = await importRepository(commitText('refs/heads/main', 1, { a: 'b' }));
    const read = async () => (await objects.resolve(gitDirectory, 'main'))?.oid;
    expect(await read()).toBe(commit);
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(await read()).toBe(commit);
    expect((await objects.resolve(other, 'main:a'))?.body.toString()).toBe('b');
    expect(await read()).toBe(commit);
    objects.close();
    await removeRepository(other);
  });

  it('fails, instead of finding nothing, if there is no repository', async () => {
    const objects = createGitObjects();
    await expect(objects.read('/nonexistent', commit)).rejects.toThrow('git cat-file');
    objects.close();
  });
});

describe('refs', () => {
  it('are read loose and packed, where loose refs win', async () => {
    const directory = await importRepository(
      [
        commitText('refs/heads/main', 1, { a: '1' }),
        commitText('refs/heads/feature/x', 2, { a: '2' }),
        commitText('refs/tags/v1', 3, { a: '3' }),
      ].join(''),
    );
    await gitIn(directory, 'pack-refs', '--all');
    await gitIn(directory, 'update-ref', 'refs/heads/main', 'refs/tags/v1');
    await gitIn(directory, 'update-ref', 'refs/heads/new', 'refs/tags/v1');
    const listed = await gitIn(directory, 'for-each-ref', '--format=%(objectname) %(refname)');
    expect(readRefs(directory).map(({ oid, name }) => `${oid} ${name}`)).toEqual(listed.trim().split('\n'));
    await removeRepository(directory);
    expect(readRefs(directory)).toEqual([]);
  });

  it('are kept for lagging reads', async () => {
    const clock = { now: 1_000_000 };
    const read = createRefReader(() => clock.now);
    const names = (secondsAgo?: number) => read(gitDirectory, secondsAgo).map(({ name }) => name);
    names();
    clock.now += 10_000;
    await gitIn(gitDirectory, 'update-ref', 'refs/heads/new', 'refs/heads/main');
    expect(names()).toEqual(['refs/heads/main', 'refs/heads/new']);
    clock.now += 3_000;
    expect(names(5)).toEqual(['refs/heads/main']);
    expect(names(2)).toEqual(['refs/heads/main', 'refs/heads/new']);
    expect(names(3600)).toEqual(['refs/heads/main']);
    await gitIn(gitDirectory, 'update-ref', '-d', 'refs/heads/new');
  });
});

describe('git formats', () => {
  it('are read as git writes them', async () => {
    const objects = createGitObjects();
    const object = await objects.read(gitDirectory, commit);
    if (object === undefined) throw new Error('no commit');
    const parsed = parseCommit(object.body);
    expect(parsed).toMatchObject({
      parents: [],
      committer: { name: 'Ann', email: 'ann@example.com', date: '2023-11-14T22:13:20Z' },
      message: 'commit at 1700000000\n',
    });
    expect(committedSeconds(object.body)).toBe(1_700_000_000);
    const tree = await objects.read(gitDirectory, parsed.tree);
    expect(
      parseTree(tree?.body ?? Buffer.alloc(0)).map(({ name, mode }) => [name, typeOfMode(mode)]),
    ).toEqual([
      ['big.txt', 'blob'],
      ['deep', 'tree'],
    ]);
    expect([isBinary(Buffer.from('a\0b')), isBinary(Buffer.from('äb'))]).toEqual([true, false]);
    objects.close();
  });
});
