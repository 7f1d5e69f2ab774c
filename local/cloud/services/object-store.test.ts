import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type PutObjectCommandInput,
  paginateListObjectsV2,
  S3Client,
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

describe('objects', () => {
  it('come back with their bytes, headers, MD5 and time in whole seconds', async () => {
    await put('headers', 'grüße', {
      ContentType: 'application/json',
      CacheControl: 'max-age=1',
      ContentEncoding: 'gzip',
      ContentDisposition: 'attachment; filename="a.zip"',
      Metadata: { number: '7' },
    });
    const object = await get('headers');
    expect(await object.Body?.transformToString()).toBe('grüße');
    expect(object).toMatchObject({
      ETag: `"${createHash('md5').update('grüße').digest('hex')}"`,
      ContentType: 'application/json',
      CacheControl: 'max-age=1',
      ContentEncoding: 'gzip',
      ContentDisposition: 'attachment; filename="a.zip"',
      Metadata: { number: '7' },
      ContentLength: 7,
      AcceptRanges: 'bytes',
    });
    expect(object.ChecksumCRC32).toBeDefined();
    const head = await s3.send(new HeadObjectCommand({ Bucket, Key: 'headers' }));
    expect(head).toMatchObject({ ETag: object.ETag, ContentLength: 7, Metadata: { number: '7' } });
    expect(head.LastModified?.getMilliseconds()).toBe(0);
    expect(Math.abs((head.LastModified?.getTime() ?? 0) - setup.clock.now())).toBeLessThan(2_000);
    expect(await engine.get(Bucket, 'headers')).toMatchObject({
      etag: object.ETag,
      body: Buffer.from('grüße'),
    });
  });

  it('are dated by the clock', async () => {
    await put('dated', '1');
    const before = (await get('dated')).LastModified?.getTime() ?? 0;
    await setup.clock.advance(86_400_000);
    await put('dated', '1');
    expect(((await get('dated')).LastModified?.getTime() ?? 0) - before).toBeGreaterThanOrEqual(86_400_000);
  });

  it('may have any key, and none leaves the directory', async () => {
    const keys = [
      '../../../escaped',
      'a//b',
      '/leading',
      'ü ?#%+&=\u{1F600}',
      'x'.repeat(1000),
      '.',
      'a/../b',
      'c:\\d',
    ];
    for (const Key of keys) await put(Key, Key);
    for (const Key of keys) expect(await text(Key)).toBe(Key);
    const files = readdirSync(setup.directory, { recursive: true, withFileTypes: true });
    for (const file of files.filter((entry) => entry.isFile())) expect(file.name).toMatch(/^[0-9a-f]{62}$/);
    expect(existsSync(join(setup.directory, '..', 'escaped'))).toBe(false);
  });

  it('that are missing are 404, as are buckets', async () => {
    expect(await failure(get('missing'))).toEqual({ name: 'NoSuchKey', status: 404 });
    expect(await failure(s3.send(new HeadObjectCommand({ Bucket, Key: 'missing' })))).toEqual({
      name: 'NotFound',
      status: 404,
    });
    const elsewhere = s3.send(new GetObjectCommand({ Bucket: 'nowhere', Key: 'a' }));
    expect(await failure(elsewhere)).toEqual({ name: 'NoSuchBucket', status: 404 });
  });

  it('are read in ranges', async () => {
    await put('range', '0123456789');
    const range = async (Range: string) => {
      const part = await get('range', { Range });
      return [part.ContentRange, await part.Body?.transformToString()];
    };
    expect(await range('bytes=2-4')).toEqual(['bytes 2-4/10', '234']);
    expect(await range('bytes=7-')).toEqual(['bytes 7-9/10', '789']);
    expect(await range('bytes=-2')).toEqual(['bytes 8-9/10', '89']);
    expect(await range('bytes=8-99')).toEqual(['bytes 8-9/10', '89']);
    expect(await failure(range('bytes=10-'))).toEqual({ name: 'InvalidRange', status: 416 });
  });

  it('are copied with their headers or with new ones', async () => {
    await put('source', 'copied', { CacheControl: 'max-age=5', Metadata: { a: '1' } });
    const copy = (Key: string, more: object = {}) =>
      s3.send(new CopyObjectCommand({ Bucket, Key, CopySource: `${Bucket}/source`, ...more }));
    const { CopyObjectResult } = await copy('copy');
    expect(await get('copy')).toMatchObject({
      CacheControl: 'max-age=5',
      Metadata: { a: '1' },
      ETag: CopyObjectResult?.ETag,
    });
    await copy('copy', { MetadataDirective: 'REPLACE', ContentType: 'text/plain' });
    expect(await get('copy')).toMatchObject({ ContentType: 'text/plain', Metadata: {} });
    expect((await get('copy')).CacheControl).toBeUndefined();
    expect(await failure(copy('source'))).toEqual({ name: 'InvalidRequest', status: 400 });
    expect(await failure(copy('copy', { CopySourceIfMatch: '"other"' }))).toEqual(PRECONDITION_FAILED);
    expect(await failure(copy('copy', { CopySourceIfNoneMatch: CopyObjectResult?.ETag }))).toEqual(
      PRECONDITION_FAILED,
    );
  });

  it('survive a new start of the store', async () => {
    await put('kept', 'bytes', { ContentType: 'text/plain' });
    const again = createObjectStore({ directory: setup.directory, clock: setup.clock });
    again.createBucket(Bucket);
    const before = await engine.get(Bucket, 'kept');
    expect(before?.body.toString()).toBe('bytes');
    expect(await again.get(Bucket, 'kept')).toEqual(before);
  });
});

