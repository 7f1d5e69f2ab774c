/** Checks that a synchronization's history agrees with its facts: every change is in the record of a run. */
import type { RecordedChange } from '../../shared/domain/change.ts';
import { evidenceText } from '../../shared/domain/evidence.ts';
import { type Fact, factKey } from '../../shared/domain/facts.ts';
import { parseFact } from '../../shared/forge/fact-schema.ts';
import { changeText } from '../../shared/organizations/change-text.ts';
import { displayNames, factsIn } from '../../shared/organizations/display-names.ts';
import { StoredChanges } from '../../shared/store/change-schema.ts';
import { ranges } from '../../shared/store/keys.ts';
import type { Item, Table } from '../../shared/store/table.ts';
import { synchronizationId } from './synchronized.ts';

type Items = ReadonlyMap<string, Item>;

/** Changes between the two states that no run has recorded. Items are compared by their keys, however those are spelled. */
export function historyProblems(before: Items, after: Items): readonly string[] {
  const [old, now] = [factsOf(before), factsOf(after)];
  const notes = [...after].flatMap(([key, item]) => (before.has(key) ? [] : notesOf(item)));
  const noted = notes.flatMap(({ changes }) => changes);
  const removed = new Set(noted.flatMap((one) => (one.kind === 'remove' ? [factKey(one.before)] : [])));
  const added = new Set(noted.flatMap((one) => (one.kind === 'add' ? [factKey(one.after)] : [])));
  return [
    ...[...old.keys()].flatMap((key) =>
      now.has(key) || removed.has(key) ? [] : [`no run says that it removed ${key}`],
    ),
    ...[...now.keys()].flatMap((key) =>
      old.has(key) || added.has(key) ? [] : [`no run says that it added ${key}`],
    ),
    ...countProblems(after, notes),
  ];
}

interface Note {
  readonly run: string;
  readonly changes: readonly RecordedChange[];
}

function notesOf({ sk, changes }: Item): readonly Note[] {
  const [kind, run = ''] = String(sk).split('#');
  return kind === 'CHANGES'
    ? [{ run, changes: StoredChanges.parse(changes).filter((one) => typeof one !== 'string') }]
    : [];
}

/** Checks that each run's counts, and those of its one entry in the organization's history, equal the changes that it recorded. */
function countProblems(after: Items, notes: readonly Note[]): readonly string[] {
  return [...new Set(notes.map(({ run }) => run))].flatMap((run) => {
    const own = notes.filter((note) => note.run === run);
    const record = [...after.values()].find(({ sk }) => sk === `RUN#${run}`);
    const countsIn = (item: Item | undefined) =>
      ['added', 'updated', 'removed'].map((name) => Number(item?.[name] ?? 0));
    const counted = countsIn(record);
    const entries = [...after.values()].filter(({ sk }) =>
      String(sk).match(new RegExp(`^RUNENTRY#.*-${Number(run)}$`)),
    );
    // A name that passes is no read of the code host, and has an entry of its own kind.
    const isRead = !JSON.stringify(record?.scopes ?? []).includes('name passed');
    if (isRead && JSON.stringify(entries.map(countsIn)) !== JSON.stringify([counted])) {
      return [`run ${run} counts ${counted.join(', ')}, and its entries ${entries.map(countsIn).join('; ')}`];
    }
    const all = own.flatMap(({ changes }) => changes);
    const noted = all.length;
    const gone = all.filter((one) => one.kind === 'remove').length;
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

/** Rewrites a run's notes in the old format, which kept sentences instead of fields and stored removed facts beside them. */
export async function storeInWords(table: Table, run: number): Promise<void> {
  const { pk, sk: prefix } = ranges.runChanges(synchronizationId, run);
  for (const { sk, changes, ...item } of await table.query(pk, prefix)) {
    const stored = StoredChanges.parse(changes);
    const names = displayNames(factsIn(stored));
    const removed = stored.flatMap((one) =>
      typeof one !== 'string' && one.kind === 'remove'
        ? [{ fact: one.before, reason: evidenceText('remove', one.evidence) }]
        : [],
    );
    const inWords = { ...item, changes: stored.map((one) => changeText(one, names)), removed };
    await table.transact([{ put: { pk, sk: String(sk) }, item: inWords }]);
  }
}
