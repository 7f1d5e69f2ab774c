import { expect, it } from 'vitest';
import { findEntry, parseCommit, treeEntries } from './objects.ts';

const commit = (author: string, more = ''): Buffer =>
  Buffer.from(
    `tree ${'a'.repeat(40)}\nparent ${'b'.repeat(40)}\n${author}\ncommitter C <c@x> 1 +0000\n${more}\nmessage`,
  );

it.each([
  ['author Ann <ann@x> 1700000000 +0100', '2023-11-14T22:13:20Z'],
  ['author A > B <a>b> 0 +0000', '1970-01-01T00:00:00Z'],
  ['author Ann <ann@x> 99999999999999 +0000', undefined],
  ['author Ann <ann@x>', undefined],
])('the date of %s is %s', (author, date) => {
  expect(parseCommit(commit(author))).toEqual({ tree: 'a'.repeat(40), date });
});

it('a message that looks like a header is none, and other bytes are no commit', () => {
  const early = Buffer.from(`tree ${'c'.repeat(64)}\ncommitter C <c@x> 1 +0000\n\nauthor X <x@x> 5 +0000\n`);
  expect(parseCommit(early)).toEqual({ tree: 'c'.repeat(64), date: undefined });
  expect(parseCommit(Buffer.from([0, 255, 10]))).toBeUndefined();
});

it.each([20, 32])('an entry of a tree is found by its whole name, with ids of %s bytes', (hashBytes) => {
  const entry = (mode: string, name: string, byte: number) =>
    Buffer.concat([Buffer.from(`${mode} ${name}\0`), Buffer.alloc(hashBytes, byte)]);
  const tree = Buffer.concat([
    entry('100644', 'composer.json.dist', 0x20),
    entry('120000', 'composer.json', 0),
    entry('40000', 'src', 3),
    entry('160000', 'sub', 4),
    entry('100755', 'run', 5),
  ]);
  const oid = (byte: string) => byte.repeat(hashBytes);
  expect(findEntry(tree, 'composer.json', hashBytes)).toMatchObject({ kind: 'link', oid: oid('00') });
  expect(findEntry(tree, 'src', hashBytes)).toMatchObject({ kind: 'folder', oid: oid('03') });
  expect(findEntry(tree, 'sub', hashBytes)).toMatchObject({ kind: 'submodule', oid: oid('04') });
  expect(findEntry(tree, 'run', hashBytes)).toMatchObject({ kind: 'file', oid: oid('05') });
  expect(findEntry(tree, 'composer', hashBytes)).toBeUndefined();
  expect(findEntry(tree.subarray(0, 30), 'composer.json', hashBytes)).toBeUndefined();
  expect([...treeEntries(tree, hashBytes)].map(({ name, kind }) => `${kind} ${name}`)).toEqual([
    'file composer.json.dist',
    'link composer.json',
    'folder src',
    'submodule sub',
    'file run',
  ]);
});
