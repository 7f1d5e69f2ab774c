/** Both sides of every repository below a folder, row by row, once for each judge. */

import type { GitHubWorld } from '../../local/forges/world/world.ts';
import { worldFromDirectory } from '../../local/forges/world/world-from-directory.ts';
import type { Progress } from '../../local/start/progress.ts';
import { type BitbucketRegistry, withBitbucketRegistry } from './bitbucket-side.ts';
import {
  type ComposerAnswer,
  type DriverName,
  readWithBitbucketDriver,
  readWithGitDriver,
  readWithGitHubDriver,
  readWithGitLabDriver,
} from './composer-side.ts';
import { gitHubToken } from './github-token.ts';
import { type GitLabRegistry, withGitLabRegistry } from './gitlab-side.ts';
import { joinRows } from './join.ts';
import type { MemoryRegistry } from './memory-side.ts';
import {
  type GitHubRegistry,
  type Registry,
  type RegistryRepository,
  withRegistry,
} from './registry-side.ts';
import { type Comparison, comparePairs } from './report.ts';
import { isAsked, ourRow, type Places } from './views.ts';

export interface Judges {
  readonly drivers: readonly DriverName[];
  /** Autoloaders of Composer's library. */
  readonly libraries: readonly string[];
}

interface Judging {
  readonly library: string;
  readonly driver: DriverName;
}

/** A registry, and how a judge reads one of its repositories. */
interface Sides {
  readonly registry: Registry;
  readonly places: Places;
  /** SHA-1 of some of our archives by commit, by the repository's name. */
  readonly archives?: MemoryRegistry['archives'];
  ask(judging: Judging, repository: RegistryRepository): Promise<ComposerAnswer>;
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
  const judgedOn = (forge: 'github' | 'gitlab' | 'bitbucket') =>
    judges.filter(({ driver }) => (driver === 'git' ? 'github' : driver) === forge);
  const comparisons: Comparison[] = [];
  if (judgedOn('github').length > 0) {
    const sides = (registry: GitHubRegistry) =>
      judgeAll(judgedOn('github'), gitHubSides(world, registry), progress);
    comparisons.push(...(await withRegistry(world, progress, sides)));
  }
  if (judgedOn('gitlab').length > 0) {
    const sides = (registry: GitLabRegistry) => judgeAll(judgedOn('gitlab'), gitLabSides(registry), progress);
    comparisons.push(...(await withGitLabRegistry(world, progress, sides)));
  }
  if (judgedOn('bitbucket').length > 0) {
    const sides = (registry: BitbucketRegistry) =>
      judgeAll(judgedOn('bitbucket'), bitbucketSides(world, registry), progress);
    comparisons.push(...(await withBitbucketRegistry(world, progress, sides)));
  }
  return comparisons;
}

async function judgeAll(
  judges: readonly Judging[],
  sides: Sides,
  progress: Progress,
): Promise<readonly Comparison[]> {
  const comparisons: Comparison[] = [];
  for (const judging of judges) {
    const parts: Comparison[] = [];
    for (const repository of sides.registry.repositories) {
      const answer = await sides.ask(judging, repository);
      parts.push(comparisonOf(answer, judging.driver, sides, repository));
      progress.step(
        `Composer ${answer.composer} has read ${repository.name} with its ${judging.driver} driver`,
      );
    }
    comparisons.push(...together(parts));
  }
  return comparisons;
}

function gitHubSides(world: GitHubWorld, registry: GitHubRegistry): Sides {
  const { gitHub, url } = registry;
  // Whoever compares has all of GitHub's patience: a large repository takes more requests than an hour allows.
  gitHub.intercept(() => {
    gitHub.renewBudgets();
    return undefined;
  });
  return {
    registry,
    places: { forge: { here: gitHub.addresses.web, there: 'https://github.com' }, registry: url },
    async ask({ library, driver }, { fullName, name, defaultBranch, files }) {
      if (driver === 'github') {
        const { api } = gitHub.addresses;
        return readWithGitHubDriver(library, { fullName, api, token: await gitHubToken(gitHub) }, files);
      }
      return readWithGitDriver(library, { source: sourceOf(world, name), defaultBranch }, files);
    },
  };
}

/** The folder that the repository was made from. */
function sourceOf(world: GitHubWorld, name: string): string {
  const sources = world.organizations.flatMap(({ repositories }) => repositories ?? []);
  const source = sources.find((one) => one.name === name)?.git;
  if (source === undefined) throw new Error(`${name}: the registry shows a repository of its own`);
  return source;
}

function gitLabSides(registry: GitLabRegistry): Sides {
  const { web, token, archives } = registry;
  return {
    registry,
    archives,
    places: { registry: registry.url },
    ask: ({ library }, { fullName, name, files }) =>
      readWithGitLabDriver(
        library,
        { web, token, fullName, archives: [...(archives.get(name)?.keys() ?? [])] },
        files,
      ),
  };
}

function bitbucketSides(world: GitHubWorld, registry: BitbucketRegistry): Sides {
  const { web, api, authorization, archives } = registry;
  return {
    registry,
    archives,
    places: { forge: { here: web, there: 'https://bitbucket.org' }, registry: registry.url },
    ask: ({ library }, { fullName, name, files }) =>
      readWithBitbucketDriver(
        library,
        {
          ...{ git: sourceOf(world, name), fullName, web, api, authorization },
          archives: [...(archives.get(name)?.keys() ?? [])],
        },
        files,
      ),
  };
}

function comparisonOf(
  { theirs, ours, broken, linked, unreadable, archives, ...library }: ComposerAnswer,
  driver: DriverName,
  sides: Sides,
  repository: RegistryRepository,
): Comparison {
  const judge = { driver, ...library };
  const leftOut = isTaken(repository, sides.registry.repositories);
  const rows = ours.map((row) => ourRow(row, sides.places));
  const pairs = joinRows(rows, theirs, (key, row) => isAsked(key, row, driver));
  const own = sides.archives?.get(repository.name) ?? new Map<string, string>();
  return {
    judge,
    pairs: leftOut ? [] : comparePairs(repository.name, pairs, { judge, broken, linked }),
    broken: broken.map((one) => ({ ...one, repository: repository.name })),
    unreadable,
    archives: [...own].map(([commit, shasum]) => ({
      ...{ repository: repository.name, commit, isSame: archives[commit] === shasum },
    })),
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
      archives: parts.flatMap(({ archives }) => archives),
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
