import type { Call } from './controlled-function.ts';
import { puppeteerParameter, puppetFunction, puppetRole } from './functions.ts';
import type { Mutation, Suite } from './mutation.ts';
import type { Scene } from './scene.ts';
import { attribute, outputs, ref, type Template } from './template.ts';

const queue = (QueueName: string) => ({
  Type: 'AWS::SQS::Queue',
  Properties: { QueueName, VisibilityTimeout: 60 },
});

const template: Template = {
  Parameters: puppeteerParameter,
  Resources: {
    Queue: queue('work'),
    Other: queue('other'),
    Line: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'line.fifo', FifoQueue: true } },
    ...puppetRole,
    One: puppetFunction('one'),
    Two: puppetFunction('two'),
    Slow: puppetFunction('slow', { Timeout: 61 }),
    Source: {
      Type: 'AWS::Lambda::EventSourceMapping',
      Properties: {
        EventSourceArn: attribute('Queue', 'Arn'),
        FunctionName: ref('One'),
        BatchSize: 2,
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        ScalingConfig: { MaximumConcurrency: 2 },
      },
    },
  },
};

const send = ({ cloud }: Scene, ...bodies: readonly string[]) => {
  for (const body of bodies) cloud.engines.queues.send('work', { body });
};
const rest = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

function batch({ event }: Call): { messageId: string; body: string }[] {
  const records: unknown = typeof event === 'object' && event !== null ? Reflect.get(event, 'Records') : [];
  return Array.isArray(records) ? records : [];
}
const sizes = ({ puppeteer }: Scene) => puppeteer.calls.map((call) => batch(call).length);

/** Which functions the messages of which queues reach. */
async function ways(scene: Scene): Promise<unknown> {
  scene.puppeteer.forget();
  for (const name of ['work', 'other']) scene.cloud.engines.queues.send(name, { body: name });
  await expectCalls(scene, 1);
  await scene.cloud.idle();
  for (const QueueUrl of ['work', 'other']) await scene.sqs('PurgeQueue', { QueueUrl });
  await scene.step(60);
  return scene.puppeteer.calls.map((call) => [call.functionName, ...batch(call).map(({ body }) => body)]);
}

async function expectCalls({ puppeteer }: Scene, count: number): Promise<void> {
  for (const end = Date.now() + 5_000; puppeteer.calls.length < count; await rest(5)) {
    if (Date.now() > end) throw new Error(`Of ${count} invocations there were ${puppeteer.calls.length}`);
  }
}

/** How many batches run at once, and how large those are that wait meanwhile. */
async function crowd(scene: Scene): Promise<{ atOnce: number; thenSizes: number[] }> {
  const gate = Promise.withResolvers<void>();
  scene.puppeteer.forget();
  scene.puppeteer.decide(async () => {
    await gate.promise;
    return { result: null };
  });
  for (let index = 0; index < 2; index += 1) {
    send(scene, 'hold');
    await expectCalls(scene, index + 1);
  }
  send(scene, ...Array.from({ length: 6 }, (_, index) => String(index)));
  await rest(30);
  // What no batch may take stays visible.
  const atOnce = scene.cloud.queueCounts().work?.inFlight ?? 0;
  gate.resolve();
  await scene.cloud.idle();
  scene.puppeteer.decide(undefined);
  return { atOnce, thenSizes: sizes(scene).slice(2) };
}

async function twoInTurn(scene: Scene): Promise<number[]> {
  scene.puppeteer.forget();
  send(scene, 'first');
  await scene.step(10);
  send(scene, 'second');
  await scene.step(10);
  await scene.cloud.idle();
  return sizes(scene);
}

async function oneBad(scene: Scene): Promise<unknown> {
  scene.puppeteer.decide((call) => {
    const failed = batch(call).filter(({ body }) => body === 'bad');
    return {
      result: { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) },
    };
  });
  scene.puppeteer.forget();
  send(scene, 'bad');
  await expectCalls(scene, 1);
  await scene.cloud.idle({ inFlightToo: false });
  const left = scene.cloud.queueCounts().work;
  scene.puppeteer.decide(undefined);
  await scene.step(60);
  await scene.cloud.idle();
  return left;
}

const source = (property: string) => ({ resource: 'Source', property });

