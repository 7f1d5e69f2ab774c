import { expect, it } from 'vitest';
import { bucketAccess } from './web-servers.ts';

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
