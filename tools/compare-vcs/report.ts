/** What a comparison comes to, and the words for it. */
import { textTable } from '../text-table.ts';
import { exceptedPartMax, exceptionOf, exceptions, type Library, type NamedException } from './exceptions.ts';
import type { Outcome, Pair } from './join.ts';

export interface ComparedPair extends Pair {
  readonly repository: string;
  readonly exception: NamedException | undefined;
}

export interface Comparison {
  readonly library: Library;
  readonly pairs: readonly ComparedPair[];
  /** What was not compared, and why. */
  readonly notes: readonly string[];
}

const shownMax = 20;
/** The rows that both sides have are equal or different. */
const columns = ['package', 'both', 'only ours', 'only theirs', 'different', 'excepted'];

export function comparePairs(repository: string, pairs: readonly Pair[], library: Library): ComparedPair[] {
  return pairs.map((pair) => ({ ...pair, repository, exception: exceptionOf(pair, { library, pairs }) }));
}

/** Why the comparison fails; empty if it does not. */
export function failuresOf({ pairs }: Comparison): string[] {
  const open = pairs.filter(isOpen).length;
  const excepted = pairs.filter(({ exception }) => exception !== undefined).length;
  return [
    ...(pairs.length === 0 ? ['neither side has a version to compare'] : []),
    ...(open > 0 ? [`${open} of ${pairs.length} rows differ without a named exception`] : []),
    ...(excepted > pairs.length * exceptedPartMax
      ? [
          `${excepted} of ${pairs.length} rows are exceptions, more than ${exceptedPartMax * 100} %: something is wrong with the rules`,
        ]
      : []),
  ];
}

export function reportOf(comparison: Comparison): string {
  const { library, pairs, notes } = comparison;
  const failures = failuresOf(comparison);
  const lines = [
    `Composer ${library.composer} against Repertoire`,
    '',
    ...table(pairs),
    '',
    ...exceptionLines(pairs),
    ...notes.map((note) => `Note: ${note}`),
    ...openLines(pairs),
    failures.length > 0
      ? `FAILED: ${failures.join('; ')}.`
      : `Both sides are the same${pairs.some(({ exception }) => exception) ? ' but for the named exceptions' : ''}.`,
  ];
  return `${lines.join('\n')}\n`;
}

/** Everything as data, with the failures in words. */
export function jsonOf(comparison: Comparison): unknown {
  return {
    library: comparison.library,
    failures: failuresOf(comparison),
    notes: comparison.notes,
    exceptions: exceptions.map(({ name, rule }) => ({ name, rule, count: countOf(comparison.pairs, name) })),
    rows: comparison.pairs.map(({ exception, theirs, ...pair }) => ({
      ...pair,
      theirs: theirs?.values,
      judgement: theirs && { errors: theirs.judgement.errors, warnings: theirs.judgement.warnings },
      exception: exception?.name,
    })),
  };
}

function isOpen({ outcome, exception }: ComparedPair): boolean {
  return outcome !== 'equal' && exception === undefined;
}

function table(pairs: readonly ComparedPair[]): string[] {
  const names = [...new Set(pairs.map(({ packageName }) => packageName))].sort();
  const rows = [
    columns,
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
  const count = (...wanted: Outcome[]) => pairs.filter(({ outcome }) => wanted.includes(outcome)).length;
  const excepted = pairs.filter(({ exception }) => exception !== undefined).length;
  const counts = [count('equal', 'different'), count('only ours'), count('only theirs'), count('different')];
  return [name, ...[...counts, excepted].map(String)];
}

function countOf(pairs: readonly ComparedPair[], name: string): number {
  return pairs.filter(({ exception }) => exception?.name === name).length;
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
    ...differences.flatMap((field) => [
      `    ${field}`,
      `      ours:   ${JSON.stringify(ours?.[field])}`,
      `      theirs: ${JSON.stringify(theirs?.values[field])}`,
    ]),
  ];
}
