/**
 * Records whether a repository that cannot be read was deleted on the forge, or may still exist out of our sight: deselected,
 * moved, hidden. For a credential that sees everything the look-up by id decides; for one that sees only a selection an event has
 * to say so too.
 */
import { z } from 'zod';
import type { ForgeRepositoryId, SynchronizationId } from '../domain/ids.ts';
import { missingOrLess } from './condition.ts';
import { standingOf } from './fact-store.ts';
import { keys } from './keys.ts';
import type { Operation, Table } from './table.ts';

const DeletionItem = z.object({
  /** When an event last said so; milliseconds since the epoch. */
  statedAt: z.number().optional(),
  /** The last number drawn at that time: a read with a higher one that has the repository saw it restored. */
  statedAfter: z.number().default(0),
  /** The number of the read that confirmed it. */
  confirmedBy: z.number().optional(),
});
export type Deletion = z.infer<typeof DeletionItem>;

/** The records of these repositories, in their order; consistent. */
export async function findDeletions(
  table: Table,
  synchronization: SynchronizationId,
  repositories: readonly ForgeRepositoryId[],
): Promise<readonly Deletion[]> {
  const items = await table.getMany(
    repositories.map((repository) => keys.forgeDeletion(synchronization, repository)),
  );
  return items.map((item) => DeletionItem.parse(item ?? {}));
}

/**
 * Records that a new, authenticated event says that the repository was deleted.
 *
 * @param at milliseconds since the epoch
 * @param after the last number that was drawn for a read
 */
export function reportDeletion(
  synchronization: SynchronizationId,
  repository: ForgeRepositoryId,
  { at, after }: { readonly at: number; readonly after: number },
): Operation {
  return {
    update: {
      key: keys.forgeDeletion(synchronization, repository),
      set: { statedAt: at, statedAfter: after },
    },
  };
}

/**
 * Fails if a later read has confirmed it already: reads of one repository run at the same time, and the last number counts.
 *
 * @param confirmedBy number of the read that looked it up by id
 */
export function confirmDeletion(
  synchronization: SynchronizationId,
  repository: ForgeRepositoryId,
  confirmedBy: number,
): Operation {
  return {
    update: { key: keys.forgeDeletion(synchronization, repository), set: { confirmedBy } },
    when: missingOrLess('confirmedBy', confirmedBy + 1),
  };
}

/**
 * Whether the repository is known to be deleted. A confirmation from before it was seen again does not count: the read that
 * removed it since has a higher number.
 */
export async function isDeletedOnForge(
  table: Table,
  synchronization: SynchronizationId,
  repository: ForgeRepositoryId,
): Promise<boolean> {
  const [deletions, standings] = await Promise.all([
    findDeletions(table, synchronization, [repository]),
    standingOf(table, synchronization, [`repository#${repository}`]),
  ]);
  const [standing] = standings.values();
  return (
    standing?.isRemoved === true &&
    (deletions[0]?.confirmedBy ?? Number.NEGATIVE_INFINITY) >= standing.observedAt
  );
}
