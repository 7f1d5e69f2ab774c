import type { Mutation, Suite } from './mutation.ts';
import type { Scene } from './scene.ts';
import { attribute, type Template } from './template.ts';

const template: Template = {
  Resources: {
    Dead: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'dead' } },
    OtherDead: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'other-dead' } },
    Work: {
      Type: 'AWS::SQS::Queue',
      Properties: {
        QueueName: 'work',
        VisibilityTimeout: 30,
        RedrivePolicy: { deadLetterTargetArn: attribute('Dead', 'Arn'), maxReceiveCount: 2 },
      },
    },
    Plain: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'plain' } },
    Nameless: { Type: 'AWS::SQS::Queue', Properties: {} },
    Line: {
      Type: 'AWS::SQS::Queue',
      Properties: { QueueName: 'line.fifo', FifoQueue: true, ContentBasedDeduplication: true },
    },
  },
};

const names = async ({ cloud }: Scene) => Object.keys(cloud.queueCounts());

async function take({ cloud }: Scene, queue: string, max = 10) {
  return cloud.engines.queues.receive(queue, { max, waitMs: 0 });
}

async function empty(scene: Scene, queue: string): Promise<void> {
  await scene.sqs('PurgeQueue', { QueueUrl: queue });
  await scene.step(60);
}

/** Seconds until a message shows, in steps of five. */
async function secondsUntilShown(scene: Scene, queue: string): Promise<number> {
  for (let seconds = 0; seconds <= 100; seconds += 5) {
    if ((await take(scene, queue)).length > 0) return seconds;
    await scene.step(5);
  }
  return Number.POSITIVE_INFINITY;
}

async function secondsInFlight(scene: Scene): Promise<number> {
  scene.cloud.engines.queues.send('work', { body: 'a' });
  await take(scene, 'work');
  const seconds = await secondsUntilShown(scene, 'work');
  await empty(scene, 'work');
  return seconds;
}

/** How often a message comes before it is buried, and where. */
async function burial(scene: Scene): Promise<unknown> {
  scene.cloud.engines.queues.send('work', { body: 'bad' });
  let receives = 0;
  while (receives < 10 && (await take(scene, 'work')).length > 0) {
    receives += 1;
    await scene.step(60);
  }
  const graves = ['dead', 'other-dead'].filter((name) => scene.cloud.queueCounts()[name]?.visible === 1);
  for (const grave of graves) await empty(scene, grave);
  return { receives, graves };
}

/** What sending the same text twice does. */
async function sendTwice(scene: Scene, groups: readonly [string, string]): Promise<unknown> {
  const answers: unknown[] = [];
  for (const MessageGroupId of groups) {
    const input = { QueueUrl: 'line.fifo', MessageBody: 'same', MessageGroupId };
    const answer = await scene.sqs('SendMessage', input);
    answers.push(typeof answer === 'string' ? answer : 'sent');
  }
  const found = (await take(scene, 'line.fifo')).length;
  await scene.step(300);
  await empty(scene, 'line.fifo');
  return [...answers, found];
}

async function secondWhileFirstInFlight(scene: Scene): Promise<unknown> {
  const queue = (await names(scene)).find((name) => name.startsWith('Small-Nameless')) ?? '';
  for (const body of ['first', 'second']) {
    const deduplication = queue.endsWith('.fifo') ? { deduplicationId: body } : {};
    scene.cloud.engines.queues.send(queue, { body, groupId: 'a', ...deduplication });
  }
  const found = [await take(scene, queue, 1), await take(scene, queue, 1)].flat().map(({ body }) => body);
  await empty(scene, queue);
  return found;
}

async function pollEmpty(scene: Scene): Promise<string> {
  const polling = scene.sqs('ReceiveMessage', { QueueUrl: 'plain' }).then(() => 'returns at once');
  const later = new Promise<string>((resolve) => setTimeout(resolve, 100, 'waits'));
  const seen = await Promise.race([polling, later]);
  await scene.step(20);
  await polling;
  return seen;
}

