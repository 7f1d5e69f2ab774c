import '@aws-sdk/signature-v4a';
import {
  CloudFrontKeyValueStoreClient,
  DeleteKeyCommand,
  DescribeKeyValueStoreCommand,
  GetKeyCommand,
  ListKeysCommand,
  PutKeyCommand,
  paginateListKeys,
  UpdateKeysCommand,
  type UpdateKeysCommandInput,
} from '@aws-sdk/client-cloudfront-keyvaluestore';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { KeyValueEngine } from '../runtime/service.ts';
import { type ContractSetup, failure, startContractSetup } from './contract-setup.ts';
import { createKeyValueService } from './key-values.ts';

let setup: ContractSetup;
let engine: KeyValueEngine;
let kvs: CloudFrontKeyValueStoreClient;
let KvsARN: string;
let numberOfStores = 0;

const CONFLICT = { name: 'ConflictException', status: 409 };
const INVALID = { name: 'ValidationException', status: 400 };
const MISSING = { name: 'ResourceNotFoundException', status: 404 };

beforeAll(async () => {
  setup = await startContractSetup((parts) => {
    const propagationMs = (key: string) => (key.startsWith('slow') ? 10_000 : 0);
    engine = createKeyValueService({ ...parts, propagationMs });
    return { keyValues: engine };
  });
  const scheme = { name: 'sigv4a', signingName: 'cloudfront-keyvaluestore', signingRegion: '*' };
  const authSchemes = [{ ...scheme, signingRegionSet: ['*'], properties: {} }];
  kvs = new CloudFrontKeyValueStoreClient({
    region: setup.client.region,
    credentials: setup.client.credentials,
    endpointProvider: () => ({ url: new URL(setup.gateway.url), properties: { authSchemes } }),
  });
});
afterAll(() => setup.close());
beforeEach(() => {
  numberOfStores += 1;
  KvsARN = `arn:aws:cloudfront::000000000000:key-value-store/store-${numberOfStores}`;
  engine.createStore({ name: `store-${numberOfStores}`, arn: KvsARN });
});

const describeStore = () => kvs.send(new DescribeKeyValueStoreCommand({ KvsARN }));
const update = (IfMatch: string | undefined, changes: Pick<UpdateKeysCommandInput, 'Puts' | 'Deletes'>) =>
  kvs.send(new UpdateKeysCommand({ KvsARN, IfMatch, ...changes }));
const puts = (count: number, value = 'v', from = 0) =>
  Array.from({ length: count }, (_, index) => ({ Key: `key/${from + index}`, Value: value }));

