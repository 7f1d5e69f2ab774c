/** What an owner is shown of held removals, in pages. */
import type { Synchronization } from '../domain/synchronization.ts';
import { type Held, heldPage } from '../store/scope-store.ts';
import type { Table } from '../store/table.ts';
import { timeText } from './describe-synchronization.ts';
import { namesOnPage } from './display-names.ts';
import { differenceOf } from './run-differences.ts';
import type { PageOfRun } from './run-pages.ts';

const byText = new Intl.Collator('en', { numeric: true }).compare;

/** A page of held removals, each with its changes in the order of their texts, which begin with names. Two reads. */
export async function pageOfHeld(table: Table, { id }: Synchronization, page: PageOfRun) {
  const held = await heldPage(table, id, page);
  const names = await namesOnPage(
    table,
    id,
    held.flatMap(({ changes }) => changes),
  );
  const describe = ({ since, decidedAt, changes, ...one }: Held) => {
    const differences = changes
      .map((change) => differenceOf({ id }, change, names))
      .toSorted((one, other) => byText(one.text, other.text));
    return {
      ...one,
      changes: differences.map(({ text }) => text),
      differences,
      since: timeText(since),
      decidedAt: timeText(decidedAt),
    };
  };
  return {
    entries: held.map(describe),
    next: held.length === page.limit ? held.at(-1)?.scope : undefined,
  };
}
