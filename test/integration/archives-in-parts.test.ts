/** Archives of any size, on the local object store through the SDK. */
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ObjectEngine } from '../../local/cloud/runtime/service.ts';
import { type ContractSetup, startContractSetup } from '../../local/cloud/services/contract-setup.ts';
import { createObjectStore } from '../../local/cloud/services/object-store.ts';
import { ArchiveTooLargeError, createDistObjects } from '../../shared/publish/dist-objects.ts';

const megabyte = 1024 * 1024;
const bucket = 'registry';
let setup: ContractSetup;
let engine: ObjectEngine;
let s3: S3Client;
let stored: string[];

beforeAll(async () => {
  setup = await startContractSetup((parts) => {
    engine = createObjectStore(parts);
    return { objects: engine };
  });
  engine.createBucket(bucket);
  s3 = new S3Client(setup.client);
});
afterAll(async () => {
  s3.destroy();
  await setup.close();
});
beforeEach(() => {
  stored = [];
  setup.gateway.forget();
});

const upload = {
  signal: new AbortController().signal,
  beforeStoring: async () => {
    stored.push('before');
  },
};
/** In chunks that do not fit parts. */
function* chunksOf(megabytes: number, fill = 7): Generator<Buffer> {
  for (let left = megabytes * megabyte; left > 0; left -= 700_001) {
    yield Buffer.alloc(Math.min(left, 700_001), fill);
  }
}
const operations = (): Record<string, number> =>
  Object.fromEntries(setup.gateway.recorded().map(({ operation, count }) => [operation, count]));
const shasumOf = (bytes: Uint8Array): string => createHash('sha1').update(bytes).digest('hex');

describe('an archive', () => {
  it('that is small is stored with one request', async () => {
    const dists = createDistObjects(s3, bucket);
    const body = Buffer.from('PK');
    expect(await dists.putFirst('small.zip', Readable.from([body]), upload)).toEqual({
      shasum: shasumOf(body),
      size: 2,
    });
    expect(operations()).toEqual({ PutObject: 1 });
  });

  it('that is large is stored in parts, and its checksum is counted on the way', async () => {
    const dists = createDistObjects(s3, bucket);
    const expected = { shasum: shasumOf(Buffer.concat([...chunksOf(20)])), size: 20 * megabyte };
    expect(await dists.putFirst('large.zip', Readable.from(chunksOf(20)), upload)).toEqual(expected);
    expect(operations()).toEqual({ CreateMultipartUpload: 1, UploadPart: 3, CompleteMultipartUpload: 1 });
    expect(stored).toEqual(['before']);
    expect(await dists.digest('large.zip', upload.signal)).toEqual(expected);
  });

  it.each([1, 20])('of %i MB leaves the one that was stored first', async (megabytes) => {
    const dists = createDistObjects(s3, bucket);
    const key = `first-${megabytes}.zip`;
    await dists.putFirst(key, Readable.from(['first']), upload);
    expect(await dists.putFirst(key, Readable.from(chunksOf(megabytes)), upload)).toBeUndefined();
    expect((await engine.get(bucket, key))?.body.toString()).toBe('first');
  });

  it('that has too many bytes is not stored, and its parts are removed', async () => {
    const dists = createDistObjects(s3, bucket, 10 * megabyte);
    const promise = dists.putFirst('huge.zip', Readable.from(chunksOf(40)), upload);
    await expect(promise).rejects.toBeInstanceOf(ArchiveTooLargeError);
    expect(operations()).toEqual({ CreateMultipartUpload: 1, UploadPart: 1, AbortMultipartUpload: 1 });
    expect(stored).toEqual([]);
    expect(await engine.get(bucket, 'huge.zip')).toBeUndefined();
  });

  it('that breaks off is not stored', async () => {
    const dists = createDistObjects(s3, bucket);
    const body = Readable.from(
      (function* () {
        yield* chunksOf(10);
        throw new Error('broken off');
      })(),
    );
    await expect(dists.putFirst('broken.zip', body, upload)).rejects.toThrow('broken off');
    expect(operations()).toMatchObject({ AbortMultipartUpload: 1 });
    expect(await engine.get(bucket, 'broken.zip')).toBeUndefined();
  });
});
