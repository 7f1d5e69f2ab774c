/** One deadline for several waits. What was begun goes on after it, and nobody waits for it any more. */

export interface Deadline {
  isOver(): boolean;
  /** @throws TooSlowError once it is over */
  orOver<Result>(work: Promise<Result>): Promise<Result>;
  /** To be called once nobody waits any more. */
  clear(): void;
}

class TooSlowError extends Error {
  override readonly name = 'TooSlowError';
}

/** @param message of the error: what takes too long */
export function deadlineIn(waitMs: number, message: string): Deadline {
  const { promise, reject } = Promise.withResolvers<never>();
  // It may be over while nobody waits for it.
  promise.catch(() => {});
  let isOver = false;
  const timer = setTimeout(() => {
    isOver = true;
    reject(new TooSlowError(message));
  }, waitMs);
  return {
    isOver: () => isOver,
    orOver: (work) => Promise.race([work, promise]),
    clear: () => clearTimeout(timer),
  };
}
