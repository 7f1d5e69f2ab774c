/** Composes the handler of a queue: parses each record by its schema, runs one use case, and settles the record. */

import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import type { z } from 'zod';
import { parseJson } from '../domain/parse-json.ts';
import { functionHandler } from './function-handler.ts';
import type { Logger } from './logger.ts';

/**
 * The outcome of a record: `done` deletes it. So does `reject`, since no retry would help (it is logged and counted). After a
 * thrown error the queue delivers it again when the visibility time-out has passed, and finally moves it to the dead-letter
 * queue.
 */
export type RecordOutcome = 'done' | 'reject';

export interface QueueHandlerDependencies {
  readonly logger: Logger;
}

export function queueHandler<Schema extends z.ZodType>(
  schema: Schema,
  { logger }: QueueHandlerDependencies,
  handle: (message: z.infer<Schema>) => Promise<RecordOutcome>,
) {
  return batchHandler(schema, { logger }, async (messages, ids) => {
    const failed = new Set<number>();
    for (const [place, message] of messages.entries()) {
      try {
        logger.setCorrelationId(ids[place]);
        const outcome = await handle(message);
        if (outcome === 'reject') {
          logger.error('a message was rejected', { message: message as never });
        }
      } catch (error) {
        logger.error('work on a message failed', { error: error as Error, queueMessage: message as never });
        failed.add(place);
      }
    }
    return failed;
  });
}

/**
 * Like `queueHandler`, for a use case that takes the whole batch at once.
 *
 * @param handle gets the messages with their SQS ids; returns the indexes of those that failed
 */
export function batchHandler<Schema extends z.ZodType>(
  schema: Schema,
  { logger }: QueueHandlerDependencies,
  handle: (messages: readonly z.infer<Schema>[], ids: readonly string[]) => Promise<ReadonlySet<number>>,
) {
  const stack = { logger, failure: 'work on a batch of messages failed' };
  return functionHandler<SQSEvent, SQSBatchResponse>(stack, async (event) => {
    const parsed: { id: string; message: z.infer<Schema> }[] = [];
    for (const record of event.Records) {
      const result = schema.safeParse(parseJson(record.body));
      if (result.success) {
        parsed.push({ id: record.messageId, message: result.data });
      } else {
        // A retry would not make it readable, so it is deleted, and logged as an error.
        logger.error('a message does not match its schema', { messageId: record.messageId });
      }
    }
    const failed = await handle(
      parsed.map((record) => record.message),
      parsed.map((record) => record.id),
    );
    return {
      batchItemFailures: parsed
        .filter((_, place) => failed.has(place))
        .map((record) => ({ itemIdentifier: record.id })),
    };
  });
}
