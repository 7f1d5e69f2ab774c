/** Composes the handler of a function that a schedule starts. What it returns goes nowhere but into the local host's record. */
import { functionHandler } from './function-handler.ts';
import type { Logger } from './logger.ts';

export function scheduleHandler<Result>(
  { logger }: { readonly logger: Logger },
  handle: () => Promise<Result>,
) {
  return functionHandler<unknown, Result>({ logger, failure: 'scheduled work failed' }, handle);
}
