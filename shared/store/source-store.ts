/** The packages that repositories have or had, by repository. */
import { z } from 'zod';
import { asId, type ForgeRepositoryId, type OrganizationId, type SynchronizationId } from '../domain/ids.ts';
import { keys } from './keys.ts';
import type { Table } from './table.ts';

interface RepositorySource {
  readonly repository: ForgeRepositoryId;
  readonly number: number;
}

const SourceItem = z.object({ sk: z.string(), number: z.int() });

/** Few repositories had more than one package. */
const sourcesInRead = 300;

/**
 * The numbers of all packages of the repositories from the first to the last id, in the order of the ids. One read; more where they are very
 * many.
 */
export async function sourcesBetween(
  table: Table,
  organization: OrganizationId,
  synchronization: SynchronizationId,
  first: ForgeRepositoryId,
  last: ForgeRepositoryId,
): Promise<readonly RepositorySource[]> {
  const { pk, sk } = keys.packageSource(organization, synchronization, '', '', '');
  // Every key of a repository begins with its id and a mark, so it is beyond the id alone.
  const prefix = sk.slice(0, sk.indexOf(synchronization) + synchronization.length + 1);
  const end = `${prefix}${last}#`;
  const sources: RepositorySource[] = [];
  for (let after = `${prefix}${first}`; ; ) {
    const items = (await table.query(pk, prefix, { after, limit: sourcesInRead })).map((item) =>
      SourceItem.parse(item),
    );
    const within = items.filter((item) => item.sk <= end || item.sk.startsWith(end));
    sources.push(
      ...within.map((item) => ({
        repository: asId<ForgeRepositoryId>(item.sk.slice(prefix.length).split('#')[0] ?? ''),
        number: item.number,
      })),
    );
    after = items.at(-1)?.sk ?? end;
    if (within.length < sourcesInRead) {
      return sources;
    }
  }
}
