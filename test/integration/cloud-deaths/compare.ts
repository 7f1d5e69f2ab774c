/** The end of a life in a form in which only what matters differs. */

import { type MayDiffer, mayDiffer } from './allowed-differences.ts';
import type { End } from './outcome.ts';
import type { Stored } from './stored.ts';

type Attributes = Readonly<Record<string, unknown>>;

/** Everything that is stored, as text by its name. */
export function comparable(stored: Stored, before: Stored): ReadonlyMap<string, string> {
  const old = workItems(before);
  return new Map(
    [...workItems(stored)]
      .filter(([name]) => !rulesFor(name).some(({ attributes }) => attributes.length === 0))
      .map(([name, attributes]) => [name, text(replaced(name, attributes, old.get(name)))]),
  );
}

/** What a life has left over, and what is not as it should be. */
export const problemsOf = (expected: End | undefined, found: End): readonly string[] => [
  ...(expected?.leftovers ?? ['nothing to compare with']),
  ...found.leftovers,
  ...differences(expected?.state ?? new Map(), found.state),
];

function differences(expected: ReadonlyMap<string, string>, found: ReadonlyMap<string, string>): string[] {
  const names = [...new Set([...expected.keys(), ...found.keys()])];
  return names
    .filter((name) => expected.get(name) !== found.get(name))
    .map((name) => `${name}\n    expected ${expected.get(name)}\n    found    ${found.get(name)}`);
}

function workItems({ items, objects, values }: Stored): ReadonlyMap<string, Attributes> {
  const found = new Map<string, Attributes>();
  for (const [key, item] of items) {
    found.set(`table ${key}`, item);
  }
  for (const [bucket, contents] of objects) {
    for (const [key, { body, ...object }] of contents) {
      found.set(`object ${bucket}/${key}`, { ...object, body: body.toString('latin1') });
    }
  }
  for (const [store, contents] of values) {
    for (const [key, value] of contents) {
      found.set(`key-value ${store} ${key}`, { value });
    }
  }
  return found;
}

const rulesFor = (name: string): readonly MayDiffer[] => mayDiffer.filter(({ where }) => where.test(name));

function replaced(name: string, attributes: Attributes, before: Attributes | undefined): Attributes {
  const result: Record<string, unknown> = { ...attributes };
  for (const { as, attributes: named } of rulesFor(name)) {
    const present = named.filter((one) => result[one] !== undefined);
    const ranks = [...new Set(present.map((one) => Number(result[one])))].sort((one, other) => one - other);
    for (const one of present) {
      if (as === 'record') {
        delete result[one];
      } else if (as === 'count') {
        result[one] = `<${ranks.indexOf(Number(result[one])) + 1}>`;
      } else if (result[one] !== before?.[one]) {
        result[one] = '<time>';
      }
    }
  }
  return result;
}

/** JSON with keys and sets in order. */
function text(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) => {
    if (inner instanceof Set) {
      return [...inner].sort();
    }
    return typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([one], [other]) => (one < other ? -1 : 1)))
      : inner;
  });
}
