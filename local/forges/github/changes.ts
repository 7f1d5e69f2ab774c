import { type ChangeResult, type ChangeType, createChangeRunner, type RunChange } from '../control/change.ts';
import type { HistoryStep } from '../git/history.ts';
import type { ChangeContext } from './changes-context.ts';
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

/** What a change is given, with `as` for who does it (the first owner, if left out). */
export type ChangeInput<Name extends ChangeName> =
  (typeof types)[Name] extends ChangeType<ChangeContext, infer Input> ? Input : never;

export const changeNames: readonly string[] = Object.keys(types).sort();

export interface Changes {
  /**
   * Makes a change, as a person at GitHub would: the state is changed and kept, and apps are told what GitHub tells them.
   *
   * @throws {ChangeError} when it cannot be made; then nothing has changed.
   */
  run<Name extends ChangeName>(name: Name, input: ChangeInput<Name>): Promise<ChangeResult>;
  /** The same for a name and input from outside. */
  readonly runUnchecked: RunChange;
  /** Commits once for each tag and pushes all as one push. */
  pushVersions(repository: string, tags: readonly string[], step?: Omit<HistoryStep, 'tags'>): Promise<void>;
}

/** @param changed - called after each change, before `run` resolves. */
export function createChanges(context: ChangeContext, changed: () => Promise<void>): Changes {
  const run = createChangeRunner(types, context, changed);
  return {
    run,
    runUnchecked: run,
    async pushVersions(repository, tags, step = {}) {
      await run('push', { repository, history: [{ ...step, tags }] });
    },
  };
}
