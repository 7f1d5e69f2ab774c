/**
 * Records which of the repositories missing from a read were deleted on the forge. Only then may a package's name
 * pass to another repository without an owner.
 */
import { asId, type ForgeRepositoryId, type SynchronizationId } from '../../domain/ids.ts';
import { type AnyScope, idOfPart, isPart, kindOfPart, type PartScope } from '../../domain/scopes.ts';
import type { Synchronization } from '../../domain/synchronization.ts';
import type { Absence } from '../../forge/forge.ts';
import { againOnConflict } from '../../store/again-on-conflict.ts';
import { standingOf } from '../../store/fact-store.ts';
import { confirmDeletion, findDeletions } from '../../store/forge-deletion-store.ts';
import { type Table, transactionItemsMax } from '../../store/table.ts';
import { requestWork, type WorkMessage } from '../../store/work.ts';
import { scanWork } from '../../store/work-items.ts';
import type { FinishedReading } from '../plan/decide.ts';

/**
 * An event's statement counts only for reads that begin within this time: usually seconds, longer during an outage.
 * Milliseconds.
 */
const reportValidMs = 3600_000;

interface MissingRepository {
  readonly repository: ForgeRepositoryId;
  readonly absence: Absence;
}

/**
 * Records confirmed deletions. Call it before the read's removals are written: if the worker dies in between, the
 * record has no effect as long as the repository is there.
 *
 * @param absent repositories missing from their list that were then looked up by id
 * @returns messages for the scans by which the packages' names may pass
 */
export async function confirmDeletions(
  { table, now }: { readonly table: Table; readonly now: number },
  { id, organization }: Pick<Synchronization, 'id' | 'organization'>,
  scope: AnyScope,
  reading: FinishedReading,
  absent: ReadonlyMap<PartScope, Absence>,
): Promise<readonly WorkMessage[]> {
  const absences =
    isPart(scope) && reading.read.absence !== undefined
      ? new Map([[scope, reading.read.absence] as const])
      : absent;
  const missing = [...absences].flatMap(([part, absence]) =>
    kindOfPart(part) === 'repository' && absence !== 'elsewhere'
      ? [{ repository: asId<ForgeRepositoryId>(idOfPart(part)), absence }]
      : [],
  );
  const messages: WorkMessage[] = [];
  const portion = Math.floor(transactionItemsMax / 2);
  for (let start = 0; start < missing.length; start += portion) {
    const part = missing.slice(start, start + portion);
    messages.push(
      ...(await againOnConflict(() => confirmPortion({ table, now }, { id, organization }, reading, part))),
    );
  }
  return messages;
}

async function confirmPortion(
  { table, now }: { readonly table: Table; readonly now: number },
  { id, organization }: Pick<Synchronization, 'id' | 'organization'>,
  { observedAt, startedAt }: FinishedReading,
  missing: readonly MissingRepository[],
): Promise<readonly WorkMessage[]> {
  const confirmed = await confirmedAmong({ table, id, startedAt, observedAt }, missing);
  // For one that is still stored, the transaction that removes it requests the scan.
  const scans = confirmed
    .filter(({ isNews }) => isNews)
    .map(({ repository }) => scanWork(organization, id, repository));
  await table.transact([
    ...confirmed.map(({ repository }) => confirmDeletion(id, repository, observedAt)),
    ...scans.map((scan) => requestWork(scan, now, { cause: 'deleted on the forge' })),
  ]);
  return scans.map((scan) => scan.message);
}

/**
 * Repositories that this read confirms as deleted: by the forge's look-up, and by an event too where the credential sees only
 * a selection. `isNews`: the repository was removed before, and not known to be deleted.
 *
 * One that an earlier read confirmed is confirmed again: this read may have planned its removal before that one wrote it, and the
 * removal with the higher number needs a confirmation that is as late.
 */
async function confirmedAmong(
  {
    table,
    id,
    startedAt,
    observedAt,
  }: Pick<FinishedReading, 'startedAt' | 'observedAt'> & {
    readonly table: Table;
    readonly id: SynchronizationId;
  },
  missing: readonly MissingRepository[],
) {
  const [deletions, standings] = await Promise.all([
    findDeletions(
      table,
      id,
      missing.map(({ repository }) => repository),
    ),
    standingOf(
      table,
      id,
      missing.map(({ repository }) => `repository#${repository}`),
    ),
  ]);
  return missing.flatMap(({ repository, absence }, place) => {
    const { statedAt, statedAfter = 0, confirmedBy = -1 } = deletions[place] ?? {};
    const standing = standings.get(`repository#${repository}`);
    const isRestored = (standing?.givenAt ?? 0) > statedAfter;
    const hasConfirmation = statedAt !== undefined && startedAt < statedAt + reportValidMs && !isRestored;
    const isNews = standing?.isRemoved === true && confirmedBy < standing.observedAt;
    const isConfirmed = (absence === 'gone' || hasConfirmation) && confirmedBy < observedAt;
    return isConfirmed ? [{ repository, isNews }] : [];
  });
}
