/** Whether the history of a synchronization and its facts agree: whatever came or went is in the record of a run. */
import { type Fact, factKey } from '../../shared/domain/facts.ts';
import { parseFact } from '../../shared/store/fact-schema.ts';
import type { Item } from '../../shared/store/table.ts';
import { factText } from '../../shared/sync/plan/change-text.ts';

type Items = ReadonlyMap<string, Item>;

/** What of the difference between the two states no run has recorded. Items by their keys, whichever way these are written. */
export function historyProblems(before: Items, after: Items): readonly string[] {
  const [old, now] = [factsOf(before), factsOf(after)];
  const notes = [...after].flatMap(([key, item]) => (before.has(key) ? [] : notesOf(item)));
  const removed = new Set(notes.flatMap((note) => note.removed.map((fact) => factKey(fact))));
  const texts = notes.flatMap(({ changes }) => changes);
  return [
    ...[...old].flatMap(([key, fact]) =>
      now.has(key) || removed.has(key) ? [] : [`no run says that it removed ${factText(fact)}`],
    ),
    ...[...now].flatMap(([key, fact]) =>
      old.has(key) || texts.some((text) => text.startsWith(`${factText(fact)} added: `))
        ? []
        : [`no run says that it added ${factText(fact)}`],
    ),
    ...countProblems(after, notes),
  ];
}

interface Note {
  readonly run: string;
  readonly changes: readonly string[];
  readonly removed: readonly Fact[];
}

function notesOf({ sk, changes, removed }: Item): readonly Note[] {
  const [kind, run = ''] = String(sk).split('#');
  return kind === 'CHANGES' && Array.isArray(changes) && Array.isArray(removed)
    ? [{ run, changes: changes.map(String), removed: removed.map((one: Item) => parseFact(one.fact)) }]
    : [];
}

/** Each run counts exactly what it noted. */
function countProblems(after: Items, notes: readonly Note[]): readonly string[] {
  return [...new Set(notes.map(({ run }) => run))].flatMap((run) => {
    const own = notes.filter((note) => note.run === run);
    const record = [...after.values()].find(({ sk }) => sk === `RUN#${run}`);
    const counted = ['added', 'updated', 'removed'].map((name) => Number(record?.[name] ?? 0));
    const noted = own.flatMap(({ changes }) => changes).length;
    const gone = own.flatMap(({ removed }) => removed).length;
    const agrees = counted.reduce((sum, one) => sum + one, 0) === noted && counted[2] === gone;
    return agrees
      ? []
      : [`run ${run} counts ${counted.join(', ')}, and noted ${noted}, ${gone} of them removals`];
  });
}

function factsOf(items: Items): ReadonlyMap<string, Fact> {
  const facts = [...items.values()]
    .filter(({ sk, removed }) => String(sk).startsWith('FACT#') && removed !== true)
    .map((item) => parseFact(item.fact));
  return new Map(facts.map((fact) => [factKey(fact), fact]));
}
