import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Outcome } from '../functions/host.ts';
import { createCloudClock, type SteppableClock } from '../runtime/clock.ts';
import type { QueueEngine } from '../runtime/service.ts';
import { createQueueService } from '../services/queue-service.ts';
import { type EventSource, type EventSourceOptions, startEventSource } from './event-source.ts';

interface Batch {
  readonly event: {
    readonly Records: readonly {
      readonly messageId: string;
      readonly body: string;
      readonly attributes: Record<string, string>;
    }[];
  };
  finish(outcome: Outcome | undefined): void;
}

let clock: SteppableClock;
let queues: QueueEngine;
let source: EventSource | undefined;
let batches: Batch[];

beforeEach(() => {
  clock = createCloudClock();
  queues = createQueueService({
    clock,
    baseUrl: 'http://127.0.0.1',
    accountId: '000000000000',
    region: 'us-east-1',
  });
  queues.createQueue({ name: 'dead', attributes: {} });
  const RedrivePolicy = JSON.stringify({
    deadLetterTargetArn: 'arn:aws:sqs:us-east-1:000000000000:dead',
    maxReceiveCount: 2,
  });
  queues.createQueue({ name: 'work', attributes: { VisibilityTimeout: '60', RedrivePolicy } });
  queues.createQueue({ name: 'turns.fifo', attributes: { VisibilityTimeout: '25', FifoQueue: 'true' } });
  batches = [];
});

afterEach(async () => {
  source?.stop();
  for (const batch of batches) batch.finish(undefined);
  await source?.close();
  await queues.close();
});

function start(overrides: Partial<EventSourceOptions> = {}): void {
  source = startEventSource({
    queueName: 'work',
    queueArn: 'arn:aws:sqs:us-east-1:000000000000:work',
    region: 'us-east-1',
    functionName: 'worker',
    batchSize: 10,
    batchingWindowMs: 0,
    maximumConcurrency: 2,
    reportsFailures: true,
    queues,
    clock,
    invoke: (name, payload) =>
      new Promise((resolve) => {
        expect(name).toBe('worker');
        batches.push({ event: JSON.parse(payload), finish: resolve });
      }),
    ...overrides,
  });
}

const arrived = (count: number) => vi.waitFor(() => expect(batches).toHaveLength(count), { interval: 2 });
const bodies = () => batches.map(({ event }) => event.Records.map(({ body }) => body));
const answer = (value: unknown): Outcome => ({ kind: 'result', payload: JSON.stringify(value) });
const settled = () => new Promise((resolve) => setTimeout(resolve, 10));

