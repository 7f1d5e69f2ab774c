/** How long a worker has a repository to itself: repositories at a URL have a worker that may run for longer. */
import type { SynchronizationId } from '../domain/ids.ts';
import { isVcsSynchronization } from '../domain/vcs-repository.ts';
import { leaseMsOf } from '../runtime/time-limits.ts';

/** In milliseconds. */
export const scanLeaseMs = (synchronization: SynchronizationId): number =>
  leaseMsOf(isVcsSynchronization(synchronization) ? 'scan-vcs' : 'scan-repository');
