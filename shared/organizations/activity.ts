/** What happened in an organization day by day, for a chart: installations, and how many packages there were. */
import { z } from 'zod';
import type { OrganizationId } from '../domain/ids.ts';
import { dayMs, dayOf, downloadsByDay } from '../store/download-store.ts';
import { ranges } from '../store/keys.ts';
import type { Table } from '../store/table.ts';

/** When clients could get a package; milliseconds since the epoch. Of what earlier versions stored the beginning is missing. */
const Life = z.object({
  state: z.string(),
  acceptedAt: z.number().default(0),
  unreadableAt: z.number().optional(),
  deletedAt: z.number().optional(),
  successor: z.number().optional(),
});

/** As a text that is greater than every day where there is no end. */
const ended = (at: number | undefined): string => (at === undefined ? 'never' : dayOf(at));

export interface Day {
  /** In UTC, such as `2026-11-22`. */
  readonly day: string;
  readonly downloads: number;
  /** At its end. */
  readonly packages: number;
}

/**
 * Every day, the earliest first. One read for the installations, and one for each MB of packages.
 *
 * @param days back from today
 * @param now milliseconds since the epoch
 */
export async function activityOf(
  table: Table,
  organization: OrganizationId,
  days: number,
  now: number,
): Promise<readonly Day[]> {
  const { pk, sk } = ranges.packages(organization);
  const [counts, items] = await Promise.all([
    downloadsByDay(table, organization, 'all', days, now),
    table.query(pk, sk),
  ]);
  const downloads = new Map(counts.map(({ day, count }) => [day, count]));
  const lives = items
    .map((item) => Life.parse(item))
    // A number that it is being copied to, or had before, is the same package.
    .filter(
      ({ state, successor }) => state !== 'copying' && !(state === 'deleted' && successor !== undefined),
    )
    .map(({ acceptedAt, deletedAt, unreadableAt }) => ({
      first: dayOf(acceptedAt),
      end: ended(deletedAt ?? unreadableAt),
    }));
  return Array.from({ length: days }, (_, back) => dayOf(now - (days - 1 - back) * dayMs)).map((day) => ({
    day,
    downloads: downloads.get(day) ?? 0,
    packages: lives.filter(({ first, end }) => first <= day && day < end).length,
  }));
}
