import type { RawObject } from '../../git/batch-process.ts';
import { parseCommit } from '../../git/object-formats.ts';
import type { GitObjects } from '../../git/objects.ts';
import type { GitHubState, Repository } from '../state.ts';
import { findRepository } from './rights.ts';

interface Network {
  readonly state: GitHubState;
  readonly objects: GitObjects;
}

/**
 * Git directories of a repository's fork network, its own first. GitHub stores the objects of a network together, so it shows a commit that
 * only a fork or a pull request has under the name of each repository:
 * https://docs.github.com/en/pull-requests/committing-changes-to-your-project/troubleshooting-commits/commit-exists-on-github-but-not-in-my-local-clone
 */
function networkDirectories(state: GitHubState, repository: Repository): string[] {
  const root = rootOf(state, repository);
  const others = [...state.repositories.values()].filter(
    (each) => each.id !== repository.id && rootOf(state, each).id === root.id,
  );
  return [repository.gitDirectory, ...others.map(({ gitDirectory }) => gitDirectory)];
}

function rootOf(state: GitHubState, repository: Repository): Repository {
  const parent =
    repository.forkOf === undefined ? undefined : findRepository(state, repository.forkOf)?.repository;
  return parent === undefined || parent.id === repository.id ? repository : rootOf(state, parent);
}

/** Reads an object of the repository or of another one in its network. @param oid 40 hex digits @returns it with its directory */
export async function readInNetwork(
  { state, objects }: Network,
  repository: Repository,
  oid: string,
): Promise<{ readonly object: RawObject; readonly gitDirectory: string } | undefined> {
  const own = await objects.read(repository.gitDirectory, oid);
  if (own !== undefined) return { object: own, gitDirectory: repository.gitDirectory };
  for (const gitDirectory of networkDirectories(state, repository).slice(1)) {
    const object = await objects.read(gitDirectory, oid);
    if (object !== undefined) return { object, gitDirectory };
  }
  return undefined;
}

export interface Comparison {
  readonly status: 'AHEAD' | 'BEHIND' | 'DIVERGED' | 'IDENTICAL';
  /** The number of commits that only the head has. */
  readonly aheadBy: number;
  /** The number of commits that only the base has. */
  readonly behindBy: number;
}

/**
 * Compares two commits of a network; undefined if they have no common history. Walks the commits here, since a git process for each ref of
 * a page would take seconds.
 *
 * @param base and head: 40 hex digits
 */
export async function compareCommits(
  network: Network,
  repository: Repository,
  base: string,
  head: string,
): Promise<Comparison | undefined> {
  const [ofBase, ofHead] = await Promise.all([
    historyOf(network, repository, base),
    historyOf(network, repository, head),
  ]);
  const aheadBy = [...ofHead].filter((oid) => !ofBase.has(oid)).length;
  const behindBy = [...ofBase].filter((oid) => !ofHead.has(oid)).length;
  if (aheadBy === ofHead.size) return undefined;
  const status = aheadBy > 0 ? (behindBy > 0 ? 'DIVERGED' : 'AHEAD') : behindBy > 0 ? 'BEHIND' : 'IDENTICAL';
  return { status, aheadBy, behindBy };
}

/** A commit and all its ancestors. */
async function historyOf(
  network: Network,
  repository: Repository,
  commit: string,
): Promise<ReadonlySet<string>> {
  const history = new Set([commit]);
  for (const oid of history) {
    const found = await readInNetwork(network, repository, oid);
    if (found?.object.type !== 'commit') continue;
    for (const parent of parseCommit(found.object.body).parents) history.add(parent);
  }
  return history;
}