describe('an event source', () => {
  it("passes on a message without delay, in Lambda's form, and deletes it afterwards", async () => {
    start();
    await settled();
    const { messageId } = queues.send('work', {
      body: 'hello',
      groupId: 'acme',
      messageAttributes: { kind: { DataType: 'String', StringValue: 'x' } },
    });
    // Notified, not polled: a few turns of the event loop are enough.
    for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate);
    expect(batches).toHaveLength(1);
    expect(batches[0]?.event.Records).toEqual([
      {
        messageId,
        receiptHandle: expect.any(String),
        body: 'hello',
        md5OfBody: '5d41402abc4b2a76b9719d911017c592',
        attributes: expect.objectContaining({
          ApproximateReceiveCount: '1',
          MessageGroupId: 'acme',
          SentTimestamp: expect.any(String),
        }),
        messageAttributes: {
          kind: { stringValue: 'x', stringListValues: [], binaryListValues: [], dataType: 'String' },
        },
        eventSource: 'aws:sqs',
        eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:work',
        awsRegion: 'us-east-1',
      },
    ]);
    expect(queues.counts('work')).toMatchObject({ inFlight: 1 });
    batches[0]?.finish(answer(null));
    await settled();
    expect(queues.counts('work')).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
  });

  it('keeps batches and concurrency within their limits', async () => {
    for (let index = 0; index < 7; index += 1) queues.send('work', { body: String(index) });
    start({ batchSize: 2 });
    await arrived(2);
    await settled();
    expect(bodies()).toEqual([
      ['0', '1'],
      ['2', '3'],
    ]);
    expect(queues.counts('work')).toMatchObject({ visible: 3, inFlight: 4 });
    batches[1]?.finish(answer({ batchItemFailures: [] }));
    await arrived(3);
    expect(bodies()[2]).toEqual(['4', '5']);
  });

  it('gathers messages for the batching window, or until the batch is full', async () => {
    start({ batchSize: 12, batchingWindowMs: 5_000 });
    queues.send('work', { body: 'a' });
    await settled();
    queues.send('work', { body: 'b' });
    await settled();
    expect(batches).toHaveLength(0);
    await clock.advance(5_001);
    await arrived(1);
    expect(bodies()).toEqual([['a', 'b']]);
    for (let index = 0; index < 12; index += 1) queues.send('work', { body: String(index) });
    await arrived(2);
    expect(bodies()[1]).toHaveLength(12);
  });

  it('keeps the messages that the function reports as failed, until their visibility time-out and then the dead letters', async () => {
    queues.send('work', { body: 'good' });
    queues.send('work', { body: 'bad' });
    start();
    await arrived(1);
    const bad = batches[0]?.event.Records.find(({ body }) => body === 'bad')?.messageId;
    batches[0]?.finish(answer({ batchItemFailures: [{ itemIdentifier: bad }] }));
    await settled();
    expect(queues.counts('work')).toMatchObject({ visible: 0, inFlight: 1 });
    await clock.advance(60_001);
    await arrived(2);
    expect(bodies()[1]).toEqual(['bad']);
    batches[1]?.finish(answer({ batchItemFailures: [{ itemIdentifier: bad }] }));
    await settled();
    await clock.advance(60_001);
    await settled();
    expect(batches).toHaveLength(2);
    expect(queues.counts('dead')).toMatchObject({ visible: 1 });
  });

  it.each<[string, Outcome | undefined]>([
    ['an error', { kind: 'error', error: { errorType: 'Error', errorMessage: 'x' } }],
    ['a throttled invocation', undefined],
    ['an unknown message id', answer({ batchItemFailures: [{ itemIdentifier: 'nothing' }] })],
    ['an empty message id', answer({ batchItemFailures: [{ itemIdentifier: '' }] })],
    ['an answer of another form', answer({ batchItemFailures: 'all' })],
  ])('keeps the whole batch after %s', async (_, outcome) => {
    start();
    queues.send('work', { body: 'a' });
    await arrived(1);
    batches[0]?.finish(outcome);
    await settled();
    expect(queues.counts('work')).toMatchObject({ visible: 0, inFlight: 1 });
  });

  it('deletes the batch of a function that does not report failures, whatever it answers', async () => {
    start({ reportsFailures: false });
    queues.send('work', { body: 'a' });
    await arrived(1);
    batches[0]?.finish(answer({ batchItemFailures: [{ itemIdentifier: '' }] }));
    await settled();
    expect(queues.counts('work')).toMatchObject({ visible: 0, inFlight: 0 });
  });

  it('has one batch per group of a FIFO queue in flight, in order', async () => {
    start({ queueName: 'turns.fifo' });
    const send = (groupId: string, body: string) =>
      queues.send('turns.fifo', { body, groupId, deduplicationId: body });
    send('one', '1a');
    await arrived(1);
    send('one', '1b');
    send('two', '2a');
    await arrived(2);
    await settled();
    expect(bodies()).toEqual([['1a'], ['2a']]);
    batches[0]?.finish(answer(null));
    await arrived(3);
    expect(bodies()[2]).toEqual(['1b']);
  });

  it('splits the messages of one receive by group', async () => {
    for (const body of ['1a', '2a', '1b']) {
      queues.send('turns.fifo', { body, groupId: body.slice(0, 1), deduplicationId: body });
    }
    start({ queueName: 'turns.fifo' });
    await arrived(2);
    expect(bodies()).toEqual([['1a', '1b'], ['2a']]);
  });

  it('returns messages to the queue when it is closed during their processing', async () => {
    start();
    queues.send('work', { body: 'a' });
    await arrived(1);
    source?.stop();
    batches[0]?.finish({ kind: 'error', error: { errorType: 'Runtime.ExitError', errorMessage: 'killed' } });
    await source?.close();
    expect(queues.counts('work')).toMatchObject({ visible: 1, inFlight: 0 });
  });
});
