import { type ChangeResult, type ChangeType, createChangeRunner, type RunChange } from '../control/change.ts';
import type { HistoryStep } from '../git/history.ts';
import { accessChanges } from './changes-access.ts';
import { type ChangeContext, resolveWorkspace } from './changes-context.ts';
import { peopleChanges } from './changes-people.ts';
import { repositoryChanges } from './changes-repositories.ts';

const types = { ...peopleChanges, ...repositoryChanges, ...accessChanges };

export type ChangeName = keyof typeof types;

/** Input of a change, with `as` for who makes it (by default the first owner of the workspace). */
type ChangeInput<Name extends ChangeName> =
  (typeof types)[Name] extends ChangeType<ChangeContext, infer Input> ? Input : never;

export const bitbucketChangeNames: readonly string[] = Object.keys(types).sort();

export interface Changes {
  /**
   * Makes a change as a user of Bitbucket would: the state is changed and saved, and hooks get the events that Bitbucket sends.
   *
   * @throws {ChangeError} when it cannot be made; then nothing has changed.
   */
  run<Name extends ChangeName>(name: Name, input: ChangeInput<Name>): Promise<ChangeResult>;
  /** Like `run`, for an unchecked name and input. */
  readonly runUnchecked: RunChange;
  /** Makes a commit for each tag and pushes all as one push. @param repository `workspace/slug` */
  pushVersions(repository: string, tags: readonly string[], step?: Omit<HistoryStep, 'tags'>): Promise<void>;
}

/** A workspace. */
const organizations = {
  nameOf: (context: ChangeContext, given: string) => resolveWorkspace(context, given).slug,
  itself: 'workspace',
  inside: ['repository', 'project'],
};

/** @param changed - called after each change, before `run` resolves. */
export function createChanges(context: ChangeContext, changed: () => Promise<void>): Changes {
  const run = createChangeRunner(types, context, organizations, changed);
  return {
    run,
    runUnchecked: run,
    async pushVersions(repository, tags, step = {}) {
      await run('push', { repository, history: [{ ...step, tags }] });
    },
  };
}
