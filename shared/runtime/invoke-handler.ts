/** Composes the handler of a function without a route: parsed input, one use case, a result or a caller error. */
import { z } from 'zod';
import type { CallerErrorCode } from '../domain/caller-error.ts';
import { callerErrorOf } from '../domain/conflict-error.ts';
import { functionHandler } from './function-handler.ts';
import type { Logger } from './logger.ts';

export type InvokeResult<Result> =
  | { readonly ok: true; readonly result: Result }
  | { readonly ok: false; readonly code: CallerErrorCode; readonly error: string };

export function invokeHandler<Schema extends z.ZodType, Result>(
  schema: Schema,
  { logger }: { readonly logger: Logger },
  handle: (input: z.infer<Schema>) => Promise<Result>,
) {
  return functionHandler<unknown, InvokeResult<Result>>(
    {
      logger,
      failure: 'a call failed',
      answerTo(error) {
        const callerError = callerErrorOf(error);
        return callerError && { ok: false, code: callerError.code, error: callerError.message };
      },
    },
    async (event) => {
      const input = schema.safeParse(event);
      return input.success
        ? { ok: true, result: await handle(input.data) }
        : { ok: false, code: 'invalid', error: z.prettifyError(input.error) };
    },
  );
}
