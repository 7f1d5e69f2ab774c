import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ObjectEngine } from '../runtime/service.ts';
import { type ContractSetup, startContractSetup } from './contract-setup.ts';
import { createObjectStore } from './object-store.ts';

const Bucket = 'contract';
let setup: ContractSetup;
let engine: ObjectEngine;

beforeAll(async () => {
  setup = await startContractSetup((parts) => {
    engine = createObjectStore(parts);
    return { objects: engine };
  });
  engine.createBucket(Bucket);
});
afterAll(() => setup.close());

describe('checksums on the wire', () => {
  it.each([
    ['a wrong trailer', '1\r\na\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n', 'BadDigest'],
    ['a missing trailer', '1\r\na\r\n0\r\n\r\n', 'MalformedTrailerError'],
    ['a body cut short', '5\r\nab', 'IncompleteBody'],
    ['another length than said', '2\r\nab\r\n0\r\nx-amz-checksum-crc32:nv3RVQ==\r\n\r\n', 'IncompleteBody'],
  ])('in chunks are refused with %s', async (_, body, code) => {
    const response = await fetch(`${setup.gateway.url}/${Bucket}/chunked`, {
      method: 'PUT',
      body,
      headers: {
        authorization: `AWS4-HMAC-SHA256 Credential=${setup.client.credentials.accessKeyId}/20260101/r/s3/aws4_request, SignedHeaders=host, Signature=0`,
        'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
        'x-amz-decoded-content-length': '1',
        'x-amz-trailer': 'x-amz-checksum-crc32',
      },
    });
    expect(response.status).toBe(400);
    expect(await response.text()).toContain(`<Code>${code}</Code>`);
    expect(await engine.get(Bucket, 'chunked')).toBeUndefined();
  });
});
