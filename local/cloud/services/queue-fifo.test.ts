import {
  DeleteMessageCommand,
  ReceiveMessageCommand,
  type ReceiveMessageCommandInput,
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
const seconds = (count: number) => setup.clock.advance(count * 1000);

describe('a FIFO queue', () => {
  const fifo = (more: Record<string, string> = {}) =>
    open({ FifoQueue: 'true', ContentBasedDeduplication: 'true', ...more });

  it('keeps the order in a group and locks it while one is in flight', async () => {
    fifo();
    for (const [group, body] of [
      ['a', 'a1'],
      ['b', 'b1'],
      ['a', 'a2'],
      ['a', 'a3'],
      ['b', 'b2'],
    ]) {
      await send(String(body), { MessageGroupId: String(group) });
    }
    const first = await receive({ MaxNumberOfMessages: 1 });
    expect(first.map(({ Body }) => Body)).toEqual(['a1']);
    const second = await receive();
    expect(second.map(({ Body }) => Body)).toEqual(['b1', 'b2']);
    expect(await receive()).toEqual([]);
    await remove(first[0]?.ReceiptHandle);
    const third = await receive();
    expect(third.map(({ Body }) => Body)).toEqual(['a2', 'a3']);
    const [a2, a3] = third.map(({ Attributes }) => BigInt(Attributes?.SequenceNumber ?? 0));
    expect((a3 ?? 0n) > (a2 ?? 0n)).toBe(true);
    // The first of the group comes back before those behind it, even if a later one is deleted.
    await remove(third[1]?.ReceiptHandle);
    await seconds(30);
    await send('a4', { MessageGroupId: 'a' });
    expect(await bodies({ MaxNumberOfMessages: 2 })).toEqual(['b1', 'a2']);
  });

  it('wakes a long poll when the group is free again', async () => {
    fifo();
    await send('1', { MessageGroupId: 'a' });
    const [first] = await receive({ MaxNumberOfMessages: 1 });
    await send('2', { MessageGroupId: 'a' });
    const waiting = engine.receive(name, { max: 1, waitMs: 20_000 });
    await remove(first?.ReceiptHandle);
    expect((await waiting).map(({ body }) => body)).toEqual(['2']);
  });

  it('takes a message once in five minutes, deleted or not', async () => {
    fifo();
    const first = await send('same', { MessageGroupId: 'a' });
    const [message] = await receive();
    await remove(message?.ReceiptHandle);
    await seconds(299);
    const second = await send('same', { MessageGroupId: 'b' });
    expect(second).toMatchObject({ MessageId: first.MessageId, SequenceNumber: first.SequenceNumber });
    await send('same', { MessageGroupId: 'a', MessageDeduplicationId: 'other' });
    await send('different', { MessageGroupId: 'a', MessageDeduplicationId: 'other' });
    expect(await bodies()).toEqual(['same']);
    await seconds(1);
    await send('same', { MessageGroupId: 'b' });
    const [again] = await receive();
    expect(again?.MessageId).not.toBe(first.MessageId);
  });

  it('deduplicates by group if it is told to', async () => {
    fifo({ DeduplicationScope: 'messageGroup', FifoThroughputLimit: 'perMessageGroupId' });
    for (const MessageGroupId of ['a', 'b', 'a']) await send('same', { MessageGroupId });
    expect(await bodies()).toEqual(['same', 'same']);
  });

  it('needs a group and a deduplication id, knows no delay by message, and refuses an expired handle', async () => {
    fifo();
    expect(await failure(send('a'))).toMatchObject({ name: 'MissingParameter', status: 400 });
    expect(await failure(send('a', { MessageGroupId: 'g', DelaySeconds: 1 }))).toMatchObject({ status: 400 });
    await send('a', { MessageGroupId: 'g' });
    const [message] = await receive({ VisibilityTimeout: 1 });
    await seconds(1);
    expect(await failure(remove(message?.ReceiptHandle))).toMatchObject({ status: 400 });
    expect(await bodies()).toEqual(['a']);
    open({ FifoQueue: 'true' });
    expect(await failure(send('a', { MessageGroupId: 'g' }))).toMatchObject({ status: 400 });
  });
});

describe('dead letters', () => {
  it.each([
    ['standard', {}],
    ['FIFO', { FifoQueue: 'true', ContentBasedDeduplication: 'true' }],
  ])('leave a %s queue after the receives allowed, and say where they come from', async (_, attributes) => {
    const dead = open(attributes);
    const deadUrl = QueueUrl;
    const source = open({
      ...attributes,
      RedrivePolicy: JSON.stringify({ deadLetterTargetArn: `${ARN}${dead}`, maxReceiveCount: 2 }),
    });
    const { MessageId } = await send('bad', { MessageGroupId: 'g' });
    for (let round = 0; round < 2; round += 1) {
      expect(await bodies({ VisibilityTimeout: 5 })).toEqual(['bad']);
      await seconds(5);
    }
    await send('good', { MessageGroupId: 'g' });
    expect(await bodies()).toEqual(['good']);
    const [message] = await receive({ QueueUrl: deadUrl });
    expect(message).toMatchObject({
      MessageId,
      Body: 'bad',
      Attributes: { DeadLetterQueueSourceArn: `${ARN}${source}`, MessageGroupId: 'g' },
    });
    expect(engine.counts(source)).toEqual({ visible: 0, delayed: 0, inFlight: 1 });
  });
});

describe('a standard queue', () => {
  it('serves a quiet group before a noisy one, and locks none', async () => {
    for (let index = 0; index < 60; index += 1) engine.send(name, { body: 'noisy', groupId: 'noisy' });
    expect(await engine.receive(name, { max: 30, waitMs: 0 })).toHaveLength(30);
    await send('quiet', { MessageGroupId: 'quiet' });
    expect((await bodies({ MaxNumberOfMessages: 3 })).sort()).toEqual(['noisy', 'noisy', 'quiet']);
  });

  it('may deliver twice, if a test asks for it', async () => {
    const twice = new Set(['twice']);
    const own = createQueueService({
      clock: setup.clock,
      baseUrl: 'http://127.0.0.1',
      accountId: '0',
      region: 'r',
      deliversTwice: (_, { body }) => twice.delete(body),
    });
    own.createQueue({ name: 'q', attributes: {} });
    own.send('q', { body: 'twice' });
    const take = async () =>
      (await own.receive('q', { max: 10, waitMs: 0 })).map((message) => message.messageId);
    const first = await take();
    expect(first).toHaveLength(1);
    expect(await take()).toEqual(first);
    expect(await take()).toEqual([]);
  });
});
