/** Which permissions a call to a service needs. https://docs.aws.amazon.com/service-authorization/latest/reference/ */
import { z } from 'zod';
import { invokedFunction, type ServiceCall, type ServiceName } from '../services/gateway-call.ts';
import { keyValueOperation } from '../services/key-values-operation.ts';
import type { Pseudo } from '../template/resource.ts';
import type { Permission } from './policy.ts';
import { type Tables, tablePermissions } from './table-permissions.ts';

export interface AccountResources {
  readonly pseudo: Pseudo;
  /** The name of a table's partition key. */
  partitionKey(table: string): string | undefined;
}

type PermissionsOf = (call: ServiceCall, account: AccountResources) => Permission[];

const permissionsOfService: Readonly<Record<ServiceName, PermissionsOf>> = {
  dynamodb: ({ operation, request }, account) =>
    tablePermissions(operation, JSON.parse(request.body.toString()), tablesOf(account)),
  s3: objectPermissions,
  sqs: ({ operation, request }, { pseudo }) => {
    const { QueueUrl } = z.object({ QueueUrl: z.string() }).parse(JSON.parse(request.body.toString()));
    const name = QueueUrl.slice(QueueUrl.lastIndexOf('/') + 1);
    // A batch needs the permission of one.
    const action = `sqs:${operation.replace(/Batch$/, '')}`;
    return [only(action, `arn:aws:sqs:${pseudo.region}:${pseudo.accountId}:${name}`)];
  },
  secretsmanager: ({ operation, request }) => {
    const { SecretId } = z.object({ SecretId: z.string() }).parse(JSON.parse(request.body.toString()));
    return [only(`secretsmanager:${operation}`, SecretId)];
  },
  kms: ({ operation, request }) => {
    const { KeyId, EncryptionContext } = z
      .object({ KeyId: z.string(), EncryptionContext: z.record(z.string(), z.string()).default({}) })
      .parse(JSON.parse(request.body.toString()));
    const context = Object.entries(EncryptionContext).map(([key, value]) => [
      `kms:EncryptionContext:${key}`,
      [value],
    ]);
    return [{ ...only(`kms:${operation}`, KeyId), context: Object.fromEntries(context) }];
  },
  ssm: ({ operation, request }, { pseudo }) => {
    const { Name } = z.object({ Name: z.string() }).parse(JSON.parse(request.body.toString()));
    const name = Name.replace(/^\//, '');
    return [only(`ssm:${operation}`, `arn:aws:ssm:${pseudo.region}:${pseudo.accountId}:parameter/${name}`)];
  },
  'cloudfront-keyvaluestore': ({ operation, request }) => [
    only(`cloudfront-keyvaluestore:${operation}`, keyValueOperation(request)?.arn ?? ''),
  ],
  lambda: ({ request }, { pseudo }) => [
    only(
      'lambda:InvokeFunction',
      `arn:aws:lambda:${pseudo.region}:${pseudo.accountId}:function:${invokedFunction(request) ?? ''}`,
    ),
  ],
};

/**
 * Every permission that the call needs; all of them, for it to be allowed.
 *
 * @throws Error for a request that is not understood, which nothing can allow
 */
export const permissionsOf: PermissionsOf = (call, account) =>
  permissionsOfService[call.service](call, account);

const only = (action: string, resource: string): Permission => ({ action, resource, context: {} });

const tablesOf = ({ pseudo, partitionKey }: AccountResources): Tables => ({
  arn: (name) => `arn:aws:dynamodb:${pseudo.region}:${pseudo.accountId}:table/${name}`,
  partitionKey,
});

/** Actions on a bucket or an object that are not named like their operation. */
const objectActions: Readonly<Record<string, string>> = {
  HeadObject: 'GetObject',
  CopyObject: 'PutObject',
  CreateMultipartUpload: 'PutObject',
  UploadPart: 'PutObject',
  CompleteMultipartUpload: 'PutObject',
  ListObjectsV2: 'ListBucket',
  HeadBucket: 'ListBucket',
  ListObjectVersions: 'ListBucketVersions',
};

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html */
function objectPermissions({ operation, request }: ServiceCall): Permission[] {
  const { pathname, searchParams } = new URL(request.target, 'http://s3');
  const path = decodeURIComponent(pathname).replace(/^\//, '');
  const arn = (key: string): string => `arn:aws:s3:::${key}`;
  if (operation === 'DeleteObjects') return deletions(request.body.toString(), arn(path.replace(/\/$/, '')));
  const action = `s3:${objectActions[operation] ?? operation}`;
  const prefix = searchParams.get('prefix');
  const main: Permission = {
    ...only(action, arn(path.replace(/\/$/, ''))),
    context: prefix === null ? {} : { 's3:prefix': [prefix] },
  };
  const source = request.headers['x-amz-copy-source'];
  return source === undefined
    ? [main]
    : [main, only('s3:GetObject', arn(decodeURIComponent(source).replace(/^\//, '')))];
}

/** A version is removed by another permission than an object. */
function deletions(xml: string, bucketArn: string): Permission[] {
  return [...xml.matchAll(/<Object>(.*?)<\/Object>/gs)].map(([, object = '']) => {
    const [, key = ''] = /<Key>(.*?)<\/Key>/s.exec(object) ?? [];
    const action = object.includes('<VersionId>') ? 's3:DeleteObjectVersion' : 's3:DeleteObject';
    return only(action, `${bucketArn}/${unescaped(key)}`);
  });
}

const entities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  '#39': "'",
};

const unescaped = (text: string): string =>
  text.replaceAll(/&([a-z]+|#39);/g, (whole, name) => entities[name] ?? whole);
