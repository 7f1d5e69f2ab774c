/** The worker's part of a preview. */
import { CallerError } from '../domain/caller-error.ts';
import type { SynchronizationId } from '../domain/ids.ts';
import type { Synchronization } from '../domain/synchronization.ts';
import type { RecordOutcome } from '../runtime/queue-handler.ts';
import {
  countPreviewAttempt,
  keepPreviewResult,
  notePreviewProgress,
  type PreviewFailure,
  PreviewItem,
  withEnded,
} from '../store/preview-store.ts';
import { findSynchronization } from '../store/synchronization-store.ts';
import { completeWork, type Lease, takeLease, underLease, type WorkQueue } from '../store/work.ts';
import { previewWork } from '../store/work-items.ts';
import { leaseMs } from '../sync/run/take-scopes.ts';
import { type PreviewRunDependencies, previewRun } from './preview-run.ts';

export interface RunPreviewDependencies extends PreviewRunDependencies {
  readonly workQueue: WorkQueue;
  readonly newLeaseId: () => string;
}

/** A preview that a worker could not end is made again so many times in all. */
const attemptsMax = 3;

const givenUp: PreviewFailure = {
  code: 'conflict',
  message: `The preview failed ${attemptsMax} times for a reason that is not the code host's word. It is in the operator's log.`,
};

/**
 * Carries out the preview that was asked for. What the forge refuses is its result too.
 *
 * @throws what the work throws; at the third time the preview has failed and is not made again
 */
export async function runPreview(
  dependencies: RunPreviewDependencies,
  id: SynchronizationId,
): Promise<RecordOutcome> {
  const { table, clock, newLeaseId } = dependencies;
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
    const attempt = await countPreviewAttempt(table, lease);
    // The workers before this one died.
    if (attempt > attemptsMax) {
      await complete(dependencies, lease, givenUp);
      return 'done';
    }
    try {
      await complete(dependencies, lease, await failureOfPreview(dependencies, synchronization, lease));
    } catch (error) {
      if (attempt === attemptsMax) {
        await complete(dependencies, lease, givenUp);
      }
      throw error;
    }
    return 'done';
  });
}

/** Makes the preview and keeps its result. @returns why there is none */
async function failureOfPreview(
  dependencies: RunPreviewDependencies,
  synchronization: Synchronization,
  lease: Lease,
): Promise<PreviewFailure | undefined> {
  const { table, clock } = dependencies;
  try {
    const { viewersInstall = synchronization.viewersInstall } = PreviewItem.parse(lease.item);
    const result = await previewRun(dependencies, { ...synchronization, viewersInstall }, (progress) =>
      notePreviewProgress(table, lease, progress),
    );
    await keepPreviewResult(table, synchronization.id, lease.wanted, result, clock.now());
    return undefined;
  } catch (error) {
    if (!(error instanceof CallerError)) {
      throw error;
    }
    return { code: error.code, message: error.message };
  }
}

async function complete(
  { table, workQueue, clock }: RunPreviewDependencies,
  lease: Lease,
  failure: PreviewFailure | undefined,
): Promise<void> {
  const outcome = await completeWork(table, lease, withEnded(lease, failure, clock.now()));
  await workQueue.send(outcome === 'more' ? [lease.workItem.message] : []);
}