describe('writes', () => {
  it('require the ETag of the whole store and return the next one', async () => {
    const { ETag } = await describeStore();
    const first = await update(ETag, { Puts: [{ Key: 'p/acme/vendor/name', Value: '7' }] });
    expect(first).toMatchObject({ ItemCount: 1, TotalSizeInBytes: 19 });
    expect(first.ETag).not.toBe(ETag);
    expect(await failure(update(ETag, { Puts: puts(1) }))).toEqual(CONFLICT);
    const put = await kvs.send(new PutKeyCommand({ KvsARN, IfMatch: first.ETag, Key: 'ü /?', Value: 'x' }));
    expect(
      await failure(kvs.send(new PutKeyCommand({ KvsARN, IfMatch: ETag, Key: 'a', Value: 'x' }))),
    ).toEqual(CONFLICT);
    expect(await kvs.send(new GetKeyCommand({ KvsARN, Key: 'ü /?' }))).toMatchObject({
      Value: 'x',
      ItemCount: 2,
    });
    const removed = await kvs.send(new DeleteKeyCommand({ KvsARN, IfMatch: put.ETag, Key: 'ü /?' }));
    expect(await describeStore()).toMatchObject({
      KvsARN,
      ETag: removed.ETag,
      ItemCount: 1,
      Status: 'READY',
    });
    expect(await failure(kvs.send(new GetKeyCommand({ KvsARN, Key: 'ü /?' })))).toEqual(MISSING);
  });

  it('of many keys are atomic', async () => {
    const { ETag } = await update((await describeStore()).ETag, { Puts: puts(50) });
    const bad = { Puts: [{ Key: 'new', Value: 'x'.repeat(1_025) }], Deletes: [{ Key: 'key/1' }] };
    expect(await failure(update(ETag, bad))).toEqual(INVALID);
    expect(await describeStore()).toMatchObject({ ETag, ItemCount: 50 });
    const good = {
      Puts: [{ Key: 'new', Value: 'x' }],
      Deletes: [{ Key: 'key/1' }, { Key: 'key/2' }, { Key: 'gone' }],
    };
    expect(await update(ETag, good)).toMatchObject({ ItemCount: 49 });
  });

  it('have their limits', async () => {
    const { ETag } = await describeStore();
    const one = (Key: string, Value: string) => failure(update(ETag, { Puts: [{ Key, Value }] }));
    expect(await failure(update(ETag, { Puts: puts(51) }))).toEqual(INVALID);
    expect(await failure(update(ETag, {}))).toEqual(INVALID);
    expect(await failure(update(ETag, { Puts: puts(1), Deletes: [{ Key: 'key/0' }] }))).toEqual(INVALID);
    expect(await one('ü'.repeat(257), 'x')).toEqual(INVALID);
    expect(await one('a', 'ü'.repeat(513))).toEqual(INVALID);
    expect(await one('a', '')).toEqual(INVALID);
    await update(ETag, { Puts: [{ Key: 'ü'.repeat(256), Value: 'ü'.repeat(512) }] });
  });

  it('stop at 5 MB', async () => {
    let { ETag = '' } = await describeStore();
    const value = 'x'.repeat(1_024);
    const fill = (from: number) => ({ Puts: puts(50, value, from), Deletes: [] });
    // Without the SDK, whose signatures take most of the time.
    const target = `/key-value-stores/${encodeURIComponent(KvsARN)}/keys`;
    for (let from = 0; from < 5_000; from += 50) {
      const body = Buffer.from(JSON.stringify(fill(from)));
      const answer = await engine.handle({ method: 'POST', target, headers: { 'if-match': ETag }, body });
      ETag = answer.headers.etag ?? '';
    }
    const { TotalSizeInBytes = 0 } = await update(ETag, fill(5_000));
    expect(TotalSizeInBytes).toBeGreaterThan(5_200_000);
    const full = await describeStore();
    const over = failure(update(full.ETag, fill(10_000)));
    expect(await over).toEqual({ name: 'ServiceQuotaExceededException', status: 402 });
    expect(await describeStore()).toMatchObject({ ETag: full.ETag, TotalSizeInBytes });
  });

  it('let one of ten racing writers win', async () => {
    const { ETag } = await describeStore();
    const results = await Promise.allSettled(puts(10).map((put) => update(ETag, { Puts: [put] })));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('may refuse to delete a missing key', async () => {
    const strict = createKeyValueService({
      clock: setup.clock,
      directory: `${setup.directory}/strict`,
      refuseMissingDeletes: true,
    });
    strict.createStore({ name: 's', arn: 's' });
    const request = { target: '/key-value-stores/s', headers: {}, body: Buffer.alloc(0) };
    const described = await strict.handle({ ...request, method: 'GET' });
    const headers = { 'if-match': described.headers.etag ?? '' };
    const body = Buffer.from('{"Deletes":[{"Key":"a"}]}');
    const answer = await strict.handle({ method: 'POST', target: `${request.target}/keys`, headers, body });
    expect(answer.status).toBe(404);
  });
});

describe('reads', () => {
  it('list all keys in pages', async () => {
    await update((await describeStore()).ETag, { Puts: puts(45) });
    const pages: number[] = [];
    const keys = new Set<string>();
    for await (const page of paginateListKeys({ client: kvs, pageSize: 20 }, { KvsARN })) {
      pages.push(page.Items?.length ?? 0);
      for (const { Key = '', Value } of page.Items ?? []) if (Value === 'v') keys.add(Key);
    }
    expect(pages).toEqual([20, 20, 5]);
    expect(keys.size).toBe(45);
    expect(await failure(kvs.send(new ListKeysCommand({ KvsARN, MaxResults: 51 })))).toEqual(INVALID);
  });

  it('of a missing store fail', async () => {
    KvsARN = 'arn:aws:cloudfront::000000000000:key-value-store/none';
    expect(await failure(describeStore())).toEqual(MISSING);
  });
});

describe('the edge', () => {
  it("shows a write when it has propagated, in the order of each key's writes", async () => {
    const slow = (Value: string) => ({ Puts: [{ Key: 'slow', Value }] });
    const seen = () => engine.edgeValue(KvsARN, 'slow');
    let { ETag } = await describeStore();
    ({ ETag } = await update(ETag, {
      Puts: [
        { Key: 'slow', Value: '1' },
        { Key: 'fast', Value: '1' },
      ],
    }));
    expect([seen(), engine.edgeValue(KvsARN, 'fast')]).toEqual([undefined, '1']);
    await setup.clock.advance(9_000);
    ({ ETag } = await update(ETag, slow('2')));
    expect(seen()).toBeUndefined();
    await setup.clock.advance(1_000);
    expect(seen()).toBe('1');
    ({ ETag } = await update(ETag, { Deletes: [{ Key: 'slow' }] }));
    await setup.clock.advance(9_000);
    expect(seen()).toBe('2');
    await setup.clock.advance(1_000);
    expect(seen()).toBeUndefined();
  });
});

it('restores earlier contents, at the edge immediately', async () => {
  const slow = (Value: string) => ({ Puts: [{ Key: 'slow', Value }] });
  const { ETag } = await update((await describeStore()).ETag, { Puts: puts(2) });
  const before = engine.contents();
  const next = await update(ETag, slow('1'));
  const last = await update(next.ETag, { Puts: [{ Key: 'key/1', Value: 'w' }], Deletes: [{ Key: 'key/0' }] });
  engine.restore(before);
  expect(engine.contents()).toEqual(before);
  expect(await failure(update(last.ETag, slow('2')))).toEqual(CONFLICT);
  await setup.clock.advance(10_000);
  const seen = ['key/0', 'key/1', 'slow'].map((key) => engine.edgeValue(KvsARN, key));
  expect(seen).toEqual(['v', 'v', undefined]);
});

it('keeps everything across a restart', async () => {
  const { ETag } = await update((await describeStore()).ETag, { Puts: puts(3) });
  const again = createKeyValueService({
    clock: setup.clock,
    directory: setup.directory,
    propagationMs: 60_000,
  });
  again.createStore({ name: `store-${numberOfStores}`, arn: KvsARN });
  expect(again.edgeValue(KvsARN, 'key/2')).toBe('v');
  const target = `/key-value-stores/${encodeURIComponent(KvsARN)}`;
  const described = await again.handle({ method: 'GET', target, headers: {}, body: Buffer.alloc(0) });
  expect(described.headers.etag).toBe(ETag);
  // And across another one, from the file that the last one compacted.
  const last = createKeyValueService({ clock: setup.clock, directory: setup.directory });
  last.createStore({ name: `store-${numberOfStores}`, arn: KvsARN });
  const answer = await last.handle({ method: 'GET', target, headers: {}, body: Buffer.alloc(0) });
  expect(answer).toEqual(described);
});
