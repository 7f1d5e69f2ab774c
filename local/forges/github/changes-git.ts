import { z } from 'zod';
import { HistoryError, type HistoryStep, writeHistory } from '../world/git-history.ts';
import { historyProblems } from '../world/read-world.ts';
import { runGit } from '../world/run-git.ts';
import { findUser } from './api/rights.ts';
import {
  ChangeError,
  defineChange,
  organizationOf,
  resolveActor,
  resolveRepository,
  resolveUser,
} from './changes-context.ts';
import { personOf } from './world-to-state.ts';

const history = z.custom<readonly HistoryStep[]>().superRefine((steps, context) => {
  for (const { path, message } of historyProblems(steps)) {
    context.addIssue({ code: 'custom', path: [...path], message });
  }
});

export const gitChanges = {
  /**
   * Commits, branches and tags as one push, by the steps of world files. A tag that exists is moved, and a branch with
   * `from` is forced there.
   */
  push: defineChange({ repository: z.string(), history }, async (context, input) => {
    const repository = resolveRepository(context, input.repository);
    const sender = resolveActor(context, organizationOf(context, repository), input.as);
    for (const { author } of input.history) if (author !== undefined) resolveUser(context, author);
    await context.pushes.receive(repository, sender, async (refs) => {
      await writeHistory(
        {
          directory: repository.gitDirectory,
          defaultBranch: repository.defaultBranch,
          person: (login) => personOf(login === undefined ? sender : findUser(context.state, login)),
          startAt: context.now(),
          interval: 1000,
          refs,
        },
        input.history,
      ).catch((error: unknown) => {
        throw error instanceof HistoryError ? new ChangeError(error.message) : error;
      });
    });
    return undefined;
  }),

  /** Points refs, by full name, at a branch, tag or commit, or deletes them (null); as one push. */
  'set-refs': defineChange(
    {
      repository: z.string(),
      refs: z.record(
        z.string().regex(/^refs\/(heads|tags)\/./, 'must be a full name like refs/tags/1.0.0'),
        z.string().nullable(),
      ),
    },
    async (context, input) => {
      const repository = resolveRepository(context, input.repository);
      const sender = resolveActor(context, organizationOf(context, repository), input.as);
      const git = (args: readonly string[], stdin?: string): Promise<string> =>
        runGit(['--git-dir', repository.gitDirectory, ...args], stdin === undefined ? {} : { input: stdin });
      await context.pushes.receive(repository, sender, async () => {
        const commands: string[] = [];
        for (const [ref, target] of Object.entries(input.refs)) {
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
      });
      return undefined;
    },
  ),
};
