/**
 * Deletes the records and archives of packages that were unreadable, or whose name another package took over, for 90 days. Their
 * numbers are never used again.
 */
import type { OrganizationId } from '../../domain/ids.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Logger } from '../../runtime/logger.ts';
import { addAuditEntry } from '../../store/audit-log.ts';
import { equal } from '../../store/condition.ts';
import { askDeletion, deletionOf } from '../../store/deletion-store.ts';
import { packagesOf } from '../../store/package-store.ts';
import { ConflictError, type Table } from '../../store/table.ts';
import { requestWork, type WorkQueue } from '../../store/work.ts';
import { packageWork } from '../../store/work-items.ts';

const act = 'delete-unreadable';
const entry = {
  ...{ by: 'the registry', act, why: 'unreadable, or without its name, for 90 days' },
  actor: { kind: 'system', id: act, name: 'the registry' },
} as const;

/** Milliseconds. */
export const unreadableKeptMs = 90 * 24 * 3600 * 1000;

export async function deleteUnreadable(
  {
    table,
    workQueue,
    clock,
    logger,
  }: { table: Table; workQueue: WorkQueue; clock: Clock; logger: Pick<Logger, 'info'> },
  organization: OrganizationId,
): Promise<void> {
  const kept = clock.now() - unreadableKeptMs;
  const due = (await packagesOf(table, organization)).filter(
    ({ state, unreadableAt = clock.now() }) =>
      (state === 'unreadable' || state === 'superseded') && unreadableAt <= kept,
  );
  for (const { number, name, state } of due) {
    const workItem = packageWork(organization, number);
    const target = { kind: 'package', number } as const;
    try {
      await table.transact([
        {
          ...requestWork(workItem, clock.now(), { state: 'deleted', deletedAt: clock.now() }),
          when: equal('state', state),
        },
        askDeletion(organization, target, name, clock.now()),
        addAuditEntry(organization, { ...entry, at: clock.now(), subject: name }, `package-${number}`),
      ]);
    } catch (error) {
      if (error instanceof ConflictError) {
        // It became readable at this very moment.
        continue;
      }
      throw error;
    }
    await workQueue.send([workItem.message, deletionOf(organization, target).message]);
    logger.info('a package was deleted that had been unreadable for 90 days', {
      organization,
      package: name,
    });
  }
}
