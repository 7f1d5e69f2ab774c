import { ListQueuesCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { describeContract } from './contract-checks.ts';
import { failure } from './contract-setup.ts';
import { queueContract } from './queue-contract.ts';
import { queueFifoContract } from './queue-fifo-contract.ts';
import { createQueueService } from './queue-service.ts';
import { type LocalQueues, localQueueTarget, startLocalQueues } from './queue-target.ts';
import { openQueue, type QueueUnderTest } from './queue-under-test.ts';

let local: LocalQueues;
let queue: QueueUnderTest;
const target = localQueueTarget(() => local);

beforeAll(async () => {
  local = await startLocalQueues();
});
afterAll(() => local.close());

describeContract('standard queues', queueContract, target);
describeContract('FIFO queues and dead letters', queueFifoContract, target);

const seconds = (count: number) => target.pass(count);

describe('a long poll', () => {
  beforeEach(async () => {
    queue = await openQueue(target);
  });

  it('returns when a delayed or an abandoned message becomes visible', async () => {
    const { engine } = local;
    await queue.send('delayed', { DelaySeconds: 5 });
    const waiting = engine.receive(queue.name, { max: 10, waitMs: 20_000 });
    await seconds(5);
    expect((await waiting).map(({ body }) => body)).toEqual(['delayed']);
    const again = engine.receive(queue.name, { max: 10, waitMs: 60_000 });
    await seconds(30);
    expect((await again).map(({ body }) => body)).toEqual(['delayed']);
  });

  it('returns empty after its time', async () => {
    const waiting = local.engine.receive(queue.name, { max: 10, waitMs: 20_000 });
    await seconds(20);
    expect(await waiting).toEqual([]);
  });

  it('of a client that disconnected takes no message', async () => {
    const leaving = new AbortController();
    const input = new ReceiveMessageCommand({ QueueUrl: queue.QueueUrl, WaitTimeSeconds: 20 });
    const waiting = failure(target.client().send(input, { abortSignal: leaving.signal }));
    await new Promise((resolve) => setTimeout(resolve, 50));
    leaving.abort();
    expect(await waiting).toMatchObject({ name: 'AbortError' });
    await new Promise((resolve) => setTimeout(resolve, 50));
    await queue.send('a');
    expect(await queue.bodies()).toEqual(['a']);
  });

  it('hands each message to one of many receivers', async () => {
    const { engine } = local;
    const count = 200;
    const seen: string[] = [];
    const consume = async () => {
      for (;;) {
        const messages = await engine.receive(queue.name, { max: 3, waitMs: 500 });
        if (messages.length === 0) return;
        for (const { body, receiptHandle } of messages) {
          seen.push(body);
          engine.delete(queue.name, [receiptHandle]);
        }
      }
    };
    const consumers = Array.from({ length: 20 }, consume);
    for (let index = 0; index < count; index += 1) engine.send(queue.name, { body: String(index) });
    await Promise.all(consumers);
    expect(seen.map(Number).sort((a, b) => a - b)).toEqual(
      Array.from({ length: count }, (_, index) => index),
    );
  });

  it('of a FIFO queue returns when the group is unlocked', async () => {
    queue = await openQueue(target, { FifoQueue: 'true', ContentBasedDeduplication: 'true' });
    await queue.send('1', { MessageGroupId: 'a' });
    const [first] = await queue.receive({ MaxNumberOfMessages: 1 });
    await queue.send('2', { MessageGroupId: 'a' });
    const waiting = local.engine.receive(queue.name, { max: 1, waitMs: 20_000 });
    await queue.remove(first?.ReceiptHandle);
    expect((await waiting).map(({ body }) => body)).toEqual(['2']);
  });
});

describe('a standard queue', () => {
  beforeEach(async () => {
    queue = await openQueue(target);
  });

  it('has its URL at the gateway', async () => {
    expect(queue.QueueUrl).toBe(`${local.setup.gateway.url}/000000000000/${queue.name}`);
    expect(queue.arn).toBe(`arn:aws:sqs:eu-central-1:000000000000:${queue.name}`);
  });

  it('reports operations that are not implemented', async () => {
    expect(await failure(target.client().send(new ListQueuesCommand({})))).toMatchObject({
      name: 'UnsupportedOperation',
    });
  });

  it('serves a quiet group before a noisy one, and locks neither', async () => {
    const { engine } = local;
    for (let index = 0; index < 60; index += 1) engine.send(queue.name, { body: 'noisy', groupId: 'noisy' });
    expect(await engine.receive(queue.name, { max: 30, waitMs: 0 })).toHaveLength(30);
    await queue.send('quiet', { MessageGroupId: 'quiet' });
    expect((await queue.bodies({ MaxNumberOfMessages: 3 })).sort()).toEqual(['noisy', 'noisy', 'quiet']);
  });

  it('can be purged, of delayed and in-flight messages too', async () => {
    const { engine } = local;
    await queue.send('in flight');
    await engine.receive(queue.name, { max: 1, waitMs: 0 });
    await queue.send('delayed', { DelaySeconds: 5 });
    await queue.send('visible');
    expect(engine.counts(queue.name)).toEqual({ visible: 1, delayed: 1, inFlight: 1 });
    engine.purge(queue.name);
    expect(engine.counts(queue.name)).toEqual({ visible: 0, delayed: 0, inFlight: 0 });
  });

  it('can be made to hand out a message twice', async () => {
    const twice = new Set(['twice']);
    const own = createQueueService({
      clock: local.setup.clock,
      baseUrl: 'http://127.0.0.1',
      accountId: '0',
      region: 'r',
      handsOutTwice: (_, { body }) => twice.delete(body),
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
