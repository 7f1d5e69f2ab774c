import type { RawObject } from '../git/batch-process.ts';
import { isAncestor } from '../git/commits.ts';
import type { GitObjects } from '../git/objects.ts';
import { createPushQueue, type PushedRepository, type RefChange, type Refs } from '../git/pushes.ts';
import { runGit } from '../git/run-git.ts';
import { isoSeconds } from '../server/clock.ts';
import type { Payloads, PushedChange } from './payloads.ts';
import type { Account, Repository } from './state.ts';
import type { BitbucketEvent } from './webhooks.ts';

export interface Pushes {
  /**
   * Runs a write to the repository, one at a time for each, and sends one event for what has changed.
   *
   * @returns what `write` returned.
   */
  receive<Result>(
    repository: Repository,
    actor: Account | undefined,
    write: (refs: ReadonlyMap<string, string>) => Promise<Result>,
  ): Promise<Result>;
}

export interface PushDeps {
  readonly payloads: Payloads;
  readonly objects: GitObjects;
  readonly emit: (event: BitbucketEvent) => void;
  readonly now: () => number;
  readonly changed: () => Promise<void>;
}

/** Commits of a push that are read for its event. */
const mostRead = 20;

export function createPushes(deps: PushDeps): Pushes {
  const receive = createPushQueue();

  async function readChange(
    { gitDirectory }: Repository,
    { ref, before, after }: RefChange,
    refs: Refs,
  ): Promise<PushedChange> {
    const known = [...refs.before.values()];
    const list = ['--git-dir', gitDirectory, 'log', '--format=%H', `-${mostRead}`];
    const output = after === undefined ? '' : await runGit([...list, after, '--not', ...known]);
    const hashes = output.split('\n').filter((line) => line !== '');
    const commits = await Promise.all(hashes.map((hash) => deps.objects.read(gitDirectory, hash)));
    const moves = before !== undefined && after !== undefined;
    return {
      ...{ ref, before, after },
      forced: moves && !(await isAncestor(gitDirectory, before, after)),
      commits: commits.filter((commit): commit is RawObject => commit !== undefined),
    };
  }

  return {
    receive: (repository, actor, write) =>
      receive(asPushed(repository), write, async (changes, refs) => {
        repository.updatedOn = isoSeconds(deps.now());
        const read = await Promise.all(changes.map((change) => readChange(repository, change, refs)));
        const body = await deps.payloads.push(repository, actor, read);
        deps.emit({ key: 'repo:push', workspace: repository.workspace, repository: repository.uuid, body });
        await deps.changed();
      }),
  };
}

/** The queue may give an empty repository its default branch. */
function asPushed(repository: Repository): PushedRepository {
  return {
    id: repository.uuid,
    gitDirectory: repository.gitDirectory,
    get defaultBranch() {
      return repository.defaultBranch;
    },
    set defaultBranch(branch) {
      repository.defaultBranch = branch;
    },
  };
}
