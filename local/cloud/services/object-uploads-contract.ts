import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { expect } from 'vitest';
import type { RegisterCheck } from './contract-checks.ts';
import { failure } from './contract-setup.ts';
import type { ObjectTarget } from './object-contract.ts';

/** What we rely on of S3's checksums and multipart uploads. */
export function objectUploadsContract(target: ObjectTarget, check: RegisterCheck): void {
  const { Bucket } = target;
  const s3 = () => target.client();
  const put = (Key: string, Body: string, more: Partial<PutObjectCommandInput> = {}) =>
    s3().send(new PutObjectCommand({ Bucket, Key, Body, ...more }));
  const get = (Key: string, more: object = {}) => s3().send(new GetObjectCommand({ Bucket, Key, ...more }));
  const text = async (Key: string) => (await get(Key)).Body?.transformToString();
  const PRECONDITION_FAILED = { name: 'PreconditionFailed', status: 412 };

  check('checksums of a stream are sent in a trailer and verified', async () => {
    const bytes = Buffer.alloc(300_000, 'stream');
    await s3().send(
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

  check('wrong checksums prevent the object from being written', async () => {
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

  const MiB = 1024 * 1024;

  async function begin(Key: string, parts: readonly Buffer[]) {
    const { UploadId } = await s3().send(
      new CreateMultipartUploadCommand({
        ...{ Bucket, Key },
        ContentType: 'application/zip',
        ChecksumAlgorithm: 'CRC32',
      }),
    );
    const Parts: CompletedPart[] = [];
    for (const [index, Body] of parts.entries()) {
      const PartNumber = index + 1;
      const added = await s3().send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body }));
      Parts.push({ PartNumber, ETag: added.ETag, ChecksumCRC32: added.ChecksumCRC32 });
    }
    const complete = (more: object = {}) =>
      s3().send(
        new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts }, ...more }),
      );
    return { UploadId, complete };
  }

  check('multipart uploads become one object', async () => {
    const first = Buffer.alloc(5 * MiB, 'a');
    const last = Buffer.from('end');
    const { complete } = await begin('multipart', [first, last]);
    expect(await failure(get('multipart'))).toMatchObject({ status: 404 });
    const { ETag } = await complete();
    const md5 = (data: Buffer) => createHash('md5').update(data).digest();
    expect(ETag).toBe(`"${md5(Buffer.concat([md5(first), md5(last)])).toString('hex')}-2"`);
    const object = await get('multipart');
    expect(object).toMatchObject({ ETag, ContentType: 'application/zip', ContentLength: 5 * MiB + 3 });
  });

  check('multipart uploads are gone once complete', async () => {
    const { complete } = await begin('once', [Buffer.from('once')]);
    await complete();
    expect(await failure(complete())).toEqual({ name: 'NoSuchUpload', status: 404 });
  });

  check('multipart uploads check their condition when they complete', async () => {
    const { complete } = await begin('taken', [Buffer.from('late')]);
    await put('taken', 'first');
    expect(await failure(complete({ IfNoneMatch: '*' }))).toEqual(PRECONDITION_FAILED);
    expect(await text('taken')).toBe('first');
    await complete();
    expect(await text('taken')).toBe('late');
  });

  check('multipart uploads refuse parts that are too small or missing', async () => {
    const small = await begin('small', [Buffer.from('1'), Buffer.from('2')]);
    expect(await failure(small.complete())).toEqual({ name: 'EntityTooSmall', status: 400 });
    const part = { PartNumber: 9, ETag: '"x"', ChecksumCRC32: 'AAAAAA==' };
    const wrong = { MultipartUpload: { Parts: [part] } };
    expect(await failure(small.complete(wrong))).toEqual({ name: 'InvalidPart', status: 400 });
    await s3().send(new AbortMultipartUploadCommand({ Bucket, Key: 'small', UploadId: small.UploadId }));
  });

  check('aborted multipart uploads cannot complete', async () => {
    const { UploadId, complete } = await begin('aborted', [Buffer.from('1')]);
    await s3().send(new AbortMultipartUploadCommand({ Bucket, Key: 'aborted', UploadId }));
    expect(await failure(complete())).toEqual({ name: 'NoSuchUpload', status: 404 });
  });

  check('multipart uploads with an unknown id are refused', async () => {
    const outside = new AbortMultipartUploadCommand({ Bucket, Key: 'never', UploadId: '../objects' });
    expect(await failure(s3().send(outside))).toEqual({ name: 'NoSuchUpload', status: 404 });
  });
}
