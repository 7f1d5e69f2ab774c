import {
  ChangeMessageVisibilityBatchCommand,
  ChangeMessageVisibilityCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListQueuesCommand,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  type ReceiveMessageCommandInput,
  SendMessageBatchCommand,
  SendMessageCommand,
  type SendMessageCommandInput,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { QueueEngine } from '../service.ts';
import { type ContractSetup, failure, startContractSetup } from './contract-setup.ts';
import { createQueueService } from './queue-service.ts';

let setup: ContractSetup;
let engine: QueueEngine;
let sqs: SQSClient;
let QueueUrl: string;
let name: string;
let numberOfQueues = 0;

const ARN = 'arn:aws:sqs:eu-central-1:000000000000:';

beforeAll(async () => {
  setup = await startContractSetup((parts) => {
    const baseUrl = () => setup.gateway.url;
    const place = { accountId: '000000000000', region: 'eu-central-1' };
    engine = createQueueService({ ...parts, ...place, baseUrl });
    return { queues: engine };
  });
  sqs = new SQSClient(setup.client);
});
afterAll(async () => {
  await engine.close();
  await setup.close();
});
beforeEach(() => open());

/** Each test has queues of its own. */
function open(attributes: Record<string, string> = {}): string {
  numberOfQueues += 1;
  name = `queue-${numberOfQueues}${attributes.FifoQueue === 'true' ? '.fifo' : ''}`;
  QueueUrl = engine.createQueue({ name, attributes });
  return name;
}

const send = (MessageBody: string, more: Partial<SendMessageCommandInput> = {}) =>
  sqs.send(new SendMessageCommand({ QueueUrl, MessageBody, ...more }));

async function receive(more: Partial<ReceiveMessageCommandInput> = {}) {
  const input = { QueueUrl, MaxNumberOfMessages: 10, MessageSystemAttributeNames: ['All' as const], ...more };
  const { Messages = [] } = await sqs.send(new ReceiveMessageCommand(input));
  return Messages;
}

const bodies = async (more: Partial<ReceiveMessageCommandInput> = {}) =>
  (await receive(more)).map(({ Body }) => Body);
const remove = (ReceiptHandle: string | undefined) =>
  sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
const changeVisibility = (ReceiptHandle: string | undefined, VisibilityTimeout: number) =>
  sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout }));
const seconds = (count: number) => setup.clock.advance(count * 1000);

