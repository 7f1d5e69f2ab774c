import type { Json, JsonObject } from '../../../local/cloud/template/json.ts';
import type { Answer } from './controlled-function.ts';
import type { Mutation, Suite } from './mutation.ts';
import type { Scene } from './scene.ts';
import { attribute, outputs, type Resource, ref, type Template } from './template.ts';

/** A function that the test moves. */
export function puppetFunction(name: string, more: JsonObject = {}): Resource {
  return {
    Type: 'AWS::Lambda::Function',
    Properties: {
      FunctionName: name,
      Code: { S3Bucket: 'assets', S3Key: 'puppet.zip' },
      Handler: 'index.handler',
      Runtime: 'nodejs24.x',
      Role: attribute('PuppetRole', 'Arn'),
      Timeout: 10,
      Environment: { Variables: { PUPPETEER: ref('Puppeteer'), GREETING: 'hello' } },
      ...more,
    },
  };
}

/** The role of such functions, which may do everything. */
export const puppetRole: Readonly<Record<string, Resource>> = {
  PuppetRole: {
    Type: 'AWS::IAM::Role',
    Properties: {
      AssumeRolePolicyDocument: {},
      Policies: [
        {
          PolicyName: 'everything',
          PolicyDocument: { Statement: { Effect: 'Allow', Action: '*', Resource: '*' } },
        },
      ],
    },
  },
};

export const puppeteerParameter = { Puppeteer: { Type: 'String' } };

const template: Template = {
  Parameters: puppeteerParameter,
  Resources: {
    ...puppetRole,
    One: puppetFunction('one'),
    Later: {
      Type: 'AWS::Lambda::EventInvokeConfig',
      Properties: { FunctionName: ref('One'), Qualifier: '$LATEST', MaximumRetryAttempts: 0 },
    },
    Two: puppetFunction('two'),
    Api: { Type: 'AWS::ApiGatewayV2::Api', Properties: { ProtocolType: 'HTTP', Name: 'api' } },
    Stage: {
      Type: 'AWS::ApiGatewayV2::Stage',
      Properties: { ApiId: ref('Api'), StageName: '$default', AutoDeploy: true },
    },
    ToOne: integration('One'),
    ToTwo: integration('Two'),
    Route: {
      Type: 'AWS::ApiGatewayV2::Route',
      Properties: {
        ApiId: ref('Api'),
        RouteKey: 'POST /things/{id}',
        AuthorizationType: 'NONE',
        Target: { 'Fn::Join': ['', ['integrations/', ref('ToOne')]] },
      },
    },
  },
  Outputs: outputs({ Function: ref('One') }),
};

function integration(name: string): Resource {
  return {
    Type: 'AWS::ApiGatewayV2::Integration',
    Properties: {
      ApiId: ref('Api'),
      IntegrationType: 'AWS_PROXY',
      IntegrationUri: attribute(name, 'Arn'),
      PayloadFormatVersion: '2.0',
    },
  };
}

/** What the one invocation of a function says about its surroundings. */
async function surroundings({ cloud, puppeteer }: Scene) {
  puppeteer.forget();
  await cloud.invoke('one', {});
  return puppeteer.calls[0];
}

const invoked = ({ cloud }: Scene) =>
  cloud.invoke('one', {}).catch((error: unknown) => (error instanceof Error ? error.message : error));

async function slowly<T>(scene: Scene, ms: number, run: () => Promise<T>): Promise<T> {
  scene.puppeteer.decide(async ({ event }) => {
    await new Promise((resolve) => setTimeout(resolve, ms));
    return { result: typeof event === 'object' ? 'in time' : null };
  });
  try {
    return await run();
  } finally {
    scene.puppeteer.decide(undefined);
  }
}

/** How many of two invocations at once run, and how many have no room. */
async function twoAtOnce(scene: Scene): Promise<unknown> {
  const release = Promise.withResolvers<Answer>();
  scene.puppeteer.forget();
  scene.puppeteer.decide(() => release.promise);
  const both = [invoked(scene), invoked(scene)];
  const refused = await Promise.race([
    Promise.race(both).then(String),
    new Promise((resolve) => {
      const look = setInterval(() => {
        if (scene.puppeteer.calls.length < 2) return;
        clearInterval(look);
        resolve('both run');
      }, 5);
      void Promise.all(both).then(() => clearInterval(look));
    }),
  ]);
  release.resolve({ result: null });
  await Promise.all(both);
  scene.puppeteer.decide(undefined);
  return refused;
}

/** How often an event is tried that always fails. */
async function tries(scene: Scene): Promise<number> {
  scene.puppeteer.forget();
  scene.puppeteer.decide(() => ({ error: 'never' }));
  const { gateway } = scene.cloud;
  await fetch(`${gateway.url}/2015-03-31/functions/one/invocations`, {
    method: 'POST',
    headers: {
      'x-amz-invocation-type': 'Event',
      authorization: `AWS4-HMAC-SHA256 Credential=${gateway.accessKeyId('test')}/20260101/us-east-1/lambda/aws4_request, Signature=none`,
    },
    body: '{}',
  });
  for (let round = 0; round < 4; round += 1) {
    await scene.cloud.idle();
    await scene.step(180);
  }
  await scene.cloud.idle();
  scene.puppeteer.decide(undefined);
  return scene.puppeteer.calls.length;
}

