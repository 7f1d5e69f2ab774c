import type { ScopeName } from '../domain/scopes.ts';
import { ForgeError } from './errors.ts';
import type { ScopeRead, StructureReader } from './forge.ts';

/** When reading has to end, and what is said then. */
export interface ReadingLimit {
  /** Asked between requests. */
  readonly mayContinue: () => boolean;
  /** Begins the error's message. */
  readonly tooMuch: string;
}

/**
 * Reads a scope from its beginning to its end in this process, for those who wait for the answer and cannot come back for the rest.
 *
 * @param limit without it the caller's own time-out is the end
 * @throws ForgeError `rate-limited` when a limit of the forge is met on the way; `incomplete` at ours; whatever the reader throws
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
      throw new ForgeError('incomplete', `${limit.tooMuch}: ${read} of ${total ?? 'unknown'} were read`);
    }
    from = state;
  }
}
