import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CfnResource, type Stack } from 'aws-cdk-lib';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { createApp, synthesize } from '../../infra/synthesize.ts';
import { environment } from '../../shared/runtime/environment.ts';
import { createPlaceholderBundles, synthesizeTemplate } from './placeholder-bundles.ts';
import { propertiesOf, readTemplate, resourcesOf, type Template, targetOf } from './template.ts';

let template: Template;
beforeAll(async () => {
  template = await synthesizeTemplate();
}, 120_000);

const timeoutSchema = z.object({ Timeout: z.number() });

describe('resources', () => {
  it('are of types that the local cloud executes or knowingly skips', () => {
    const types = [...new Set(Object.values(template.Resources).map(({ Type }) => Type))].sort();
    expect(types).toEqual([
      'AWS::ApiGatewayV2::Api',
      'AWS::ApiGatewayV2::Integration',
      'AWS::ApiGatewayV2::Route',
      'AWS::ApiGatewayV2::Stage',
      'AWS::CloudFront::CachePolicy',
      'AWS::CloudFront::Distribution',
      'AWS::CloudFront::Function',
      'AWS::CloudFront::KeyValueStore',
      'AWS::CloudFront::OriginAccessControl',
      'AWS::CloudFront::OriginRequestPolicy',
      'AWS::CloudFront::ResponseHeadersPolicy',
      'AWS::CloudWatch::Alarm',
      'AWS::DynamoDB::Table',
      'AWS::IAM::Policy',
      'AWS::IAM::Role',
      'AWS::KMS::Key',
      'AWS::Lambda::EventSourceMapping',
      'AWS::Lambda::Function',
      'AWS::Lambda::Permission',
      'AWS::Logs::LogGroup',
      'AWS::Logs::MetricFilter',
      'AWS::S3::Bucket',
      'AWS::S3::BucketPolicy',
      'AWS::SQS::Queue',
      'AWS::SSM::Parameter',
      'AWS::Scheduler::Schedule',
      'AWS::SecretsManager::Secret',
    ]);
  });

  it('have names without a hash, and those with data keep theirs', () => {
    for (const id of Object.keys(template.Resources)) expect(id).not.toMatch(/[0-9A-F]{8}$/);
    const data = Object.entries(template.Resources).filter(
      ([, { DeletionPolicy }]) => DeletionPolicy === 'Retain',
    );
    expect(data.map(([id]) => id).sort()).toEqual([
      'ConsoleBucket',
      'CredentialKey',
      'IntegrationsSecret',
      'RegistryBucket',
      'Table',
    ]);
  });

  it('need no input of the operator without a default', () => {
    expect(
      Object.fromEntries(Object.entries(template.Parameters).map(([id, { Default }]) => [id, Default])),
    ).toEqual({
      PrivateForgeHosts: 'none',
      OriginProofRotation: 'never',
      ReservedConcurrency: '0',
      AlarmTopicArn: 'none',
      RegistryDomainName: '',
      RegistryCertificateArn: '',
      RegistryBaseUrl: '',
      ConsoleDomainName: '',
      ConsoleCertificateArn: '',
      ConsoleBaseUrl: '',
    });
  });

  it('take hosts of private networks without ports, which would match nothing', () => {
    const { AllowedPattern, Default = '' } = template.Parameters.PrivateForgeHosts ?? {};
    const pattern = new RegExp(`^(?:${AllowedPattern})$`);
    for (const hosts of [Default, 'github.example.com', 'git.internal, 10.0.0.5', 'fd00::1,::1']) {
      expect(hosts).toMatch(pattern);
    }
    for (const hosts of ['github.example.com:8443', '10.0.0.5:80', 'https://git.internal', 'a, b:1']) {
      expect(hosts).not.toMatch(pattern);
    }
  });

  it('keep what is stored', () => {
    expect(propertiesOf(template, 'Table')).toMatchObject({
      BillingMode: 'PAY_PER_REQUEST',
      DeletionProtectionEnabled: true,
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: 'pending',
          KeySchema: [
            { AttributeName: 'pending', KeyType: 'HASH' },
            { AttributeName: 'pendingSince', KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'ALL' },
        },
      ],
    });
    expect(propertiesOf(template, 'CredentialKey')).toMatchObject({ EnableKeyRotation: true });
    expect(propertiesOf(template, 'RegistryBucket')).toMatchObject({
      VersioningConfiguration: { Status: 'Enabled' },
    });
    for (const [, properties] of resourcesOf(template, 'S3::Bucket')) {
      expect(properties).toMatchObject({
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
      });
    }
  });
});

