import { Aws, Fn, type Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { CfnFunction, type Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { environment } from '../shared/runtime/environment.ts';
import { tableKeys } from '../shared/store/keys.ts';
import { addressesParameter } from './addresses.ts';
import { createNodeFunction } from './constructs/node-function.ts';
import type { Data } from './data.ts';
import {
  type FunctionName,
  functionNeeds,
  functionsWith,
  type Needs,
  type OptionalFunction,
  type QueueName,
  queueVariables,
} from './function-needs.ts';
import type { Parameters } from './parameters.ts';

export type Queues = Readonly<Record<QueueName, Queue>>;

export type Functions = Readonly<Record<Exclude<FunctionName, OptionalFunction>, LambdaFunction>> &
  Readonly<Partial<Record<OptionalFunction, LambdaFunction>>>;

interface Surroundings {
  readonly distDir: string;
  readonly parameters: Parameters;
  readonly data: Data;
  readonly queues: Queues;
  readonly hasVcsWorker: boolean;
  /** Whether it may read folders of the machine that it runs on. */
  readonly readsFolders: boolean;
}

export function createFunctions(stack: Stack, surroundings: Surroundings): Functions {
  const entries = functionsWith(surroundings).map((name) => [
    name,
    createFunction(stack, name, functionNeeds[name], surroundings),
  ]);
  return Object.fromEntries(entries) as Functions;
}

function createFunction(stack: Stack, name: FunctionName, need: Needs, around: Surroundings): LambdaFunction {
  const { parameters, data, queues } = around;
  const variables: Record<string, string> = { [environment.tableName]: data.table.tableName };
  const allowed = tableAccess(data, need.table);

  if (need.pendingWork === true) {
    const index = `${data.table.tableArn}/index/${tableKeys.pendingIndex.name}`;
    allowed.push(allow(['dynamodb:Query'], [index]));
  }

  if (need.bucket !== undefined) {
    variables[environment.registryBucket] = data.registryBucket.bucketName;
    allowed.push(...bucketAccess(data, need.bucket));
  }
  for (const queue of need.sends) variables[queueVariables[queue]] = queues[queue].queueUrl;
  if (need.sends.length > 0) {
    allowed.push(
      allow(
        ['sqs:SendMessage'],
        need.sends.map((queue) => queues[queue].queueArn),
      ),
    );
  }
  if (need.accessStore === true) {
    variables[environment.accessStoreArn] = data.accessStore.keyValueStoreArn;
    allowed.push(allow(keyValueActions, [data.accessStore.keyValueStoreArn]));
  }
  if (need.integrations !== undefined) {
    variables[environment.integrationsSecretArn] = data.integrationsSecret.secretArn;
    variables[environment.privateForgeHosts] = parameters.privateForgeHosts;
    const writes = need.integrations === 'add' ? ['PutSecretValue', 'UpdateSecretVersionStage'] : [];
    const actions = ['GetSecretValue', ...writes];
    if (need.integrations === 'add') {
      allowed.push(keyAccess(data, renewing, 'registration', 'registration'));
    }
    allowed.push(
      allow(
        actions.map((action) => `secretsmanager:${action}`),
        [data.integrationsSecret.secretArn],
      ),
    );
  }
  if (need.credentials !== undefined) {
    variables[environment.credentialKeyArn] = data.credentialKey.keyArn;
    allowed.push(credentialAccess(data, need.credentials));
  }
  if (need.installsHooks !== undefined) {
    variables[environment.credentialKeyArn] = data.credentialKey.keyArn;
    const actions = need.installsHooks === 'shows' ? ['kms:GenerateDataKey'] : renewing;
    allowed.push(keyAccess(data, actions, 'webhook', 'hook'));
  }
  if (need.sessions === true) {
    variables[environment.credentialKeyArn] = data.credentialKey.keyArn;
    allowed.push(keyAccess(data, renewing, 'session-keys', 'period'));
  }
  if (need.personGrants !== undefined) {
    variables[environment.credentialKeyArn] = data.credentialKey.keyArn;
    const actions = need.personGrants === 'keep' ? ['kms:GenerateDataKey'] : ['kms:Decrypt'];
    allowed.push(keyAccess(data, actions, 'person-grant', 'user'));
  }
  if (need.answers === true) {
    allowed.push(keyAccess(data, renewing, 'answer', 'caller'));
  }
  for (const [isNeeded, variable, { secretArn }] of [
    [need.originSecret === 'api', environment.originSecretArn, data.originSecret],
    [need.originSecret === 'edge', environment.originSecretArn, data.edgeOriginSecret],
    [need.operatorKey, environment.operatorKeySecretArn, data.operatorKeySecret],
    [need.setUpCode, environment.setUpCodeSecretArn, data.setUpCodeSecret],
  ] as const) {
    if (isNeeded === true) {
      variables[variable] = secretArn;
      allowed.push(allow(['secretsmanager:GetSecretValue'], [secretArn]));
    }
  }
  if (need.addresses === true) {
    variables[environment.addressesParameter] = addressesParameter.name;
    allowed.push(allow(['ssm:GetParameter'], [addressesParameter.arn]));
  }

  if (need.vcsWorker === true) {
    const where = around.readsFolders ? 'on-this-machine' : 'deployed';
    variables[environment.vcsWorker] = around.hasVcsWorker ? where : 'none';
  }

  const created = createNodeFunction(stack, {
    name,
    image: need.image,
    description: need.does,
    distDir: around.distDir,
    timeoutSeconds: need.seconds,
    memoryMegabytes: need.megabytes,
    environment: variables,
  });
  for (const statement of allowed) created.addToRolePolicy(statement);
  if (need.reserved === true) reserve(created, parameters);
  return created;
}

/** CDK wants a number when it synthesizes; ours is a parameter. */
function reserve(created: LambdaFunction, { reserved }: Parameters): void {
  const resource = created.node.defaultChild;
  if (!(resource instanceof CfnFunction)) throw new Error(`${created.node.path} has no function`);
  resource.addPropertyOverride(
    'ReservedConcurrentExecutions',
    Fn.conditionIf(reserved.isGiven.logicalId, reserved.executions, Aws.NO_VALUE),
  );
}

const allow = (actions: readonly string[], resources: readonly string[]): PolicyStatement =>
  new PolicyStatement({ actions: [...actions], resources: [...resources] });

/** Only data operations: never Scan, and nothing that changes the table itself. */
const tableReads = ['GetItem', 'BatchGetItem', 'Query', 'ConditionCheckItem'];
const tableWrites = ['PutItem', 'UpdateItem', 'DeleteItem'];

/** Conditions on leading keys: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html */
function tableAccess({ table }: Data, access: Needs['table']): PolicyStatement[] {
  const on = (actions: readonly string[]): PolicyStatement =>
    allow(
      actions.map((action) => `dynamodb:${action}`),
      [table.tableArn],
    );
  if (access === 'write') return [on([...tableReads, ...tableWrites])];
  const writes = access.map(({ partitions, by }) => {
    const statement = on(by);
    statement.addCondition('ForAllValues:StringLike', {
      // A partition without an id is one word.
      'dynamodb:LeadingKeys': partitions.map((start) => (start.endsWith('#') ? `${start}*` : start)),
    });
    return statement;
  });
  return [on(tableReads), ...writes];
}

/** With ListBucket, because without it S3 answers 403 instead of 404 for a missing key. */
function bucketAccess(
  { registryBucket }: Data,
  access: NonNullable<Needs['bucket']>,
): readonly PolicyStatement[] {
  const objects = (endings: readonly string[]): string[] =>
    endings.map((ending) => registryBucket.arnForObjects(`*${ending}`));
  const lists = allow(['s3:ListBucket'], [registryBucket.bucketArn]);
  const archives = objects(['.zip']);
  if (access === 'archives') {
    return [lists, allow(['s3:GetObject', 's3:PutObject', 's3:AbortMultipartUpload'], archives)];
  }
  if (access === 'remove') {
    // The bucket keeps old versions for a month, too long for a secret.
    return [
      allow(['s3:ListBucket', 's3:ListBucketVersions'], [registryBucket.bucketArn]),
      allow(['s3:GetObject', 's3:PutObject'], archives),
      allow(['s3:DeleteObject', 's3:DeleteObjectVersion'], objects([''])),
    ];
  }
  return [lists, allow(['s3:GetObject', 's3:PutObject', 's3:DeleteObject'], objects(access))];
}

const renewing = ['kms:Decrypt', 'kms:GenerateDataKey'];

const credentialAccess = (data: Data, access: NonNullable<Needs['credentials']>): PolicyStatement =>
  access === 'hooks'
    ? keyAccess(data, ['kms:Decrypt'], 'webhook', 'hook')
    : keyAccess(data, access === 'read' ? ['kms:Decrypt'] : renewing, 'credential', 'connection');

/**
 * Only for one purpose, and only with an encryption context: https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html
 */
function keyAccess(
  { credentialKey }: Data,
  actions: readonly string[],
  purpose: string,
  subject: string,
): PolicyStatement {
  const statement = allow(actions, [credentialKey.keyArn]);
  statement.addCondition('StringEquals', { 'kms:EncryptionContext:purpose': purpose });
  statement.addCondition('Null', { [`kms:EncryptionContext:${subject}`]: 'false' });
  return statement;
}

const keyValueActions = [
  'cloudfront-keyvaluestore:DescribeKeyValueStore',
  'cloudfront-keyvaluestore:GetKey',
  'cloudfront-keyvaluestore:ListKeys',
  'cloudfront-keyvaluestore:UpdateKeys',
];