describe('conditional reads', () => {
  it('answer 304 to the same ETag and to a time not before the last change', async () => {
    const { ETag } = await put('conditional', 'a');
    const { LastModified } = await s3.send(new HeadObjectCommand({ Bucket, Key: 'conditional' }));
    const earlier = new Date((LastModified?.getTime() ?? 0) - 1_000);
    const status = async (more: object) => {
      try {
        return (await get('conditional', more)).$metadata.httpStatusCode;
      } catch (error) {
        return (await failure(Promise.reject(error))).status;
      }
    };
    expect(await status({ IfNoneMatch: ETag })).toBe(304);
    expect(await status({ IfNoneMatch: '"x"' })).toBe(200);
    expect(await status({ IfModifiedSince: LastModified })).toBe(304);
    expect(await status({ IfModifiedSince: earlier })).toBe(200);
    // The ETag outweighs the date.
    expect(await status({ IfNoneMatch: '"x"', IfModifiedSince: LastModified })).toBe(200);
    expect(await status({ IfNoneMatch: ETag, IfModifiedSince: earlier })).toBe(304);
    expect(await status({ IfMatch: '"x"' })).toBe(412);
    expect(await status({ IfUnmodifiedSince: earlier })).toBe(412);
    expect(await status({ IfMatch: ETag, IfUnmodifiedSince: earlier })).toBe(200);
  });

  it('send the validators and Cache-Control with 304', async () => {
    const { ETag } = await put('validators', 'a', { CacheControl: 'max-age=1' });
    const headers = {
      authorization:
        'AWS4-HMAC-SHA256 Credential=a/20260101/r/s3/aws4_request, SignedHeaders=host, Signature=0',
      'if-none-match': String(ETag),
    };
    const response = await fetch(`${setup.gateway.url}/${Bucket}/validators`, { headers });
    expect(response.status).toBe(304);
    expect(response.headers.get('etag')).toBe(ETag);
    expect(response.headers.get('last-modified')).toMatch(/GMT$/);
    expect(response.headers.get('cache-control')).toBe('max-age=1');
  });
});

describe('conditional writes', () => {
  it('create only what is not there', async () => {
    await put('create', '1', { IfNoneMatch: '*' });
    expect(await failure(put('create', '2', { IfNoneMatch: '*' }))).toEqual(PRECONDITION_FAILED);
    expect(await text('create')).toBe('1');
    expect(await failure(put('create', '2', { IfNoneMatch: '"x"' }))).toMatchObject({ status: 501 });
  });

  it('replace only what they name', async () => {
    const { ETag } = await put('replace', '1');
    const second = await put('replace', '2', { IfMatch: ETag });
    expect(await failure(put('replace', '3', { IfMatch: ETag }))).toEqual(PRECONDITION_FAILED);
    await put('replace', '3', { IfMatch: second.ETag?.replaceAll('"', '') });
    expect(await text('replace')).toBe('3');
    expect(await failure(put('nothing', '1', { IfMatch: ETag }))).toEqual({ name: 'NoSuchKey', status: 404 });
  });

  it('delete only what they name', async () => {
    const { ETag } = await put('delete', '1');
    const remove = (IfMatch?: string) =>
      s3.send(
        new DeleteObjectCommand({ Bucket, Key: 'delete', ...(IfMatch === undefined ? {} : { IfMatch }) }),
      );
    expect(await failure(remove('"x"'))).toEqual(PRECONDITION_FAILED);
    await remove(ETag);
    await remove();
    expect(await failure(remove('*'))).toMatchObject({ status: 404 });
  });

  it('let one of 40 racing creators win', async () => {
    const attempts = Array.from({ length: 40 }, (_, index) =>
      put('race', String(index), { IfNoneMatch: '*' }),
    );
    const results = await Promise.allSettled(attempts);
    const winners = results.flatMap(({ status }, index) => (status === 'fulfilled' ? [String(index)] : []));
    expect(winners).toHaveLength(1);
    expect(await text('race')).toBe(winners[0]);
  });

  it('let 20 racing counters count to 20', async () => {
    await put('counter', '0');
    const increment = async () => {
      for (;;) {
        const object = await get('counter');
        const value = Number(await object.Body?.transformToString());
        try {
          await put('counter', String(value + 1), { IfMatch: object.ETag });
          return;
        } catch (error) {
          if (!(error instanceof Error) || error.name !== 'PreconditionFailed') throw error;
        }
      }
    };
    await Promise.all(Array.from({ length: 20 }, increment));
    expect(await text('counter')).toBe('20');
  });
});

