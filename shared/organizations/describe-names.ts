/** Describes who holds package names: why claimants wait, and which names passed recently. */
import type { Organization } from '../domain/organization.ts';
import { explainName } from '../scan/explain-name.ts';
import { isOfSource, type StoredPackage } from '../store/package-store.ts';
import type { Table } from '../store/table.ts';

/**
 * Adds to each waiting package which repository holds its name and why, if that is what it waits for.
 *
 * @param now milliseconds since the epoch
 */
export async function withHolders<Waiting extends { readonly name: string; readonly reason: string }>(
  table: Table,
  { id }: Organization,
  waiting: readonly Waiting[],
  now: number,
): Promise<readonly (Waiting & { readonly holder?: string; readonly why?: string })[]> {
  const taken = waiting.filter(({ reason }) => reason === 'name-taken').map(({ name }) => name);
  const explained = new Map(
    await Promise.all(
      [...new Set(taken)].map(async (name) => [name, await explainName(table, id, name, now)] as const),
    ),
  );
  return waiting.map((one) => (one.reason === 'name-taken' ? { ...one, ...explained.get(one.name) } : one));
}

/** How long a passed name is shown, in milliseconds. */
const shownMs = 30 * 24 * 3600_000;

/**
 * A notice for each name that passed recently.
 *
 * @param names of repositories, by their ids
 * @param now milliseconds since the epoch
 */
export function passedNameNotices(
  packages: readonly StoredPackage[],
  names: ReadonlyMap<string, string>,
  now: number,
): readonly { readonly repository: string; readonly version: string; readonly notice: string }[] {
  return packages.flatMap(({ name, repository, passedFrom, ...one }) =>
    passedFrom !== undefined && isOfSource(one) && now - passedFrom.at < shownMs
      ? [
          {
            repository: names.get(repository) ?? repository,
            version: name,
            notice: `the name passed to this repository at ${new Date(passedFrom.at).toISOString()}: ${passedFrom.reason}`,
          },
        ]
      : [],
  );
}
