import { copyRepository, createBareRepository, setDefaultBranch } from '../git/bare-repository.ts';
import { type HistoryPerson, type HistoryStep, tagNames, writeHistory } from '../git/history.ts';
import { runGit } from '../git/run-git.ts';
import { isoSeconds } from '../server/clock.ts';

/** What a world says about a repository's contents, on any forge. */
export interface WorldContents {
  /** `main` by default; with `git`, the branch that its HEAD names. */
  readonly defaultBranch?: string;
  /** ISO 8601 in UTC, whole seconds; by default the start of its history. */
  readonly createdAt?: string;
  readonly history?: readonly HistoryStep[];
  /** An existing repository to copy, bare or not; relative to the world file. */
  readonly git?: string;
}

export interface RepositoryToBuild {
  /** Where to create the bare repository. */
  readonly gitDirectory: string;
  readonly described: WorldContents;
  /** The author of a commit. @param login - undefined if the step names nobody */
  person(login: string | undefined): HistoryPerson;
  built(result: BuiltRepository): void;
}

export interface BuiltRepository {
  readonly defaultBranch: string;
  /** ISO 8601 */
  readonly createdAt: string;
  readonly pushedAt: string;
}

/** Time of the first commit of a world's first repository. */
const firstCommitAt = Date.UTC(2024, 0, 8, 9);
/** No commit is later, however long a history is. */
const lastCommitBefore = Date.UTC(2026, 0, 1);
const dayMs = 24 * 60 * 60 * 1000;
/** How many git processes run at the same time. */
const parallelGits = 4;

/**
 * Creates the git repositories of a world. The same list gives the same commits on every machine.
 *
 * @param now - ISO 8601 time for repositories without a time of their own
 */
export async function buildRepositories(
  repositories: readonly RepositoryToBuild[],
  now: string,
): Promise<void> {
  const waiting = [...repositories.entries()];
  await Promise.all(
    Array.from({ length: parallelGits }, async () => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const [index, repository] = next;
        const { described } = repository;
        const startAt = firstCommitAt + (index % 365) * dayMs;
        repository.built(
          described.git === undefined
            ? await writeRepository(repository, startAt)
            : await copyGiven(repository.gitDirectory, described.git, described, now),
        );
      }
    }),
  );
}

async function copyGiven(
  directory: string,
  source: string,
  described: WorldContents,
  now: string,
): Promise<BuiltRepository> {
  const named = await copyRepository(source, directory);
  const { defaultBranch = named } = described;
  if (defaultBranch !== named) await setDefaultBranch(directory, defaultBranch);
  const pushedAt = (await newestDate(directory)) ?? now;
  return { defaultBranch, pushedAt, createdAt: described.createdAt ?? pushedAt };
}

async function writeRepository(
  { gitDirectory: directory, described, person }: RepositoryToBuild,
  startAt: number,
): Promise<BuiltRepository> {
  const { defaultBranch = 'main', history = [], createdAt = isoSeconds(startAt) } = described;
  await createBareRepository(directory, defaultBranch);
  if (history.length === 0) return { defaultBranch, createdAt, pushedAt: isoSeconds(startAt) };
  const commits = history.reduce((sum, step) => sum + Math.max(1, tagNames(step.tags).length), 0);
  const interval = Math.min(dayMs, Math.floor((lastCommitBefore - startAt) / commits));
  const lastAt = await writeHistory(
    { directory, defaultBranch, person, startAt, interval, refs: new Map() },
    history,
  );
  return { defaultBranch, createdAt, pushedAt: isoSeconds(lastAt) };
}

async function newestDate(directory: string): Promise<string | undefined> {
  const seconds = await runGit([
    '--git-dir',
    directory,
    'for-each-ref',
    '--sort=-creatordate',
    '--count=1',
    '--format=%(creatordate:unix)',
    'refs/heads',
    'refs/tags',
  ]);
  return seconds.trim() === '' ? undefined : isoSeconds(Number(seconds) * 1000);
}