describe('listings', () => {
  it('come in pages of 1,000 in the order of UTF-8 bytes', async () => {
    const names = Array.from({ length: 1_050 }, (_, index) => `many/${String(index).padStart(5, '0')}`);
    // Past the SDK, whose signatures take most of the time, and in another order than the listing's.
    for (const name of names.toReversed()) {
      const request = { method: 'PUT', target: `/${Bucket}/${name}`, headers: {}, body: Buffer.from('x') };
      expect((await engine.handle(request)).status).toBe(200);
    }
    const pages: number[] = [];
    const keys: string[] = [];
    for await (const page of paginateListObjectsV2({ client: s3 }, { Bucket, Prefix: 'many/' })) {
      pages.push(page.KeyCount ?? 0);
      for (const { Key } of page.Contents ?? []) if (Key !== undefined) keys.push(Key);
    }
    expect(pages).toEqual([1_000, 50]);
    expect(keys).toEqual(names);
    // U+FF5E sorts before U+1F600 in UTF-8, after it in UTF-16.
    for (const name of ['order/\u{1F600}', 'order/\uff5e', 'order/a', 'order/B', 'order/é', 'order/<&>']) {
      await put(name, 'x');
    }
    const { Contents } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'order/' }));
    expect(Contents?.map(({ Key }) => Key)).toEqual(
      ['<&>', 'B', 'a', 'é', '\uff5e', '\u{1F600}'].map((name) => `order/${name}`),
    );
  });

  it('group by a delimiter, across pages', async () => {
    for (const name of ['t/a', 't/b/1', 't/b/2', 't/b/3', 't/c', 't/d/1']) await put(name, name);
    const seen: string[] = [];
    for await (const page of paginateListObjectsV2(
      { client: s3, pageSize: 2 },
      { Bucket, Prefix: 't/', Delimiter: '/' },
    )) {
      expect(page.KeyCount).toBe(2);
      for (const { Key = '' } of page.Contents ?? []) seen.push(Key);
      for (const { Prefix = '' } of page.CommonPrefixes ?? []) seen.push(Prefix);
    }
    expect(seen.sort()).toEqual(['t/a', 't/b/', 't/c', 't/d/']);
    const after = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: 't/', StartAfter: 't/b/2' }));
    expect(after.Contents?.map(({ Key }) => Key)).toEqual(['t/b/3', 't/c', 't/d/1']);
    expect(after.Contents?.[0]).toMatchObject({ Size: 5, ETag: expect.stringMatching(/^"[0-9a-f]{32}"$/) });
  });
});

describe('deleting many', () => {
  it('says what became of each', async () => {
    const { ETag } = await put('d/1', '1');
    await put('d/<2>', '2');
    const { Deleted, Errors } = await s3.send(
      new DeleteObjectsCommand({
        Bucket,
        Delete: {
          Objects: [{ Key: 'd/1', ETag: '"wrong"' }, { Key: 'd/<2>' }, { Key: 'd/missing' }],
        },
      }),
    );
    expect(Deleted?.map(({ Key }) => Key)).toEqual(['d/<2>', 'd/missing']);
    expect(Errors).toMatchObject([{ Key: 'd/1', Code: 'PreconditionFailed' }]);
    await s3.send(
      new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key: 'd/1', ETag }], Quiet: true } }),
    );
    expect(await engine.get(Bucket, 'd/1')).toBeUndefined();
  });

  it('takes no more than 1,000', async () => {
    const Objects = Array.from({ length: 1_001 }, (_, index) => ({ Key: String(index) }));
    const call = s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
    expect(await failure(call)).toEqual({ name: 'MalformedXML', status: 400 });
  });
});

it('refuses operations and options that it does not know', async () => {
  const tagging = s3.send(new GetObjectTaggingCommand({ Bucket, Key: 'headers' }));
  expect(await failure(tagging)).toMatchObject({ name: 'NotImplemented' });
  expect(await failure(put('acl', 'x', { ACL: 'public-read' }))).toMatchObject({ name: 'NotImplemented' });
});
