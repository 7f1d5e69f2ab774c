import type { Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { environment } from '../shared/runtime/environment.ts';
import { functionSeconds } from '../shared/runtime/time-limits.ts';
import { tableKeys } from '../shared/store/keys.ts';
import { createNodeFunction } from './constructs/node-function.ts';
import type { Data } from './data.ts';
import type { Parameters } from './parameters.ts';

const queueVariables = {
  sync: environment.syncQueueUrl,
  scan: environment.scanQueueUrl,
  'publish-package': environment.publishPackageQueueUrl,
  'publish-roots': environment.publishRootsQueueUrl,
  'publish-access': environment.publishAccessQueueUrl,
  deletion: environment.deletionQueueUrl,
} as const;

export type QueueName = keyof typeof queueVariables;
export type Queues = Readonly<Record<QueueName, Queue>>;

const allQueues = Object.keys(queueVariables) as QueueName[];

/** A function's permissions and environment variables. It gets no others. */
interface Needs {
  readonly does: string;
  readonly seconds: number;
  readonly megabytes: number;
  readonly table: 'read' | 'write';
  /** The index of work that is requested and not done. */
  readonly pendingWork?: true;
  /**
   * `write`: read and write objects. A list: also delete objects whose keys end like that. `remove`: delete any object with all
   * its versions.
   */
  readonly bucket?: 'write' | 'remove' | readonly string[];
  readonly sends: readonly QueueName[];
  /** The edge's key-value store. */
  readonly accessStore?: true;
  /** The secret of the integrations, which authenticates deliveries and our requests to the forges. `add`: writes it too. */
  readonly integrations?: true | 'add';
  /** The secrets of connections: `use` decrypts them, `renew` also encrypts their successors. `hooks`: decrypts those of hooks only. */
  readonly credentials?: 'use' | 'renew' | 'hooks';
  /** `dist`: only what the edge function let pass; `api`: whatever came through the CDN. */
  readonly originSecret?: 'api' | 'dist';
  /** What else of the credential key's: the keys that sign sessions, and the forge's grants of people who choose an organization. */
  readonly people?: true;
  /** Keeps answers to creations, encrypted, for whoever repeats the request. */
  readonly answers?: true;
  readonly operatorKey?: true;
  readonly setUpCode?: true;
  readonly baseUrls?: readonly ('registry' | 'console')[];
}

const operatorCommand = { seconds: 30, megabytes: 512, table: 'write', sends: allQueues } as const;

const functionNeeds = {
  'receive-webhook': {
    does: 'Takes a delivery of a forge and wakes what it concerns',
    seconds: 10,
    megabytes: 512,
    table: 'write',
    sends: ['sync', 'scan', 'publish-roots'],
    integrations: true,
    credentials: 'hooks',
    originSecret: 'api',
  },
  'sync-organization': {
    does: 'Reads a scope of a forge organization, plans and applies',
    seconds: functionSeconds['sync-organization'],
    megabytes: 512,
    table: 'write',
    sends: allQueues,
    integrations: true,
    credentials: 'renew',
  },
  'scan-repository': {
    does: 'Reads refs and manifests of a repository into versions',
    seconds: functionSeconds['scan-repository'],
    megabytes: 1024,
    table: 'write',
    bucket: 'write',
    sends: allQueues,
    integrations: true,
    credentials: 'renew',
  },
  'publish-package': {
    does: "Writes a package's metadata files",
    seconds: functionSeconds['publish-package'],
    megabytes: 512,
    table: 'write',
    bucket: ['/plain.json', '/dev.json'],
    sends: ['publish-package', 'publish-roots', 'publish-access'],
    baseUrls: ['registry'],
  },
  'publish-roots': {
    does: "Writes principals' root files and bitmaps",
    seconds: functionSeconds['publish-roots'],
    megabytes: 512,
    table: 'write',
    bucket: ['/roots/*'],
    sends: ['publish-roots', 'publish-access'],
    baseUrls: ['registry'],
  },
  'publish-access': {
    does: "Brings the edge's key-values in step with the table",
    seconds: 20,
    megabytes: 512,
    table: 'write',
    pendingWork: true,
    sends: ['publish-access', 'publish-roots'],
    accessStore: true,
  },
  'fetch-dist': {
    does: 'Builds an archive that is not stored yet',
    seconds: functionSeconds['fetch-dist'],
    megabytes: 1024,
    table: 'write',
    bucket: 'write',
    sends: ['scan'],
    integrations: true,
    credentials: 'renew',
    originSecret: 'dist',
    baseUrls: ['registry'],
  },
  'record-downloads': {
    does: "Counts what Composer's notify-batch reports",
    seconds: 10,
    megabytes: 256,
    table: 'write',
    sends: [],
    originSecret: 'api',
  },
  'start-reconcile': {
    does: 'Wants a whole read of every synchronization',
    seconds: 60,
    megabytes: 256,
    table: 'write',
    sends: allQueues,
  },
  'catch-up-deliveries': {
    does: "Takes deliveries that did not arrive from the forges' own logs",
    seconds: 120,
    megabytes: 256,
    table: 'write',
    sends: allQueues,
    integrations: true,
    credentials: 'renew',
  },
  'sweep-work': {
    does: 'Wakes work that is wanted, not done and forgotten',
    seconds: 60,
    megabytes: 256,
    table: 'write',
    pendingWork: true,
    sends: allQueues,
  },
  'run-deletion': {
    does: 'Removes what owners deleted or refused, in portions',
    seconds: functionSeconds['run-deletion'],
    megabytes: 512,
    table: 'write',
    bucket: 'remove',
    sends: ['scan', 'publish-package', 'publish-roots', 'publish-access', 'deletion'],
  },
  'connect-organization': {
    ...operatorCommand,
    does: 'Ties an organization to one of a forge',
    integrations: true,
    credentials: 'renew',
    baseUrls: ['console'],
  },
  'serve-api': {
    does: 'Answers the API and the plain pages of the console host',
    // An HTTP API gives up after 30 s.
    seconds: 29,
    megabytes: 1024,
    table: 'write',
    sends: allQueues,
    integrations: 'add',
    credentials: 'renew',
    originSecret: 'api',
    people: true,
    answers: true,
    operatorKey: true,
    baseUrls: ['registry', 'console'],
  },
  'sign-in': {
    does: 'Signs people in with their accounts on the forges',
    seconds: 29,
    megabytes: 512,
    table: 'write',
    sends: allQueues,
    integrations: true,
    originSecret: 'api',
    people: true,
    setUpCode: true,
    baseUrls: ['console'],
  },
  'choose-packages': { ...operatorCommand, does: 'Chooses which existing repositories become packages' },
  'give-package-name': { ...operatorCommand, does: "Gives a package's name to another repository" },
  'set-owned-vendors': { ...operatorCommand, does: 'Sets the vendors whose names an organization owns' },
  'set-publishing': {
    ...operatorCommand,
    does: 'Sets what goes into the metadata of packages',
    sends: ['publish-package'],
  },
  'issue-token': { ...operatorCommand, does: 'Makes a token and shows it once', baseUrls: ['registry'] },
  'revoke-token': { ...operatorCommand, does: 'Stops a token' },
  'list-left-out': {
    ...operatorCommand,
    does: 'Shows which refs of a repository give no version',
    table: 'read',
    sends: [],
  },
  'preview-run': {
    does: 'Shows what a run would change',
    seconds: 300,
    megabytes: 512,
    // It only reads, so it gets no permission to write.
    table: 'read',
    sends: [],
    integrations: true,
    credentials: 'use',
  },
  'delete-synchronization': {
    ...operatorCommand,
    does: 'Deletes a synchronization with its packages, rights and tokens of teams',
    sends: ['publish-package', 'publish-roots', 'publish-access', 'deletion'],
  },
  'delete-organization': {
    ...operatorCommand,
    does: 'Deletes an organization with everything in it',
    sends: ['publish-roots', 'publish-access', 'deletion'],
  },
} as const satisfies Record<string, Needs>;

export type FunctionName = keyof typeof functionNeeds;
export type Functions = Readonly<Record<FunctionName, LambdaFunction>>;

/** The names of all functions, each a folder in functions/. */
export const functionNames = Object.keys(functionNeeds) as FunctionName[];

/** The time-out of a queue's consumer determines the queue's visibility time-out. */
export const timeoutSeconds = (name: FunctionName): number => functionNeeds[name].seconds;

export const megabytesOf = (name: FunctionName): number => functionNeeds[name].megabytes;

interface Surroundings {
  readonly distDir: string;
  readonly parameters: Parameters;
  readonly data: Data;
  readonly queues: Queues;
}

export function createFunctions(stack: Stack, surroundings: Surroundings): Functions {
  const entries = functionNames.map((name) => [
    name,
    createFunction(stack, name, functionNeeds[name], surroundings),
  ]);
  return Object.fromEntries(entries) as Functions;
}

function createFunction(stack: Stack, name: FunctionName, need: Needs, around: Surroundings): LambdaFunction {
  const { parameters, data, queues } = around;
  const variables: Record<string, string> = { [environment.tableName]: data.table.tableName };
  const tableActions = need.table === 'write' ? [...tableReads, ...tableWrites] : tableReads;
  const allowed = [allow(tableActions, [data.table.tableArn])];

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
    const actions = need.integrations === 'add' ? ['GetSecretValue', 'PutSecretValue'] : ['GetSecretValue'];
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
  if (need.people === true) {
    variables[environment.credentialKeyArn] = data.credentialKey.keyArn;
    allowed.push(
      keyAccess(data, renewing, 'session-keys', 'period'),
      keyAccess(data, renewing, 'person-grant', 'user'),
    );
  }
  if (need.answers === true) {
    allowed.push(keyAccess(data, renewing, 'answer', 'caller'));
  }
  for (const [isNeeded, variable, { secretArn }] of [
    [need.originSecret === 'api', environment.originSecretArn, data.originSecret],
    [need.originSecret === 'dist', environment.originSecretArn, data.distOriginSecret],
    [need.operatorKey, environment.operatorKeySecretArn, data.operatorKeySecret],
    [need.setUpCode, environment.setUpCodeSecretArn, data.setUpCodeSecret],
  ] as const) {
    if (isNeeded === true) {
      variables[variable] = secretArn;
      allowed.push(allow(['secretsmanager:GetSecretValue'], [secretArn]));
    }
  }
  if (need.baseUrls?.includes('registry'))
    variables[environment.registryBaseUrl] = parameters.registryBaseUrl;
  if (need.baseUrls?.includes('console')) variables[environment.consoleBaseUrl] = parameters.consoleBaseUrl;

  const created = createNodeFunction(stack, {
    name,
    description: need.does,
    distDir: around.distDir,
    timeoutSeconds: need.seconds,
    memoryMegabytes: need.megabytes,
    environment: variables,
  });
  for (const statement of allowed) created.addToRolePolicy(statement);
  return created;
}

const allow = (actions: readonly string[], resources: readonly string[]): PolicyStatement =>
  new PolicyStatement({ actions: [...actions], resources: [...resources] });

/** Only data operations: never Scan, and nothing that changes the table itself. */
const tableReads = ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Query'];
const tableWrites = [
  'dynamodb:PutItem',
  'dynamodb:UpdateItem',
  'dynamodb:DeleteItem',
  'dynamodb:ConditionCheckItem',
];

/** With ListBucket, because without it S3 answers 403 instead of 404 for a missing key. */
function bucketAccess(
  { registryBucket }: Data,
  access: NonNullable<Needs['bucket']>,
): readonly PolicyStatement[] {
  const all = registryBucket.arnForObjects('*');
  const stored = [
    allow(['s3:ListBucket'], [registryBucket.bucketArn]),
    allow(['s3:GetObject', 's3:PutObject'], [all]),
  ];
  if (access === 'write') return stored;
  if (access === 'remove') {
    // The bucket keeps old versions for a month, too long for a secret.
    return [
      ...stored,
      allow(['s3:ListBucketVersions'], [registryBucket.bucketArn]),
      allow(['s3:DeleteObject', 's3:DeleteObjectVersion'], [all]),
    ];
  }
  const removable = access.map((ending) => registryBucket.arnForObjects(`*${ending}`));
  return [...stored, allow(['s3:DeleteObject'], removable)];
}

const renewing = ['kms:Decrypt', 'kms:GenerateDataKey'];

const credentialAccess = (data: Data, access: NonNullable<Needs['credentials']>): PolicyStatement =>
  access === 'hooks'
    ? keyAccess(data, ['kms:Decrypt'], 'webhook', 'hook')
    : keyAccess(data, access === 'renew' ? renewing : ['kms:Decrypt'], 'credential', 'connection');

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
