/** Composes the handler of a scheduled function. Its result is used only in the local host's record. */
import { functionHandler } from './function-handler.ts';
import type { Logger } from './logger.ts';

export function scheduleHandler<Result>(
  { logger }: { readonly logger: Logger },
  handle: () => Promise<Result>,
) {
  return functionHandler<unknown, Result>({ logger, failure: 'scheduled work failed' }, handle);
}
