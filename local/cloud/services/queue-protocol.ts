import { z } from 'zod';
import type { CloudClock } from '../runtime/service.ts';
import { AwsError } from './aws-error.ts';
import type { MessageQueue, Sending } from './message-queue.ts';
import {
  invalidValue,
  type MessageAttribute,
  md5,
  md5OfAttributes,
  messageAttributeSchema,
  messageSize,
  receiptHandle,
  type StoredMessage,
  sequenceNumber,
  systemAttributes,
} from './queue-message.ts';
import { LARGEST_MESSAGE, type QueueSettings } from './queue-settings.ts';

/** A queue as the protocol's operations use it. */
export interface OpenQueue {
  readonly name: string;
  readonly url: string;
  readonly arn: string;
  readonly createdAt: number;
  readonly attributes: Readonly<Record<string, string>>;
  readonly settings: QueueSettings;
  readonly messages: MessageQueue;
  purgedAt: number | undefined;
}

interface QueueCall {
  readonly queueAt: (url: string) => OpenQueue;
  readonly queueNamed: (name: string) => OpenQueue;
  readonly clock: CloudClock;
  readonly signal: AbortSignal;
}

type QueueOperation = (body: Buffer, call: QueueCall) => unknown;

const attributes = z.record(z.string(), messageAttributeSchema);
const sending = z.object({
  MessageBody: z.string(),
  DelaySeconds: z.number().optional(),
  MessageAttributes: attributes.default({}),
  MessageSystemAttributes: attributes.default({}),
  MessageDeduplicationId: z.string().optional(),
  MessageGroupId: z.string().optional(),
});
const names = z.array(z.string()).default([]);
const toQueue = z.object({ QueueUrl: z.string() });
const entry = z.object({ Id: z.string() });
const batchOf = <Entry extends z.ZodType>(schema: Entry) => toQueue.extend({ Entries: z.array(schema) });

/** Finds an operation of the SQS JSON protocol; throws for one that this service does not implement. */
export function queueOperation(name: string): QueueOperation {
  const operation = OPERATIONS[name];
  if (operation !== undefined) return operation;
  throw new AwsError(400, 'UnsupportedOperation', `This local service does not know the operation ${name}.`);
}

function operation<Input>(
  schema: z.ZodType<Input>,
  run: (input: Input, call: QueueCall) => unknown,
): QueueOperation {
  return (body, call) => {
    const input = schema.safeParse(JSON.parse(body.toString('utf8')));
    if (!input.success) throw invalidValue(z.prettifyError(input.error));
    return run(input.data, call);
  };
}

