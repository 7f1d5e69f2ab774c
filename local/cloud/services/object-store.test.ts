import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  paginateListObjectsV2,
  S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ObjectEngine } from '../runtime/service.ts';
import { describeContract } from './contract-checks.ts';
import { type ContractSetup, failure, startContractSetup } from './contract-setup.ts';
import { type ObjectTarget, objectContract } from './object-contract.ts';
import { createObjectStore } from './object-store.ts';
import { objectUploadsContract } from './object-uploads-contract.ts';

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
  engine.createBucket(target.Bucket);
  s3 = new S3Client(setup.client);
});
afterAll(() => setup.close());

const put = (Key: string, Body: string, more: Partial<PutObjectCommandInput> = {}) =>
  s3.send(new PutObjectCommand({ Bucket, Key, Body, ...more }));
const get = (Key: string, more: object = {}) => s3.send(new GetObjectCommand({ Bucket, Key, ...more }));
const text = async (Key: string) => (await get(Key)).Body?.transformToString();

const target: ObjectTarget = {
  client: () => s3,
  endpoint: () => setup.gateway.url,
  Bucket: 'shared-contract',
  now: () => setup.clock.now(),
};
describeContract('objects of S3', objectContract, target);
describeContract('uploads to S3', objectUploadsContract, target);

describe('objects', () => {
  it('have their bytes and ETag when read inside the process', async () => {
    const { ETag } = await put('inside', 'grüße');
    expect(await engine.get(Bucket, 'inside')).toMatchObject({ etag: ETag, body: Buffer.from('grüße') });
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

  it('survive a restart of the store', async () => {
    await put('kept', 'bytes', { ContentType: 'text/plain' });
    const again = createObjectStore({ directory: setup.directory, clock: setup.clock });
    again.createBucket(Bucket);
    const before = await engine.get(Bucket, 'kept');
    expect(before?.body.toString()).toBe('bytes');
    expect(await again.get(Bucket, 'kept')).toEqual(before);
  });
});

it('restores earlier contents', async () => {
  await put('back/kept', 'one', { ContentType: 'text/plain' });
  await put('back/gone', 'two');
  const mine = () =>
    new Map([...(engine.contents().get(Bucket) ?? [])].filter(([key]) => key.startsWith('back/')));
  const [all, before] = [engine.contents(), mine()];
  await setup.clock.advance(5_000);
  await put('back/kept', 'three');
  await put('back/new', 'four');
  await s3.send(new DeleteObjectCommand({ Bucket, Key: 'back/gone' }));
  expect(mine()).not.toEqual(before);
  engine.restore(all);
  expect(mine()).toEqual(before);
  expect((await get('back/kept')).ContentType).toBe('text/plain');
  expect(await text('back/gone')).toBe('two');
  expect(await engine.get(Bucket, 'back/new')).toBeUndefined();
});

describe('listings', () => {
  it('come in pages of 1,000 in order', async () => {
    const names = Array.from({ length: 1_050 }, (_, index) => `many/${String(index).padStart(5, '0')}`);
    // Without the SDK, whose signatures take most of the time, and in another order than the listing's.
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
  });
});

it('refuses unknown operations and options', async () => {
  const tagging = s3.send(new GetObjectTaggingCommand({ Bucket, Key: 'headers' }));
  expect(await failure(tagging)).toMatchObject({ name: 'NotImplemented' });
  expect(await failure(put('acl', 'x', { ACL: 'public-read' }))).toMatchObject({ name: 'NotImplemented' });
});
