/** Which test files answer soonest whether a change is right. */

export interface Import {
  readonly from: string;
  readonly to: string;
}

export interface Chosen {
  readonly file: string;
  /** How many imports away from a changed file; 0: the test itself was changed. */
  readonly distance: number;
  /** What it is expected to take. */
  readonly seconds: number;
}

export interface Choice {
  /** Those that fit into the time, the nearest first. */
  readonly run: readonly Chosen[];
  readonly leftOut: readonly Chosen[];
}

export interface Question {
  /** Paths within the repository, those of deleted files too. */
  readonly changed: readonly string[];
  readonly imports: readonly Import[];
  readonly isTest: (file: string) => boolean;
  readonly secondsOf: (file: string) => number;
  /** Seconds of all tests that are chosen, but for those that were changed themselves. */
  readonly budget: number;
}

/**
 * Test files that were changed, then those beside a changed file and of its name, then all that import one, by how many imports lie
 * between. One that does not fit into what is left of the time is left out, and a farther one may still fit.
 */
export function chooseTests({ changed, imports, isTest, secondsOf, budget }: Question): Choice {
  const beside = new Set(
    changed.flatMap((file) => (isTest(file) ? [] : [file.replace(/\.ts$/, '.test.ts')])),
  );
  const rank = ({ file, distance }: Chosen): number =>
    distance === 0 ? 0 : beside.has(file) ? 1 : 1 + distance;
  const reached = [...distancesFrom(changed, imports)]
    .filter(([file]) => isTest(file))
    .map(([file, distance]): Chosen => ({ file, distance, seconds: secondsOf(file) }))
    .sort((one, other) => rank(one) - rank(other) || one.seconds - other.seconds);
  const run: Chosen[] = [];
  const leftOut: Chosen[] = [];
  let left = budget;
  for (const one of reached) {
    if (one.distance > 0 && one.seconds > left) {
      leftOut.push(one);
    } else {
      run.push(one);
      left -= one.seconds;
    }
  }
  return { run, leftOut };
}

/** Everything that imports one of the files, directly or not, and over how few imports. */
function distancesFrom(files: readonly string[], imports: readonly Import[]): ReadonlyMap<string, number> {
  const importers = Map.groupBy(imports, ({ to }) => to);
  const distances = new Map(files.map((file) => [file, 0]));
  // A map keeps the order of insertion, and hands out what is added on the way: breadth first.
  for (const [file, distance] of distances) {
    for (const { from } of importers.get(file) ?? []) {
      if (!distances.has(from)) {
        distances.set(from, distance + 1);
      }
    }
  }
  return distances;
}

/** For files that have not run here yet: of the longest folder that holds them. */
const usualSeconds: Readonly<Record<string, number>> = {
  '': 1,
  shared: 0.1,
  'shared/sync': 0.5,
  'local/cloud': 1.5,
  test: 3,
  'test/composer-client': 20,
  'test/model/sync': 20,
  'test/repo': 0.2,
};

export function usualSecondsOf(file: string): number {
  const [, seconds = 0] =
    Object.entries(usualSeconds)
      .filter(([folder]) => folder === '' || file.startsWith(`${folder}/`))
      .sort(([one], [other]) => other.length - one.length)[0] ?? [];
  return seconds;
}