async function posted(scene: Scene, path = '/things/7', method = 'POST'): Promise<unknown> {
  const { status, body } = await scene.api(path, { method, body: '{}' });
  const answer: unknown = JSON.parse(body);
  const name =
    typeof answer === 'object' && answer !== null ? Reflect.get(answer, 'functionName') : undefined;
  return [status, name];
}

const one = (property: string, to: Json | undefined) => ({ resource: 'One', property, to });

const mutations: Mutation[] = [
  {
    ...one('FunctionName', 'renamed'),
    look: async ({ cloud }) => [cloud.functions, cloud.outputs.Function],
    before: [['one', 'two'], 'one'],
    after: [['renamed', 'two'], 'renamed'],
  },
  {
    ...one('Code.S3Key', 'fixed.zip'),
    look: invoked,
    before: null,
    after: 'another bundle',
  },
  { ...one('Code.S3Key', 'missing.zip'), refused: /no bundle/ },
  {
    ...one('Handler', 'index.other'),
    look: async (scene) => (await surroundings(scene))?.entry,
    before: 'handler',
    after: 'other',
  },
  {
    ...one('Handler', 'index.missing'),
    look: invoked,
    before: null,
    after: 'Runtime.HandlerNotFound: missing is undefined or not exported',
  },
  {
    ...one('Environment.Variables.GREETING', 'good evening'),
    look: async (scene) => (await surroundings(scene))?.greeting,
    before: 'hello',
    after: 'good evening',
  },
  { ...one('Environment.Variables.LONG', 'x'.repeat(4096)), refused: /4 ?KB|4096/ },
  {
    ...one('MemorySize', 256),
    async look(scene) {
      const call = await surroundings(scene);
      return [call?.memory, call?.heapMb];
    },
    before: ['128', 128],
    after: ['256', 256],
  },
  { ...one('MemorySize', 127), refused: /MemorySize/ },
  {
    ...one('Timeout', 1),
    look: (scene) =>
      slowly(scene, 1_200, async () => String(await invoked(scene)).replace(/\w+-[\w-]+/, '…')),
    before: 'in time',
    after: 'Sandbox.Timedout: RequestId: … Error: Task timed out after 1.00 seconds',
  },
  { ...one('Timeout', 901), refused: /Timeout/ },
  {
    ...one('ReservedConcurrentExecutions', 1),
    look: twoAtOnce,
    before: 'both run',
    after: 'The function one has no room for one more invocation',
  },
  { ...one('ReservedConcurrentExecutions', -1), refused: /ReservedConcurrentExecutions/ },
  {
    resource: 'Later',
    property: 'MaximumRetryAttempts',
    to: 1,
    look: tries,
    before: 1,
    after: 2,
  },
  { resource: 'Later', property: 'MaximumRetryAttempts', to: 3, refused: /MaximumRetryAttempts/ },
  { resource: 'Later', property: 'FunctionName', to: 'nothing', refused: /no function nothing/ },
  {
    resource: 'Later',
    property: 'FunctionName',
    to: ref('Two'),
    look: tries,
    before: 1,
    after: 3,
  },
  {
    resource: 'Stage',
    property: 'ApiId',
    to: 'other',
    refused: /no HTTP API other/,
  },
  { resource: 'ToOne', property: 'ApiId', to: 'other', refused: /no HTTP API other/ },
  {
    resource: 'ToOne',
    property: 'IntegrationUri',
    to: attribute('Two', 'Arn'),
    look: posted,
    before: [200, 'one'],
    after: [200, 'two'],
  },
  { resource: 'ToOne', property: 'IntegrationUri', to: 'https://example.org', refused: /is no function/ },
  {
    resource: 'ToOne',
    property: 'TimeoutInMillis',
    to: 50,
    look: (scene) =>
      slowly(scene, 300, async () => (await scene.api('/things/7', { method: 'POST' })).status),
    before: 200,
    after: 503,
  },
  { resource: 'ToOne', property: 'TimeoutInMillis', to: 30_001, refused: /TimeoutInMillis/ },
  { resource: 'ToOne', property: 'TimeoutInMillis', to: 49, refused: /TimeoutInMillis/ },
  { resource: 'Route', property: 'ApiId', to: 'other', refused: /no HTTP API other/ },
  {
    resource: 'Route',
    property: 'RouteKey',
    to: 'PUT /things/{id}',
    look: async (scene) => [await posted(scene), await posted(scene, '/things/7', 'PUT')],
    before: [
      [200, 'one'],
      [404, undefined],
    ],
    after: [
      [404, undefined],
      [200, 'one'],
    ],
  },
  {
    resource: 'Route',
    property: 'RouteKey',
    to: '$default',
    look: (scene) => posted(scene, '/elsewhere', 'PUT'),
    before: [404, undefined],
    after: [200, 'one'],
  },
  { resource: 'Route', property: 'RouteKey', to: 'POST things', refused: /RouteKey/ },
  {
    resource: 'Route',
    property: 'Target',
    to: { 'Fn::Join': ['', ['integrations/', ref('ToTwo')]] },
    look: posted,
    before: [200, 'one'],
    after: [200, 'two'],
  },
  { resource: 'Route', property: 'Target', to: 'integrations/nothing', refused: /no integration/ },
];

export const functionSuite: Suite = { name: 'functions and the HTTP API', template, mutations };
