/** What a person's tokens read, as it was published: a bitmap of package numbers, however many facts it was decided from. */
import { bitmapHas, edgeKeys, packagesPerChunk } from '../domain/edge-keys.ts';
import type { Principal } from '../domain/ids.ts';
import type { Organization } from '../domain/organization.ts';
import { parseEdgeRow } from '../store/edge-store.ts';
import { keys } from '../store/keys.ts';
import type { Item, Table } from '../store/table.ts';
import { grantsWork, principalWork } from '../store/work-items.ts';

/**
 * Whether the principal's view has a package, by its number. One read.
 *
 * A change of rights requests the view in its own transaction, so one without pending work is what the facts say now. That of a principal
 * without live tokens is not kept.
 *
 * @param numbers the highest number bounds what is read
 * @returns undefined while there is no view, or while it is to be decided again
 */
export async function publishedView(
  table: Table,
  { id, slug }: Pick<Organization, 'id' | 'slug'>,
  principal: Principal,
  numbers: readonly number[],
): Promise<((packageNumber: number) => boolean) | undefined> {
  const last = numbers.reduce((most, number) => Math.max(most, chunkOf(number)), 0);
  const chunks = Array.from({ length: last + 1 }, (_, chunk) => edgeKeys.view(slug, principal, chunk));
  const [grants, view, ...rows] = await table.getMany([
    grantsWork(id).key,
    principalWork(id, principal).key,
    ...chunks.map((key) => keys.edge(key)),
  ]);
  const values = rows.map((item) => (item === undefined ? undefined : parseEdgeRow(item).value));
  if (view === undefined || isPending(view) || isPending(grants) || values[0] === undefined) {
    return undefined;
  }
  return (number) => bitmapHas(values[chunkOf(number)], number);
}

const chunkOf = (packageNumber: number): number => Math.floor(packageNumber / packagesPerChunk);

/** Nothing was requested of a work item that is not there. */
const isPending = (work: Item | undefined): boolean => work !== undefined && work.wanted !== work.done;