describe('a message', () => {
  it('comes with what was sent, and is gone once deleted', async () => {
    const MessageAttributes = {
      kind: { DataType: 'String', StringValue: 'grüße' },
      number: { DataType: 'Number.int', StringValue: '7' },
      bytes: { DataType: 'Binary', BinaryValue: Buffer.from([0, 255]) },
    };
    const sent = await send('{"a":"ü"}', { MessageAttributes, MessageGroupId: 'organization' });
    const [message] = await receive({ MessageAttributeNames: ['All'] });
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
    expect(Math.abs(Number(message?.Attributes?.SentTimestamp) - setup.clock.now())).toBeLessThan(2_000);
    await remove(message?.ReceiptHandle);
    await remove(message?.ReceiptHandle);
    await seconds(31);
    expect(await receive()).toEqual([]);
  });

  it('has the MD5 of its attributes that SQS computes', async () => {
    // A vector of moto's test suite, which compares with the real service.
    const { MD5OfMessageAttributes } = await send('a', {
      MessageAttributes: { timestamp: { DataType: 'Number', StringValue: '1493147359900' } },
    });
    expect(MD5OfMessageAttributes).toBe('235c5c510d26fb653d073faed50ae77c');
  });

  it('shows only the attributes asked for', async () => {
    const text = { DataType: 'String', StringValue: 'x' };
    await send('a', { MessageAttributes: { 'trace.id': text, 'trace.span': text, other: text } });
    const [message] = await receive({
      MessageAttributeNames: ['trace.*'],
      MessageSystemAttributeNames: ['SentTimestamp'],
    });
    expect(Object.keys(message?.MessageAttributes ?? {})).toEqual(['trace.id', 'trace.span']);
    expect(Object.keys(message?.Attributes ?? {})).toEqual(['SentTimestamp']);
  });

  it('in flight comes again after its visibility time-out, counted', async () => {
    await send('a');
    const [first] = await receive();
    expect(await receive()).toEqual([]);
    await seconds(29);
    expect(await receive()).toEqual([]);
    await seconds(1);
    const [second] = await receive();
    expect(second?.Attributes?.ApproximateReceiveCount).toBe('2');
    expect(second?.ReceiptHandle).not.toBe(first?.ReceiptHandle);
    // The older handle is accepted and does nothing.
    await remove(first?.ReceiptHandle);
    await seconds(30);
    expect(await receive()).toHaveLength(1);
  });

  it('can be held longer or given back at once', async () => {
    await send('a');
    const [message] = await receive();
    await changeVisibility(message?.ReceiptHandle, 100);
    await seconds(99);
    expect(await receive()).toEqual([]);
    await seconds(1);
    const [again] = await receive({ VisibilityTimeout: 500 });
    await changeVisibility(again?.ReceiptHandle, 0);
    const [last] = await receive();
    expect(last?.Attributes?.ApproximateReceiveCount).toBe('3');
    await remove(last?.ReceiptHandle);
    expect(await failure(changeVisibility(last?.ReceiptHandle, 5))).toMatchObject({ status: 400 });
  });

  it('not in flight any more cannot be held', async () => {
    await send('a');
    const [message] = await receive({ VisibilityTimeout: 1 });
    await seconds(1);
    expect(await failure(changeVisibility(message?.ReceiptHandle, 5))).toEqual({
      name: 'MessageNotInflight',
      status: 400,
    });
    expect(await failure(changeVisibility(message?.ReceiptHandle, 43_201))).toMatchObject({ status: 400 });
  });

  it('may be delayed, by itself or by the queue, up to 900 s', async () => {
    await send('later', { DelaySeconds: 900 });
    await send('now');
    expect(await bodies()).toEqual(['now']);
    expect(engine.counts(name)).toEqual({ visible: 0, delayed: 1, inFlight: 1 });
    await seconds(899);
    expect(await bodies()).toEqual(['now']);
    await seconds(1);
    expect(await bodies()).toEqual(['later']);
    expect(await failure(send('b', { DelaySeconds: 901 }))).toMatchObject({ status: 400 });
    open({ DelaySeconds: '10' });
    await send('queue');
    await send('own', { DelaySeconds: 0 });
    expect(await bodies()).toEqual(['own']);
    await seconds(10);
    expect(await bodies()).toEqual(['queue']);
  });

  it('is dropped when its retention is over', async () => {
    open({ MessageRetentionPeriod: '60' });
    await send('a');
    await seconds(60);
    expect(await receive()).toEqual([]);
  });

  it('has up to 1 MiB and only characters of XML', async () => {
    await send('x'.repeat(1_048_576));
    expect(await failure(send('x'.repeat(1_048_577)))).toMatchObject({ status: 400 });
    expect(await failure(send('\u0001'))).toEqual({ name: 'InvalidMessageContents', status: 400 });
    expect(await failure(send(''))).toMatchObject({ status: 400 });
    expect(engine.counts(name).visible).toBe(1);
  });
});

