import { CallerError } from './caller-error.ts';

/** A condition of a write failed, or another writer interfered. Read again and decide again. */
export class ConflictError extends Error {
  /** Indexes of the operations whose condition failed; empty when writers only conflicted. */
  readonly failed: readonly number[];
  /** The item that made the condition fail, for single writes. */
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

/** The caller error of a use case that others came before: it carried nothing out, and the same call may succeed. */
export const changedMeanwhile = (message: string, cause?: unknown): CallerError =>
  new CallerError('conflict', message, { isTransient: true, cause });

/**
 * Carries out a change that writes on a condition.
 *
 * @throws CallerError `changedMeanwhile` with the message where the condition fails; what else the change throws
 */
export async function unlessChanged<Result>(message: string, change: () => Promise<Result>): Promise<Result> {
  try {
    return await change();
  } catch (error) {
    throw error instanceof ConflictError ? changedMeanwhile(message, error) : error;
  }
}

/**
 * The caller error for an error that reached an entry point. A use case that expects a conflict throws its own; an unexpected one
 * is nobody's fault, and the same call may succeed.
 *
 * @returns undefined when the caller can do nothing about it: an internal error
 */
export function callerErrorOf(error: unknown): CallerError | undefined {
  if (error instanceof CallerError) {
    return error;
  }
  return error instanceof ConflictError
    ? changedMeanwhile('something else changed this at the same time; try again', error)
    : undefined;
}
