/** The changes that push to a repository, for any forge. */
import { z } from 'zod';
import { HistoryError, type HistoryOptions, type HistoryStep, writeHistory } from '../git/history.ts';
import { runGit } from '../git/run-git.ts';
import { historyProblems } from '../world/read-world.ts';
import { ChangeError } from './change.ts';

/** Steps of a history, as in world files. */
export const historyField = z.custom<readonly HistoryStep[]>().superRefine((steps, context) => {
  for (const { path, message } of historyProblems(steps)) {
    context.addIssue({ code: 'custom', path: [...path], message });
  }
});

/** Maps the full name of a head or tag to a branch, tag or commit, or to null. */
export const refsField = z.record(
  z.string().regex(/^refs\/(heads|tags)\/./, 'must be a full name like refs/tags/1.0.0'),
  z.string().nullable(),
);

/**
 * Writes commits, branches and tags by the steps of world files, one second apart. A tag that exists is moved, and a branch with `from` is
 * forced there.
 *
 * @throws {ChangeError} for steps that name something that does not exist.
 */
export async function pushHistory(
  options: Omit<HistoryOptions, 'interval'>,
  history: readonly HistoryStep[],
): Promise<void> {
  await writeHistory({ ...options, interval: 1000 }, history).catch((error: unknown) => {
    throw error instanceof HistoryError ? new ChangeError(error.message) : error;
  });
}

/**
 * Points refs at a branch, tag or commit, or deletes them (null).
 *
 * @throws {ChangeError} for targets that do not exist, and for what git refuses.
 */
export async function setRefs(gitDirectory: string, refs: z.output<typeof refsField>): Promise<void> {
  const git = (args: readonly string[], input?: string): Promise<string> =>
    runGit(['--git-dir', gitDirectory, ...args], input === undefined ? {} : { input });
  const commands: string[] = [];
  for (const [ref, target] of Object.entries(refs)) {
    if (target === null) {
      commands.push(`delete ${ref}\n`);
      continue;
    }
    const id = await git(['rev-parse', '--verify', '--quiet', '--end-of-options', target]).catch(() => {
      throw new ChangeError(`there is no branch, tag or commit "${target}"`);
    });
    commands.push(`update ${ref} ${id.trim()}\n`);
  }
  await git(['update-ref', '--stdin'], commands.join('')).catch((error: unknown) => {
    throw new ChangeError(`git refuses: ${error instanceof Error ? error.message : String(error)}`);
  });
}
