import { expect, it } from 'vitest';
import { linkedRefs } from './linked-ref.ts';

const ref = (name: string, commit: string) => ({ name, commit, date: '2024-01-01', manifest: undefined });

it('the linked ref of a tag is itself, that of a branch the tag or first branch at its commit, as in the drivers', () => {
  const linked = linkedRefs({
    tags: [ref('v1.0.0', 'a'), ref('1.0.0', 'a'), ref('latest', 'a'), ref('2.0.0', 'b')],
    branches: [
      ref('main', 'a'),
      { ...ref('gh-pages', 'c'), leftOut: 'the driver does not list it' },
      ref('work', 'c'),
      ref('next', 'c'),
      ref('alone', 'd'),
    ],
  });
  const branch = (name: string, commit: string) => linked({ kind: 'branch', name }, commit);
  expect(linked({ kind: 'tag', name: '1.0.0' }, 'a')).toBe('1.0.0');
  expect(branch('main', 'a')).toBe('v1.0.0');
  expect(branch('work', 'c')).toBe('next');
  expect(branch('alone', 'd')).toBe('alone');
});
