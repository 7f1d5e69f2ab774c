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

/** How many of the first are not among the others. */
const without = (some: ReadonlySet<string>, others: ReadonlySet<string>): number =>
  [...some].filter((one) => !others.has(one)).length;

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
  const git = async (...args: string[]): Promise<string[]> =>
    (await gitIn(directory, ...args)).trim().split('\n');
  const names = await git('for-each-ref', '--format=%(objectname)');
  // Each commit's history, itself included, as git lists it.
  const histories = new Map<string, Set<string>>();
  for (const name of names) histories.set(name, new Set(await git('rev-list', name)));
  for (const [base, ofBase] of histories) {
    for (const [head, ofHead] of histories) {
      const aheadBy = without(ofHead, ofBase);
      const behindBy = without(ofBase, ofHead);
      const status = ofBase.has(head)
        ? (base === head && 'IDENTICAL') || 'BEHIND'
        : (ofHead.has(base) && 'AHEAD') || 'DIVERGED';
      expect(await compareCommits({ state, objects }, repository, base, head)).toEqual(
        aheadBy === ofHead.size ? undefined : { status, aheadBy, behindBy },
      );
    }
  }
});
