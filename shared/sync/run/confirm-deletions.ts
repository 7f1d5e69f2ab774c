/** Notes which of the repositories that a read does not have were deleted on the forge: only then may a package's name pass by itself. */
import { asId, type ForgeRepositoryId, type SynchronizationId } from '../../domain/ids.ts';
import { type AnyScope, idOfPart, isPart, kindOfPart, type PartScope } from '../../domain/scopes.ts';
import type { Synchronization } from '../../domain/synchronization.ts';
import type { Absence } from '../../forge/forge.ts';
import { standingOf } from '../../store/fact-store.ts';
import { confirmDeletion, findDeletions } from '../../store/forge-deletion-store.ts';
import { type Table, transactionItemsMax } from '../../store/table.ts';
import { requestWork, type WorkMessage } from '../../store/work.ts';
import { scanWork } from '../../store/work-items.ts';
import type { FinishedReading } from '../plan/decide.ts';

/** An event's word is about a read of its own, which comes within seconds and during an outage later; in milliseconds. */
const statedMs = 3600_000;

/**
 * To be called before the read's removals are written: a worker that dies between the two leaves a note that means nothing as long as the
 * repository is there.
 *
 * @param absent what its list did not show and was then asked for by its id
 * @returns messages for the scans by which the packages' names may pass
 */
export async function confirmDeletions(
  { table, now }: { readonly table: Table; readonly now: number },
  { id, organization }: Pick<Synchronization, 'id' | 'organization'>,
  scope: AnyScope,
  { read, observedAt, startedAt }: FinishedReading,
  absent: ReadonlyMap<PartScope, Absence>,
): Promise<readonly WorkMessage[]> {
  const absences =
    isPart(scope) && read.absence !== undefined ? new Map([[scope, read.absence] as const]) : absent;
  const missing = [...absences].flatMap(([part, absence]) =>
    kindOfPart(part) === 'repository' && absence !== 'elsewhere'
      ? [{ repository: asId<ForgeRepositoryId>(idOfPart(part)), absence }]
      : [],
  );
  if (missing.length === 0) {
    return [];
  }
  const confirmed = await confirmedAmong({ table, id, startedAt }, missing);
  const portion = Math.floor(transactionItemsMax / 2);
  const messages: WorkMessage[] = [];
  for (let start = 0; start < confirmed.length; start += portion) {
    const part = confirmed.slice(start, start + portion);
    // One that is still stored is scanned because of the transaction that removes it.
    const scans = part
      .filter(({ standing }) => standing?.isRemoved === true)
      .map(({ repository }) => scanWork(organization, id, repository));
    await table.transact([
      ...part.map(({ repository }) => confirmDeletion(id, repository, observedAt)),
      ...scans.map((scan) => requestWork(scan, now, { cause: 'deleted on the forge' })),
    ]);
    messages.push(...scans.map((scan) => scan.message));
  }
  return messages;
}

/** Those that both the forge and, for a credential that sees a selection only, an event say were deleted, and of which that is new. */
async function confirmedAmong(
  {
    table,
    id,
    startedAt,
  }: { readonly table: Table; readonly id: SynchronizationId; readonly startedAt: number },
  missing: readonly { readonly repository: ForgeRepositoryId; readonly absence: Absence }[],
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
    const hasConfirmation = statedAt !== undefined && startedAt < statedAt + statedMs && !isRestored;
    const isKnown = standing?.isRemoved === true && confirmedBy >= standing.observedAt;
    return (absence === 'gone' || hasConfirmation) && !isKnown ? [{ repository, standing }] : [];
  });
}
