/** Compares two facts with the same key. */
import { isDeepStrictEqual } from 'node:util';
import type { Fact } from './facts.ts';

function attributesOf(fact: Fact): ReadonlyMap<string, unknown> {
  return new Map(Object.entries(fact).filter(([, value]) => value !== undefined));
}

function differing(one: Fact, other: Fact): readonly string[] {
  const [left, right] = [attributesOf(one), attributesOf(other)];
  return [...new Set([...left.keys(), ...right.keys()])].filter(
    (name) => !isDeepStrictEqual(left.get(name), right.get(name)),
  );
}

export function sameFact(one: Fact, other: Fact): boolean {
  return differing(one, other).length === 0;
}

export interface FieldDifference {
  readonly name: string;
  /** Missing: it was not there. */
  readonly before?: string;
  readonly after?: string;
}

/** What differs, attribute by attribute; of a fact that is new or gone all that it has. */
export function fieldDifferences(
  before: Fact | undefined,
  after: Fact | undefined,
): readonly FieldDifference[] {
  const [left, right] = [before, after].map((fact) => (fact === undefined ? undefined : attributesOf(fact)));
  const names = new Set([...(left?.keys() ?? []), ...(right?.keys() ?? [])]);
  const text = (value: unknown): string =>
    typeof value === 'object' ? JSON.stringify(value) : String(value);
  return [...names].flatMap((name) => {
    const [was, is] = [left?.get(name), right?.get(name)];
    return isDeepStrictEqual(was, is)
      ? []
      : [
          {
            name,
            ...(was !== undefined && { before: text(was) }),
            ...(is !== undefined && { after: text(is) }),
          },
        ];
  });
}

export function differences(before: Fact, after: Fact): string {
  const [left, right] = [attributesOf(before), attributesOf(after)];
  return differing(before, after)
    .map((name) => `${name}: ${String(left.get(name) ?? 'none')} → ${String(right.get(name) ?? 'none')}`)
    .join(', ');
}
