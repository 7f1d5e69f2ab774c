import { isDeepStrictEqual } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type FunctionName, functionNames } from '../../infra/function-needs.ts';
import { environment } from '../../shared/runtime/environment.ts';
import { functionSeconds, leaseMsOf } from '../../shared/runtime/time-limits.ts';
import { synthesizeTemplate } from './placeholder-bundles.ts';
import {
  allowedActions,
  propertiesOf,
  resourcesOf,
  statementsOf,
  type Template,
  targetsIn,
} from './template.ts';

let template: Template;
beforeAll(async () => {
  template = await synthesizeTemplate();
}, 120_000);

const resourceId = (name: string): string =>
  name
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');

const lambdaSchema = z.object({
  Timeout: z.number(),
  MemorySize: z.number(),
  PackageType: z.string().optional(),
  Runtime: z.string().optional(),
  Architectures: z.array(z.string()),
  Handler: z.string().optional(),
  Environment: z.object({ Variables: z.record(z.string(), z.unknown()) }),
  ReservedConcurrentExecutions: z.unknown().optional(),
  TracingConfig: z.undefined().optional(),
});
const lambda = (name: FunctionName) => lambdaSchema.parse(propertiesOf(template, resourceId(name)));

describe('functions', () => {
  it('run on Node 24 on arm64 within their limits', () => {
    expect(resourcesOf(template, 'Lambda::Function')).toHaveLength(functionNames.length);
    for (const name of functionNames) {
      const { PackageType, Runtime, Architectures, Handler, MemorySize } = lambda(name);
      // The image says the rest: functions/scan-vcs/Dockerfile.
      const isImage = name === 'scan-vcs';
      expect([name, PackageType, Runtime, Handler]).toEqual(
        isImage ? [name, 'Image', undefined, undefined] : [name, undefined, 'nodejs24.x', 'index.handler'],
      );
      expect(Architectures).toEqual(['arm64']);
      expect(MemorySize).toBeGreaterThanOrEqual(256);
      expect(MemorySize).toBeLessThanOrEqual(isImage ? 3008 : 1024);
    }
    // The HTTP API times out after 30 seconds.
    for (const name of ['fetch-dist', 'search-packages', 'receive-webhook', 'record-downloads'] as const) {
      expect(lambda(name).Timeout).toBeLessThan(30);
    }
  });

  it('are each invoked by a route, a queue or a schedule: nothing is there for callers beside the API', () => {
    const invoking = [
      'ApiGatewayV2::Integration',
      'Lambda::EventSourceMapping',
      'Scheduler::Schedule',
    ].flatMap((type) => resourcesOf(template, type));
    const text = JSON.stringify(invoking);
    expect(functionNames.filter((name) => !text.includes(`"${resourceId(name)}"`))).toEqual([]);
  });

  it('are terminated 30 s before their leases end', () => {
    for (const name of Object.keys(functionSeconds) as (keyof typeof functionSeconds)[]) {
      expect([name, leaseMsOf(name)]).toEqual([name, (lambda(name).Timeout + 30) * 1000]);
    }
  });

  it('read only declared variables, and each declared one is read by some function', () => {
    const declared = Object.values(environment).sort();
    const known = functionNames.flatMap((name) => Object.keys(lambda(name).Environment.Variables));
    expect([...new Set(known)].sort()).toEqual(declared);
    expect(Object.keys(lambda('record-downloads').Environment.Variables)).toEqual([
      'TABLE_NAME',
      'ORIGIN_SECRET_ARN',
    ]);
  });

  const send = (...queues: string[]) => queues.map((queue) => `sqs:SendMessage ${queue}`);
  const sendAll = send(
    'DeletionQueue',
    'PublishAccessQueue',
    'PublishPackageQueue',
    'PublishRootsQueue',
    'ScanQueue',
    'SyncQueue',
    'VcsQueue',
  );
  const consume = (queue: string) =>
    ['ChangeMessageVisibility', 'DeleteMessage', 'GetQueueAttributes', 'GetQueueUrl', 'ReceiveMessage'].map(
      (action) => `sqs:${action} ${queue}`,
    );
  const on = (ending: string, ...actions: string[]) =>
    actions.map((action) => `s3:${action} RegistryBucket/${ending}`);
  const lists = 's3:ListBucket RegistryBucket';
  const archives = [lists, ...on('*.zip', 'AbortMultipartUpload', 'GetObject', 'PutObject')];
  const files = (...endings: string[]) => [
    lists,
    ...endings.flatMap((ending) => on(ending, 'DeleteObject', 'GetObject', 'PutObject')),
  ];
  const integrations = 'secretsmanager:GetSecretValue IntegrationsSecret';
  const originSecret = 'secretsmanager:GetSecretValue ApiOriginSecret';
  const addresses = 'ssm:GetParameter AWS::Partition+AWS::Region+AWS::AccountId+AWS::StackName/addresses';
  const edgeOriginSecret = 'secretsmanager:GetSecretValue OriginSecret';
  const useCredentials = 'kms:Decrypt CredentialKey';
  const renewCredentials = [useCredentials, 'kms:GenerateDataKey CredentialKey'];
  const pendingWork = 'dynamodb:Query Table/index/pending';
  const read = ['BatchGetItem', 'ConditionCheckItem', 'GetItem', 'Query'].map(
    (action) => `dynamodb:${action} Table`,
  );
  const write = (...actions: string[]) => actions.map((action) => `dynamodb:${action}Item Table`);
  const writeAll = write('Delete', 'Put', 'Update');

  it.each<[FunctionName, string[]]>([
    [
      'receive-webhook',
      [
        integrations,
        useCredentials,
        originSecret,
        ...send('PublishRootsQueue', 'ScanQueue', 'SyncQueue', 'VcsQueue'),
      ],
    ],
    [
      'sync-organization',
      [addresses, integrations, ...renewCredentials, ...consume('SyncQueue'), ...sendAll],
    ],
    [
      'scan-repository',
      [...archives, integrations, ...renewCredentials, ...consume('ScanQueue'), ...sendAll],
    ],
    ['scan-vcs', [...archives, useCredentials, ...consume('VcsQueue'), ...sendAll]],
    [
      'publish-package',
      [
        addresses,
        ...files('*/dev.json', '*/plain.json'),
        ...consume('PublishPackageQueue'),
        ...send('PublishAccessQueue', 'PublishPackageQueue', 'PublishRootsQueue'),
      ],
    ],
    [
      'publish-roots',
      [
        addresses,
        ...files('*/roots/*'),
        ...consume('PublishRootsQueue'),
        ...send('PublishAccessQueue', 'PublishRootsQueue'),
      ],
    ],
    [
      'publish-access',
      [
        'cloudfront-keyvaluestore:DescribeKeyValueStore AccessStore',
        'cloudfront-keyvaluestore:GetKey AccessStore',
        'cloudfront-keyvaluestore:ListKeys AccessStore',
        'cloudfront-keyvaluestore:UpdateKeys AccessStore',
        pendingWork,
        ...consume('PublishAccessQueue'),
        ...send('PublishAccessQueue', 'PublishRootsQueue'),
      ],
    ],
    [
      'fetch-dist',
      [
        addresses,
        ...archives,
        integrations,
        ...renewCredentials,
        edgeOriginSecret,
        ...send('ScanQueue', 'VcsQueue'),
      ],
    ],
    ['search-packages', [addresses, edgeOriginSecret]],
    ['record-downloads', [originSecret]],
    ['start-reconcile', [addresses, ...sendAll]],
    ['catch-up-deliveries', [integrations, ...renewCredentials, ...sendAll]],
    ['sweep-work', [pendingWork, ...sendAll]],
    ['revoke-grants', [integrations, useCredentials]],
    [
      'sign-in',
      [
        addresses,
        integrations,
        'secretsmanager:PutSecretValue IntegrationsSecret',
        'secretsmanager:UpdateSecretVersionStage IntegrationsSecret',
        originSecret,
        'secretsmanager:GetSecretValue SetUpCodeSecret',
        ...renewCredentials,
        ...send('PublishAccessQueue', 'PublishRootsQueue', 'SyncQueue'),
      ],
    ],
    [
      'run-deletion',
      [
        ...on('*', 'DeleteObject', 'DeleteObjectVersion'),
        ...on('*.zip', 'GetObject', 'PutObject'),
        lists,
        's3:ListBucketVersions RegistryBucket',
        ...consume('DeletionQueue'),
        ...sendAll,
      ],
    ],
  ])('%s has exactly these permissions', (name, more) => {
    const id = resourceId(name);
    const logs = [`logs:CreateLogStream ${id}Logs`, `logs:PutLogEvents ${id}Logs`];
    const writes = ['record-downloads', 'search-packages'].includes(name) ? write('Update') : writeAll;
    expect(allowedActions(template, `${id}Role`)).toEqual([...logs, ...read, ...writes, ...more].sort());
  });

  it('write only their own items of the table, where anybody can have them invoked', () => {
    const writes = (name: FunctionName) =>
      resourcesOf(template, 'IAM::Policy')
        .filter(([id]) => id.startsWith(`${resourceId(name)}Role`))
        .flatMap(([, policy]) => statementsOf(policy))
        .flatMap(({ Action, Condition }) => {
          const conditions = JSON.stringify(Condition ?? {});
          return conditions.includes('dynamodb:LeadingKeys') ? [[Action].flat(), conditions].join() : [];
        });
    const leading = (...keys: string[]) =>
      JSON.stringify({ 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': keys } });
    expect(writes('record-downloads')).toEqual([
      `dynamodb:UpdateItem,${leading('ORG#*', 'PACKAGE#*', 'RATE#*')}`,
    ]);
    expect(writes('search-packages')).toEqual([`dynamodb:UpdateItem,${leading('RATE#*')}`]);
    expect(writes('receive-webhook')).toEqual([
      `dynamodb:PutItem,dynamodb:UpdateItem,${leading('SYNC#*', 'DELIVERY#*', 'BODY#*', 'INSTALLATIONS', 'REFUSEDDELIVERIES', 'ORG#*', 'RATE#*')}`,
      `dynamodb:DeleteItem,${leading('SYNC#*')}`,
    ]);
    expect(writes('fetch-dist')).toEqual([
      `dynamodb:PutItem,dynamodb:UpdateItem,${leading('PACKAGE#*', 'BUDGET#*', 'CONNECTION#*', 'SYNC#*')}`,
      `dynamodb:DeleteItem,${leading('PACKAGE#*')}`,
    ]);
  });

  it('use the key of the credentials for nothing else, and always name whose it is', () => {
    const conditions = resourcesOf(template, 'IAM::Policy').flatMap(([, policy]) =>
      statementsOf(policy).filter(({ Action }) => JSON.stringify(Action).includes('kms:')),
    );
    const only = (purpose: string, subject: string) => ({
      StringEquals: { 'kms:EncryptionContext:purpose': purpose },
      Null: { [`kms:EncryptionContext:${subject}`]: 'false' },
    });
    const ofHooks = only('webhook', 'hook');
    // Received deliveries are verified with their secrets; whoever installs hooks makes them; the API makes them for owners, and reads none.
    expect(
      conditions.filter(({ Condition }) => isDeepStrictEqual(Condition, ofHooks)).map(({ Action }) => Action),
    ).toEqual([['kms:Decrypt'], ['kms:Decrypt', 'kms:GenerateDataKey'], ['kms:GenerateDataKey']]);
    // The API and sign-in.
    const ofSessions = only('session-keys', 'period');
    expect(conditions.filter(({ Condition }) => isDeepStrictEqual(Condition, ofSessions))).toHaveLength(2);
    // Sign-in keeps grants and reads none; the API and their revocation read them and keep none.
    const ofGrants = only('person-grant', 'user');
    expect(
      conditions
        .filter(({ Condition }) => isDeepStrictEqual(Condition, ofGrants))
        .flatMap(({ Action }) => Action)
        .sort(),
    ).toEqual(['kms:Decrypt', 'kms:Decrypt', 'kms:GenerateDataKey']);
    const others = conditions.filter(({ Condition }) => JSON.stringify(Condition).includes('"credential"'));
    // Those that read forges renew them; whoever revokes grants, or reads repositories at a URL, only decrypts.
    expect(others.map(({ Action }) => [Action].flat().length).sort()).toEqual([1, 1, 2, 2, 2, 2, 2]);
    expect(conditions.map(({ Condition }) => Condition)).toContainEqual(only('answer', 'caller'));
    expect(conditions.map(({ Condition }) => Condition)).toContainEqual(only('registration', 'registration'));
    expect(conditions).toHaveLength(18);
    for (const { Condition } of others) {
      expect(Condition).toEqual(only('credential', 'connection'));
    }
  });

  it('remove archives in one function, and any objects in no more than three', () => {
    const may = (action: string) =>
      functionNames.filter((name) =>
        allowedActions(template, `${resourceId(name)}Role`).some((one) => one.startsWith(action)),
      );
    expect(may('s3:DeleteObject ').sort()).toEqual(['publish-package', 'publish-roots', 'run-deletion']);
    expect(may('s3:DeleteObjectVersion')).toEqual(['run-deletion']);
  });

  it('have no role with permissions beyond its policy', () => {
    for (const [, role] of resourcesOf(template, 'IAM::Role')) {
      expect(Object.keys(role)).toEqual(['AssumeRolePolicyDocument']);
    }
    expect(resourcesOf(template, 'IAM::Role')).toHaveLength(functionNames.length + 1);
    expect(allowedActions(template, 'SchedulerRole')).toEqual([
      'lambda:InvokeFunction CatchUpDeliveries',
      'lambda:InvokeFunction RevokeGrants',
      'lambda:InvokeFunction StartReconcile',
      'lambda:InvokeFunction SweepWork',
    ]);
  });

  it('read the public addresses from the parameter store: a reference to a distribution would be a cycle', () => {
    const withAddresses = functionNames.filter((name) => {
      const { Variables } = lambda(name).Environment;
      for (const value of Object.values(Variables)) {
        expect(targetsIn(value).filter((id) => /Distribution$|^Addresses$/.test(id))).toEqual([]);
      }
      return Variables.ADDRESSES_PARAMETER !== undefined;
    });
    expect(withAddresses).toEqual([
      'sync-organization',
      'publish-package',
      'publish-roots',
      'fetch-dist',
      'search-packages',
      'start-reconcile',
      'serve-api',
      'sign-in',
    ]);
    expect(propertiesOf(template, 'Addresses').Name).toEqual(
      lambda('sign-in').Environment.Variables.ADDRESSES_PARAMETER,
    );
  });

  it('are started by these schedules', () => {
    const schedules = resourcesOf(template, 'Scheduler::Schedule').map(([id, schedule]) => [
      id,
      schedule.ScheduleExpression,
      schedule.Target,
    ]);
    const target = (id: string) => ({
      Arn: { 'Fn::GetAtt': [id, 'Arn'] },
      RoleArn: { 'Fn::GetAtt': ['SchedulerRole', 'Arn'] },
      Input: '{}',
      RetryPolicy: { MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 },
    });
    expect(schedules).toEqual([
      ['StartReconcileSchedule', 'rate(10 minutes)', target('StartReconcile')],
      ['CatchUpDeliveriesSchedule', 'rate(5 minutes)', target('CatchUpDeliveries')],
      ['SweepWorkSchedule', 'rate(1 minute)', target('SweepWork')],
      ['RevokeGrantsSchedule', 'rate(5 minutes)', target('RevokeGrants')],
    ]);
  });

  it('are reached by these routes', () => {
    const routes = resourcesOf(template, 'ApiGatewayV2::Route').map(([, { RouteKey }]) => RouteKey);
    expect(routes).toEqual([
      'POST /webhooks/{forge}',
      'POST /webhooks/{forge}/{source}',
      'GET /dists/{slug}/{number}/{file}',
      'HEAD /dists/{slug}/{number}/{file}',
      'GET /search/{slug}/{principal}',
      'POST /downloads',
      'ANY /sign-in',
      'ANY /sign-in/{proxy+}',
      'ANY /api/{proxy+}',
      'ANY /{proxy+}',
    ]);
    expect(propertiesOf(template, 'HttpStage')).toMatchObject({
      StageName: '$default',
      AutoDeploy: true,
      DefaultRouteSettings: { ThrottlingRateLimit: 100, ThrottlingBurstLimit: 200 },
    });
  });

  it('leave webhooks and archives their rate in a flood of searches, reports, sign-ins or pages', () => {
    const settings = propertiesOf(template, 'HttpStage').RouteSettings as Record<
      string,
      { ThrottlingRateLimit: number }
    >;
    const known = resourcesOf(template, 'ApiGatewayV2::Route').map(([, { RouteKey }]) => RouteKey);
    expect(known).toEqual(expect.arrayContaining(Object.keys(settings)));
    expect(Object.keys(settings)).toEqual([
      'POST /webhooks/{forge}',
      'POST /webhooks/{forge}/{source}',
      'GET /dists/{slug}/{number}/{file}',
      'GET /search/{slug}/{principal}',
      'POST /downloads',
      'ANY /sign-in/{proxy+}',
    ]);
    expect(settings['POST /downloads']?.ThrottlingRateLimit).toBe(20);
    // A stage refuses settings of a route that does not exist yet.
    const stage = template.Resources.HttpStage;
    const routes = resourcesOf(template, 'ApiGatewayV2::Route').map(([id]) => id);
    expect(stage?.DependsOn).toEqual(expect.arrayContaining(routes));
  });

  it('have executions of their own only where the operator reserves some', () => {
    const reserved = functionNames.filter((name) => lambda(name).ReservedConcurrentExecutions !== undefined);
    expect(reserved).toEqual(['receive-webhook', 'sync-organization']);
    expect(lambda('sync-organization').ReservedConcurrentExecutions).toEqual({
      'Fn::If': ['ReservedConcurrencyIsGiven', { Ref: 'ReservedConcurrency' }, { Ref: 'AWS::NoValue' }],
    });
    const pattern = new RegExp(`^(${template.Parameters.ReservedConcurrency?.AllowedPattern})$`);
    expect(['0', '10', '200', '9', '', '-1'].map((text) => pattern.test(text))).toEqual([
      true,
      true,
      true,
      false,
      false,
      false,
    ]);
  });
});
