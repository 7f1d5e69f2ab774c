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

export function differences(before: Fact, after: Fact): string {
  const [left, right] = [attributesOf(before), attributesOf(after)];
  return differing(before, after)
    .map((name) => `${name}: ${String(left.get(name) ?? 'none')} → ${String(right.get(name) ?? 'none')}`)
    .join(', ');
}
