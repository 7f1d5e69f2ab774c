/** When failed or waiting work is retried by a message. */

/**
 * The longest delay of an SQS message.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-delay-queues.html
 */
export const delaySecondsMax = 900;

/**
 * The delay of a message that must not arrive before a certain time.
 *
 * @param at and `now`: milliseconds since the epoch
 * @returns whole seconds, from 1 to `delaySecondsMax`
 */
export const delaySecondsUntil = (at: number, now: number): number =>
  Math.min(delaySecondsMax, Math.max(1, Math.ceil((at - now) / 1000)));

/** Seconds to wait after the first, second and third temporary failure of a forge; after that the next reconcile retries. */
export const retrySeconds = [5, 30, 120] as const;