const mutations: Mutation[] = [
  {
    resource: 'Plain',
    property: 'QueueName',
    to: 'renamed',
    look: async (scene) => (await names(scene)).filter((name) => ['plain', 'renamed'].includes(name)),
    before: ['plain'],
    after: ['renamed'],
  },
  { resource: 'Plain', property: 'QueueName', to: 'no spaces', refused: /alphanumeric/ },
  {
    resource: 'Nameless',
    property: 'FifoQueue',
    to: true,
    look: secondWhileFirstInFlight,
    before: ['first', 'second'],
    after: ['first'],
  },
  { resource: 'Line', property: 'FifoQueue', to: undefined, refused: /\.fifo suffix/ },
  {
    resource: 'Line',
    property: 'ContentBasedDeduplication',
    to: false,
    look: (scene) => sendTwice(scene, ['a', 'a']),
    before: ['sent', 'sent', 1],
    after: ['InvalidParameterValue', 'InvalidParameterValue', 0],
  },
  {
    resource: 'Line',
    property: 'DeduplicationScope',
    to: 'messageGroup',
    look: (scene) => sendTwice(scene, ['a', 'b']),
    before: ['sent', 'sent', 1],
    after: ['sent', 'sent', 2],
  },
  { resource: 'Line', property: 'DeduplicationScope', to: 'group', refused: /DeduplicationScope/ },
  {
    resource: 'Plain',
    property: 'ContentBasedDeduplication',
    to: true,
    refused: /ContentBasedDeduplication/,
  },
  { resource: 'Work', property: 'VisibilityTimeout', to: 50, look: secondsInFlight, before: 30, after: 50 },
  { resource: 'Work', property: 'VisibilityTimeout', to: 43_201, refused: /VisibilityTimeout/ },
  {
    resource: 'Plain',
    property: 'MessageRetentionPeriod',
    to: 60,
    async look(scene) {
      scene.cloud.engines.queues.send('plain', { body: 'a' });
      await scene.step(61);
      const found = (await take(scene, 'plain')).length;
      await empty(scene, 'plain');
      return found;
    },
    before: 1,
    after: 0,
  },
  { resource: 'Plain', property: 'MessageRetentionPeriod', to: 59, refused: /MessageRetentionPeriod/ },
  {
    resource: 'Plain',
    property: 'DelaySeconds',
    to: 10,
    async look(scene) {
      scene.cloud.engines.queues.send('plain', { body: 'a' });
      const seconds = await secondsUntilShown(scene, 'plain');
      await empty(scene, 'plain');
      return seconds;
    },
    before: 0,
    after: 10,
  },
  { resource: 'Plain', property: 'DelaySeconds', to: 901, refused: /DelaySeconds/ },
  {
    resource: 'Plain',
    property: 'ReceiveMessageWaitTimeSeconds',
    to: 20,
    look: pollEmpty,
    before: 'returns at once',
    after: 'waits',
  },
  {
    resource: 'Plain',
    property: 'MaximumMessageSize',
    to: 1024,
    async look(scene) {
      const answer = await scene.sqs('SendMessage', { QueueUrl: 'plain', MessageBody: 'x'.repeat(1025) });
      await empty(scene, 'plain');
      return typeof answer === 'string' ? answer : 'sent';
    },
    before: 'sent',
    after: 'InvalidParameterValue',
  },
  {
    resource: 'Work',
    property: 'RedrivePolicy.maxReceiveCount',
    to: 3,
    look: burial,
    before: { receives: 2, graves: ['dead'] },
    after: { receives: 3, graves: ['dead'] },
  },
  {
    resource: 'Work',
    property: 'RedrivePolicy.deadLetterTargetArn',
    to: attribute('OtherDead', 'Arn'),
    look: burial,
    before: { receives: 2, graves: ['dead'] },
    after: { receives: 2, graves: ['other-dead'] },
  },
  {
    resource: 'Work',
    property: 'RedrivePolicy.deadLetterTargetArn',
    to: 'arn:aws:sqs:us-east-1:000000000000:nowhere',
    refused: /nowhere/,
  },
  {
    resource: 'Work',
    property: 'RedrivePolicy.deadLetterTargetArn',
    to: attribute('Line', 'Arn'),
    refused: /same type|FIFO/,
  },
  { resource: 'Work', property: 'RedrivePolicy.maxReceiveCount', to: 0, refused: /maxReceiveCount/ },
  { resource: 'Work', property: 'RedrivePolicy.maxReceiveCount', to: 1001, refused: /maxReceiveCount/ },
];

export const queueSuite: Suite = { name: 'queues', template, mutations };
