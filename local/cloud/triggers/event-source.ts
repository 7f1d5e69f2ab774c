import { z } from 'zod';
import type { Outcome } from '../functions/host.ts';
import type { CloudClock, QueueEngine, QueueMessage } from '../runtime/service.ts';

export interface EventSourceOptions {
  readonly queueName: string;
  readonly queueArn: string;
  readonly region: string;
  readonly functionName: string;
  readonly batchSize: number;
  /** How long messages are gathered for a batch, in milliseconds. */
  readonly batchingWindowMs: number;
  /** The most concurrent batches. */
  readonly maximumConcurrency: number;
  /** Whether the function reports which messages failed (`ReportBatchItemFailures`). */
  readonly reportsFailures: boolean;
  readonly queues: QueueEngine;
  readonly clock: CloudClock;
  /** Invokes a function and waits; undefined if it is throttled. */
  invoke(functionName: string, payload: string): Promise<Outcome | undefined>;
}

export interface EventSource {
  readonly queueName: string;
  /** The number of batches being processed. */
  running(): number;
  /** Stops receiving messages. */
  stop(): void;
  /** Stops receiving messages and waits for the running batches. */
  close(): Promise<void>;
}

/** Longer than SQS allows: queues in the same process notify waiting receivers, so polling again is useless. */
const LONG_POLL_MS = 3_600_000;
const MOST_PER_RECEIVE = 10;

/** Lambda's initial concurrency for a standard queue; it adds pollers there only minute by minute. */
export const DEFAULT_CONCURRENCY = 5;

/**
 * Passes a queue's messages to a function, as Lambda's event source mapping does: deletes what was processed, and leaves what failed to its
 * visibility time-out and the queue's redrive policy. https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
 */
export function startEventSource(options: EventSourceOptions): EventSource {
  const { queues, queueName, clock } = options;
  const stopping = new AbortController();
  const running = new Set<Promise<void>>();
  const polling = poll();

  async function poll(): Promise<void> {
    while (!stopping.signal.aborted) {
      if (running.size >= options.maximumConcurrency) await Promise.race(running);
      else for (const batch of byGroup(await gather())) start(batch);
    }
  }

  function start(batch: readonly QueueMessage[]): void {
    const work = process(batch).finally(() => running.delete(work));
    running.add(work);
  }

  async function gather(): Promise<QueueMessage[]> {
    const messages = await receive(options.batchSize, LONG_POLL_MS);
    if (messages.length === 0) return [];
    const end = clock.now() + options.batchingWindowMs;
    for (
      let rest = end - clock.now();
      rest > 0 && messages.length < options.batchSize;
      rest = end - clock.now()
    ) {
      messages.push(...(await receive(options.batchSize - messages.length, rest)));
    }
    return messages;
  }

  function receive(wanted: number, waitMs: number): Promise<QueueMessage[]> {
    const max = Math.min(wanted, MOST_PER_RECEIVE);
    return queues.receive(queueName, { max, waitMs, signal: stopping.signal });
  }

  async function process(batch: readonly QueueMessage[]): Promise<void> {
    const event = { Records: batch.map((message) => record(message, options)) };
    const outcome = await options.invoke(options.functionName, JSON.stringify(event));
    if (outcome?.kind !== 'result') {
      // Stopping the cloud interrupts work, which must be available at the next start, not a visibility time-out later.
      if (stopping.signal.aborted) for (const message of batch) tryTo(() => release(message));
      return;
    }
    const failed = options.reportsFailures ? failedIds(outcome.payload, batch) : new Set<string>();
    const done = batch.filter(({ messageId }) => !failed.has(messageId));
    // If a handle has expired meanwhile, the message is received again, as with SQS.
    for (const { receiptHandle } of done) tryTo(() => queues.delete(queueName, [receiptHandle]));
  }

  function release({ receiptHandle }: QueueMessage): void {
    queues.changeVisibility(queueName, receiptHandle, 0);
  }

  return {
    queueName,
    running: () => running.size,
    stop: () => stopping.abort(),
    async close() {
      stopping.abort();
      await polling;
      await Promise.all(running);
    },
  };
}

function tryTo(act: () => void): void {
  try {
    act();
  } catch {}
}

/** Each batch of a FIFO queue has one group, so that no group waits for another. */
function byGroup(messages: readonly QueueMessage[]): QueueMessage[][] {
  const batches = new Map<string, QueueMessage[]>();
  for (const message of messages) {
    const { MessageGroupId = '', MessageDeduplicationId } = message.attributes;
    // On standard queues the group is for fairness, not order.
    const group = MessageDeduplicationId === undefined ? '' : MessageGroupId;
    batches.set(group, [...(batches.get(group) ?? []), message]);
  }
  return [...batches.values()];
}

const responseSchema = z.object({
  batchItemFailures: z.array(z.object({ itemIdentifier: z.string().min(1) })).nullish(),
});

/**
 * Ids of the messages that the function reports as failed. An invalid answer, or one that names a message outside the batch, means all.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting
 */
function failedIds(payload: string, batch: readonly QueueMessage[]): ReadonlySet<string> {
  const all = new Set(batch.map(({ messageId }) => messageId));
  const answer: unknown = JSON.parse(payload);
  if (answer === null || answer === '') return new Set();
  const parsed = responseSchema.safeParse(answer);
  if (!parsed.success) return all;
  const ids = new Set((parsed.data.batchItemFailures ?? []).map(({ itemIdentifier }) => itemIdentifier));
  return [...ids].every((id) => all.has(id)) ? ids : all;
}

function record(message: QueueMessage, { queueArn, region }: EventSourceOptions): object {
  return {
    messageId: message.messageId,
    receiptHandle: message.receiptHandle,
    body: message.body,
    attributes: message.attributes,
    messageAttributes: Object.fromEntries(
      Object.entries(message.messageAttributes).map(([name, value]) => [name, lambdaAttribute(value)]),
    ),
    md5OfBody: message.md5OfBody,
    eventSource: 'aws:sqs',
    eventSourceARN: queueArn,
    awsRegion: region,
  };
}

const attributeSchema = z.object({
  DataType: z.string(),
  StringValue: z.string().optional(),
  BinaryValue: z.string().optional(),
});

/** Lambda writes the fields of a message attribute in lower camel case. */
function lambdaAttribute(value: unknown): object {
  const { DataType, StringValue, BinaryValue } = attributeSchema.parse(value);
  return {
    ...(StringValue !== undefined && { stringValue: StringValue }),
    ...(BinaryValue !== undefined && { binaryValue: BinaryValue }),
    stringListValues: [],
    binaryListValues: [],
    dataType: DataType,
  };
}
