import { createHash } from 'node:crypto';
import { z } from 'zod';
import { AwsError } from './aws-error.ts';

/** In SQS's JSON form; the binary value in base64. */
export const messageAttributeSchema = z.object({
  DataType: z.string(),
  StringValue: z.string().optional(),
  BinaryValue: z.string().optional(),
});
export type MessageAttribute = z.infer<typeof messageAttributeSchema>;

/** A stored message; times in milliseconds since the epoch. */
export const storedMessageSchema = z.object({
  id: z.string(),
  sequence: z.number(),
  body: z.string(),
  attributes: z.record(z.string(), messageAttributeSchema),
  /** AWSTraceHeader and other attributes that a sender may set. */
  system: z.record(z.string(), z.string()),
  groupId: z.string().optional(),
  deduplicationId: z.string().optional(),
  deadLetterSourceArn: z.string().optional(),
  sentAt: z.number(),
  firstReceivedAt: z.number().optional(),
  receives: z.number(),
  /** In the future while the message is delayed or in flight. */
  visibleAt: z.number(),
});
export type StoredMessage = z.infer<typeof storedMessageSchema>;

export const md5 = (text: string) => createHash('md5').update(text).digest('hex');

/**
 * The checksum over message attributes; undefined without any.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html
 */
export function md5OfAttributes(attributes: Readonly<Record<string, MessageAttribute>>): string | undefined {
  const names = Object.keys(attributes).sort();
  if (names.length === 0) return undefined;
  const hash = createHash('md5');
  const field = (bytes: Buffer) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    hash.update(length).update(bytes);
  };
  for (const name of names) {
    const attribute = attributes[name];
    if (attribute === undefined) continue;
    field(Buffer.from(name));
    field(Buffer.from(attribute.DataType));
    const text = attribute.StringValue;
    hash.update(Buffer.from([text === undefined ? 2 : 1]));
    field(text === undefined ? Buffer.from(attribute.BinaryValue ?? '', 'base64') : Buffer.from(text));
  }
  return hash.digest('hex');
}

/** Bytes that count against the limit: the body and the names, types and values of the attributes. */
export function messageSize(body: string, attributes: Readonly<Record<string, MessageAttribute>>): number {
  let bytes = Buffer.byteLength(body);
  for (const [name, { DataType, StringValue = '', BinaryValue = '' }] of Object.entries(attributes)) {
    bytes += Buffer.byteLength(name) + Buffer.byteLength(DataType) + Buffer.byteLength(StringValue);
    bytes += Buffer.byteLength(BinaryValue, 'base64');
  }
  return bytes;
}

/** Characters that XML 1.0 does not allow, which messages may not have either. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is refused
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;

/** Throws if SQS would refuse the message, before any of it is stored. */
export function checkMessage(
  body: string,
  attributes: Readonly<Record<string, MessageAttribute>>,
  maximumBytes: number,
): void {
  if (body === '')
    throw new AwsError(400, 'MissingParameter', 'The request must contain the parameter MessageBody.');
  if (FORBIDDEN.test(body) || !body.isWellFormed()) {
    throw new AwsError(400, 'InvalidMessageContents', 'Invalid characters found in the message body.');
  }
  if (Object.keys(attributes).length > 10) {
    throw invalidValue('Number of message attributes exceeds the allowed maximum [10].');
  }
  for (const [name, { DataType, StringValue, BinaryValue }] of Object.entries(attributes)) {
    const binary = /^Binary(\.|$)/.test(DataType);
    const value = binary ? BinaryValue : StringValue;
    if ((!binary && !/^(String|Number)(\.|$)/.test(DataType)) || value === undefined || value === '') {
      throw invalidValue(`The message attribute '${name}' must have a type and a value that fits it.`);
    }
  }
  if (messageSize(body, attributes) > maximumBytes) {
    throw invalidValue(
      `One or more parameters are invalid. Message must be shorter than ${maximumBytes} bytes.`,
    );
  }
}

export function invalidValue(message: string): AwsError {
  return new AwsError(400, 'InvalidParameterValue', message);
}

/** A receipt handle identifies the queue, the message and the receive. */
export function receiptHandle(queue: string, message: Pick<StoredMessage, 'id' | 'receives'>): string {
  return Buffer.from(`${queue}/${message.id}/${message.receives}`).toString('base64');
}

/** Throws ReceiptHandleIsInvalid for anything that this queue never issued. */
export function readReceiptHandle(queue: string, handle: string): { id: string; receives: number } {
  const [name, id, receives] = Buffer.from(handle, 'base64').toString('utf8').split('/');
  if (name === queue && id !== undefined && receives !== undefined) {
    const read = { id, receives: Number(receives) };
    if (receiptHandle(queue, read) === handle) return read;
  }
  const message = `The input receipt handle "${handle}" is not a valid receipt handle.`;
  throw new AwsError(404, 'ReceiptHandleIsInvalid', message);
}

/** The system attributes of a received message. */
export function systemAttributes(message: StoredMessage): Record<string, string> {
  const { groupId, deduplicationId, deadLetterSourceArn, firstReceivedAt } = message;
  return {
    ...message.system,
    SenderId: 'AIDAREPERTOIRELOCAL00',
    SentTimestamp: String(message.sentAt),
    ApproximateReceiveCount: String(message.receives),
    ...(firstReceivedAt === undefined ? {} : { ApproximateFirstReceiveTimestamp: String(firstReceivedAt) }),
    ...(groupId === undefined ? {} : { MessageGroupId: groupId }),
    // Only FIFO queues number and deduplicate messages.
    ...(deduplicationId === undefined
      ? {}
      : { MessageDeduplicationId: deduplicationId, SequenceNumber: sequenceNumber(message.sequence) }),
    ...(deadLetterSourceArn === undefined ? {} : { DeadLetterQueueSourceArn: deadLetterSourceArn }),
  };
}

export const sequenceNumber = (sequence: number) => String(sequence).padStart(20, '0');
