/** Both sides of every repository below a folder, row by row, once for each judge. */
import type { GitHubWorld } from '../../local/forges/world/world.ts';
import { worldFromDirectory } from '../../local/forges/world/world-from-directory.ts';
import type { Progress } from '../../local/start/progress.ts';
import {
  type ComposerAnswer,
  type DriverName,
  readWithGitDriver,
  readWithGitHubDriver,
} from './composer-side.ts';
import { gitHubToken } from './github-token.ts';
import { joinRows } from './join.ts';
import { type Registry, type RegistryRepository, withRegistry } from './registry-side.ts';
import { type Comparison, comparePairs } from './report.ts';
import { isAsked, ourRow } from './views.ts';

export interface Judges {
  readonly drivers: readonly DriverName[];
  /** Autoloaders of Composer's library. */
  readonly libraries: readonly string[];
}

/**
 * @returns a comparison for each library and driver
 * @throws WorldError when there is no repository; Error when one of the sides fails
 */
export async function compareRepositories(
  directory: string,
  { drivers, libraries }: Judges,
  progress: Progress,
): Promise<Comparison[]> {
  const world = await worldFromDirectory(directory);
  const judges = libraries.flatMap((library) => drivers.map((driver) => ({ library, driver })));
  return withRegistry(world, progress, async (registry) => {
    // Whoever compares has all of GitHub's patience: a large repository takes more requests than an hour allows.
    registry.gitHub.intercept(() => {
      registry.gitHub.renewBudgets();
      return undefined;
    });
    const comparisons: Comparison[] = [];
    for (const { library, driver } of judges) {
      const parts: Comparison[] = [];
      for (const repository of registry.repositories) {
        const answer = await ask(library, driver, { world, registry, repository });
        parts.push(comparisonOf(answer, driver, registry, repository));
        progress.step(`Composer ${answer.composer} has read ${repository.name} with its ${driver} driver`);
      }
      comparisons.push(...together(parts));
    }
    return comparisons;
  });
}

interface Asked {
  readonly world: GitHubWorld;
  readonly registry: Registry;
  readonly repository: RegistryRepository;
}

async function ask(
  library: string,
  driver: DriverName,
  { world, registry, repository }: Asked,
): Promise<ComposerAnswer> {
  const { fullName, name, defaultBranch, files } = repository;
  if (driver === 'github') {
    const api = registry.gitHub.addresses.api;
    return readWithGitHubDriver(library, { fullName, api, token: await gitHubToken(registry.gitHub) }, files);
  }
  const sources = world.organizations.flatMap(({ repositories }) => repositories ?? []);
  const source = sources.find((one) => one.name === name)?.git;
  if (source === undefined) throw new Error(`${name}: the registry shows a repository of its own`);
  return readWithGitDriver(library, { source, defaultBranch }, files);
}

function comparisonOf(
  { theirs, ours, broken, linked, unreadable, ...library }: ComposerAnswer,
  driver: DriverName,
  { gitHub, url, repositories }: Registry,
  repository: RegistryRepository,
): Comparison {
  const judge = { driver, ...library };
  const places = { gitHub: gitHub.addresses.web, registry: url };
  const leftOut = isTaken(repository, repositories);
  const rows = ours.map((row) => ourRow(row, places));
  const pairs = joinRows(rows, theirs, (key, row) => isAsked(key, row, driver));
  return {
    judge,
    pairs: leftOut ? [] : comparePairs(repository.name, pairs, { judge, broken, linked }),
    broken: broken.map((one) => ({ ...one, repository: repository.name })),
    unreadable,
    notes: notesOn(repository, ours.length + theirs.length, leftOut),
  };
}

/** Those of one judge in one. */
function together(parts: readonly Comparison[]): Comparison[] {
  const [first] = parts;
  if (first === undefined) return [];
  return [
    {
      judge: first.judge,
      pairs: parts.flatMap(({ pairs }) => pairs),
      broken: parts.flatMap(({ broken }) => broken),
      unreadable: parts.flatMap(({ unreadable }) => unreadable),
      notes: parts.flatMap(({ notes }) => notes),
    },
  ];
}

function notesOn({ name, waiting }: RegistryRepository, rows: number, isLeftOut: boolean): string[] {
  if (rows === 0) return [`${name} holds no package, both sides say`];
  return waiting.map(({ name: packageName, reason }) =>
    isLeftOut
      ? `${name} is not compared: another repository has the package name ${packageName}`
      : `${packageName} of ${name} is not published: ${reason}`,
  );
}

type Named = Pick<RegistryRepository, 'name' | 'packageNames' | 'waiting'>;

/**
 * Two repositories say one name: Composer takes whichever is listed first, a registry has one of them. The other one must be there: a
 * registry that only says so would have its way with every row.
 */
export function isTaken({ name: own, waiting }: Named, all: readonly Named[]): boolean {
  return waiting.some(
    ({ name: wanted, reason }) =>
      reason === 'name-taken' &&
      all.some(
        ({ name, packageNames }) =>
          name !== own && packageNames.some((one) => one.toLowerCase() === wanted.toLowerCase()),
      ),
  );
}
