import { expect, it } from 'vitest';
import { parseRefs } from './refs.ts';

const [a, b, c] = ['a', 'b', 'c'].map((digit) => digit.repeat(40));
const printed = (...lines: readonly string[]): Buffer => Buffer.from(`${lines.join('\n')}\n`, 'latin1');

it('an annotated tag leads to what it is peeled to, and other refs are left out', () => {
  const { refs } = parseRefs(
    printed(
      `${a}\trefs/tags/v1.0.0`,
      `${b}\trefs/tags/v1.0.0^{}`,
      `${c}\trefs/pull/1/head`,
      `${c}\trefs/notes/commits`,
      `${c}\trefs/heads/main`,
    ),
  );
  expect(refs.map(({ kind, name, oid, target }) => [kind, name, oid, target])).toEqual([
    ['branch', 'main', c, c],
    ['tag', 'v1.0.0', a, b],
  ]);
});

it('names come by their bytes, and one that is not UTF-8 is told apart', () => {
  const bytes = (name: string) => Buffer.from(name).toString('latin1');
  const names = ['v10', 'V1', bytes('\u{1F600}'), bytes('\u{FF01}'), 'v1.0', 'v1', '\xff'];
  const { refs, unreadable } = parseRefs(printed(...names.map((name) => `${a}\trefs/tags/${name}`)));
  expect(refs.map(({ name }) => name)).toEqual(['V1', 'v1', 'v1.0', 'v10', '\u{FF01}', '\u{1F600}']);
  expect(unreadable).toEqual([{ kind: 'tag', name: '\u{FFFD}' }]);
});

it('branches that Composer does not list say why', () => {
  const names = ['-x', 'origin/HEAD', 'a/b/HEAD', 'HEAD', 'main'];
  const { refs } = parseRefs(printed(...names.map((name) => `${a}\trefs/heads/${name}`)));
  const leftOut = refs.filter((ref) => ref.leftOut !== undefined).map(({ name }) => name);
  expect(leftOut).toEqual(['-x', 'origin/HEAD']);
});

it.each([
  ['what HEAD names', [`ref: refs/heads/dev\tHEAD`, `${a}\tHEAD`], 'dev'],
  ['master, if HEAD has its commit and no name', [`${a}\tHEAD`], 'master'],
  ['the first branch with the commit of HEAD', [`${b}\tHEAD`], 'old'],
  ['none, if HEAD names a branch that is not there', ['ref: refs/heads/gone\tHEAD'], undefined],
  ['none, if HEAD has another commit', [`${c}\tHEAD`], undefined],
  ['none, without HEAD', [], undefined],
])('the default branch is %s', (_, head, expected) => {
  const branches = [`${a}\trefs/heads/dev`, `${a}\trefs/heads/master`, `${b}\trefs/heads/old`];
  expect(parseRefs(printed(...head, ...branches)).defaultBranch).toBe(expected);
});

it('an empty repository has no refs', () => {
  expect(parseRefs(Buffer.alloc(0))).toEqual({ refs: [], unreadable: [], defaultBranch: undefined });
});
