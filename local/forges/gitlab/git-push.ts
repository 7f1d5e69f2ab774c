import { readCommits } from '../git/commits.ts';
import { createPushQueue, type RefChange, type Refs } from '../git/pushes.ts';
import { moveActivity } from './activity.ts';
import type { Payloads } from './payloads.ts';
import type { Project, User } from './state.ts';
import type { GitLabEvent } from './webhooks.ts';

export interface Pushes {
  /**
   * Runs a write to the repository, one at a time for each, and sends the events of what has changed.
   *
   * @returns what `write` returned.
   */
  receive<Result>(
    project: Project,
    sender: User | undefined,
    write: (refs: ReadonlyMap<string, string>) => Promise<Result>,
  ): Promise<Result>;
}

export interface PushDeps {
  readonly payloads: Payloads;
  readonly emit: (event: GitLabEvent) => void;
  readonly now: () => number;
  readonly changed: () => Promise<void>;
}

/**
 * A push that creates, moves or deletes more branches, or more tags, sends no events for them: `push_event_hooks_limit`,
 * https://docs.gitlab.com/administration/settings/push_event_activities_limit/ (Git::ProcessRefChangesService).
 */
const mostRefs = 3;

export function createPushes(deps: PushDeps): Pushes {
  const receive = createPushQueue();

  async function notice(
    project: Project,
    sender: User | undefined,
    changes: readonly RefChange[],
    refs: Refs,
  ): Promise<void> {
    moveActivity(project, deps.now());
    for (const change of changes.filter(hasEvent(changes))) {
      const isTag = change.ref.startsWith('refs/tags/');
      const commits = isTag ? [] : await newCommits(project, change, refs);
      deps.emit({
        kind: isTag ? 'tag_push' : 'push',
        source: project,
        ...(!isTag && { branch: change.ref.slice('refs/heads/'.length) }),
        body: deps.payloads.push(project, sender, change, commits),
      });
    }
    await deps.changed();
  }

  return {
    receive: (project, sender, write) =>
      receive(project, write, (changes, refs) => notice(project, sender, changes, refs)),
  };
}

/** Changes are counted by kind of ref and by action. */
function hasEvent(changes: readonly RefChange[]): (change: RefChange) => boolean {
  const groupOf = ({ ref, before, after }: RefChange): string =>
    `${ref.split('/')[1]} ${before === undefined} ${after === undefined}`;
  return (change) => changes.filter((other) => groupOf(other) === groupOf(change)).length <= mostRefs;
}

async function newCommits({ gitDirectory }: Project, { before, after }: RefChange, refs: Refs) {
  if (after === undefined) return [];
  const known = before === undefined ? [...refs.before.values()] : [before];
  return readCommits(gitDirectory, ['-1000', after, '--not', ...known]);
}
