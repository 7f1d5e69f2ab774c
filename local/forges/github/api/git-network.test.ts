import { afterAll, beforeAll, expect, it } from 'vitest';
import { createGitObjects } from '../../git/objects.ts';
import { gitIn, importRepository, removeRepository } from '../../git/test-repository.ts';
import { compareCommits } from './git-network.ts';
import { addRepository, emptyState } from './test-world.ts';

const state = emptyState();
const objects = createGitObjects();
let directory: string;

/** A commit on top of others, which are named by their marks. */
const commit = (mark: number, from: readonly number[]): string => {
  const parents = from.map((parent, place) => `${place === 0 ? 'from' : 'merge'} :${parent}\n`).join('');
  return `reset refs/heads/c${mark}\ncommit refs/heads/c${mark}\nmark :${mark}\ncommitter A <a@example.com> ${1_700_000_000 + mark} +0000\ndata 2\nx\n${parents}\n`;
};

beforeAll(async () => {
  // Two lines of history that were merged, one that was not, and one that is unrelated.
  const history: [number, number[]][] = [
    [1, []],
    [2, [1]],
    [3, [1]],
    [4, [2, 3]],
    [5, [3]],
    [6, []],
  ];
  directory = await importRepository(history.map(([mark, from]) => commit(mark, from)).join(''));
  addRepository(state, 900, 'shop', directory);
});
afterAll(async () => {
  objects.close();
  await removeRepository(directory);
});

it('the comparison of two commits agrees with git', async () => {
  const repository = state.repositories.get(900);
  if (!repository) throw new Error('there is no repository');
  const git = async (...args: string[]): Promise<string> => (await gitIn(directory, ...args)).trim();
  const isAncestor = (one: string, other: string): Promise<boolean> =>
    git('merge-base', '--is-ancestor', one, other).then(
      () => true,
      () => false,
    );
  const names = (await git('for-each-ref', '--format=%(objectname)')).split('\n');
  const contains = new Set<string>();
  for (const base of names) {
    for (const head of names) if (await isAncestor(head, base)) contains.add(`${base} ${head}`);
  }
  for (const base of names) {
    for (const head of names) {
      const [behindBy, aheadBy] = (await git('rev-list', '--left-right', '--count', `${base}...${head}`))
        .split('\t')
        .map(Number);
      const status = contains.has(`${base} ${head}`)
        ? (base === head && 'IDENTICAL') || 'BEHIND'
        : (contains.has(`${head} ${base}`) && 'AHEAD') || 'DIVERGED';
      const related = status !== 'DIVERGED' || (await git('merge-base', base, head).catch(() => '')) !== '';
      expect(await compareCommits({ state, objects }, repository, base, head)).toEqual(
        related ? { status, aheadBy, behindBy } : undefined,
      );
    }
  }
});
