// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Fn::Sub writes its placeholders so
import { describe, expect, it } from 'vitest';
import { parseTemplate } from './assembly.ts';
import { evaluateStacks } from './evaluate.ts';
import type { Json } from './json.ts';
import type { ResolvedResource } from './resource.ts';

interface Template {
  readonly Parameters?: Json;
  readonly Conditions?: Json;
  readonly Mappings?: Json;
  readonly Resources: Json;
  readonly Outputs?: Json;
}

async function evaluate(templates: Record<string, Template>, parameters: Record<string, string> = {}) {
  const created: ResolvedResource[] = [];
  const stacks = Object.entries(templates).map(([name, template]) =>
    parseTemplate(name, JSON.stringify(template)),
  );
  const outputs = await evaluateStacks(stacks, {
    parameters,
    pseudo: { accountId: '000000000000', region: 'us-east-1' },
    secretString: (id) => `secret of ${id}`,
    create(resource) {
      created.push(resource);
      return { ref: `ref-${resource.logicalId}`, attributes: { Arn: `arn-${resource.logicalId}` } };
    },
  });
  return { created, outputs };
}

const queue = (properties: Json = {}) => ({ Type: 'AWS::SQS::Queue', Properties: properties });

describe('evaluateStacks', () => {
  it('creates resources after those they refer to, with plain values', async () => {
    const { created } = await evaluate(
      {
        Main: {
          Parameters: { Name: { Type: 'String' }, Wait: { Type: 'Number', Default: 3 } },
          Resources: {
            Work: queue({
              QueueName: { Ref: 'Name' },
              DelaySeconds: { Ref: 'Wait' },
              RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': ['Dead', 'Arn'] }, maxReceiveCount: 3 },
            }),
            Dead: queue(),
          },
        },
      },
      { Name: 'work' },
    );
    expect(created.map(({ logicalId }) => logicalId)).toEqual(['Dead', 'Work']);
    expect(created[1]?.properties).toEqual({
      QueueName: 'work',
      DelaySeconds: '3',
      RedrivePolicy: { deadLetterTargetArn: 'arn-Dead', maxReceiveCount: 3 },
    });
  });

  it('honours DependsOn, conditions and mappings', async () => {
    const { created, outputs } = await evaluate({
      Main: {
        Parameters: { Stage: { Type: 'String', Default: 'test' } },
        Mappings: { Delays: { test: { seconds: 1 }, live: { seconds: 9 } } },
        Conditions: {
          IsLive: { 'Fn::Equals': [{ Ref: 'Stage' }, 'live'] },
          IsTest: {
            'Fn::And': [
              { 'Fn::Not': [{ Condition: 'IsLive' }] },
              { 'Fn::Or': [{ Condition: 'IsLive' }, { 'Fn::Equals': ['a', 'a'] }] },
            ],
          },
        },
        Resources: {
          First: {
            ...queue({ DelaySeconds: { 'Fn::FindInMap': ['Delays', { Ref: 'Stage' }, 'seconds'] } }),
            DependsOn: 'Second',
          },
          Second: { ...queue(), Condition: 'IsTest' },
          Third: { ...queue(), Condition: 'IsLive' },
        },
        Outputs: {
          Here: { Value: { Ref: 'First' } },
          NotHere: { Value: { Ref: 'Third' }, Condition: 'IsLive' },
        },
      },
    });
    expect(created.map(({ logicalId }) => logicalId)).toEqual(['Second', 'First']);
    expect(created[1]?.properties).toEqual({ DelaySeconds: 1 });
    expect(outputs).toEqual({ Here: 'ref-First' });
  });

  it('passes exports on to later stacks', async () => {
    const { created } = await evaluate({
      Data: {
        Resources: { Work: queue() },
        Outputs: {
          Url: { Value: { Ref: 'Work' }, Export: { Name: { 'Fn::Sub': '${AWS::StackName}:Url' } } },
        },
      },
      Web: { Resources: { Other: queue({ QueueName: { 'Fn::ImportValue': 'Data:Url' } }) } },
    });
    expect(created[1]?.properties).toEqual({ QueueName: 'ref-Work' });
  });

  it('gives passive resources well-formed references', async () => {
    const { created } = await evaluate({
      Main: {
        Resources: {
          Log: { Type: 'AWS::Logs::LogGroup', Properties: { Anything: true } },
          Code: {
            Type: 'AWS::Lambda::Function',
            Properties: {
              Role: { 'Fn::GetAtt': ['Log', 'Arn'] },
              Handler: 'index.handler',
              Runtime: 'nodejs24.x',
              Code: { S3Key: 'x.zip' },
            },
          },
        },
      },
    });
    expect(created.map(({ properties }) => properties.Role)).toEqual([
      'arn:aws:logs:us-east-1:000000000000:log-group:Main-Log:*',
    ]);
  });

  it('names every unknown type and property at once', async () => {
    const run = evaluate({
      Main: {
        Resources: {
          Bus: { Type: 'AWS::Events::EventBus' },
          Work: queue({ Colour: 'red', RedrivePolicy: { shade: 1 } }),
          Fine: queue({ Tags: [{ Key: 'a', Value: 'b' }] }),
        },
      },
    });
    await expect(run).rejects.toThrow(
      [
        'The local cloud cannot run stack Main:',
        '- Bus: the resource type AWS::Events::EventBus is unknown',
        '- Work (AWS::SQS::Queue): Colour is unknown to the local cloud',
        '- Work (AWS::SQS::Queue): RedrivePolicy.shade is unknown to the local cloud',
      ].join('\n'),
    );
  });

  it('checks for unknown properties in both branches of a condition, below lists', async () => {
    const run = evaluate({
      Main: {
        Conditions: { C: { 'Fn::Equals': ['a', 'b'] } },
        Resources: {
          Cdn: {
            Type: 'AWS::CloudFront::Distribution',
            Properties: {
              DistributionConfig: { Origins: [{ 'Fn::If': ['C', { Id: 'a', Colour: 'red' }, { Id: 'b' }] }] },
            },
          },
        },
      },
    });
    await expect(run).rejects.toThrow(
      'Cdn (AWS::CloudFront::Distribution): DistributionConfig.Origins[].Colour is unknown',
    );
  });

  it('refuses values that it does not implement, also when they come from a parameter', async () => {
    const schedule = (mode: Json) => ({
      Main: {
        Parameters: { Mode: { Type: 'String', Default: 'FLEXIBLE' } },
        Resources: {
          Tick: { Type: 'AWS::Scheduler::Schedule', Properties: { FlexibleTimeWindow: { Mode: mode } } },
        },
      },
    });
    const message = 'FlexibleTimeWindow.Mode may only be OFF, not "FLEXIBLE"';
    await expect(evaluate(schedule('FLEXIBLE'))).rejects.toThrow(message);
    await expect(evaluate(schedule({ Ref: 'Mode' }))).rejects.toThrow(message);
  });

  it('names the resource that refers to something missing', async () => {
    const run = evaluate({ Main: { Resources: { Work: queue({ QueueName: { Ref: 'Nothing' } }) } } });
    await expect(run).rejects.toThrow(
      'Work (AWS::SQS::Queue) of stack Main: there is no resource or parameter Nothing',
    );
  });

  it('refuses cycles, missing and unknown parameters and values that are not allowed', async () => {
    const cycle = {
      Main: { Resources: { A: queue({ QueueName: { Ref: 'B' } }), B: queue({ QueueName: { Ref: 'A' } }) } },
    };
    await expect(evaluate(cycle)).rejects.toThrow('A → B → A');
    const withParameter = {
      Main: {
        Parameters: { Name: { Type: 'String', AllowedPattern: '[a-z]+' } },
        Resources: { A: queue({ QueueName: { Ref: 'Name' } }) },
      },
    };
    await expect(evaluate(withParameter)).rejects.toThrow('parameter Name has no value');
    await expect(evaluate(withParameter, { Name: 'A1' })).rejects.toThrow('parameter Name must match [a-z]+');
    await expect(evaluate(withParameter, { Nam: 'a' })).rejects.toThrow('The template has no parameter Nam');
  });

  it('refuses resource attributes that change how a resource is created', () => {
    const text = JSON.stringify({ Resources: { A: { ...queue(), CreationPolicy: {} } } });
    expect(() => parseTemplate('Main', text)).toThrow('CreationPolicy');
  });
});
