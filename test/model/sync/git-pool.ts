/** Commits made once and shared by all repositories: a push only points a ref at one of them. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createBareRepository, listRefs } from '../../../local/forges/git/bare-repository.ts';
import { type HistoryStep, writeHistory } from '../../../local/forges/git/history.ts';

/** The possible manifests; two commits of each, the second on top of the first. */
export const manifestNames = [
  'acme/apple',
  'acme/birch',
  'acme/cedar',
  'acme/daisy',
  'acme/elder',
  'acme/fern',
  'acme/grape',
  'other/hazel',
] as const;
const commitsOfEach = 3;

export interface PooledCommit {
  readonly id: string;
  /** The name in its manifest, if any. */
  readonly name: string | undefined;
}

export type Refs = Readonly<Record<string, string>>;

export interface GitPool {
  readonly commits: readonly PooledCommit[];
  /** Those whose manifests have the name, the oldest first. */
  named(name: string | undefined): readonly PooledCommit[];
  commit(id: string): PooledCommit | undefined;
  /** Makes a repository with these refs; replaces an existing one. */
  make(directory: string, refs: Refs): Promise<void>;
  /** Gives a new repository access to the commits. */
  share(directory: string): Promise<void>;
}

/** @param directory for the pool itself */
export async function createGitPool(directory: string): Promise<GitPool> {
  await createBareRepository(directory, 'main');
  const groups: readonly (string | undefined)[] = [...manifestNames, undefined];
  const steps = groups.flatMap((name, group) =>
    Array.from({ length: commitsOfEach }, (_, place): HistoryStep => {
      const said =
        name === undefined
          ? { files: { README: `${place}` } }
          : { manifest: { name, type: `kind-${place}` } };
      return { branch: `group-${group}`, ...said, tags: `${group}-${place}` };
    }),
  );
  await writeHistory(
    {
      directory,
      defaultBranch: 'main',
      person: () => ({ name: 'Ann', email: 'ann@example.com' }),
      startAt: Date.parse('2026-01-05T09:00:00Z'),
      interval: 60_000,
      refs: new Map(),
    },
    steps,
  );
  const refs = await listRefs(directory);
  const commits = groups.flatMap((name, group) =>
    Array.from({ length: commitsOfEach }, (_, place) => ({
      id: refs.get(`refs/tags/${group}-${place}`) ?? '',
      name,
    })),
  );
  const byId = new Map(commits.map((commit) => [commit.id, commit]));
  const share = (repository: string): Promise<void> =>
    writeFile(join(repository, 'objects/info/alternates'), `${join(directory, 'objects')}\n`);
  return {
    commits,
    named: (name) => commits.filter((commit) => commit.name === name),
    commit: (id) => byId.get(id),
    share,
    async make(repository, given) {
      await rm(repository, { recursive: true, force: true });
      await createBareRepository(repository, 'main');
      await share(repository);
      for (const [ref, id] of Object.entries(given)) {
        await mkdir(join(repository, ref, '..'), { recursive: true });
        await writeFile(join(repository, ref), `${id}\n`);
      }
    },
  };
}

export const directoryOf = (gitRoot: string, id: number): string => join(gitRoot, `${id}.git`);
