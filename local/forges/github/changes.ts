import { type ChangeResult, type ChangeType, createChangeRunner, type RunChange } from '../control/change.ts';
import type { HistoryStep } from '../git/history.ts';
import { type ChangeContext, resolveOrganization } from './changes-context.ts';
import { gitChanges } from './changes-git.ts';
import { installationChanges } from './changes-installation.ts';
import { memberChanges } from './changes-members.ts';
import { organizationChanges } from './changes-organizations.ts';
import { repositoryChanges } from './changes-repositories.ts';
import { roleChanges } from './changes-roles.ts';
import { teamChanges } from './changes-teams.ts';

const types = {
  ...memberChanges,
  ...organizationChanges,
  ...teamChanges,
  ...roleChanges,
  ...repositoryChanges,
  ...installationChanges,
  ...gitChanges,
};

export type ChangeName = keyof typeof types;

/** Input of a change, with `as` for who makes it (by default the first owner). */
export type ChangeInput<Name extends ChangeName> =
  (typeof types)[Name] extends ChangeType<ChangeContext, infer Input> ? Input : never;

export const changeNames: readonly string[] = Object.keys(types).sort();

export interface Changes {
  /**
   * Makes a change as a user on GitHub would: the state is changed and saved, and apps get the events that GitHub sends.
   *
   * @throws {ChangeError} when it cannot be made; then nothing has changed.
   */
  run<Name extends ChangeName>(name: Name, input: ChangeInput<Name>): Promise<ChangeResult>;
  /** Like `run`, for an unchecked name and input. */
  readonly runUnchecked: RunChange;
  /** Makes a commit for each tag and pushes all as one push. */
  pushVersions(repository: string, tags: readonly string[], step?: Omit<HistoryStep, 'tags'>): Promise<void>;
}

const organizations = {
  nameOf: (context: ChangeContext, given: string) => resolveOrganization(context, given).login,
  inside: ['repository'],
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
