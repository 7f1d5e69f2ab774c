import type {
  CloudClock,
  QueueEngine,
  QueueMessage,
  ServiceRequest,
  ServiceResponse,
} from '../runtime/service.ts';
import { AwsError, jsonError } from './aws-error.ts';
import { createMessageQueue, type MessageQueue } from './message-queue.ts';
import { openQueueJournal } from './queue-journal.ts';
import {
  md5,
  messageAttributeSchema,
  receiptHandle,
  type StoredMessage,
  systemAttributes,
} from './queue-message.ts';
import { type OpenQueue, queueOperation } from './queue-protocol.ts';
import { invalidRedrive, queueSettings } from './queue-settings.ts';

export interface QueueServiceOptions {
  readonly clock: CloudClock;
  /** Base of the queue URLs, by which clients reach this service; a function if the port is not known yet. */
  readonly baseUrl: string | (() => string);
  readonly accountId: string;
  readonly region: string;
  /** Directory that keeps messages across a restart; without it they are only in memory. */
  readonly directory?: string;
  /** For tests: whether a message of a standard queue is handed out once more than it should be. */
  readonly handsOutTwice?: (queue: string, message: { messageId: string; body: string }) => boolean;
}

/**
 * A local SQS: the queues, as an engine in this process and behind the JSON protocol of the SDK.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/
 */
export function createQueueService(options: QueueServiceOptions): QueueEngine {
  const { clock, accountId, region } = options;
  const journal = openQueueJournal({ directory: options.directory, now: clock.now() });
  const queues = new Map<string, OpenQueue>();
  const closing = new AbortController();
  let sequence = 0;

  const arnOf = (name: string) => `arn:aws:sqs:${region}:${accountId}:${name}`;

  function queueNamed(name: string): OpenQueue {
    const queue = queues.get(name);
    if (queue !== undefined) return queue;
    throw new AwsError(400, 'QueueDoesNotExist', 'The specified queue does not exist.');
  }

  function openMessages(name: string): MessageQueue {
    const state = journal.state(name);
    for (const message of state.messages.values()) sequence = Math.max(sequence, message.sequence);
    return createMessageQueue({
      name,
      settings: () => queueNamed(name).settings,
      state,
      clock,
      record: journal.record,
      nextSequence: () => {
        sequence += 1;
        return sequence;
      },
      moveToDeadLetters: (message) => {
        const target = queues.get(queueNamed(name).settings.deadLetters?.queueName ?? '');
        target?.messages.addDeadLetter(message, arnOf(name));
        return target !== undefined;
      },
      handsOutTwice: ({ id, body }) => options.handsOutTwice?.(name, { messageId: id, body }) ?? false,
    });
  }

  const engine: QueueEngine = {
    createQueue({ name, attributes }) {
      if (!/^[\w-]{1,75}(\.fifo|[\w-]{0,5})$/.test(name)) {
        const message =
          'Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length';
        throw new AwsError(400, 'InvalidParameterValue', message);
      }
      const settings = queueSettings(name, attributes);
      const deadLetters = settings.deadLetters?.queueName;
      if (deadLetters !== undefined && !queues.has(deadLetters)) {
        throw invalidRedrive(`Dead letter target ${deadLetters} does not exist.`);
      }
      const known = queues.get(name);
      const baseUrl = typeof options.baseUrl === 'string' ? options.baseUrl : options.baseUrl();
      const queue: OpenQueue = {
        name,
        url: `${baseUrl}/${accountId}/${name}`,
        arn: arnOf(name),
        createdAt: known?.createdAt ?? clock.now(),
        attributes,
        settings,
        messages: known?.messages ?? openMessages(name),
        purgedAt: known?.purgedAt,
      };
      queues.set(name, queue);
      return queue.url;
    },
    send(name, message) {
      const messageAttributes: Record<string, ReturnType<typeof messageAttributeSchema.parse>> = {};
      for (const [attribute, value] of Object.entries(message.messageAttributes ?? {})) {
        messageAttributes[attribute] = messageAttributeSchema.parse(value);
      }
      return { messageId: queueNamed(name).messages.send({ ...message, messageAttributes }).id };
    },
    async receive(name, { max, waitMs, signal }) {
      const stop = signal === undefined ? closing.signal : AbortSignal.any([closing.signal, signal]);
      const taken = await queueNamed(name).messages.take({ max, waitMs, signal: stop });
      return taken.map((message) => outgoing(name, message));
    },
    delete(name, receiptHandles) {
      for (const handle of receiptHandles) queueNamed(name).messages.delete(handle);
    },
    changeVisibility(name, handle, seconds) {
      queueNamed(name).messages.changeVisibility(handle, seconds);
    },
    counts: (name) => queueNamed(name).messages.counts(),
    purge: (name) => queueNamed(name).messages.purge(),
    async handle(request) {
      try {
        return await answer(request);
      } catch (error) {
        if (error instanceof AwsError) return queueError(error);
        throw error;
      }
    },
    async close() {
      closing.abort();
      journal.close();
    },
  };

  async function answer(request: ServiceRequest): Promise<ServiceResponse> {
    const operation = queueOperation(request.headers['x-amz-target']?.split('.')[1] ?? '');
    const result = await operation(request.body, {
      queueAt: (url) => queueNamed(url.split('/').at(-1) ?? ''),
      queueNamed,
      clock,
      signal:
        request.signal === undefined ? closing.signal : AbortSignal.any([closing.signal, request.signal]),
    });
    return {
      status: 200,
      headers: { 'content-type': 'application/x-amz-json-1.0' },
      body: JSON.stringify(result),
    };
  }

  return engine;
}

/** Error names of the older query protocol; the SDK reports them as `Code`. */
const QUERY_CODES: Readonly<Record<string, string>> = {
  QueueDoesNotExist: 'AWS.SimpleQueueService.NonExistentQueue',
  EmptyBatchRequest: 'AWS.SimpleQueueService.EmptyBatchRequest',
  TooManyEntriesInBatchRequest: 'AWS.SimpleQueueService.TooManyEntriesInBatchRequest',
  BatchEntryIdsNotDistinct: 'AWS.SimpleQueueService.BatchEntryIdsNotDistinct',
  BatchRequestTooLong: 'AWS.SimpleQueueService.BatchRequestTooLong',
  InvalidBatchEntryId: 'AWS.SimpleQueueService.InvalidBatchEntryId',
  MessageNotInflight: 'AWS.SimpleQueueService.MessageNotInflight',
  PurgeQueueInProgress: 'AWS.SimpleQueueService.PurgeQueueInProgress',
  UnsupportedOperation: 'AWS.SimpleQueueService.UnsupportedOperation',
};

/** An error in SQS's form: JSON, with the query protocol's code in a header. */
export function queueError(error: AwsError): ServiceResponse {
  const fault = error.status < 500 ? 'Sender' : 'Receiver';
  return jsonError(error, { 'x-amzn-query-error': `${QUERY_CODES[error.code] ?? error.code};${fault}` });
}

function outgoing(queue: string, message: StoredMessage): QueueMessage {
  return {
    messageId: message.id,
    receiptHandle: receiptHandle(queue, message),
    body: message.body,
    md5OfBody: md5(message.body),
    attributes: systemAttributes(message),
    messageAttributes: message.attributes,
  };
}
