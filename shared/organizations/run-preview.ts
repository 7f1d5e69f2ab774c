/** The worker's part of a preview. */
import { CallerError } from '../domain/caller-error.ts';
import type { SynchronizationId } from '../domain/ids.ts';
import type { RecordOutcome } from '../runtime/queue-handler.ts';
import { keepPreviewResult, notePreviewProgress } from '../store/preview-store.ts';
import { findSynchronization } from '../store/synchronization-store.ts';
import { completeWork, takeLease, underLease, type WorkQueue } from '../store/work.ts';
import { previewWork } from '../store/work-items.ts';
import { leaseMs } from '../sync/run/take-scopes.ts';
import { type PreviewRunDependencies, previewRun } from './preview-run.ts';

export interface RunPreviewDependencies extends PreviewRunDependencies {
  readonly workQueue: WorkQueue;
  readonly newLeaseId: () => string;
}

/** Carries out the preview that was asked for. What the forge refuses is its result too. */
export async function runPreview(
  dependencies: RunPreviewDependencies,
  id: SynchronizationId,
): Promise<RecordOutcome> {
  const { table, workQueue, clock, newLeaseId } = dependencies;
  const synchronization = await findSynchronization(table, id);
  if (synchronization === undefined) {
    return 'reject';
  }
  const workItem = previewWork(synchronization.organization, id);
  const lease = await takeLease(table, workItem, { leaseId: newLeaseId(), now: clock.now(), leaseMs });
  if (lease === 'idle' || lease === 'busy') {
    return 'done';
  }
  return underLease<RecordOutcome>(table, lease, async () => {
    let failure: { readonly code: string; readonly message: string } | undefined;
    try {
      const result = await previewRun(dependencies, synchronization, (progress) =>
        notePreviewProgress(table, lease, progress),
      );
      await keepPreviewResult(table, id, lease.wanted, asStored(result), clock.now());
    } catch (error) {
      if (!(error instanceof CallerError)) {
        throw error;
      }
      failure = { code: error.code, message: error.message };
    }
    const outcome = await completeWork(table, lease, { failure, progress: undefined });
    await workQueue.send(outcome === 'more' ? [workItem.message] : []);
    return 'done';
  });
}

const asStored = ({ requests, scopes }: Awaited<ReturnType<typeof previewRun>>) => ({
  requests,
  scopes: scopes.map((scope) => ({
    ...scope,
    changes: [...scope.changes],
    held: [...scope.held],
    deferred: [...scope.deferred],
  })),
});
