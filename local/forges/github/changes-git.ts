import { z } from 'zod';
import { historyField, pushHistory, refsField, setRefs } from '../control/push-changes.ts';
import { findUser } from './api/rights.ts';
import {
  defineChange,
  organizationOf,
  resolveActor,
  resolveRepository,
  resolveUser,
} from './changes-context.ts';
import { personOf } from './world-to-state.ts';

export const gitChanges = {
  /**
   * Commits, branches and tags as one push, by the steps of world files. A tag that exists is moved, and a branch with `from` is forced
   * there.
   */
  push: defineChange({ repository: z.string(), history: historyField }, async (context, input) => {
    const repository = resolveRepository(context, input.repository);
    const sender = resolveActor(context, organizationOf(context, repository), input.as);
    for (const { author } of input.history) if (author !== undefined) resolveUser(context, author);
    await context.pushes.receive(repository, sender, (refs) =>
      pushHistory(
        {
          directory: repository.gitDirectory,
          defaultBranch: repository.defaultBranch,
          person: (login) => personOf(login === undefined ? sender : findUser(context.state, login)),
          startAt: context.now(),
          refs,
        },
        input.history,
      ),
    );
    return undefined;
  }),

  /** Points refs, by full name, at a branch, tag or commit, or deletes them (null); as one push. */
  'set-refs': defineChange({ repository: z.string(), refs: refsField }, async (context, input) => {
    const repository = resolveRepository(context, input.repository);
    const sender = resolveActor(context, organizationOf(context, repository), input.as);
    await context.pushes.receive(repository, sender, () => setRefs(repository.gitDirectory, input.refs));
    return undefined;
  }),
};
