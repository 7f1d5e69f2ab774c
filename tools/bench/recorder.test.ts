import { describe, expect, it } from 'vitest';
import type { ServiceCall, ServiceName } from '../../local/cloud/services/gateway-call.ts';
import { createRecorder, describeCall, since } from './recorder.ts';

function aCall(
  service: ServiceName,
  operation: string,
  body: unknown = {},
  caller = 'Repertoire-scan-repository',
): ServiceCall {
  const request = {
    method: 'POST',
    target: '/',
    headers: {},
    body: Buffer.from(JSON.stringify(body)),
    signal: new AbortController().signal,
  };
  return { service, operation, caller, request };
}

const recorder = () => createRecorder({ api: 'http://127.0.0.1:1', codeload: 'http://127.0.0.1:2' });

describe('how a call counts', () => {
  it.each<[ServiceName, string, unknown, object]>([
    ['dynamodb', 'GetItem', {}, { kind: 'table', name: 'GetItem', items: 1 }],
    ['dynamodb', 'TransactWriteItems', { TransactItems: [{}, {}, {}] }, { kind: 'table', items: 3 }],
    ['dynamodb', 'BatchGetItem', { RequestItems: { a: { Keys: [{}, {}] } } }, { kind: 'table', items: 2 }],
    ['dynamodb', 'BatchWriteItem', { RequestItems: { a: [{}], b: [{}, {}] } }, { kind: 'table', items: 3 }],
    ['s3', 'PutObject', undefined, { kind: 'objects', name: 'PutObject', items: 1 }],
    ['sqs', 'SendMessage', { QueueUrl: 'http://x/0/scan' }, { kind: 'messages', name: 'scan', items: 1 }],
    [
      'sqs',
      'SendMessageBatch',
      { QueueUrl: 'http://x/0/Repertoire-sync', Entries: [{}, {}] },
      { kind: 'messages', name: 'sync', items: 2 },
    ],
    [
      'cloudfront-keyvaluestore',
      'UpdateKeys',
      {
        Puts: [
          { Key: 'a', Value: '1' },
          { Key: 'b', Value: '2' },
        ],
        Deletes: [{ Key: 'c' }],
      },
      { kind: 'edge keys', items: 3 },
    ],
    ['cloudfront-keyvaluestore', 'DescribeKeyValueStore', undefined, { kind: 'edge keys', items: 1 }],
    ['lambda', 'Invoke', undefined, { kind: 'other', items: 1 }],
  ])('%s %s', (service, operation, body, expected) => {
    expect(describeCall(aCall(service, operation, body))).toMatchObject(expected);
  });
});

describe('the recorder', () => {
  it('adds calls and items for each caller, without the name of the stack', () => {
    const { count, counters } = recorder();
    expect(count(aCall('dynamodb', 'TransactWriteItems', { TransactItems: [{}, {}] }))).toBe('pass');
    count(aCall('dynamodb', 'TransactWriteItems', { TransactItems: [{}] }));
    count(aCall('dynamodb', 'TransactWriteItems', { TransactItems: [{}] }, 'operator'));
    expect(counters()).toEqual([
      { kind: 'table', caller: 'scan-repository', name: 'TransactWriteItems', calls: 2, items: 3 },
      { kind: 'table', caller: 'operator', name: 'TransactWriteItems', calls: 1, items: 1 },
    ]);
  });

  it('knows GraphQL, REST and archives apart', () => {
    const { observer, counters } = recorder();
    for (const url of [
      'http://127.0.0.1:1/graphql',
      'http://127.0.0.1:1/orgs/acme',
      'http://127.0.0.1:2/acme/a',
      'http://x/',
    ]) {
      observer.onRequest('Repertoire-fetch-dist', 'GET', new URL(url));
    }
    expect(counters().map(({ name }) => name)).toEqual([
      'GraphQL',
      'REST',
      'archives (codeload)',
      'elsewhere',
    ]);
    expect(counters().every(({ caller, kind }) => caller === 'fetch-dist' && kind === 'forge')).toBe(true);
  });

  it('keeps the most memory, and every load', () => {
    const { observer, functions } = recorder();
    for (const bytes of [5, 9, 7]) observer.onMemory('Repertoire-work', bytes);
    observer.onLoaded('Repertoire-work', 12);
    expect(functions()).toEqual([{ name: 'work', memoryPeak: 9, loads: [12], invocations: [] }]);
  });

  it('keeps what is in the key-value store of the edge', () => {
    const { count, edgeItems } = recorder();
    count(
      aCall('cloudfront-keyvaluestore', 'UpdateKeys', {
        Puts: [
          { Key: 'a', Value: '1' },
          { Key: 'b', Value: '2' },
        ],
      }),
    );
    count(aCall('cloudfront-keyvaluestore', 'UpdateKeys', { Deletes: [{ Key: 'a' }] }));
    expect([...edgeItems()]).toEqual([['b', '2']]);
  });

  it('tells what has been added since', () => {
    const { count, counters } = recorder();
    count(aCall('s3', 'PutObject'));
    count(aCall('s3', 'GetObject'));
    const before = counters();
    count(aCall('s3', 'PutObject'));
    expect(since(before, counters())).toEqual([
      { kind: 'objects', caller: 'scan-repository', name: 'PutObject', calls: 1, items: 1 },
    ]);
  });
});
