/** What comparisons come to, and the words for it. */
import { textTable } from '../text-table.ts';
import type { BrokenRef } from './composer-side.ts';
import {
  type Context,
  exceptedPartMax,
  exceptions,
  exceptionsOf,
  type Judge,
  type NamedException,
} from './exceptions.ts';
import type { Outcome, Pair } from './join.ts';
import { valueAt } from './rows.ts';

export interface ComparedPair extends Pair {
  readonly repository: string;
  /** Why the difference is meant; none if it is not, or if there is none. */
  readonly exceptions: readonly NamedException[];
}

/** All repositories before one judge. */
export interface Comparison {
  readonly judge: Judge;
  readonly pairs: readonly ComparedPair[];
  /** Refs that the judge could not read to the end; all others were compared. */
  readonly broken: readonly (BrokenRef & { readonly repository: string })[];
  /** Versions of ours that no client can read. */
  readonly unreadable: readonly string[];
  /** Archives that both sides gave, byte for byte. */
  readonly archives: readonly {
    readonly repository: string;
    readonly commit: string;
    readonly isSame: boolean;
  }[];
  /** What was not compared, and why. */
  readonly notes: readonly string[];
}

const shownMax = 20;
const columns = ['equal', 'only ours', 'only theirs', 'different', 'excepted'];

export function comparePairs(
  repository: string,
  pairs: readonly Pair[],
  about: Omit<Context, 'pairs'>,
): ComparedPair[] {
  return pairs.map((pair) => ({ ...pair, repository, exceptions: exceptionsOf(pair, { ...about, pairs }) }));
}

/** Why the comparison fails; empty if it does not. */
export function failuresOf({ pairs, unreadable, archives }: Comparison): string[] {
  const open = pairs.filter(isOpen).length;
  const excepted = pairs.filter(({ outcome }) => outcome !== 'different').filter(isExcepted).length;
  const others = archives.filter(({ isSame }) => !isSame);
  return [
    ...(others.length > 0 ? [`${others.length} archives are not those that the driver's dists lead to`] : []),
    ...(pairs.length === 0 ? ['neither side has a version to compare'] : []),
    ...(unreadable.length > 0 ? [`${unreadable.length} versions of ours cannot be read`] : []),
    ...(open > 0 ? [`${open} of ${pairs.length} rows differ without a named exception`] : []),
    ...(excepted > pairs.length * exceptedPartMax
      ? [
          `${excepted} of ${pairs.length} rows are on one side only by an exception, more than ${exceptedPartMax * 100} %: something is wrong with the rules`,
        ]
      : []),
  ];
}

/** @returns 0 if there are comparisons and none fails */
export function exitCodeOf(comparisons: readonly Comparison[]): 0 | 1 {
  return comparisons.length > 0 && comparisons.every((one) => failuresOf(one).length === 0) ? 0 : 1;
}

/** Each judgement, and a table of them all at the end. */
export function reportOf(comparisons: readonly Comparison[]): string {
  const lines = [
    ...comparisons.flatMap(judgementLines),
    ...textTable([
      ['judge', ...columns],
      ...comparisons.map(({ judge, pairs }) => rowOf(nameOf(judge), pairs)),
    ]),
  ];
  return `${lines.join('\n')}\n`;
}

function nameOf({ composer, driver }: Judge): string {
  return `Composer ${composer}, ${driver} driver`;
}

function judgementLines(comparison: Comparison): string[] {
  const { judge, pairs, broken, unreadable, archives, notes } = comparison;
  const failures = failuresOf(comparison);
  return [
    `${nameOf(judge)}, against Repertoire`,
    '',
    ...table(pairs),
    '',
    ...exceptionLines(pairs),
    ...broken.map(
      ({ repository, ref, error }) => `Broken: PHP ends Composer at ${ref} of ${repository}: ${error}`,
    ),
    ...unreadable.map((version) => `Unreadable: ${version}`),
    ...(archives.length > 0 ? [`Archives compared, byte for byte: ${archives.length}`] : []),
    ...archives.flatMap(({ repository, commit, isSame }) =>
      isSame ? [] : [`Another archive: ${repository}, commit ${commit}`],
    ),
    ...notes.map((note) => `Note: ${note}`),
    ...openLines(pairs),
    failures.length > 0
      ? `FAILED: ${failures.join('; ')}.`
      : `Both sides are the same${pairs.some(isExcepted) ? ' but for the named exceptions' : ''}.`,
    '',
  ];
}

/** Everything as data, with the failures in words. */
export function jsonOf(comparisons: readonly Comparison[]): unknown {
  return comparisons.map((comparison) => ({
    judge: comparison.judge,
    failures: failuresOf(comparison),
    broken: comparison.broken,
    unreadable: comparison.unreadable,
    archives: comparison.archives,
    notes: comparison.notes,
    exceptions: exceptions.map(({ name, rule }) => ({ name, rule, count: countOf(comparison.pairs, name) })),
    rows: comparison.pairs.map(({ exceptions: meant, theirs, ...pair }) => ({
      ...pair,
      theirs: theirs?.values,
      judgement: theirs && { errors: theirs.judgement.errors, warnings: theirs.judgement.warnings },
      exceptions: meant.map(({ name }) => name),
    })),
  }));
}

function isOpen({ outcome, exceptions: meant }: ComparedPair): boolean {
  return outcome !== 'equal' && meant.length === 0;
}

function isExcepted({ exceptions: meant }: ComparedPair): boolean {
  return meant.length > 0;
}

function table(pairs: readonly ComparedPair[]): string[] {
  const names = [...new Set(pairs.map(({ packageName }) => packageName))].sort();
  const rows = [
    ['package', ...columns],
    ...names.map((name) =>
      rowOf(
        name,
        pairs.filter(({ packageName }) => packageName === name),
      ),
    ),
    rowOf('total', pairs),
  ];
  return textTable(rows);
}

function rowOf(name: string, pairs: readonly ComparedPair[]): string[] {
  const count = (wanted: Outcome) => pairs.filter(({ outcome }) => outcome === wanted).length;
  const counts = [count('equal'), count('only ours'), count('only theirs'), count('different')];
  return [name, ...[...counts, pairs.filter(isExcepted).length].map(String)];
}

function countOf(pairs: readonly ComparedPair[], name: string): number {
  return pairs.filter(({ exceptions: meant }) => meant.some((one) => one.name === name)).length;
}

function exceptionLines(pairs: readonly ComparedPair[]): string[] {
  return [
    'Named exceptions:',
    ...exceptions.map(({ name, rule }) => `  ${String(countOf(pairs, name)).padStart(5)}  ${name} (${rule})`),
    '',
  ];
}

function openLines(pairs: readonly ComparedPair[]): string[] {
  const open = pairs.filter(isOpen);
  if (open.length === 0) return [];
  return [
    `Rows that differ without a named exception${open.length > shownMax ? ` (the first ${shownMax})` : ''}:`,
    ...open.slice(0, shownMax).flatMap(openLinesOf),
    '',
  ];
}

function openLinesOf({ repository, outcome, ours, theirs, differences }: ComparedPair): string[] {
  const row = ours ?? theirs?.values;
  const head = `  ${outcome}: ${row?.name} ${row?.version} (${row?.versionNormalized}, repository ${repository}, commit ${row?.reference})`;
  return [
    head,
    ...differences.flatMap((key) => [
      `    ${key}`,
      `      ours:   ${JSON.stringify(valueAt(ours, key))}`,
      `      theirs: ${JSON.stringify(valueAt(theirs?.values, key))}`,
    ]),
  ];
}
