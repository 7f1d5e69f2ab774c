import { createHash } from 'node:crypto';
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  paginateListObjectsV2,
  type S3Client,
} from '@aws-sdk/client-s3';
import { expect } from 'vitest';
import type { RegisterCheck } from './contract-checks.ts';
import { failure } from './contract-setup.ts';

/** The implementation under test. */
export interface ObjectTarget {
  client(): S3Client;
  endpoint(): string;
  /** An existing, empty bucket. */
  readonly Bucket: string;
  /** Milliseconds since the epoch, by the clock that dates objects. */
  now(): number;
}

/** What we rely on of S3. https://docs.aws.amazon.com/AmazonS3/latest/API/ */
export function objectContract(target: ObjectTarget, check: RegisterCheck): void {
  const { Bucket } = target;
  const s3 = () => target.client();
  const put = (Key: string, Body: string, more: Partial<PutObjectCommandInput> = {}) =>
    s3().send(new PutObjectCommand({ Bucket, Key, Body, ...more }));
  const get = (Key: string, more: object = {}) => s3().send(new GetObjectCommand({ Bucket, Key, ...more }));
  const text = async (Key: string) => (await get(Key)).Body?.transformToString();
  const PRECONDITION_FAILED = { name: 'PreconditionFailed', status: 412 };

  check('objects are returned with their bytes, headers, MD5 and time in whole seconds', async () => {
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
    const head = await s3().send(new HeadObjectCommand({ Bucket, Key: 'headers' }));
    expect(head).toMatchObject({ ETag: object.ETag, ContentLength: 7, Metadata: { number: '7' } });
    expect(head.LastModified?.getMilliseconds()).toBe(0);
    expect(Math.abs((head.LastModified?.getTime() ?? 0) - target.now())).toBeLessThan(5_000);
  });

  check('objects may have any key', async () => {
    const keys = ['a//b', '/leading', 'ü ?#%+&=\u{1F600}', 'x'.repeat(1000), 'a/../b', 'c:\\d'];
    for (const Key of keys) await put(Key, Key);
    for (const Key of keys) expect(await text(Key)).toBe(Key);
  });

  check('missing objects are 404, as are missing buckets', async () => {
    expect(await failure(get('missing'))).toEqual({ name: 'NoSuchKey', status: 404 });
    expect(await failure(s3().send(new HeadObjectCommand({ Bucket, Key: 'missing' })))).toEqual({
      name: 'NotFound',
      status: 404,
    });
    const elsewhere = s3().send(new GetObjectCommand({ Bucket: 'nowhere', Key: 'a' }));
    expect(await failure(elsewhere)).toEqual({ name: 'NoSuchBucket', status: 404 });
  });

  check('objects are read in ranges', async () => {
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

  check('objects are copied with their headers or with new ones', async () => {
    await put('source', 'copied', { CacheControl: 'max-age=5', Metadata: { a: '1' } });
    const copy = (Key: string, more: object = {}) =>
      s3().send(new CopyObjectCommand({ Bucket, Key, CopySource: `${Bucket}/source`, ...more }));
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
  });

  check('objects are copied conditionally', async () => {
    const { ETag } = await put('source', 'copied');
    const copy = (Key: string, more: object = {}) =>
      s3().send(new CopyObjectCommand({ Bucket, Key, CopySource: `${Bucket}/source`, ...more }));
    await copy('copy', { CopySourceIfMatch: ETag });
    expect(await failure(copy('copy', { CopySourceIfMatch: '"other"' }))).toEqual(PRECONDITION_FAILED);
    expect(await failure(copy('copy', { CopySourceIfNoneMatch: ETag }))).toEqual(PRECONDITION_FAILED);
  });

  check(
    'conditional reads answer 304 to the same ETag and to a time not before the last change',
    async () => {
      const { ETag } = await put('conditional', 'a');
      const { LastModified } = await s3().send(new HeadObjectCommand({ Bucket, Key: 'conditional' }));
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
      expect(await status({ IfNoneMatch: ETag, IfModifiedSince: earlier })).toBe(304);
      expect(await status({ IfMatch: '"x"' })).toBe(412);
      expect(await status({ IfUnmodifiedSince: earlier })).toBe(412);
    },
  );

  // https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
  check('conditional reads give a matching ETag precedence over the date', async () => {
    const { ETag } = await put('outweighs', 'a');
    const IfUnmodifiedSince = new Date(target.now() - 86_400_000);
    expect(await failure(get('outweighs', { IfUnmodifiedSince }))).toMatchObject({ status: 412 });
    const object = await get('outweighs', { IfMatch: ETag, IfUnmodifiedSince });
    expect(object.$metadata.httpStatusCode).toBe(200);
  });

  // https://www.rfc-editor.org/rfc/rfc9110#section-13.1.3
  check('conditional reads ignore the date if the ETag differs', async () => {
    await put('conditional', 'b');
    const { LastModified } = await s3().send(new HeadObjectCommand({ Bucket, Key: 'conditional' }));
    const object = await get('conditional', { IfNoneMatch: '"x"', IfModifiedSince: LastModified });
    expect(object.$metadata.httpStatusCode).toBe(200);
  });

  check('conditional reads send the validators and Cache-Control with 304', async () => {
    const { ETag } = await put('validators', 'a', { CacheControl: 'max-age=1' });
    const { accessKeyId } = await s3().config.credentials();
    const headers = {
      authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20260101/r/s3/aws4_request, SignedHeaders=host, Signature=0`,
      'if-none-match': String(ETag),
    };
    const response = await fetch(`${target.endpoint()}/${Bucket}/validators`, { headers });
    expect(response.status).toBe(304);
    expect(response.headers.get('etag')).toBe(ETag);
    expect(response.headers.get('last-modified')).toMatch(/GMT$/);
    expect(response.headers.get('cache-control')).toBe('max-age=1');
  });

  check('conditional writes create only if there is no object', async () => {
    await put('create', '1', { IfNoneMatch: '*' });
    expect(await failure(put('create', '2', { IfNoneMatch: '*' }))).toEqual(PRECONDITION_FAILED);
    expect(await text('create')).toBe('1');
  });

  check('conditional writes accept If-None-Match only with a star', async () => {
    expect(await failure(put('star', '2', { IfNoneMatch: '"x"' }))).toMatchObject({ status: 501 });
  });

  check('conditional writes replace only the object that they name', async () => {
    const { ETag } = await put('replace', '1');
    const second = await put('replace', '2', { IfMatch: ETag });
    expect(await failure(put('replace', '3', { IfMatch: ETag }))).toEqual(PRECONDITION_FAILED);
    await put('replace', '3', { IfMatch: second.ETag?.replaceAll('"', '') });
    expect(await text('replace')).toBe('3');
    expect(await failure(put('nothing', '1', { IfMatch: ETag }))).toEqual({ name: 'NoSuchKey', status: 404 });
  });

  check('conditional deletions delete only the object that they name', async () => {
    const { ETag } = await put('delete', '1');
    const remove = (IfMatch?: string) =>
      s3().send(
        new DeleteObjectCommand({ Bucket, Key: 'delete', ...(IfMatch === undefined ? {} : { IfMatch }) }),
      );
    expect(await failure(remove('"x"'))).toEqual(PRECONDITION_FAILED);
    await remove(ETag);
    await remove();
    expect(await failure(remove('*'))).toMatchObject({ status: 404 });
  });

  check(
    'conditional writes let one of 40 racing creators win',
    async () => {
      const attempts = Array.from({ length: 40 }, (_, index) =>
        put('race', String(index), { IfNoneMatch: '*' }),
      );
      const results = await Promise.allSettled(attempts);
      const winners = results.flatMap(({ status }, index) => (status === 'fulfilled' ? [String(index)] : []));
      expect(winners).toHaveLength(1);
      expect(await text('race')).toBe(winners[0]);
    },
    { race: true },
  );

  check(
    'conditional writes let 8 racing counters count to 8',
    async () => {
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
      await Promise.all(Array.from({ length: 8 }, increment));
      expect(await text('counter')).toBe('8');
    },
    { race: true },
  );

  check('listings group by a delimiter, across pages', async () => {
    for (const name of ['t/a', 't/b/1', 't/b/2', 't/b/3', 't/c', 't/d/1']) await put(name, name);
    const seen: string[] = [];
    for await (const page of paginateListObjectsV2(
      { client: s3(), pageSize: 2 },
      { Bucket, Prefix: 't/', Delimiter: '/' },
    )) {
      expect(page.KeyCount).toBe(2);
      for (const { Key = '' } of page.Contents ?? []) seen.push(Key);
      for (const { Prefix = '' } of page.CommonPrefixes ?? []) seen.push(Prefix);
    }
    expect(seen.sort()).toEqual(['t/a', 't/b/', 't/c', 't/d/']);
    const after = await s3().send(new ListObjectsV2Command({ Bucket, Prefix: 't/', StartAfter: 't/b/2' }));
    expect(after.Contents?.map(({ Key }) => Key)).toEqual(['t/b/3', 't/c', 't/d/1']);
    expect(after.Contents?.[0]).toMatchObject({ Size: 5, ETag: expect.stringMatching(/^"[0-9a-f]{32}"$/) });
  });

  check('deleting many accepts no more than 1,000', async () => {
    const Objects = Array.from({ length: 1_001 }, (_, index) => ({ Key: String(index) }));
    const call = s3().send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
    expect(await failure(call)).toEqual({ name: 'MalformedXML', status: 400 });
  });

  check('listings are in the order of UTF-8 bytes', async () => {
    for (const name of ['order/\u{1F600}', 'order/\uff5e', 'order/a', 'order/B', 'order/é', 'order/<&>']) {
      await put(name, 'x');
    }
    const { Contents } = await s3().send(new ListObjectsV2Command({ Bucket, Prefix: 'order/' }));
    // U+FF5E sorts before U+1F600 in UTF-8, after it in UTF-16.
    expect(Contents?.map(({ Key }) => Key)).toEqual(
      ['<&>', 'B', 'a', 'é', '\uff5e', '\u{1F600}'].map((name) => `order/${name}`),
    );
  });

  check('deleting many reports the result for each', async () => {
    await put('d/1', '1');
    await put('d/<2>', '2');
    const remove = (keys: readonly string[], Quiet: boolean) =>
      s3().send(
        new DeleteObjectsCommand({ Bucket, Delete: { Objects: keys.map((Key) => ({ Key })), Quiet } }),
      );
    const { Deleted } = await remove(['d/<2>', 'd/missing'], false);
    expect(Deleted?.map(({ Key }) => Key)).toEqual(['d/<2>', 'd/missing']);
    await remove(['d/1'], true);
    expect(await failure(get('d/1'))).toMatchObject({ status: 404 });
  });

  check('deleting many omits successes on request', async () => {
    const Delete = { Objects: [{ Key: 'd/missing' }], Quiet: true };
    const { Deleted } = await s3().send(new DeleteObjectsCommand({ Bucket, Delete }));
    expect(Deleted ?? []).toEqual([]);
  });

  check('deleting many keeps objects with another ETag', async () => {
    const { ETag } = await put('d/1', '1');
    const remove = (tag: string | undefined) =>
      s3().send(new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key: 'd/1', ETag: tag }] } }));
    expect((await remove('"wrong"')).Errors).toMatchObject([{ Key: 'd/1', Code: 'PreconditionFailed' }]);
    expect(await text('d/1')).toBe('1');
    expect((await remove(ETag)).Errors ?? []).toEqual([]);
    expect(await failure(get('d/1'))).toMatchObject({ status: 404 });
  });

  check('versions of objects are listed by prefix and page, and each is removed by its id', async () => {
    for (const name of ['1', '2', '3']) await put(`versions/${name}`, name);
    await put('versions-not', 'x');
    const list = (more: object = {}) =>
      s3().send(new ListObjectVersionsCommand({ Bucket, Prefix: 'versions/', MaxKeys: 2, ...more }));
    const first = await list();
    expect(first.Versions?.map(({ Key, VersionId, IsLatest }) => [Key, VersionId, IsLatest])).toEqual([
      ['versions/1', 'null', true],
      ['versions/2', 'null', true],
    ]);
    expect(first).toMatchObject({ IsTruncated: true });
    const { NextKeyMarker: KeyMarker, NextVersionIdMarker: VersionIdMarker } = first;
    const second = await list({ KeyMarker, VersionIdMarker });
    expect(second.Versions?.map(({ Key }) => Key)).toEqual(['versions/3']);
    expect(second).toMatchObject({ IsTruncated: false });
    const Objects = [...(first.Versions ?? []), ...(second.Versions ?? [])].map(({ Key, VersionId }) => ({
      Key,
      VersionId,
    }));
    const { Errors } = await s3().send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
    expect(Errors ?? []).toEqual([]);
    expect((await list()).Versions ?? []).toEqual([]);
    expect(await text('versions-not')).toBe('x');
  });
}