describe('queues', () => {
  const queueSchema = z.object({
    VisibilityTimeout: z.number().optional(),
    MessageRetentionPeriod: z.number(),
    FifoQueue: z.boolean().optional(),
    ContentBasedDeduplication: z.boolean().optional(),
    RedrivePolicy: z.object({ deadLetterTargetArn: z.unknown(), maxReceiveCount: z.number() }).optional(),
  });
  const queues = () =>
    new Map(
      resourcesOf(template, 'SQS::Queue').map(([id, properties]) => [id, queueSchema.parse(properties)]),
    );
  const working = () => [...queues()].filter(([id]) => !id.endsWith('DeadLetters'));

  it('each have their own dead-letter queue, with an alarm on it', () => {
    expect(working().map(([id]) => id)).toEqual([
      'SyncQueue',
      'ScanQueue',
      'VcsQueue',
      'PublishPackageQueue',
      'PublishRootsQueue',
      'DeletionQueue',
      'PublishAccessQueue',
    ]);
    for (const [id, { RedrivePolicy, FifoQueue }] of working()) {
      expect(RedrivePolicy?.maxReceiveCount).toBe(5);
      expect(targetOf(RedrivePolicy?.deadLetterTargetArn)).toBe(`${id}DeadLetters`);
      expect(queues().get(`${id}DeadLetters`)).toMatchObject({ MessageRetentionPeriod: 14 * 86_400 });
      expect(queues().get(`${id}DeadLetters`)?.FifoQueue).toBe(FifoQueue);
      expect(propertiesOf(template, `${id}DeadLettersAlarm`)).toMatchObject({
        Namespace: 'AWS/SQS',
        MetricName: 'ApproximateNumberOfMessagesVisible',
        Dimensions: [{ Name: 'QueueName', Value: { 'Fn::GetAtt': [`${id}DeadLetters`, 'QueueName'] } }],
        ComparisonOperator: 'GreaterThanThreshold',
        Threshold: 0,
      });
    }
    expect(queues().size).toBe(2 * working().length);
  });

  const mappingSchema = z.object({
    EventSourceArn: z.unknown().transform(targetOf),
    FunctionName: z.unknown().transform(targetOf),
    BatchSize: z.number(),
    FunctionResponseTypes: z.array(z.string()),
    ScalingConfig: z.object({ MaximumConcurrency: z.number() }).optional(),
    MaximumBatchingWindowInSeconds: z.number().optional(),
  });
  const mappings = () =>
    resourcesOf(template, 'Lambda::EventSourceMapping').map(([, properties]) =>
      mappingSchema.parse(properties),
    );

  it('hide a message for longer than its function can run', () => {
    expect(mappings()).toHaveLength(7);
    for (const { EventSourceArn, FunctionName, FunctionResponseTypes } of mappings()) {
      const queue = queues().get(EventSourceArn);
      const { Timeout } = timeoutSchema.parse(propertiesOf(template, FunctionName));
      if (queue?.FifoQueue) expect(queue.VisibilityTimeout).toBe(Timeout + 5);
      else expect(queue?.VisibilityTimeout).toBeGreaterThanOrEqual(6 * Timeout);
      expect(FunctionResponseTypes).toEqual(['ReportBatchItemFailures']);
    }
  });

  it('feed the functions in these batches, and take no more than this many executions of the account', () => {
    const batches = mappings().map(({ EventSourceArn, FunctionName, BatchSize, ScalingConfig }) => [
      EventSourceArn,
      FunctionName,
      BatchSize,
      ScalingConfig?.MaximumConcurrency,
    ]);
    expect(batches).toEqual([
      ['SyncQueue', 'SyncOrganization', 1, 10],
      ['ScanQueue', 'ScanRepository', 1, 10],
      ['VcsQueue', 'ScanVcs', 1, 5],
      ['PublishPackageQueue', 'PublishPackage', 5, 10],
      ['PublishRootsQueue', 'PublishRoots', 5, 10],
      ['PublishAccessQueue', 'PublishAccess', 10, 2],
      ['DeletionQueue', 'RunDeletion', 1, 5],
    ]);
  });

  it('are all fed to a function, without the worker of repositories at a URL too', {
    timeout: 60_000,
  }, async () => {
    const distDir = await createPlaceholderBundles();
    const outDir = mkdtempSync(join(tmpdir(), 'without-vcs-'));
    synthesize(outDir, distDir, { vcs: false });
    const without = readTemplate(outDir);
    for (const folder of [outDir, distDir]) rmSync(folder, { recursive: true });
    expect(Object.keys(without.Resources)).not.toContain('ScanVcs');
    const fed = resourcesOf(without, 'Lambda::EventSourceMapping').map(([id, properties]) => {
      const { EventSourceArn, FunctionName } = mappingSchema.parse(properties);
      return [id, EventSourceArn, FunctionName];
    });
    expect(fed).toContainEqual(['ScanRepositoryVcsSource', 'VcsQueue', 'ScanRepository']);
    expect(fed).toHaveLength(mappings().length);
    const { Environment } = z
      .object({ Environment: z.object({ Variables: z.record(z.string(), z.unknown()) }) })
      .parse(propertiesOf(without, 'FetchDist'));
    expect(Environment.Variables[environment.vcsWorker]).toBe('none');
  });

  it('%s: imports only what is below it, since this is %s', () => {
    expect(queues().get('PublishAccessQueue')).toMatchObject({
      FifoQueue: true,
      ContentBasedDeduplication: false,
      VisibilityTimeout: 25,
    });
    expect(propertiesOf(template, 'PublishAccess')).toMatchObject({ Timeout: 20 });
    const { QueueName } = propertiesOf(template, 'PublishAccessQueue');
    expect(QueueName).toEqual({ 'Fn::Join': ['', [{ Ref: 'AWS::StackName' }, '-publish-access.fifo']] });
    expect([...queues()].filter(([, { FifoQueue }]) => FifoQueue).map(([id]) => id)).toEqual([
      'PublishAccessQueueDeadLetters',
      'PublishAccessQueue',
    ]);
    expect(
      mappings().every(({ MaximumBatchingWindowInSeconds }) => MaximumBatchingWindowInSeconds === undefined),
    ).toBe(true);
  });
});

