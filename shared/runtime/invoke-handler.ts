/** Composes the handler of a function without a route: parsed input, one use case, a result or an error that names what is wrong. */
import middy from '@middy/core';
import { z } from 'zod';
import { CallerError } from '../domain/caller-error.ts';
import type { Logger } from './logger.ts';

export type InvokeResult<Result> =
  | { readonly ok: true; readonly result: Result }
  | { readonly ok: false; readonly error: string };

export function invokeHandler<Schema extends z.ZodType, Result>(
  schema: Schema,
  { logger }: { readonly logger: Logger },
  handle: (input: z.infer<Schema>) => Promise<Result>,
) {
  return middy(async (event: unknown): Promise<InvokeResult<Result>> => {
    const input = schema.safeParse(event);
    if (!input.success) {
      return { ok: false, error: z.prettifyError(input.error) };
    }
    try {
      return { ok: true, result: await handle(input.data) };
    } catch (error) {
      if (error instanceof CallerError) {
        return { ok: false, error: error.message };
      }
      logger.error('a call failed', { error: error as Error });
      throw error;
    }
  });
}
