/** When work that failed, or that has to wait, comes back by a message. */

/** SQS delays no message for longer. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-delay-queues.html */
export const delaySecondsMax = 900;

/**
 * The delay of a message that is not to come before a moment.
 *
 * @param at and `now`: milliseconds since the epoch
 * @returns whole seconds, from 1 to `delaySecondsMax`
 */
export const delaySecondsUntil = (at: number, now: number): number =>
  Math.min(delaySecondsMax, Math.max(1, Math.ceil((at - now) / 1000)));

/** Seconds to wait after the first, second and third failure of a forge that may pass; after that the next reconcile asks again. */
export const retrySeconds = [5, 30, 120] as const;