describe('a fault', () => {
  const faults: Record<string, [path: string, value: unknown]> = {
    ScanQueue: ['VisibilityTimeout', 30],
    SyncQueue: ['DelaySecond', 30],
    SweepWork: ['Timeout', 901],
    Table: ['GlobalSecondaryIndexes.0.KeySchema.0.AttributeName', 'pendin'],
    ScanRepositorySource: ['ScalingConfig.MaximumConcurrency', 1],
    PublishRootsSource: ['EventSourceArn', { 'Fn::GetAtt': ['PublishRootQueue', 'Arn'] }],
  };
  const reportSchema = z.object({
    pluginReports: z.array(
      z.object({
        violations: z.array(
          z.object({
            severity: z.string(),
            violatingConstructs: z.array(
              z.object({ cloudFormationResource: z.object({ logicalId: z.string() }) }),
            ),
          }),
        ),
      }),
    ),
  });

  function seed(stack: Stack, id: string, path: string, value: unknown): void {
    const resource = stack.node
      .findAll()
      .find((node) => CfnResource.isCfnResource(node) && stack.resolve(node.logicalId) === id);
    if (!CfnResource.isCfnResource(resource)) throw new Error(`There is no ${id}`);
    resource.addPropertyOverride(path, value);
  }

  it('fails the synthesis, whatever it is', { timeout: 60_000 }, async () => {
    const distDir = await createPlaceholderBundles();
    const outDir = mkdtempSync(join(tmpdir(), 'faulty-'));
    const silence = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    try {
      const { app, stack } = createApp(outDir, distDir);
      for (const [id, [path, value]] of Object.entries(faults)) seed(stack, id, path, value);
      expect(() => app.synth()).toThrow();
      const report: unknown = JSON.parse(readFileSync(join(outDir, 'validation-report.json'), 'utf8'));
      const found = reportSchema
        .parse(report)
        .pluginReports.flatMap(({ violations }) => violations)
        .filter(({ severity }) => severity === 'error' || severity === 'fatal')
        .flatMap(({ violatingConstructs }) => violatingConstructs)
        .map(({ cloudFormationResource }) => cloudFormationResource.logicalId);
      expect([...new Set(found)].sort()).toEqual(Object.keys(faults).sort());
    } finally {
      silence.mockRestore();
      for (const folder of [outDir, distDir]) rmSync(folder, { recursive: true });
    }
  });

  it('has no warning left to whoever deploys', { timeout: 60_000 }, async () => {
    const distDir = await createPlaceholderBundles();
    const outDir = mkdtempSync(join(tmpdir(), 'warnings-'));
    createApp(outDir, distDir).app.synth();
    const metadata = readFileSync(join(outDir, 'Repertoire.metadata.json'), 'utf8');
    expect(metadata.match(/"aws:cdk:warning"/g)).toBeNull();
    for (const folder of [outDir, distDir]) rmSync(folder, { recursive: true });
  });

  it('may be a missing bundle, which is named', async () => {
    const distDir = await createPlaceholderBundles();
    rmSync(join(distDir, 'functions', 'sweep-work'), { recursive: true });
    expect(() => createApp(join(distDir, 'never'), distDir)).toThrow(
      /^sweep-work has no bundle in .*write functions\/sweep-work\/handler\.ts/,
    );
    rmSync(distDir, { recursive: true });
  });
});