const OPERATIONS: Readonly<Record<string, QueueOperation>> = {
  SendMessage: operation(toQueue.extend(sending.shape), (input, call) =>
    sendOne(call.queueAt(input.QueueUrl), input),
  ),
  SendMessageBatch: operation(batchOf(sending.extend(entry.shape)), (input, call) => {
    const bytes = input.Entries.reduce(
      (sum, one) => sum + messageSize(one.MessageBody, one.MessageAttributes),
      0,
    );
    if (bytes > LARGEST_MESSAGE) {
      const message = `Batch requests cannot be longer than ${LARGEST_MESSAGE} bytes.`;
      throw new AwsError(400, 'BatchRequestTooLong', message);
    }
    const queue = call.queueAt(input.QueueUrl);
    return batch(input.Entries, (one) => sendOne(queue, one));
  }),
  ReceiveMessage: operation(
    toQueue.extend({
      AttributeNames: names,
      MessageSystemAttributeNames: names,
      MessageAttributeNames: names,
      MaxNumberOfMessages: z.number().int().min(1).max(10).default(1),
      VisibilityTimeout: z.number().int().min(0).max(43_200).optional(),
      WaitTimeSeconds: z.number().int().min(0).max(20).optional(),
    }),
    async (input, call) => {
      const queue = call.queueAt(input.QueueUrl);
      const taken = await queue.messages.take({
        max: input.MaxNumberOfMessages,
        waitMs: input.WaitTimeSeconds === undefined ? queue.settings.waitMs : input.WaitTimeSeconds * 1000,
        ...(input.VisibilityTimeout === undefined ? {} : { visibilityMs: input.VisibilityTimeout * 1000 }),
        signal: call.signal,
      });
      const system = [...input.AttributeNames, ...input.MessageSystemAttributeNames];
      const messages = taken.map((message) =>
        received(queue.name, message, system, input.MessageAttributeNames),
      );
      return messages.length === 0 ? {} : { Messages: messages };
    },
  ),
  DeleteMessage: operation(toQueue.extend({ ReceiptHandle: z.string() }), (input, call) => {
    call.queueAt(input.QueueUrl).messages.delete(input.ReceiptHandle);
    return {};
  }),
  DeleteMessageBatch: operation(batchOf(entry.extend({ ReceiptHandle: z.string() })), (input, call) => {
    const { messages } = call.queueAt(input.QueueUrl);
    return batch(input.Entries, (one) => {
      messages.delete(one.ReceiptHandle);
      return {};
    });
  }),
  ChangeMessageVisibility: operation(
    toQueue.extend({ ReceiptHandle: z.string(), VisibilityTimeout: z.number() }),
    (input, call) => {
      call.queueAt(input.QueueUrl).messages.changeVisibility(input.ReceiptHandle, input.VisibilityTimeout);
      return {};
    },
  ),
  ChangeMessageVisibilityBatch: operation(
    batchOf(entry.extend({ ReceiptHandle: z.string(), VisibilityTimeout: z.number().default(0) })),
    (input, call) => {
      const { messages } = call.queueAt(input.QueueUrl);
      return batch(input.Entries, (one) => {
        messages.changeVisibility(one.ReceiptHandle, one.VisibilityTimeout);
        return {};
      });
    },
  ),
  GetQueueUrl: operation(z.object({ QueueName: z.string() }), (input, call) => ({
    QueueUrl: call.queueNamed(input.QueueName).url,
  })),
  GetQueueAttributes: operation(toQueue.extend({ AttributeNames: names }), (input, call) => {
    const known = queueAttributes(call.queueAt(input.QueueUrl));
    const all = input.AttributeNames.includes('All');
    const unknown = input.AttributeNames.find((name) => name !== 'All' && !QUEUE_ATTRIBUTES.includes(name));
    if (unknown !== undefined)
      throw new AwsError(400, 'InvalidAttributeName', `Unknown Attribute ${unknown}.`);
    return { Attributes: pick(known, (name) => all || input.AttributeNames.includes(name)) };
  }),
  PurgeQueue: operation(toQueue, (input, call) => {
    const queue = call.queueAt(input.QueueUrl);
    const now = call.clock.now();
    if (queue.purgedAt !== undefined && now - queue.purgedAt < 60_000) {
      const message = `Only one PurgeQueue operation on ${queue.name} is allowed every 60 seconds.`;
      throw new AwsError(403, 'PurgeQueueInProgress', message);
    }
    queue.purgedAt = now;
    queue.messages.purge();
    return {};
  }),
};

function sendOne(queue: OpenQueue, input: z.infer<typeof sending>) {
  const system: Record<string, string> = {};
  for (const [name, { StringValue }] of Object.entries(input.MessageSystemAttributes)) {
    if (name !== 'AWSTraceHeader' || StringValue === undefined)
      throw invalidValue(`Message system attribute name ${name} is invalid.`);
    system[name] = StringValue;
  }
  const message: Sending = {
    body: input.MessageBody,
    messageAttributes: input.MessageAttributes,
    system,
    ...(input.DelaySeconds === undefined ? {} : { delaySeconds: input.DelaySeconds }),
    ...(input.MessageGroupId === undefined ? {} : { groupId: input.MessageGroupId }),
    ...(input.MessageDeduplicationId === undefined ? {} : { deduplicationId: input.MessageDeduplicationId }),
  };
  const { id, sequence } = queue.messages.send(message);
  return {
    MessageId: id,
    MD5OfMessageBody: md5(input.MessageBody),
    MD5OfMessageAttributes: md5OfAttributes(input.MessageAttributes),
    MD5OfMessageSystemAttributes: md5OfAttributes(input.MessageSystemAttributes),
    ...(queue.settings.fifo ? { SequenceNumber: sequenceNumber(sequence) } : {}),
  };
}

