/** Roles and policies: what a function may do. */
import type { JsonObject } from '../../../local/cloud/template/json.ts';
import { puppeteerParameter, puppetFunction } from './functions.ts';
import type { Mutation, Suite } from './mutation.ts';
import type { Scene } from './scene.ts';
import { attribute, outputs, type Resource, ref, type Template } from './template.ts';

const send: JsonObject = {
  Effect: 'Allow',
  Action: ['sqs:SendMessage'],
  Resource: attribute('Queue', 'Arn'),
};
const consume: JsonObject = {
  Effect: 'Allow',
  Action: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
  Resource: attribute('Queue', 'Arn'),
};
const role = (RoleName: string): Resource => ({
  Type: 'AWS::IAM::Role',
  Properties: { RoleName, AssumeRolePolicyDocument: {} },
});

const template: Template = {
  Parameters: puppeteerParameter,
  Resources: {
    Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'queue', VisibilityTimeout: 60 } },
    Idle: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'idle' } },
    Worker: role('worker'),
    Other: role('other'),
    Policy: {
      Type: 'AWS::IAM::Policy',
      Properties: {
        PolicyName: 'policy',
        Roles: [ref('Worker')],
        PolicyDocument: { Statement: [send, consume] },
      },
    },
    One: puppetFunction('one', { Role: attribute('Worker', 'Arn') }),
    Mapping: {
      Type: 'AWS::Lambda::EventSourceMapping',
      Properties: { EventSourceArn: attribute('Queue', 'Arn'), FunctionName: ref('One') },
    },
  },
  Outputs: outputs({ Idle: ref('Idle'), Queue: ref('Queue'), Policy: ref('Policy'), Role: ref('Worker') }),
};

/** What the function hears when it sends to the queues. */
async function sends({ cloud }: Scene): Promise<unknown> {
  const answers = [cloud.outputs.Queue, cloud.outputs.Idle].map(async (url) => {
    const answer = await fetch(cloud.gateway.url, {
      method: 'POST',
      headers: {
        'x-amz-target': 'AmazonSQS.SendMessage',
        authorization: `AWS4-HMAC-SHA256 Credential=${cloud.gateway.accessKeyId('one')}/20260101/us-east-1/sqs/aws4_request, Signature=none`,
      },
      body: JSON.stringify({ QueueUrl: url, MessageBody: '{}' }),
    });
    return answer.status;
  });
  return Promise.all(answers);
}

const policy = (property: string, to: Mutation['to']) => ({ resource: 'Policy', property, to });
const sending = { look: sends, before: [200, 403] };
const refused = /the role of one does not allow sqs:ReceiveMessage/;

const mutations: Mutation[] = [
  {
    ...policy('PolicyDocument.Statement[0].Resource', attribute('Idle', 'Arn')),
    ...sending,
    after: [403, 200],
  },
  { ...policy('PolicyDocument.Statement[1].Action', 'sqs:DeleteMessage'), refused },
  { ...policy('PolicyDocument.Statement[0].NotAction', 'sqs:*'), refused: /NotAction/ },
  { ...policy('Roles', [ref('Other')]), refused },
  { ...policy('Roles', ['nobody']), refused: /there is no role nobody/ },
  {
    ...policy('PolicyName', 'renamed'),
    look: async ({ cloud }) => cloud.outputs.Policy,
    before: 'policy',
    after: 'renamed',
  },
  {
    resource: 'Worker',
    property: 'RoleName',
    to: 'renamed',
    look: async ({ cloud }) => cloud.outputs.Role,
    before: 'worker',
    after: 'renamed',
  },
  {
    resource: 'Worker',
    property: 'Policies',
    to: [
      { PolicyName: 'all', PolicyDocument: { Statement: { Effect: 'Allow', Action: '*', Resource: '*' } } },
    ],
    ...sending,
    after: [200, 200],
  },
  { resource: 'One', property: 'Role', to: attribute('Other', 'Arn'), refused },
];

export const roleSuite: Suite = { name: 'roles', template, mutations };
