import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  type ReceiveMessageCommandInput,
  SendMessageCommand,
  type SendMessageCommandInput,
  type SQSClient,
} from '@aws-sdk/client-sqs';

/** The implementation under test. */
export interface QueueTarget {
  client(): SQSClient;
  /** Creates a queue and returns its URL; rejects as CreateQueue does. */
  create(name: string, attributes: Readonly<Record<string, string>>): Promise<string>;
  /** Advances the queues' time. */
  pass(seconds: number): Promise<void>;
  /** Milliseconds since the epoch, by the queues' clock. */
  now(): number;
}

/** One queue of a check. */
export interface QueueUnderTest {
  readonly name: string;
  readonly QueueUrl: string;
  readonly arn: string;
  send(
    MessageBody: string,
    more?: Partial<SendMessageCommandInput>,
  ): Promise<{
    MessageId?: string | undefined;
    SequenceNumber?: string | undefined;
    MD5OfMessageBody?: string | undefined;
    MD5OfMessageAttributes?: string | undefined;
  }>;
  receive(more?: Partial<ReceiveMessageCommandInput>): ReturnType<typeof receiveFrom>;
  bodies(more?: Partial<ReceiveMessageCommandInput>): Promise<(string | undefined)[]>;
  remove(ReceiptHandle: string | undefined): Promise<unknown>;
  changeVisibility(ReceiptHandle: string | undefined, VisibilityTimeout: number): Promise<unknown>;
  counts(): Promise<{ visible: number; delayed: number; inFlight: number }>;
}

let numberOfQueues = 0;

async function receiveFrom(sqs: SQSClient, QueueUrl: string, more: Partial<ReceiveMessageCommandInput>) {
  const input = { QueueUrl, MaxNumberOfMessages: 10, MessageSystemAttributeNames: ['All' as const], ...more };
  const { Messages = [] } = await sqs.send(new ReceiveMessageCommand(input));
  return Messages;
}

/** Creates a queue for a check and opens it. */
export async function openQueue(
  { client, create }: QueueTarget,
  attributes: Readonly<Record<string, string>> = {},
): Promise<QueueUnderTest> {
  numberOfQueues += 1;
  const name = `queue-${numberOfQueues}${attributes.FifoQueue === 'true' ? '.fifo' : ''}`;
  const QueueUrl = await create(name, attributes);
  const sqs = client();
  const all = () => sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }));
  const arn = (await all()).Attributes?.QueueArn ?? '';
  return {
    name,
    QueueUrl,
    arn,
    send: (MessageBody, more = {}) => sqs.send(new SendMessageCommand({ QueueUrl, MessageBody, ...more })),
    receive: (more = {}) => receiveFrom(sqs, QueueUrl, more),
    bodies: async (more = {}) => (await receiveFrom(sqs, QueueUrl, more)).map(({ Body }) => Body),
    remove: (ReceiptHandle) => sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle })),
    changeVisibility: (ReceiptHandle, VisibilityTimeout) =>
      sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout })),
    async counts() {
      const { Attributes = {} } = await all();
      return {
        visible: Number(Attributes.ApproximateNumberOfMessages),
        delayed: Number(Attributes.ApproximateNumberOfMessagesDelayed),
        inFlight: Number(Attributes.ApproximateNumberOfMessagesNotVisible),
      };
    },
  };
}

/** A redrive policy; a plain name refers to a queue of the account. */
export function redrive(queue: string, maxReceiveCount: number): string {
  const arn = queue.startsWith('arn:') ? queue : `arn:aws:sqs:eu-central-1:000000000000:${queue}`;
  return JSON.stringify({ deadLetterTargetArn: arn, maxReceiveCount });
}
