import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  PurgeQueueCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import { expect } from 'vitest';
import type { RegisterCheck } from './contract-checks.ts';
import { failure } from './contract-setup.ts';
import { openQueue, type QueueTarget, redrive } from './queue-under-test.ts';

/** What we rely on of SQS's standard queues. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/ */
export function queueContract(target: QueueTarget, check: RegisterCheck): void {
  const open = (attributes?: Record<string, string>) => openQueue(target, attributes);
  const { pass } = target;
  const brief = { VisibilityTimeout: '2' };

  check(
    'a message is received as it was sent, and is gone once deleted',
    async () => {
      const queue = await open(brief);
      const MessageAttributes = {
        kind: { DataType: 'String', StringValue: 'grüße' },
        number: { DataType: 'Number.int', StringValue: '7' },
        bytes: { DataType: 'Binary', BinaryValue: Buffer.from([0, 255]) },
      };
      const sent = await queue.send('{"a":"ü"}', { MessageAttributes, MessageGroupId: 'organization' });
      const [message] = await queue.receive({ MessageAttributeNames: ['All'] });
      expect(message).toMatchObject({
        MessageId: sent.MessageId,
        Body: '{"a":"ü"}',
        MD5OfBody: sent.MD5OfMessageBody,
        MD5OfMessageAttributes: sent.MD5OfMessageAttributes,
        MessageAttributes: {
          kind: { DataType: 'String', StringValue: 'grüße' },
          bytes: { DataType: 'Binary', BinaryValue: new Uint8Array([0, 255]) },
        },
        Attributes: { ApproximateReceiveCount: '1', MessageGroupId: 'organization' },
      });
      expect(Math.abs(Number(message?.Attributes?.SentTimestamp) - target.now())).toBeLessThan(5_000);
      await queue.remove(message?.ReceiptHandle);
      await queue.remove(message?.ReceiptHandle);
      await pass(2);
      expect(await queue.receive()).toEqual([]);
    },
    { seconds: 2 },
  );

  check('a message has the MD5 of its attributes that SQS computes', async () => {
    const queue = await open();
    // A value from moto's test suite, which is compared with the real service.
    const { MD5OfMessageAttributes } = await queue.send('a', {
      MessageAttributes: { timestamp: { DataType: 'Number', StringValue: '1493147359900' } },
    });
    expect(MD5OfMessageAttributes).toBe('235c5c510d26fb653d073faed50ae77c');
  });

  check('a message shows only the attributes requested', async () => {
    const queue = await open();
    const text = { DataType: 'String', StringValue: 'x' };
    await queue.send('a', { MessageAttributes: { 'trace.id': text, 'trace.span': text, other: text } });
    const [message] = await queue.receive({
      MessageAttributeNames: ['trace.*'],
      MessageSystemAttributeNames: ['SentTimestamp'],
    });
    expect(Object.keys(message?.MessageAttributes ?? {})).toEqual(['trace.id', 'trace.span']);
    expect(Object.keys(message?.Attributes ?? {})).toEqual(['SentTimestamp']);
  });

  check(
    'a message in flight is received again after its visibility time-out, and counted',
    async () => {
      const queue = await open(brief);
      await queue.send('a');
      const [first] = await queue.receive();
      expect(await queue.receive()).toEqual([]);
      await pass(2);
      const [second] = await queue.receive();
      expect(second?.Attributes?.ApproximateReceiveCount).toBe('2');
      expect(second?.ReceiptHandle).not.toBe(first?.ReceiptHandle);
    },
    { seconds: 2 },
  );

  check(
    'a message is hidden for all of its visibility time-out and delay',
    async () => {
      const queue = await open({ VisibilityTimeout: '40' });
      await queue.send('hidden');
      expect(await queue.bodies()).toEqual(['hidden']);
      await queue.send('briefly');
      expect(await queue.bodies({ VisibilityTimeout: 20 })).toEqual(['briefly']);
      await queue.send('delayed', { DelaySeconds: 30 });
      const seen: (string | undefined)[][] = [];
      for (const wait of [19, 1, 9, 1, 9, 1]) {
        await pass(wait);
        seen.push(await queue.bodies({ VisibilityTimeout: 1000 }));
      }
      expect(seen).toEqual([[], ['briefly'], [], ['delayed'], [], ['hidden']]);
    },
    { seconds: 40 },
  );

  check(
    'a message is not deleted by an older handle, which is accepted',
    async () => {
      const queue = await open({ VisibilityTimeout: '1' });
      await queue.send('a');
      const [first] = await queue.receive();
      await pass(1);
      await queue.receive();
      await queue.remove(first?.ReceiptHandle);
      await pass(1);
      expect(await queue.bodies()).toEqual(['a']);
    },
    { seconds: 2 },
  );

  check(
    'the visibility time-out of a message can be extended or ended at once',
    async () => {
      const queue = await open({ VisibilityTimeout: '1' });
      await queue.send('a');
      const [message] = await queue.receive();
      await queue.changeVisibility(message?.ReceiptHandle, 500);
      await pass(2);
      expect(await queue.receive()).toEqual([]);
      await queue.changeVisibility(message?.ReceiptHandle, 0);
      const [last] = await queue.receive({ VisibilityTimeout: 500 });
      expect(last?.Attributes?.ApproximateReceiveCount).toBe('2');
      await queue.remove(last?.ReceiptHandle);
      expect(await failure(queue.changeVisibility(last?.ReceiptHandle, 5))).toMatchObject({ status: 400 });
    },
    { seconds: 2 },
  );

  check(
    'the visibility time-out of a message that is not in flight cannot be changed',
    async () => {
      const queue = await open();
      await queue.send('a');
      const [message] = await queue.receive({ VisibilityTimeout: 1 });
      await pass(1);
      expect(await failure(queue.changeVisibility(message?.ReceiptHandle, 5))).toEqual({
        name: 'MessageNotInflight',
        status: 400,
      });
    },
    { seconds: 1 },
  );

  check('a message cannot be kept in flight for more than twelve hours', async () => {
    const queue = await open();
    await queue.send('a');
    const [message] = await queue.receive();
    expect(await failure(queue.changeVisibility(message?.ReceiptHandle, 43_201))).toMatchObject({
      status: 400,
    });
  });

  check(
    'a message may be delayed, by itself or by the queue',
    async () => {
      const queue = await open({ DelaySeconds: '2' });
      await queue.send('queue');
      await queue.send('own', { DelaySeconds: 0 });
      await queue.send('later', { DelaySeconds: 900 });
      expect(await queue.bodies()).toEqual(['own']);
      expect(await queue.counts()).toEqual({ visible: 0, delayed: 2, inFlight: 1 });
      await pass(2);
      expect(await queue.bodies()).toEqual(['queue']);
    },
    { seconds: 2 },
  );

  check('a message cannot be delayed by more than 900 s', async () => {
    const queue = await open();
    expect(await failure(queue.send('b', { DelaySeconds: 901 }))).toMatchObject({ status: 400 });
  });

  check(
    'a message is dropped after its retention period',
    async () => {
      const queue = await open({ MessageRetentionPeriod: '60' });
      await queue.send('a');
      await pass(60);
      expect(await queue.receive()).toEqual([]);
    },
    { seconds: 60 },
  );

  check('a message has up to 1 MiB', async () => {
    const queue = await open();
    await queue.send('x'.repeat(1_048_576));
    expect(await failure(queue.send('x'.repeat(1_048_577)))).toMatchObject({ status: 400 });
    expect((await queue.counts()).visible).toBe(1);
  });

  check('a message has only characters allowed in XML, and at least one', async () => {
    const queue = await open();
    expect(await failure(queue.send('\u0001'))).toEqual({ name: 'InvalidMessageContents', status: 400 });
    expect(await failure(queue.send(''))).toMatchObject({ status: 400 });
    expect((await queue.counts()).visible).toBe(0);
  });

  check('a long poll returns at once when a message arrives', async () => {
    const queue = await open();
    const started = Date.now();
    const waiting = queue.bodies({ WaitTimeSeconds: 20 });
    await new Promise((resolve) => setTimeout(resolve, 100));
    await queue.send('a');
    expect(await waiting).toEqual(['a']);
    expect(Date.now() - started).toBeLessThan(5_000);
  });

  check('batches succeed and fail by entry', async () => {
    const { QueueUrl, receive, counts } = await open();
    const sqs = target.client();
    const sent = await sqs.send(
      new SendMessageBatchCommand({
        QueueUrl,
        Entries: [
          { Id: 'a', MessageBody: '1' },
          { Id: 'b', MessageBody: '2', DelaySeconds: 1_000 },
          { Id: 'c', MessageBody: '3' },
        ],
      }),
    );
    expect(sent.Successful?.map(({ Id }) => Id)).toEqual(['a', 'c']);
    expect(sent.Failed).toMatchObject([{ Id: 'b', Code: 'InvalidParameterValue', SenderFault: true }]);
    const messages = await receive();
    const Entries = messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
    const held = await sqs.send(
      new ChangeMessageVisibilityBatchCommand({
        QueueUrl,
        Entries: Entries.map((entry) => ({ ...entry, VisibilityTimeout: 0 })),
      }),
    );
    expect(held.Successful).toHaveLength(2);
    const [first, second] = await receive();
    const deleted = await sqs.send(
      new DeleteMessageBatchCommand({
        QueueUrl,
        Entries: [
          { Id: 'x', ReceiptHandle: first?.ReceiptHandle },
          { Id: 'y', ReceiptHandle: 'nonsense' },
          { Id: 'z', ReceiptHandle: second?.ReceiptHandle },
        ],
      }),
    );
    expect(deleted.Successful?.map(({ Id }) => Id)).toEqual(['x', 'z']);
    expect(deleted.Failed).toMatchObject([{ Id: 'y', Code: 'ReceiptHandleIsInvalid' }]);
    expect(await counts()).toEqual({ visible: 0, delayed: 0, inFlight: 0 });
  });

  check('batches have their limits', async () => {
    const { QueueUrl, counts } = await open();
    const batch = (...bodies: [Id: string, MessageBody: string][]) =>
      failure(
        target.client().send(
          new SendMessageBatchCommand({
            QueueUrl,
            Entries: bodies.map(([Id, MessageBody]) => ({ Id, MessageBody })),
          }),
        ),
      );
    const eleven = Array.from({ length: 11 }, (_, index): [string, string] => [String(index), 'x']);
    expect(await batch(...eleven)).toMatchObject({ name: 'TooManyEntriesInBatchRequest' });
    expect(await batch()).toMatchObject({ name: 'EmptyBatchRequest' });
    expect(await batch(['a', 'x'], ['a', 'y'])).toMatchObject({ name: 'BatchEntryIdsNotDistinct' });
    expect(await batch(['a b', 'x'])).toMatchObject({ name: 'InvalidBatchEntryId' });
    const half = 'x'.repeat(524_289);
    expect(await batch(['a', half], ['b', half])).toMatchObject({ name: 'BatchRequestTooLong' });
    expect((await counts()).visible).toBe(0);
  });

  check('a queue reports its URL, attributes and counts', async () => {
    const queue = await open({ VisibilityTimeout: '360', DelaySeconds: '0' });
    const { QueueUrl } = queue;
    const sqs = target.client();
    expect((await sqs.send(new GetQueueUrlCommand({ QueueName: queue.name }))).QueueUrl).toBe(QueueUrl);
    await queue.send('a');
    await queue.send('b');
    await queue.send('c', { DelaySeconds: 60 });
    await queue.receive({ MaxNumberOfMessages: 1 });
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }),
    );
    expect(Attributes).toMatchObject({ VisibilityTimeout: '360', MaximumMessageSize: '1048576' });
    expect(await queue.counts()).toEqual({ visible: 1, delayed: 1, inFlight: 1 });
    const one = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }));
    expect(one.Attributes).toEqual({ QueueArn: queue.arn });
  });

  check('a queue can be purged', async () => {
    const queue = await open();
    await queue.send('a');
    await target.client().send(new PurgeQueueCommand({ QueueUrl: queue.QueueUrl }));
    expect(await queue.receive()).toEqual([]);
  });

  check('a queue is purged at most once a minute', async () => {
    const { QueueUrl } = await open();
    const purge = () => target.client().send(new PurgeQueueCommand({ QueueUrl }));
    await purge();
    expect(await failure(purge())).toEqual({ name: 'PurgeQueueInProgress', status: 403 });
  });

  check('a queue refuses handles that it never issued', async () => {
    const other = await open();
    await other.send('a');
    const [message] = await other.receive();
    const queue = await open();
    for (const handle of ['nonsense', message?.ReceiptHandle]) {
      expect(await failure(queue.remove(handle))).toEqual({ name: 'ReceiptHandleIsInvalid', status: 404 });
      expect(await failure(queue.changeVisibility(handle, 1))).toMatchObject({
        name: 'ReceiptHandleIsInvalid',
      });
    }
  });

  check('a missing queue is reported', async () => {
    const { QueueUrl } = await open();
    const input = { QueueUrl: QueueUrl.replace(/[^/]+$/, 'missing'), MessageBody: 'a' };
    expect(await failure(target.client().send(new SendMessageCommand(input)))).toEqual({
      name: 'QueueDoesNotExist',
      status: 400,
    });
  });

  const badQueues: [string, string, Record<string, string>][] = [
    ['an unknown attribute', 'bad', { Unknown: '1' }],
    ['a delay that is too long', 'bad', { DelaySeconds: '901' }],
    ['a FIFO queue without .fifo', 'bad', { FifoQueue: 'true' }],
    ['a standard queue with deduplication', 'bad', { ContentBasedDeduplication: 'true' }],
    ['an unknown deduplication scope', 'bad.fifo', { FifoQueue: 'true', DeduplicationScope: 'group' }],
    ['no dead-letter queue at its ARN', 'bad', { RedrivePolicy: redrive('nothing', 3) }],
  ];
  for (const [what, name, attributes] of badQueues) {
    check(`a queue is not created with ${what}`, async () => {
      await expect(target.create(name, attributes)).rejects.toThrow();
    });
  }

  check('a queue is not created with a dead-letter queue of the other type', async () => {
    const { arn } = await open({ FifoQueue: 'true' });
    const RedrivePolicy = redrive(arn, 3);
    await expect(target.create('bad', { RedrivePolicy })).rejects.toThrow();
  });

  check('a queue is not created with a maxReceiveCount above 1,000', async () => {
    const { arn } = await open();
    await expect(target.create('bad', { RedrivePolicy: redrive(arn, 1_001) })).rejects.toThrow();
  });
}
