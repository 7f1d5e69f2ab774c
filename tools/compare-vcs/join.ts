/** The full outer join of both sides by package and version. */
import { differences, type JudgedRow, type Row } from './rows.ts';

export type Outcome = 'equal' | 'only ours' | 'only theirs' | 'different';

export interface Pair {
  readonly packageName: string;
  readonly outcome: Outcome;
  readonly ours: Row | undefined;
  readonly theirs: JudgedRow | undefined;
  /** Keys of `differences`. */
  readonly differences: readonly string[];
  /** The side has the same version once more before this one. */
  readonly isRepeated: boolean;
}

/**
 * Each row of either side is in exactly one pair; of rows with one version the first of each side meet.
 *
 * @param isAsked whether a key is compared at all
 */
export function joinRows(
  ours: readonly Row[],
  theirs: readonly JudgedRow[],
  isAsked: (key: string, theirs: JudgedRow) => boolean = () => true,
): Pair[] {
  const open = new Map<string, Row>();
  const repeatedOurs: Row[] = [];
  for (const row of ours) {
    if (open.has(keyOf(row))) repeatedOurs.push(row);
    else open.set(keyOf(row), row);
  }
  const seen = new Set<string>();
  const pairs = theirs.map((row) => {
    const key = keyOf(row.values);
    const isRepeated = seen.has(key);
    seen.add(key);
    const match = isRepeated ? undefined : open.get(key);
    if (match) open.delete(key);
    return match ? met(match, row, isAsked) : alone(undefined, row, isRepeated);
  });
  return [
    ...pairs,
    ...[...open.values()].map((row) => alone(row, undefined, false)),
    ...repeatedOurs.map((row) => alone(row, undefined, true)),
  ];
}

/** Neither names of packages nor versions know capitals for Composer. */
function keyOf({ name, versionNormalized }: Row): string {
  return `${name.toLowerCase()} ${versionNormalized.toLowerCase()}`;
}

function met(ours: Row, theirs: JudgedRow, isAsked: (key: string, theirs: JudgedRow) => boolean): Pair {
  const found = differences(ours, theirs.values).filter((key) => isAsked(key, theirs));
  return {
    packageName: ours.name,
    outcome: found.length === 0 ? 'equal' : 'different',
    ours,
    theirs,
    differences: found,
    isRepeated: false,
  };
}

function alone(ours: Row | undefined, theirs: JudgedRow | undefined, isRepeated: boolean): Pair {
  return {
    packageName: ours?.name ?? theirs?.values.name ?? '',
    outcome: ours ? 'only ours' : 'only theirs',
    ours,
    theirs,
    differences: [],
    isRepeated,
  };
}
