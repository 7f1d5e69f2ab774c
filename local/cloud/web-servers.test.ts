import { expect, it } from 'vitest';
import { emptyPlan } from './provision/plan.ts';
import { createCloudClock } from './runtime/clock.ts';
import { headerMap } from './runtime/listen.ts';
import { bucketAccess, createApiHandler } from './web-servers.ts';

it.each([
  [true, 429],
  [false, 404],
])('serves the HTTP API with the limits of its stage only if it is to: %s', async (limitsRate, status) => {
  const plan = emptyPlan();
  plan.apis.set('abc', {
    ...{ id: 'abc', domainName: 'abc.example', integrations: new Map(), routes: [], hasDefaultStage: true },
    limits: { ratePerSecond: 0, burst: 0 },
    routeLimits: new Map(),
  });
  const unused = () => {
    throw new Error('not used for a request without a route');
  };
  const handler = createApiHandler({
    ...{ plan, limitsRate, clock: createCloudClock(), accountId: '000000000000' },
    apiUrl: 'http://127.0.0.1:80',
    host: { invoke: unused },
  });
  const headers = headerMap(['host', 'abc.example']);
  const request = { method: 'GET', target: '/', headers, body: Buffer.alloc(0), remoteAddress: '' };
  expect(await handler?.(request)).toMatchObject({ status });
});

it('allows a distribution what is granted to it or to all', () => {
  const grants = [
    { bucket: 'a', actions: ['s3:GetObject'], distributionArns: ['arn:one'] },
    { bucket: 'a', actions: ['s3:ListBucket'], distributionArns: undefined },
    { bucket: 'b', actions: ['s3:GetObject', 's3:ListBucket'], distributionArns: undefined },
  ];
  expect(bucketAccess('a', 'arn:one', grants)).toEqual({ read: true, list: true });
  expect(bucketAccess('a', 'arn:two', grants)).toEqual({ read: false, list: true });
  expect(bucketAccess('c', 'arn:one', grants)).toEqual({ read: false, list: false });
});
