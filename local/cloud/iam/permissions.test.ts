import { describe, expect, it } from 'vitest';
import type { ServiceName } from '../services/gateway-call.ts';
import { permissionsOf } from './permissions.ts';

const account = {
  pseudo: { accountId: '000000000000', region: 'eu-west-1' },
  partitionKey: () => 'pk',
};
const arn = 'arn:aws:dynamodb:eu-west-1:000000000000:table/T';

/** As `action resource [values of conditions]`. */
function needs(
  service: ServiceName,
  operation: string,
  body: unknown,
  { target = '/', method = 'POST', headers = {} } = {},
): string[] {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const request = {
    ...{ method, target, headers, body: Buffer.from(text) },
    signal: new AbortController().signal,
  };
  return permissionsOf({ service, operation, caller: 'f', request }, account).map(
    ({ action, resource, context }) => [action, resource, ...Object.values(context).flat()].join(' '),
  );
}

const key = (pk: string) => ({ pk: { S: pk }, sk: { S: 's' } });

describe('a request to the table needs', () => {
  it.each([
    ['GetItem', { TableName: 'T', Key: key('a') }, [`dynamodb:GetItem ${arn} a`]],
    ['PutItem', { TableName: 'T', Item: key('a') }, [`dynamodb:PutItem ${arn} a`]],
    [
      'Query',
      {
        TableName: 'T',
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
        ExpressionAttributeValues: { ':prefix': { S: 's' }, ':pk': { S: 'a' } },
      },
      [`dynamodb:Query ${arn} a`],
    ],
    [
      'Query',
      {
        TableName: 'T',
        IndexName: 'pending',
        KeyConditionExpression: '#queue = :queue AND #since <= :before',
        ExpressionAttributeValues: { ':queue': { S: 'scan' }, ':before': { N: '1' } },
      },
      [`dynamodb:Query ${arn}/index/pending scan`],
    ],
    [
      'BatchGetItem',
      { RequestItems: { T: { Keys: [key('a'), key('b')] } } },
      [`dynamodb:BatchGetItem ${arn} a b`],
    ],
    [
      'BatchWriteItem',
      { RequestItems: { T: [{ PutRequest: { Item: key('a') } }, { DeleteRequest: { Key: key('b') } }] } },
      [`dynamodb:BatchWriteItem ${arn} a b`],
    ],
    [
      'TransactWriteItems',
      {
        TransactItems: [
          { Put: { TableName: 'T', Item: key('a') } },
          { Update: { TableName: 'T', Key: key('b') } },
          { Delete: { TableName: 'T', Key: key('c') } },
          { ConditionCheck: { TableName: 'T', Key: key('d') } },
        ],
      },
      [
        `dynamodb:PutItem ${arn} a`,
        `dynamodb:UpdateItem ${arn} b`,
        `dynamodb:DeleteItem ${arn} c`,
        `dynamodb:ConditionCheckItem ${arn} d`,
      ],
    ],
    ['Scan', { TableName: 'T' }, [`dynamodb:Scan ${arn}`]],
  ])('%s: what each part does, on which items', (operation, input, expected) => {
    expect(needs('dynamodb', operation, input)).toEqual(expected);
  });
});

describe('a request for objects needs', () => {
  const object = '/files/dir/a%20b.zip';
  it.each([
    ['GetObject', 'GET', object, {}, ['s3:GetObject arn:aws:s3:::files/dir/a b.zip']],
    ['HeadObject', 'HEAD', object, {}, ['s3:GetObject arn:aws:s3:::files/dir/a b.zip']],
    [
      'UploadPart',
      'PUT',
      `${object}?partNumber=1&uploadId=x`,
      {},
      ['s3:PutObject arn:aws:s3:::files/dir/a b.zip'],
    ],
    [
      'AbortMultipartUpload',
      'DELETE',
      `${object}?uploadId=x`,
      {},
      ['s3:AbortMultipartUpload arn:aws:s3:::files/dir/a b.zip'],
    ],
    [
      'ListObjectsV2',
      'GET',
      '/files?list-type=2&prefix=dir%2F',
      {},
      ['s3:ListBucket arn:aws:s3:::files dir/'],
    ],
    [
      'CopyObject',
      'PUT',
      object,
      { 'x-amz-copy-source': 'files/old.zip' },
      ['s3:PutObject arn:aws:s3:::files/dir/a b.zip', 's3:GetObject arn:aws:s3:::files/old.zip'],
    ],
  ])('%s', (operation, method, target, headers, expected) => {
    expect(needs('s3', operation, '', { method, target, headers })).toEqual(expected);
  });

  it('the permission for each key that is deleted, and another one for versions', () => {
    const xml =
      '<Delete><Object><Key>a&amp;b</Key></Object><Object><Key>c</Key><VersionId>1</VersionId></Object></Delete>';
    expect(needs('s3', 'DeleteObjects', xml, { target: '/files?delete' })).toEqual([
      's3:DeleteObject arn:aws:s3:::files/a&b',
      's3:DeleteObjectVersion arn:aws:s3:::files/c',
    ]);
  });
});

describe('other requests need', () => {
  it.each<[ServiceName, string, unknown, string]>([
    [
      'sqs',
      'SendMessageBatch',
      { QueueUrl: 'http://127.0.0.1:1/000000000000/Scan.fifo' },
      'sqs:SendMessage arn:aws:sqs:eu-west-1:000000000000:Scan.fifo',
    ],
    [
      'ssm',
      'GetParameter',
      { Name: '/a/b' },
      'ssm:GetParameter arn:aws:ssm:eu-west-1:000000000000:parameter/a/b',
    ],
    ['secretsmanager', 'GetSecretValue', { SecretId: 'arn:s' }, 'secretsmanager:GetSecretValue arn:s'],
    [
      'kms',
      'Decrypt',
      { KeyId: 'arn:k', EncryptionContext: { purpose: 'webhook' } },
      'kms:Decrypt arn:k webhook',
    ],
  ])('of %s %s its permission', (service, operation, body, expected) => {
    expect(needs(service, operation, body)).toEqual([expected]);
  });

  it('of the key-value store the one on that store', () => {
    const target = `/key-value-stores/${encodeURIComponent('arn:kvs')}/keys`;
    expect(needs('cloudfront-keyvaluestore', 'UpdateKeys', '', { target })).toEqual([
      'cloudfront-keyvaluestore:UpdateKeys arn:kvs',
    ]);
  });
});
