import type { Fault } from './faults.ts';

/**
 * Applies the faults that a page of a list may meet.
 *
 * @param take takes a fault that is aimed at the list
 * @param match what the list and the page are
 * @returns the items that are shown, or the status of the error that is sent instead
 */
export function strikePage<Item>(
  take: (kind: string, match: Record<string, string>) => Fault | undefined,
  items: readonly Item[],
  match: Record<string, string>,
): readonly Item[] | number {
  const failing = take('failing-page', match);
  if (failing !== undefined) return failing.status ?? 500;
  const short = take('short-page', match);
  return short === undefined ? items : items.slice(0, Math.max(0, items.length - (short.drop ?? 1)));
}