const mutations: Mutation[] = [
  {
    ...source('EventSourceArn'),
    to: attribute('Other', 'Arn'),
    look: ways,
    before: [['one', 'work']],
    after: [['one', 'other']],
  },
  { ...source('EventSourceArn'), to: 'arn:aws:sqs:us-east-1:000000000000:nothing', refused: /is no queue/ },
  {
    ...source('FunctionName'),
    to: ref('Two'),
    look: ways,
    before: [['one', 'work']],
    after: [['two', 'work']],
  },
  // https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html: the time-out must not be longer.
  { ...source('FunctionName'), to: ref('Slow'), refused: /visibility/i },
  {
    ...source('Enabled'),
    to: false,
    async look(scene) {
      send(scene, 'a');
      // What is taken is taken long before.
      await scene.cloud.idle({ timeoutMs: 1_000 }).catch(() => {});
      const { visible } = scene.cloud.queueCounts().work ?? {};
      await scene.cloud.idle();
      return visible;
    },
    before: 0,
    after: 1,
  },
  {
    ...source('BatchSize'),
    to: 3,
    look: async (scene) => Math.max(...(await crowd(scene)).thenSizes),
    before: 2,
    after: 3,
  },
  { ...source('BatchSize'), to: 11, refused: /BatchSize/ },
  { ...source('BatchSize'), to: 0, refused: /BatchSize/ },
  {
    ...source('ScalingConfig.MaximumConcurrency'),
    to: 3,
    look: async (scene) => (await crowd(scene)).atOnce,
    before: 2,
    after: 3,
  },
  { ...source('ScalingConfig.MaximumConcurrency'), to: 1, refused: /MaximumConcurrency/ },
  { ...source('MaximumBatchingWindowInSeconds'), to: 20, look: twoInTurn, before: [1, 1], after: [2] },
  { ...source('MaximumBatchingWindowInSeconds'), to: 301, refused: /MaximumBatchingWindowInSeconds/ },
  {
    ...source('FunctionResponseTypes'),
    to: undefined,
    look: oneBad,
    before: { visible: 0, delayed: 0, inFlight: 1 },
    after: { visible: 0, delayed: 0, inFlight: 0 },
  },
  { ...source('FunctionResponseTypes'), to: ['ReportFailures'], refused: /FunctionResponseTypes/ },
];

export const eventSourceSuite: Suite = { name: 'event sources', template, mutations };

const schedules: Template = {
  Parameters: puppeteerParameter,
  Resources: {
    ...puppetRole,
    One: puppetFunction('one'),
    Two: puppetFunction('two'),
    Tick: {
      Type: 'AWS::Scheduler::Schedule',
      Properties: {
        Name: 'tick',
        ScheduleExpression: 'rate(10 minutes)',
        State: 'ENABLED',
        FlexibleTimeWindow: { Mode: 'OFF' },
        Target: { Arn: attribute('One', 'Arn'), Input: '{"tick":1}', RoleArn: 'arn:role' },
      },
    },
  },
  Outputs: outputs({ Schedule: ref('Tick') }),
};

/** The invocations of forty minutes. */
async function ticks(scene: Scene): Promise<Call[]> {
  await scene.cloud.idle();
  scene.puppeteer.forget();
  for (let minutes = 0; minutes < 40; minutes += 5) {
    await scene.step(300);
    await scene.cloud.idle();
  }
  return [...scene.puppeteer.calls];
}
const count = async (scene: Scene) => (await ticks(scene)).length;
const tick = (property: string) => ({ resource: 'Tick', property });

const scheduleMutations: Mutation[] = [
  {
    ...tick('Name'),
    to: 'renamed',
    look: async ({ cloud }) => cloud.outputs.Schedule,
    before: 'tick',
    after: 'renamed',
  },
  { ...tick('ScheduleExpression'), to: 'rate(20 minutes)', look: count, before: 4, after: 2 },
  { ...tick('ScheduleExpression'), to: 'cron(0 * * * ? *)', refused: /may only be a rate/ },
  { ...tick('ScheduleExpression'), to: 'rate(0 minutes)', refused: /rate/ },
  { ...tick('State'), to: 'DISABLED', look: count, before: 4, after: 0 },
  {
    ...tick('Target.Arn'),
    to: attribute('Two', 'Arn'),
    look: async (scene) => (await ticks(scene))[0]?.functionName,
    before: 'one',
    after: 'two',
  },
  { ...tick('Target.Arn'), to: 'arn:aws:sqs:us-east-1:000000000000:queue', refused: /no function/ },
  {
    ...tick('Target.Input'),
    to: '{"tick":2}',
    look: async (scene) => (await ticks(scene))[0]?.event,
    before: { tick: 1 },
    after: { tick: 2 },
  },
  { ...tick('Target.Input'), to: 'no JSON', refused: /Input/ },
];

export const scheduleSuite: Suite = { name: 'schedules', template: schedules, mutations: scheduleMutations };
