import type { Logger } from '../runtime/logger.ts';
import type { WorkQueue } from './work.ts';

/**
 * A queue for whoever answers people: a message that cannot be sent fails nothing, because the change that asks for the work is stored, and
 * the sweep finds it within a minute. Otherwise the caller would be told that a change failed which was made.
 */
export function bestEffortQueue({
  workQueue,
  logger,
}: {
  readonly workQueue: WorkQueue;
  readonly logger: Pick<Logger, 'warn'>;
}): WorkQueue {
  return {
    async send(messages, delaySeconds) {
      try {
        await workQueue.send(messages, delaySeconds);
      } catch (error) {
        logger.warn('messages could not be sent; the sweep finds their work', {
          queues: messages.map(({ queue }) => queue),
          error: error as Error,
        });
      }
    },
  };
}
