/** Removes the hooks of an ended synchronization from its forge, as far as its credential still works, and then the credential. */
import type { SynchronizationId } from '../../domain/ids.ts';
import type { Synchronization } from '../../domain/synchronization.ts';
import { ForgeError } from '../../forge/errors.ts';
import type { Hooks } from '../../forge/hooks.ts';
import type { Logger } from '../../runtime/logger.ts';
import type { RecordOutcome } from '../../runtime/queue-handler.ts';
import { leaseMsOf } from '../../runtime/time-limits.ts';
import {
  type EndedHooks,
  endedHooksWork,
  findEndedHooks,
  forgetEndedHooks,
  parseEndedHooks,
} from '../../store/ended-hooks-store.ts';
import type { WorkQueue } from '../../store/work.ts';
import { type Lease, releaseLease, takeLease, underLease } from '../../store/work.ts';
import { type EnsureHookDependencies, final, removeInstalled } from './ensure-hook.ts';

export interface EndHooksDependencies extends EnsureHookDependencies {
  readonly workQueue: WorkQueue;
  readonly logger: Pick<Logger, 'warn'>;
  readonly newLeaseId: () => string;
  /** @returns undefined for a connection without hooks of its own @throws ForgeError */
  readonly openHooks: (
    of: Pick<Synchronization, 'forge' | 'baseUrl' | 'connection' | 'forgeOrganization'>,
  ) => Promise<Hooks | undefined>;
}

/** A turn removes no more of them after this time; milliseconds. */
const turnMs = 200_000;
/** The next try while the forge does not answer. */
const retryMs = 300_000;
/** When the rest is left to the forge, which disables hooks whose deliveries are refused. */
const givenUpMs = 24 * 3600_000;

/** The use case of the message `ended-hooks`. */
export async function removeEndedHooks(
  dependencies: EndHooksDependencies,
  id: SynchronizationId,
): Promise<RecordOutcome> {
  const { table, clock, newLeaseId } = dependencies;
  const ended = await findEndedHooks(table, id);
  if (ended === undefined) {
    return 'done';
  }
  const lease = await takeLease(table, endedHooksWork(ended.organization, id), {
    ...{ leaseId: newLeaseId(), now: clock.now(), leaseMs: leaseMsOf('sync-organization') },
  });
  if (lease === 'idle' || lease === 'busy') {
    return 'done';
  }
  await underLease(table, lease, () => removeAll(dependencies, id, lease, parseEndedHooks(lease.item)));
  return 'done';
}

async function removeAll(
  dependencies: EndHooksDependencies,
  id: SynchronizationId,
  lease: Lease,
  ended: EndedHooks,
): Promise<void> {
  const { table, clock, workQueue, logger } = dependencies;
  const { forge, baseUrl } = ended;
  const until = clock.now() + turnMs;
  const left = [...ended.hooks];
  try {
    const hooks = await dependencies.openHooks(ended);
    for (let hook = left[0]; hooks !== undefined && hook !== undefined; hook = left[0]) {
      if (clock.now() >= until) {
        await releaseLease(table, lease, undefined, { hooks: left });
        await workQueue.send([lease.workItem.message]);
        return;
      }
      const context = { dependencies, hooks, synchronization: { id, forge, baseUrl } };
      const stored = { ...hook, forge, isSecretPending: false };
      await removeInstalled(context, stored, [...final, 'insufficient-scope']);
      left.shift();
    }
  } catch (error) {
    if (!(error instanceof ForgeError)) {
      throw error;
    }
    const now = clock.now();
    if (mayWorkLater(error) && now < ended.endedAt + givenUpMs) {
      await releaseLease(table, lease, Math.max(error.notBefore ?? 0, now + retryMs), { hooks: left });
      return;
    }
    logger.warn('hooks of an ended synchronization stay at the code host', {
      ...{ synchronization: id, forge, code: error.code, hooks: left.length },
    });
  }
  await forgetEndedHooks(table, lease, ended, clock.now());
}

const mayWorkLater = ({ code }: ForgeError): boolean => code === 'rate-limited' || code === 'unavailable';
