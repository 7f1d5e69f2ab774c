import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  type CreateMultipartUploadCommandInput,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ObjectEngine } from '../runtime/service.ts';
import { type ContractSetup, failure, startContractSetup } from './contract-setup.ts';
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

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPart.html */
describe('an upload in parts', () => {
  const begin = async (more: Partial<CreateMultipartUploadCommandInput>) => {
    const s3 = new S3Client(setup.client);
    const upload = { Bucket, Key: 'parts' };
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ ...upload, ...more }));
    return { s3, part: { ...upload, UploadId, PartNumber: 1, Body: Buffer.from('a') }, UploadId };
  };

  it('that was begun without the checksum of its parts refuses them', async () => {
    // The SDK adds a CRC-32 to each.
    const { s3, part } = await begin({});
    const refused = s3.send(new UploadPartCommand(part));
    await expect(refused).rejects.toThrow('expected checksum Type: null, actual checksum Type: crc32');
  });

  it('is complete only with the checksums of its parts', async () => {
    const { s3, part, UploadId } = await begin({ ChecksumAlgorithm: 'CRC32' });
    const { ETag } = await s3.send(new UploadPartCommand(part));
    const complete = new CompleteMultipartUploadCommand({
      ...{ Bucket, Key: 'parts', UploadId },
      MultipartUpload: { Parts: [{ PartNumber: 1, ETag }] },
    });
    expect(await failure(s3.send(complete))).toEqual({ name: 'InvalidRequest', status: 400 });
  });
});
