import type { ScopeName } from '../domain/scopes.ts';
import { ForgeError } from './errors.ts';
import type { ScopeRead, StructureReader } from './forge.ts';

/** When reading has to stop, and the error message for that case. */
export interface ReadingLimit {
  /** Called between requests; false stops the read. */
  readonly mayContinue: () => boolean;
  /** The beginning of the error's message. */
  readonly limitMessage: string;
}

/**
 * Reads a scope to its end in this process, for callers that need the result at once and cannot continue later.
 *
 * @param limit default: none but the caller's own time-out
 * @throws ForgeError `rate-limited` at a limit of the forge, `incomplete` at `limit`, or whatever the reader throws
 */
export async function readToEnd(
  reader: StructureReader,
  scope: ScopeName,
  limit?: ReadingLimit,
): Promise<ScopeRead> {
  const mayContinue = limit === undefined ? {} : { mayContinue: limit.mayContinue };
  for (let from: unknown; ; ) {
    const step = await reader.readScope(scope, { from, ...mayContinue });
    if ('done' in step) {
      return step.done;
    }
    const { state, read, total, notBefore } = step.unfinished;
    if (notBefore !== undefined) {
      throw new ForgeError('rate-limited', 'a rate limit was reached during the read', { notBefore });
    }
    if (limit !== undefined && !limit.mayContinue()) {
      throw new ForgeError('incomplete', `${limit.limitMessage}: ${read} of ${total ?? 'unknown'} were read`);
    }
    from = state;
  }
}
