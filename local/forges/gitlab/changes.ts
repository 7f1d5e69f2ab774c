import { type ChangeResult, type ChangeType, createChangeRunner, type RunChange } from '../control/change.ts';
import type { HistoryStep } from '../git/history.ts';
import { accessChanges } from './changes-access.ts';
import { type ChangeContext, resolveGroup } from './changes-context.ts';
import { memberChanges } from './changes-members.ts';
import { sourceChanges } from './changes-sources.ts';
import { fullPath } from './paths.ts';

const types = { ...memberChanges, ...sourceChanges, ...accessChanges };

export type ChangeName = keyof typeof types;

/** Input of a change, with `as` for who makes it (by default the first owner of the top-level group). */
type ChangeInput<Name extends ChangeName> =
  (typeof types)[Name] extends ChangeType<ChangeContext, infer Input> ? Input : never;

export const gitLabChangeNames: readonly string[] = Object.keys(types).sort();

export interface Changes {
  /**
   * Makes a change as a user of GitLab would: the state is changed and saved, and hooks get the events that GitLab sends.
   *
   * @throws {ChangeError} when it cannot be made; then nothing has changed.
   */
  run<Name extends ChangeName>(name: Name, input: ChangeInput<Name>): Promise<ChangeResult>;
  /** Like `run`, for an unchecked name and input. */
  readonly runUnchecked: RunChange;
  /** Makes a commit for each tag and pushes all as one push. */
  pushVersions(project: string, tags: readonly string[], step?: Omit<HistoryStep, 'tags'>): Promise<void>;
}

/** A top-level group. */
const organizations = {
  nameOf: (context: ChangeContext, given: string) => fullPath(context.state, resolveGroup(context, given)),
  inside: ['project', 'group', 'source', 'parent'],
};

/** @param changed - called after each change, before `run` resolves. */
export function createChanges(context: ChangeContext, changed: () => Promise<void>): Changes {
  const run = createChangeRunner(types, context, organizations, changed);
  return {
    run,
    runUnchecked: run,
    async pushVersions(project, tags, step = {}) {
      await run('push', { project, history: [{ ...step, tags }] });
    },
  };
}
