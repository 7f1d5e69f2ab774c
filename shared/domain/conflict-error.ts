import { CallerError } from './caller-error.ts';

/** A condition of a write did not hold, or another writer was there at the same moment. Read again and decide anew. */
export class ConflictError extends Error {
  /** Places in the list of operations whose condition did not hold; empty when writers only met. */
  readonly failed: readonly number[];
  /** The item that stood in the way, for single writes. */
  readonly item: Readonly<Record<string, unknown>> | undefined;

  constructor(
    failed: readonly number[],
    options: { item?: Readonly<Record<string, unknown>> | undefined; cause?: unknown } = {},
  ) {
    super('a condition of a write did not hold', { cause: options.cause });
    this.name = 'ConflictError';
    this.failed = failed;
    this.item = options.item;
  }
}

/**
 * What an error that reached an edge is for the caller. A use case that expects a conflict says itself what changed; one that it did not
 * expect is still nobody's fault, and the same call may succeed.
 *
 * @returns undefined when the caller can do nothing about it: an error of ours
 */
export function callerErrorOf(error: unknown): CallerError | undefined {
  if (error instanceof CallerError) {
    return error;
  }
  return error instanceof ConflictError
    ? new CallerError('conflict', 'something else changed this at the same time; try again', {
        cause: error,
      })
    : undefined;
}
