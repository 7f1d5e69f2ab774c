import { expect } from 'vitest';
import type { RegisterCheck } from './contract-checks.ts';
import { failure } from './contract-setup.ts';
import { openQueue, type QueueTarget, redrive } from './queue-under-test.ts';

/**
 * What we rely on of FIFO queues and of dead letters.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/FIFO-queues-understanding-logic.html
 */
export function queueFifoContract(target: QueueTarget, check: RegisterCheck): void {
  const { pass } = target;
  const fifo = (more: Record<string, string> = {}) =>
    openQueue(target, { FifoQueue: 'true', ContentBasedDeduplication: 'true', ...more });

  check('a FIFO queue keeps the order of a group and locks it while a message is in flight', async () => {
    const queue = await fifo();
    for (const [group, body] of [
      ['a', 'a1'],
      ['b', 'b1'],
      ['a', 'a2'],
      ['a', 'a3'],
      ['b', 'b2'],
    ]) {
      await queue.send(String(body), { MessageGroupId: String(group) });
    }
    const first = await queue.receive({ MaxNumberOfMessages: 1 });
    expect(first.map(({ Body }) => Body)).toEqual(['a1']);
    expect(await queue.bodies()).toEqual(['b1', 'b2']);
    expect(await queue.receive()).toEqual([]);
    await queue.remove(first[0]?.ReceiptHandle);
    const third = await queue.receive();
    expect(third.map(({ Body }) => Body)).toEqual(['a2', 'a3']);
  });

  check('a FIFO queue gives messages increasing sequence numbers', async () => {
    const queue = await fifo();
    for (const body of ['1', '2', '3', '4', '5', '6']) await queue.send(body, { MessageGroupId: 'a' });
    const numbers = (await queue.receive()).map(({ Attributes }) => Attributes?.SequenceNumber ?? '');
    expect(numbers).toHaveLength(6);
    expect(numbers.map(BigInt)).toEqual(numbers.map(BigInt).sort((a, b) => (a < b ? -1 : 1)));
    expect(new Set(numbers).size).toBe(6);
  });

  check(
    'a FIFO queue hands out the first of a group before later ones, even if one of those is deleted',
    async () => {
      const queue = await fifo({ VisibilityTimeout: '2' });
      for (const body of ['1', '2', '3']) await queue.send(body, { MessageGroupId: 'a' });
      const [, second] = await queue.receive({ MaxNumberOfMessages: 2 });
      await queue.remove(second?.ReceiptHandle);
      expect(await queue.bodies()).toEqual([]);
      await pass(2);
      expect(await queue.bodies()).toEqual(['1', '3']);
    },
    { seconds: 2 },
  );

  check('a FIFO queue accepts a message once', async () => {
    const queue = await fifo();
    await queue.send('same', { MessageGroupId: 'a' });
    await queue.send('same', { MessageGroupId: 'b' });
    await queue.send('same', { MessageGroupId: 'c', MessageDeduplicationId: 'other' });
    await queue.send('different', { MessageGroupId: 'd', MessageDeduplicationId: 'other' });
    expect(await queue.bodies()).toEqual(['same', 'same']);
  });

  check('a FIFO queue answers a duplicate with the ids of the first message', async () => {
    const queue = await fifo();
    const first = await queue.send('same', { MessageGroupId: 'a' });
    const second = await queue.send('same', { MessageGroupId: 'b' });
    expect(second.SequenceNumber).toBeDefined();
    expect(second).toMatchObject({ MessageId: first.MessageId, SequenceNumber: first.SequenceNumber });
  });

  check('a FIFO queue accepts a message once even if it was deleted', async () => {
    const queue = await fifo();
    await queue.send('same', { MessageGroupId: 'a' });
    const [message] = await queue.receive();
    await queue.remove(message?.ReceiptHandle);
    await queue.send('same', { MessageGroupId: 'a' });
    expect(await queue.bodies()).toEqual([]);
  });

  check(
    'a FIFO queue accepts a message again after five minutes',
    async () => {
      const queue = await fifo();
      const first = await queue.send('same', { MessageGroupId: 'a' });
      await queue.remove((await queue.receive())[0]?.ReceiptHandle);
      await pass(299);
      expect((await queue.send('same', { MessageGroupId: 'b' })).MessageId).toBe(first.MessageId);
      await pass(1);
      await queue.send('same', { MessageGroupId: 'b' });
      const [again] = await queue.receive();
      expect(again?.MessageId).not.toBe(first.MessageId);
    },
    { seconds: 300 },
  );

  check('a FIFO queue deduplicates by group if configured to', async () => {
    const queue = await fifo({
      DeduplicationScope: 'messageGroup',
      FifoThroughputLimit: 'perMessageGroupId',
    });
    for (const MessageGroupId of ['a', 'b', 'a']) await queue.send('same', { MessageGroupId });
    expect(await queue.bodies()).toEqual(['same', 'same']);
  });

  check('a FIFO queue requires a group', async () => {
    const queue = await fifo();
    expect(await failure(queue.send('a'))).toMatchObject({ name: 'MissingParameter', status: 400 });
  });

  check('a FIFO queue refuses a delay for a single message', async () => {
    const queue = await fifo();
    const sent = queue.send('a', { MessageGroupId: 'g', DelaySeconds: 1 });
    expect(await failure(sent)).toMatchObject({ status: 400 });
  });

  check('a FIFO queue requires a deduplication id', async () => {
    const queue = await openQueue(target, { FifoQueue: 'true' });
    expect(await failure(queue.send('a', { MessageGroupId: 'g' }))).toMatchObject({ status: 400 });
  });

  check(
    'a FIFO queue refuses an expired handle',
    async () => {
      const queue = await fifo();
      await queue.send('a', { MessageGroupId: 'g' });
      const [message] = await queue.receive({ VisibilityTimeout: 1 });
      await pass(1);
      expect(await failure(queue.remove(message?.ReceiptHandle))).toMatchObject({ status: 400 });
      expect(await queue.bodies()).toEqual(['a']);
    },
    { seconds: 1 },
  );

  for (const [kind, attributes] of [
    ['standard', {}],
    ['FIFO', { FifoQueue: 'true', ContentBasedDeduplication: 'true' }],
  ] as const) {
    const receiveDeadLetter = async () => {
      const dead = await openQueue(target, attributes);
      const source = await openQueue(target, { ...attributes, RedrivePolicy: redrive(dead.arn, 2) });
      const { MessageId } = await source.send('bad', { MessageGroupId: 'g' });
      for (let round = 0; round < 2; round += 1) {
        expect(await source.bodies({ VisibilityTimeout: 1 })).toEqual(['bad']);
        await pass(1);
      }
      await source.send('good', { MessageGroupId: 'g' });
      expect(await source.bodies()).toEqual(['good']);
      const [message] = await dead.receive();
      expect(message).toMatchObject({ MessageId, Body: 'bad', Attributes: { MessageGroupId: 'g' } });
      expect(await source.counts()).toEqual({ visible: 0, delayed: 0, inFlight: 1 });
      return { source, message };
    };
    check(
      `dead letters leave a ${kind} queue after the receives allowed`,
      async () => void (await receiveDeadLetter()),
      {
        seconds: 2,
      },
    );
    check(
      `dead letters say which ${kind} queue they come from`,
      async () => {
        const { source, message } = await receiveDeadLetter();
        expect(message?.Attributes?.DeadLetterQueueSourceArn).toBe(source.arn);
      },
      { seconds: 2 },
    );
  }
}
