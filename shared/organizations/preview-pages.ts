/** What a preview would change, in pages. */
import type { Synchronization } from '../domain/synchronization.ts';
import type { StoredChange } from '../store/change-schema.ts';
import type { PreviewResult } from '../store/preview-store.ts';
import type { Table } from '../store/table.ts';
import { namesOnPage } from './display-names.ts';
import { differenceOf, type RunDifference } from './run-differences.ts';

interface PreviewedChange {
  readonly scope: string;
  /** `held`: it would wait for an owner; `deferred`: a later run would make it. */
  readonly kind: 'change' | 'held' | 'deferred';
  readonly text: string;
  /** The same as data; undefined for a deferred one. */
  readonly difference: RunDifference | undefined;
}

/** Changes `from` to `to` of all scopes of the preview, and how many there are. One read, mostly. */
export async function pageOfPreview(
  table: Table,
  synchronization: Pick<Synchronization, 'id'>,
  result: PreviewResult | undefined,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<{ readonly entries: readonly PreviewedChange[]; readonly count: number }> {
  const all = (result?.scopes ?? []).flatMap(({ scope, changes, held, deferred }) => [
    ...changes.map((change) => ({ scope, kind: 'change', change }) as const),
    ...held.map((change) => ({ scope, kind: 'held', change }) as const),
    ...deferred.map((change) => ({ scope, kind: 'deferred', change }) as const),
  ]);
  const page = all.slice(from, to);
  const changesOf = (entries: typeof all): readonly StoredChange[] => entries.map(({ change }) => change);
  const names = await namesOnPage(table, synchronization.id, changesOf(page), changesOf(all));
  const entries = page.map(({ scope, kind, change }) => {
    const difference = differenceOf(synchronization, change, names);
    return {
      ...{ scope, kind, text: difference.text },
      difference: kind === 'deferred' ? undefined : difference,
    };
  });
  return { entries, count: all.length };
}
