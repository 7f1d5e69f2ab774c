/** Both sides of every repository below a folder, row by row. */
import { worldFromDirectory } from '../../local/forges/world/world-from-directory.ts';
import type { Progress } from '../../local/start/progress.ts';
import { readWithComposer } from './composer-side.ts';
import { joinRows } from './join.ts';
import { type RegistryRepository, readWithRegistry } from './registry-side.ts';
import { type ComparedPair, type Comparison, comparePairs } from './report.ts';

/**
 * @param library the autoloader of Composer's library
 * @throws WorldError when there is no repository; Error when one of the sides fails
 */
export async function compareRepositories(
  directory: string,
  library: string,
  progress: Progress,
): Promise<Comparison> {
  const world = await worldFromDirectory(directory);
  const sources = world.organizations.flatMap(({ repositories }) => repositories ?? []);
  const ours = await readWithRegistry(world, progress);
  const pairs: ComparedPair[] = [];
  const notes: string[] = [];
  let judge = { composer: '', takesDatesAsMajors: false };
  for (const repository of ours) {
    const source = sources.find(({ name }) => name === repository.name)?.git;
    if (source === undefined)
      throw new Error(`${repository.name}: the registry shows a repository of its own`);
    const { rows, ...about } = await readWithComposer(library, source, repository.defaultBranch);
    judge = about;
    progress.step(`Composer has read ${repository.name}`);
    notes.push(...notesOn(repository, rows.length, isTaken(repository, ours)));
    if (!isTaken(repository, ours)) {
      pairs.push(...comparePairs(repository.name, joinRows(repository.rows, rows), judge));
    }
  }
  return { library: judge, pairs, notes };
}

function notesOn({ name, rows, waiting }: RegistryRepository, theirs: number, isLeftOut: boolean): string[] {
  if (rows.length === 0 && theirs === 0) return [`${name} holds no package, both sides say`];
  return waiting.map(({ name: packageName, reason }) =>
    isLeftOut
      ? `${name} is not compared: another repository has the package name ${packageName}`
      : `${packageName} of ${name} is not published: ${reason}`,
  );
}

/**
 * Two repositories say one name: Composer takes whichever is listed first, a registry has one of them. The other one must be there: a
 * registry that only says so would have its way with every row.
 */
export function isTaken(
  { name: own, waiting }: RegistryRepository,
  all: readonly RegistryRepository[],
): boolean {
  return waiting.some(
    ({ name: wanted, reason }) =>
      reason === 'name-taken' &&
      all.some(
        ({ name, rows }) =>
          name !== own && rows.some((row) => row.name.toLowerCase() === wanted.toLowerCase()),
      ),
  );
}