function received(
  queue: string,
  message: StoredMessage,
  systemNames: readonly string[],
  attributeNames: readonly string[],
) {
  const system = pick(
    systemAttributes(message),
    (name) => systemNames.includes('All') || systemNames.includes(name),
  );
  const own: Record<string, MessageAttribute> = pick(message.attributes, (name) =>
    attributeNames.some((asked) => {
      if (asked === 'All' || asked === name) return true;
      return asked.endsWith('.*') && name.startsWith(asked.slice(0, -2));
    }),
  );
  return {
    MessageId: message.id,
    ReceiptHandle: receiptHandle(queue, message),
    MD5OfBody: md5(message.body),
    Body: message.body,
    ...(Object.keys(system).length === 0 ? {} : { Attributes: system }),
    ...(Object.keys(own).length === 0
      ? {}
      : { MessageAttributes: own, MD5OfMessageAttributes: md5OfAttributes(own) }),
  };
}

/** Runs each entry separately; the failure of one does not affect the others. */
function batch<Entry extends { Id: string }>(entries: readonly Entry[], run: (entry: Entry) => object) {
  const ids = entries.map(({ Id }) => Id);
  if (ids.length === 0)
    throw new AwsError(400, 'EmptyBatchRequest', 'There should be at least one entry in the request.');
  if (ids.length > 10) {
    const message = `Maximum number of entries per request are 10. You have sent ${ids.length}.`;
    throw new AwsError(400, 'TooManyEntriesInBatchRequest', message);
  }
  if (new Set(ids).size < ids.length) {
    throw new AwsError(
      400,
      'BatchEntryIdsNotDistinct',
      'Two or more batch entries in the request have the same Id.',
    );
  }
  if (ids.some((id) => !/^[\w-]{1,80}$/.test(id))) {
    const message = 'A batch entry id can only contain alphanumeric characters, hyphens and underscores.';
    throw new AwsError(400, 'InvalidBatchEntryId', message);
  }
  const successful: object[] = [];
  const failed: object[] = [];
  for (const one of entries) {
    try {
      successful.push({ Id: one.Id, ...run(one) });
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      failed.push({ Id: one.Id, SenderFault: error.status < 500, Code: error.code, Message: error.message });
    }
  }
  return { Successful: successful, Failed: failed };
}

const QUEUE_ATTRIBUTES = [
  'Policy',
  'VisibilityTimeout',
  'MaximumMessageSize',
  'MessageRetentionPeriod',
  'ApproximateNumberOfMessages',
  'ApproximateNumberOfMessagesNotVisible',
  'ApproximateNumberOfMessagesDelayed',
  'CreatedTimestamp',
  'LastModifiedTimestamp',
  'QueueArn',
  'DelaySeconds',
  'ReceiveMessageWaitTimeSeconds',
  'RedrivePolicy',
  'FifoQueue',
  'ContentBasedDeduplication',
  'KmsMasterKeyId',
  'KmsDataKeyReusePeriodSeconds',
  'DeduplicationScope',
  'FifoThroughputLimit',
  'RedriveAllowPolicy',
  'SqsManagedSseEnabled',
];

function queueAttributes(queue: OpenQueue): Record<string, string> {
  const { settings } = queue;
  const { visible, delayed, inFlight } = queue.messages.counts();
  const created = String(Math.floor(queue.createdAt / 1000));
  return {
    VisibilityTimeout: String(settings.visibilityMs / 1000),
    MaximumMessageSize: String(settings.maximumBytes),
    MessageRetentionPeriod: String(settings.retentionMs / 1000),
    DelaySeconds: String(settings.delayMs / 1000),
    ReceiveMessageWaitTimeSeconds: String(settings.waitMs / 1000),
    ...queue.attributes,
    ApproximateNumberOfMessages: String(visible),
    ApproximateNumberOfMessagesNotVisible: String(inFlight),
    ApproximateNumberOfMessagesDelayed: String(delayed),
    CreatedTimestamp: created,
    LastModifiedTimestamp: created,
    QueueArn: queue.arn,
  };
}

function pick<Value>(
  record: Readonly<Record<string, Value>>,
  chosen: (name: string) => boolean,
): Record<string, Value> {
  return Object.fromEntries(Object.entries(record).filter(([name]) => chosen(name)));
}
