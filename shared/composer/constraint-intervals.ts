/**
 * Can a constraint match anything? A port of the part of `Intervals::compactConstraint` of composer/semver at tag 3.4.4 that
 * decides it; Composer's loader warns about a constraint that cannot.
 */

import type { Comparison, Constraint, Operator, Term } from './constraint.ts';
import { compareVersions } from './version-compare.ts';

type Border = Comparison & { readonly side: 'start' | 'end' };
type Interval = readonly [start: Comparison, end: Comparison];

interface Branches {
  readonly names: readonly string[];
  /** true: all branches but those named. */
  readonly exclude: boolean;
}

interface Coverage {
  readonly numeric: readonly Interval[];
  readonly branches: Branches;
}

const ZERO: Comparison = { operator: '>=', version: '0.0.0.0-dev' };
const INFINITY: Comparison = { operator: '<', version: '9223372036854775807.0.0.0' };
const ANY_BRANCH: Branches = { names: [], exclude: true };
const NO_BRANCH: Branches = { names: [], exclude: false };
const BORDER_ORDER: Readonly<Record<Operator, number>> = {
  '>=': -3,
  '<': -2,
  '>': 2,
  '<=': 3,
  '==': 0,
  '!=': 0,
};

/** Whether no version at all can satisfy the constraint, like `>2 <1`. A single comparison is never looked into. */
export function matchesNothing(constraint: Constraint): boolean {
  if (constraint.length === 1 && constraint[0]?.length === 1) return false;
  const { numeric, branches } = combined(
    contiguous(constraint).map((terms) => combined(terms.map(coverageOf), true)),
    false,
  );
  return numeric.length === 0 && branches.names.length === 0;
}

/**
 * `>=1 <2 || >=2 <3` as `>=1 <3`, as `MultiConstraint::create` writes it. Not just shorter: with a branch for its lower end the
 * result matches nothing where the second part alone would.
 */
function contiguous(constraint: Constraint): (readonly Term[])[] {
  const merged: (readonly Term[])[] = [];
  for (const right of constraint) {
    const left = merged.at(-1);
    const joined = left === undefined ? undefined : join(left, right);
    if (joined === undefined) merged.push(right);
    else merged.splice(-1, 1, joined);
  }
  return merged;
}

function join(left: readonly Term[], right: readonly Term[]): readonly Term[] | undefined {
  const [low, end, ...more] = left;
  const [start, high, ...others] = right;
  if (!isOf(low, '>=') || !isOf(end, '<') || more.length > 0) return undefined;
  if (!isOf(start, '>=') || !(isOf(high, '<') || isOf(high, '<=')) || others.length > 0) return undefined;
  return end.version === start.version ? [low, high] : undefined;
}

function isOf(term: Term | undefined, operator: Operator): term is Comparison {
  return term !== undefined && term !== 'any' && term.operator === operator;
}

function coverageOf(term: Term): Coverage {
  if (term === 'any') return { numeric: [[ZERO, INFINITY]], branches: ANY_BRANCH };
  const { operator, version } = term;
  if (version.startsWith('dev-')) {
    const names = [version];
    if (operator === '!=') return { numeric: [[ZERO, INFINITY]], branches: { names, exclude: true } };
    return { numeric: [], branches: operator === '==' ? { names, exclude: false } : NO_BRANCH };
  }
  switch (operator) {
    case '>':
    case '>=':
      return { numeric: [[term, INFINITY]], branches: NO_BRANCH };
    case '<':
    case '<=':
      return { numeric: [[ZERO, term]], branches: NO_BRANCH };
    case '!=':
      return {
        numeric: [
          [ZERO, { operator: '<', version }],
          [{ operator: '>', version }, INFINITY],
        ],
        branches: ANY_BRANCH,
      };
    case '==':
      return {
        numeric: [
          [
            { operator: '>=', version },
            { operator: '<=', version },
          ],
        ],
        branches: NO_BRANCH,
      };
  }
}

function combined(parts: readonly Coverage[], conjunctive: boolean): Coverage {
  const [only] = parts;
  if (only !== undefined && parts.length === 1) return only;
  const branches = parts
    .map((part) => part.branches)
    .reduce(conjunctive ? bothBranches : eitherBranches, conjunctive ? ANY_BRANCH : NO_BRANCH);
  const borders: Border[] = parts.flatMap((part) =>
    part.numeric.flatMap(([start, end]): Border[] => [
      { ...start, side: 'start' },
      { ...end, side: 'end' },
    ]),
  );
  return { numeric: intervalsBetween(borders, conjunctive ? parts.length : 1), branches };
}

/** The stretches where at least `threshold` of the intervals overlap. */
function intervalsBetween(borders: readonly Border[], threshold: number): Interval[] {
  const sorted = borders.toSorted(
    (a, b) => compareVersions(a.version, b.version) || BORDER_ORDER[a.operator] - BORDER_ORDER[b.operator],
  );
  const intervals: Interval[] = [];
  let active = 0;
  let start: Comparison | undefined;
  for (const { operator, version, side } of sorted) {
    active += side === 'start' ? 1 : -1;
    if (start === undefined) {
      if (active >= threshold) start = { operator, version };
    } else if (active < threshold) {
      const empty =
        compareVersions(start.version, version) === 0 &&
        ((start.operator === '>' && operator === '<=') || (start.operator === '>=' && operator === '<'));
      if (!empty) intervals.push([start, { operator, version }]);
      start = undefined;
    }
  }
  return intervals;
}

function eitherBranches(a: Branches, b: Branches): Branches {
  if (a.exclude && b.exclude) return { names: common(a.names, b.names), exclude: true };
  if (a.exclude) return { names: without(a.names, b.names), exclude: true };
  if (b.exclude) return { names: without(b.names, a.names), exclude: true };
  return { names: [...a.names, ...b.names], exclude: false };
}

function bothBranches(a: Branches, b: Branches): Branches {
  if (a.exclude && b.exclude) return { names: [...a.names, ...b.names], exclude: true };
  if (a.exclude) return { names: without(b.names, a.names), exclude: false };
  if (b.exclude) return { names: without(a.names, b.names), exclude: false };
  return { names: common(a.names, b.names), exclude: false };
}

function common(names: readonly string[], others: readonly string[]): string[] {
  const set = new Set(others);
  return names.filter((name) => set.has(name));
}

function without(names: readonly string[], others: readonly string[]): string[] {
  const set = new Set(others);
  return names.filter((name) => !set.has(name));
}
