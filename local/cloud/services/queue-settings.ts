import { z } from 'zod';
import { AwsError } from './aws-error.ts';

/** A queue's attributes as the engine uses them; times in milliseconds. */
export interface QueueSettings {
  readonly fifo: boolean;
  readonly delayMs: number;
  readonly visibilityMs: number;
  readonly retentionMs: number;
  readonly waitMs: number;
  readonly maximumBytes: number;
  readonly deadLetters: { readonly queueName: string; readonly maxReceives: number } | undefined;
  readonly contentBasedDeduplication: boolean;
  readonly deduplicationPerGroup: boolean;
}

/** The maximum size of a message, and of a whole batch: 1 MiB. */
export const LARGEST_MESSAGE = 1_048_576;

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html */
export function invalidRedrive(reason: string): AwsError {
  return new AwsError(
    400,
    'InvalidParameterValue',
    `Value for parameter RedrivePolicy is invalid. Reason: ${reason}`,
  );
}

/** Attributes about encryption and access, which have no effect here. */
const WITHOUT_EFFECT = [
  'Policy',
  'KmsMasterKeyId',
  'KmsDataKeyReusePeriodSeconds',
  'SqsManagedSseEnabled',
  'RedriveAllowPolicy',
  'FifoThroughputLimit',
];

const redrivePolicy = z.object({
  deadLetterTargetArn: z.string(),
  maxReceiveCount: z.coerce.number().int().min(1).max(1000),
});

/**
 * Parses the attributes of a queue and fills in defaults; unknown names and values out of bounds are refused.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
 */
export function queueSettings(name: string, attributes: Readonly<Record<string, string>>): QueueSettings {
  const rest = new Set(Object.keys(attributes).filter((attribute) => !WITHOUT_EFFECT.includes(attribute)));

  const number = (attribute: string, byDefault: number, min: number, max: number): number => {
    rest.delete(attribute);
    const value = Number(attributes[attribute] ?? byDefault);
    if (Number.isInteger(value) && value >= min && value <= max) return value;
    throw new AwsError(400, 'InvalidAttributeValue', `Invalid value for the parameter ${attribute}.`);
  };
  const flag = (attribute: string, yes: string, no = 'false'): boolean => {
    rest.delete(attribute);
    const value = attributes[attribute] ?? no;
    if (value === yes || value === no) return value === yes;
    throw new AwsError(400, 'InvalidAttributeValue', `Invalid value for the parameter ${attribute}.`);
  };
  const redrive = (): QueueSettings['deadLetters'] => {
    rest.delete('RedrivePolicy');
    const text = attributes.RedrivePolicy;
    if (text === undefined || text === '') return undefined;
    const policy = redrivePolicy.parse(JSON.parse(text));
    const queueName = policy.deadLetterTargetArn.split(':').at(-1) ?? '';
    if (queueName.endsWith('.fifo') !== fifo) {
      throw invalidRedrive('Dead-letter queue must be same type of queue as the source.');
    }
    return {
      queueName,
      maxReceives: policy.maxReceiveCount,
    };
  };

  const fifo = flag('FifoQueue', 'true');
  if (fifo !== name.endsWith('.fifo')) {
    throw new AwsError(
      400,
      'InvalidParameterValue',
      'The name of a FIFO queue can only end with the .fifo suffix.',
    );
  }
  const settings: QueueSettings = {
    fifo,
    delayMs: number('DelaySeconds', 0, 0, 900) * 1000,
    visibilityMs: number('VisibilityTimeout', 30, 0, 43_200) * 1000,
    retentionMs: number('MessageRetentionPeriod', 345_600, 60, 1_209_600) * 1000,
    waitMs: number('ReceiveMessageWaitTimeSeconds', 0, 0, 20) * 1000,
    maximumBytes: number('MaximumMessageSize', LARGEST_MESSAGE, 1024, LARGEST_MESSAGE),
    deadLetters: redrive(),
    // Standard queues do not accept these two.
    contentBasedDeduplication: fifo && flag('ContentBasedDeduplication', 'true'),
    deduplicationPerGroup: fifo && flag('DeduplicationScope', 'messageGroup', 'messageQueue'),
  };
  if (rest.size > 0)
    throw new AwsError(400, 'InvalidAttributeName', `Unknown Attribute ${[...rest].join(', ')}.`);
  return settings;
}
