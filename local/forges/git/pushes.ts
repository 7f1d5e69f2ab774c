import { listRefs, setDefaultBranch } from './bare-repository.ts';

/** Stands for the missing side of a change: before a ref's creation, after its deletion. */
export const noObject = '0'.repeat(40);

/** A head or tag that a push has moved; undefined where it did not exist. */
export interface RefChange {
  readonly ref: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** All heads and tags of a repository before and after a push, with the objects that they point at. */
export interface Refs {
  readonly before: ReadonlyMap<string, string>;
  readonly after: ReadonlyMap<string, string>;
}

/** What a push changes of a repository on any forge. */
export interface PushedRepository {
  readonly id: number | string;
  readonly gitDirectory: string;
  defaultBranch: string;
}

/** Runs a write to a repository; writes to the same repository run one after another. */
export type ReceivePush = <Result>(
  repository: PushedRepository,
  write: (refs: ReadonlyMap<string, string>) => Promise<Result>,
  onChange: (changes: readonly RefChange[], refs: Refs) => Promise<void>,
) => Promise<Result>;

/**
 * Queues the pushes to each repository and reports what each has changed, even if it fails half-way. The first branch of an empty
 * repository becomes its default branch. `onChange` is called only if something has changed; the push ends once it has resolved.
 */
export function createPushQueue(): ReceivePush {
  const queues = new Map<number | string, Promise<unknown>>();
  return (repository, write, onChange) => {
    const work = async (): Promise<Awaited<ReturnType<typeof write>>> => {
      const before = await listRefs(repository.gitDirectory);
      try {
        return await write(before);
      } finally {
        const after = await listRefs(repository.gitDirectory);
        const changes = diffRefs(before, after);
        if (changes.length > 0) {
          if (before.size === 0) await adoptDefaultBranch(repository, after);
          await onChange(changes, { before, after });
        }
      }
    };
    const result = (queues.get(repository.id) ?? Promise.resolve()).then(work, work);
    queues.set(
      repository.id,
      result.catch(() => undefined),
    );
    return result;
  };
}

function diffRefs(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): RefChange[] {
  return [...new Set([...before.keys(), ...after.keys()])]
    .map((ref) => ({ ref, before: before.get(ref), after: after.get(ref) }))
    .filter((change) => change.before !== change.after);
}

async function adoptDefaultBranch(
  repository: PushedRepository,
  after: ReadonlyMap<string, string>,
): Promise<void> {
  const branches = [...after.keys()].filter((ref) => ref.startsWith('refs/heads/'));
  const [first] = branches;
  if (first === undefined || branches.includes(`refs/heads/${repository.defaultBranch}`)) return;
  repository.defaultBranch = first.slice('refs/heads/'.length);
  await setDefaultBranch(repository.gitDirectory, repository.defaultBranch);
}
