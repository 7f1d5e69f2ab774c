/** What the address of the history says besides the path, so that a filtered history can be shared. */
import { oneOf, textOf } from '../../routes/search.ts';

export const historySources = ['user', 'key', 'operator', 'synchronization', 'system'] as const;

export interface HistorySearch {
  readonly act?: string | undefined;
  /** Id of who did it. */
  readonly actor?: string | undefined;
  readonly source?: (typeof historySources)[number] | undefined;
  /** Id of a webhook delivery. */
  readonly delivery?: string | undefined;
  /** The first and the last day, as `YYYY-MM-DD` where the person is. */
  readonly since?: string | undefined;
  readonly until?: string | undefined;
}

const day = (given: unknown): string | undefined =>
  typeof given === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(given) && !Number.isNaN(Date.parse(given))
    ? given
    : undefined;

export const historySearch = (search: Record<string, unknown>): HistorySearch => ({
  act: textOf(search.act),
  actor: textOf(search.actor),
  source: oneOf(historySources, search.source),
  delivery: textOf(search.delivery),
  since: day(search.since),
  until: day(search.until),
});

/** The start of a day where the person is, or of a later one. */
function startOf(text: string, daysLater = 0): string {
  const [year = 0, month = 1, date = 1] = text.split('-').map(Number);
  return new Date(year, month - 1, date + daysLater).toISOString();
}

/** What the API is asked for: days become moments, and the last day is in it. */
export const historyQuery = ({ since, until, ...filter }: HistorySearch) => ({
  ...filter,
  since: since === undefined ? undefined : startOf(since),
  until: until === undefined ? undefined : startOf(until, 1),
});
