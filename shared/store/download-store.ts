/** How often packages were installed: by version, and by day. */
import { z } from 'zod';
import type { OrganizationId } from '../domain/ids.ts';
import { type Key, keys, nameInKey, tableKeys } from './keys.ts';
import type { Table } from './table.ts';

const CountItem = z.object({ sk: z.string().transform(nameInKey), count: z.number().default(0) });

/** How many days are kept, and shown at the most. */
export const downloadDaysMax = 365;

/** The day of a moment in UTC, such as `2026-11-22`. @param at milliseconds since the epoch */
export const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);

export const dayMs = 24 * 3600_000;

/** Adds to the count of a version that exists. */
export async function countDownload(
  table: Table,
  organization: OrganizationId,
  packageNumber: number,
  normalized: string,
): Promise<void> {
  await table.update({ key: keys.downloads(organization, packageNumber, normalized), add: { count: 1 } });
}

/** One package of an organization, or `all` of them together. */
export type Counted = number | 'all';

const dayKey = (organization: OrganizationId, counted: Counted, day: string): Key =>
  counted === 'all' ? keys.downloadDayOfAll(organization, day) : keys.downloadDay(organization, counted, day);

/** Adds to the count of the day. @param now milliseconds since the epoch */
export async function countDownloadsOfDay(
  table: Table,
  organization: OrganizationId,
  counted: Counted,
  count: number,
  now: number,
): Promise<void> {
  await table.update({
    key: dayKey(organization, counted, dayOf(now)),
    add: { count },
    set: { [tableKeys.expiry]: Math.ceil((now + (downloadDaysMax + 1) * dayMs) / 1000) },
  });
}

/** Installations of each day on which there were any, the latest first. One read. @param now milliseconds since the epoch */
export async function downloadsByDay(
  table: Table,
  organization: OrganizationId,
  counted: Counted,
  days: number,
  now: number,
): Promise<readonly { readonly day: string; readonly count: number }[]> {
  const { pk, sk } = dayKey(organization, counted, '');
  const items = await table.query(pk, sk, { descending: true, limit: days });
  const since = dayOf(now - (days - 1) * dayMs);
  return items
    .map((item) => CountItem.parse(item))
    .map(({ sk: day, count }) => ({ day, count }))
    .filter(({ day }) => day >= since);
}

/** Installations of each version that had any, by its normalized text. One read. */
export async function downloadsByVersion(
  table: Table,
  organization: OrganizationId,
  packageNumber: number,
): Promise<readonly { readonly version: string; readonly count: number }[]> {
  const { pk, sk } = keys.downloads(organization, packageNumber, '');
  const items = await table.query(pk, sk);
  return items.map((item) => CountItem.parse(item)).map(({ sk: version, count }) => ({ version, count }));
}
