import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ObjectEngine } from '../service.ts';
import { type ContractSetup, failure, startContractSetup } from './contract-setup.ts';
import { createObjectStore } from './object-store.ts';

const Bucket = 'contract';
let setup: ContractSetup;
let engine: ObjectEngine;
let s3: S3Client;

beforeAll(async () => {
  setup = await startContractSetup((parts) => {
    engine = createObjectStore(parts);
    return { objects: engine };
  });
  engine.createBucket(Bucket);
  s3 = new S3Client(setup.client);
});
afterAll(() => setup.close());

const put = (Key: string, Body: string, more: Partial<PutObjectCommandInput> = {}) =>
  s3.send(new PutObjectCommand({ Bucket, Key, Body, ...more }));
const get = (Key: string, more: object = {}) => s3.send(new GetObjectCommand({ Bucket, Key, ...more }));
const text = async (Key: string) => (await get(Key)).Body?.transformToString();
const PRECONDITION_FAILED = { name: 'PreconditionFailed', status: 412 };

describe('checksums', () => {
  it('of a stream come in a trailer and are verified', async () => {
    const bytes = Buffer.alloc(300_000, 'stream');
    await s3.send(
      new PutObjectCommand({
        Bucket,
        Key: 'stream',
        Body: Readable.from([bytes.subarray(0, 100_001), bytes.subarray(100_001)]),
        ContentLength: bytes.length,
        ContentEncoding: 'br',
      }),
    );
    const object = await get('stream');
    expect(bytes.equals((await object.Body?.transformToByteArray()) ?? Buffer.of())).toBe(true);
    expect(object.ContentEncoding).toBe('br');
  });

  it('that are wrong keep the object from being written', async () => {
    expect(await failure(put('sum', 'a', { ChecksumCRC32: 'AAAAAA==' }))).toEqual({
      name: 'BadDigest',
      status: 400,
    });
    const sha256 = createHash('sha256').update('b').digest('base64');
    expect(await failure(put('sum', 'a', { ChecksumSHA256: sha256 }))).toEqual({
      name: 'BadDigest',
      status: 400,
    });
    expect(await failure(put('sum', 'a', { ContentMD5: 'AAAAAAAAAAAAAAAAAAAAAA==' }))).toMatchObject({
      name: 'BadDigest',
    });
    await put('sum', 'b', { ChecksumSHA256: sha256 });
    expect((await get('sum', { ChecksumMode: 'ENABLED' })).ChecksumSHA256).toBe(sha256);
  });

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
        authorization:
          'AWS4-HMAC-SHA256 Credential=a/20260101/r/s3/aws4_request, SignedHeaders=host, Signature=0',
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

describe('multipart uploads', () => {
  const MiB = 1024 * 1024;

  async function begin(Key: string, parts: readonly Buffer[]) {
    const { UploadId } = await s3.send(
      new CreateMultipartUploadCommand({ Bucket, Key, ContentType: 'application/zip' }),
    );
    const Parts: { PartNumber: number; ETag: string | undefined }[] = [];
    for (const [index, Body] of parts.entries()) {
      const PartNumber = index + 1;
      const { ETag } = await s3.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body }));
      Parts.push({ PartNumber, ETag });
    }
    const complete = (more: object = {}) =>
      s3.send(
        new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts }, ...more }),
      );
    return { UploadId, complete };
  }

  it('become one object', async () => {
    const first = Buffer.alloc(5 * MiB, 'a');
    const last = Buffer.from('end');
    const { complete } = await begin('multipart', [first, last]);
    expect(await engine.get(Bucket, 'multipart')).toBeUndefined();
    const { ETag } = await complete();
    const md5 = (data: Buffer) => createHash('md5').update(data).digest();
    expect(ETag).toBe(`"${md5(Buffer.concat([md5(first), md5(last)])).toString('hex')}-2"`);
    const object = await get('multipart');
    expect(object).toMatchObject({ ETag, ContentType: 'application/zip', ContentLength: 5 * MiB + 3 });
    expect(await failure(complete())).toEqual({ name: 'NoSuchUpload', status: 404 });
  });

  it('keep to their condition when they complete', async () => {
    const { complete } = await begin('taken', [Buffer.from('late')]);
    await put('taken', 'first');
    expect(await failure(complete({ IfNoneMatch: '*' }))).toEqual(PRECONDITION_FAILED);
    expect(await text('taken')).toBe('first');
    await complete();
    expect(await text('taken')).toBe('late');
  });

  it('refuse parts that are too small or not there, and what was aborted', async () => {
    const small = await begin('small', [Buffer.from('1'), Buffer.from('2')]);
    expect(await failure(small.complete())).toEqual({ name: 'EntityTooSmall', status: 400 });
    const wrong = { MultipartUpload: { Parts: [{ PartNumber: 9, ETag: '"x"' }] } };
    expect(await failure(small.complete(wrong))).toEqual({ name: 'InvalidPart', status: 400 });
    const { UploadId } = small;
    await s3.send(new AbortMultipartUploadCommand({ Bucket, Key: 'small', UploadId }));
    expect(await failure(small.complete())).toEqual({ name: 'NoSuchUpload', status: 404 });
    const outside = new AbortMultipartUploadCommand({ Bucket, Key: 'small', UploadId: '../objects' });
    expect(await failure(s3.send(outside))).toEqual({ name: 'NoSuchUpload', status: 404 });
  });
});