describe('a long poll', () => {
  it('returns at once when something arrives', async () => {
    const started = Date.now();
    const waiting = bodies({ WaitTimeSeconds: 20 });
    await new Promise((resolve) => setTimeout(resolve, 100));
    await send('a');
    expect(await waiting).toEqual(['a']);
    expect(Date.now() - started).toBeLessThan(2_000);
  });

  it('returns when a delayed or an abandoned message becomes visible', async () => {
    await send('delayed', { DelaySeconds: 5 });
    const waiting = engine.receive(name, { max: 10, waitMs: 20_000 });
    await seconds(5);
    expect((await waiting).map(({ body }) => body)).toEqual(['delayed']);
    const again = engine.receive(name, { max: 10, waitMs: 60_000 });
    await seconds(30);
    expect((await again).map(({ body }) => body)).toEqual(['delayed']);
  });

  it('ends empty after its time', async () => {
    const waiting = engine.receive(name, { max: 10, waitMs: 20_000 });
    await seconds(20);
    expect(await waiting).toEqual([]);
  });

  it('of a client that has gone takes no message', async () => {
    const leaving = new AbortController();
    const input = new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20 });
    const waiting = failure(sqs.send(input, { abortSignal: leaving.signal }));
    await new Promise((resolve) => setTimeout(resolve, 50));
    leaving.abort();
    expect(await waiting).toMatchObject({ name: 'AbortError' });
    await new Promise((resolve) => setTimeout(resolve, 50));
    await send('a');
    expect(await bodies()).toEqual(['a']);
  });

  it('gives each message to one of many', async () => {
    const count = 200;
    const seen: string[] = [];
    const consume = async () => {
      for (;;) {
        const messages = await engine.receive(name, { max: 3, waitMs: 500 });
        if (messages.length === 0) return;
        for (const { body, receiptHandle } of messages) {
          seen.push(body);
          engine.delete(name, [receiptHandle]);
        }
      }
    };
    const consumers = Array.from({ length: 20 }, consume);
    for (let index = 0; index < count; index += 1) engine.send(name, { body: String(index) });
    await Promise.all(consumers);
    expect(seen.map(Number).sort((a, b) => a - b)).toEqual(
      Array.from({ length: count }, (_, index) => index),
    );
  });
});

describe('batches', () => {
  it('succeed and fail by entry', async () => {
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
    expect(engine.counts(name)).toEqual({ visible: 0, delayed: 0, inFlight: 0 });
  });

  it('have their limits', async () => {
    const batch = (...bodies: [Id: string, MessageBody: string][]) =>
      failure(
        sqs.send(
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
    expect(engine.counts(name).visible).toBe(0);
  });
});

describe('a queue', () => {
  it('tells its URL, attributes and counts', async () => {
    open({ VisibilityTimeout: '360', DelaySeconds: '0' });
    expect((await sqs.send(new GetQueueUrlCommand({ QueueName: name }))).QueueUrl).toBe(QueueUrl);
    expect(QueueUrl).toBe(`${setup.gateway.url}/000000000000/${name}`);
    await send('a');
    await send('b');
    await send('c', { DelaySeconds: 60 });
    await receive({ MaxNumberOfMessages: 1 });
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }),
    );
    expect(Attributes).toMatchObject({
      QueueArn: `${ARN}${name}`,
      VisibilityTimeout: '360',
      MaximumMessageSize: '1048576',
      ApproximateNumberOfMessages: '1',
      ApproximateNumberOfMessagesNotVisible: '1',
      ApproximateNumberOfMessagesDelayed: '1',
    });
    const one = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }));
    expect(one.Attributes).toEqual({ QueueArn: `${ARN}${name}` });
  });

  it('can be emptied once a minute', async () => {
    await send('a');
    const purge = () => sqs.send(new PurgeQueueCommand({ QueueUrl }));
    await purge();
    expect(await receive()).toEqual([]);
    expect(await failure(purge())).toEqual({ name: 'PurgeQueueInProgress', status: 403 });
    await seconds(60);
    await purge();
  });

  it('refuses handles that it never gave', async () => {
    await send('a');
    const [message] = await receive();
    open();
    for (const handle of ['nonsense', message?.ReceiptHandle]) {
      expect(await failure(remove(handle))).toEqual({ name: 'ReceiptHandleIsInvalid', status: 404 });
      expect(await failure(changeVisibility(handle, 1))).toMatchObject({ name: 'ReceiptHandleIsInvalid' });
    }
  });

  it('that does not exist and operations that are not here are refused', async () => {
    QueueUrl = `${setup.gateway.url}/000000000000/missing`;
    expect(await failure(send('a'))).toEqual({ name: 'QueueDoesNotExist', status: 400 });
    expect(await failure(sqs.send(new ListQueuesCommand({})))).toMatchObject({
      name: 'UnsupportedOperation',
    });
    expect(() => engine.createQueue({ name: 'x', attributes: { Unknown: '1' } })).toThrow('Unknown');
    expect(() => engine.createQueue({ name: 'x', attributes: { DelaySeconds: '901' } })).toThrow(
      'DelaySeconds',
    );
    expect(() => engine.createQueue({ name: 'x', attributes: { FifoQueue: 'true' } })).toThrow('.fifo');
  });
});
