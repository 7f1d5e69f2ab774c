import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { CloudClock, KeyValueEngine, ServiceRequest, ServiceResponse } from '../runtime/service.ts';
import { AwsError, jsonError } from './aws-error.ts';
import { createEdgeValues, type EdgeValues } from './key-values-edge.ts';
import { openStoreFile, type StoreFile } from './key-values-file.ts';
import { type KeyValueOperation, keyValueOperation } from './key-values-operation.ts';

export interface KeyValueServiceOptions {
  readonly directory: string;
  readonly clock: CloudClock;
  /** How long a write takes to reach the edge, by key if given as a function: AWS promises no order between keys. 0 by default. */
  readonly propagationMs?: number | ((key: string) => number);
  /** Whether UpdateKeys refuses to delete a missing key, which AWS does not document. By default no. */
  readonly refuseMissingDeletes?: boolean;
}

interface Store {
  readonly file: StoreFile;
  readonly arn: string;
  etag: string;
  readonly created: number;
  lastModified: number;
  items: ReadonlyMap<string, string>;
  size: number;
  readonly edge: EdgeValues;
}

/** https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html#limits-keyvaluestores */
const LIMITS = {
  keyBytes: 512,
  valueBytes: 1024,
  storeBytes: 5 * 1024 * 1024,
  keys: 50,
  updateBytes: 3 * 1024 * 1024,
};

const putSchema = z.object({ Key: z.string(), Value: z.string() });
const updateSchema = z.object({
  Puts: z.array(putSchema).default([]),
  Deletes: z.array(z.object({ Key: z.string() })).default([]),
});
type Update = z.infer<typeof updateSchema>;

/**
 * The data plane of CloudFront's KeyValueStore. Its ETag is that of the whole store, so every writer needs the latest. An empty value is
 * refused: AWS documents no minimum, so it may not be accepted there.
 * https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_Operations_Amazon_CloudFront_KeyValueStore.html
 */
export function createKeyValueService(options: KeyValueServiceOptions): KeyValueEngine {
  const { clock, directory } = options;
  const stores = new Map<string, Store>();
  mkdirSync(directory, { recursive: true });

  const operations: Readonly<
    Record<
      KeyValueOperation['name'],
      (store: Store, call: KeyValueOperation, request: ServiceRequest) => Answer
    >
  > = {
    DescribeKeyValueStore: (store) => ({
      ETag: store.etag,
      body: {
        ...sizes(store),
        KvsARN: store.arn,
        Created: store.created / 1000,
        LastModified: store.lastModified / 1000,
        Status: 'READY',
      },
    }),
    GetKey: (store, { key }) => {
      const value = store.items.get(key);
      if (value === undefined) throw missing(`Key ${key} was not found.`);
      return { body: { Key: key, Value: value, ...sizes(store) } };
    },
    ListKeys: (store, _, { target }) => {
      const query = new URLSearchParams(target.split('?')[1]);
      const max = Number(query.get('MaxResults') ?? 10);
      if (!(max >= 1 && max <= 50)) throw invalid('MaxResults must be between 1 and 50.');
      const after = Buffer.from(query.get('NextToken') ?? '', 'base64').toString('utf8');
      const keys = [...store.items.keys()].sort().filter((key) => key > after);
      const page = keys.slice(0, max).map((key) => ({ Key: key, Value: store.items.get(key) }));
      const last = page.at(-1)?.Key ?? '';
      return {
        body: {
          Items: page,
          ...(keys.length > max ? { NextToken: Buffer.from(last).toString('base64') } : {}),
        },
      };
    },
    PutKey: (store, { key }, request) => {
      const { Value } = parsed(z.object({ Value: z.string() }), request.body);
      return update(store, request, { Puts: [{ Key: key, Value }], Deletes: [] });
    },
    DeleteKey: (store, { key }, request) => {
      checkETag(store, request);
      if (!store.items.has(key)) throw missing(`Key ${key} was not found.`);
      return update(store, request, { Puts: [], Deletes: [{ Key: key }] });
    },
    UpdateKeys: (store, _, request) => {
      if (request.body.length > LIMITS.updateBytes) throw invalid('The request is larger than 3 MB.');
      const changes = parsed(updateSchema, request.body);
      if (options.refuseMissingDeletes) {
        const gone = changes.Deletes.find(({ Key }) => !store.items.has(Key));
        if (gone !== undefined) throw missing(`Key ${gone.Key} was not found.`);
      }
      return update(store, request, changes);
    },
  };

  const edgeOf = (initial: ReadonlyMap<string, string>) =>
    createEdgeValues({ clock, propagationMs: options.propagationMs ?? 0, initial });

  /** Applies all of the changes or none of them. */
  function update(store: Store, request: ServiceRequest, { Puts, Deletes }: Update): Answer {
    checkETag(store, request);
    const keys = [...Puts, ...Deletes].map(({ Key }) => Key);
    if (keys.length === 0 || keys.length > LIMITS.keys) throw invalid('An update has 1 to 50 keys.');
    // AWS does not document what happens to a key in both lists.
    if (new Set(keys).size < keys.length) throw invalid('A key may appear in an update only once.');
    for (const { Key, Value } of Puts) {
      if (Key === '' || Buffer.byteLength(Key) > LIMITS.keyBytes) throw invalid('A key has 1 to 512 bytes.');
      if (Value === '' || Buffer.byteLength(Value) > LIMITS.valueBytes)
        throw invalid('A value has 1 to 1,024 bytes.');
    }
    const items = new Map(store.items);
    for (const { Key, Value } of Puts) items.set(Key, Value);
    for (const { Key } of Deletes) items.delete(Key);
    if (sizeOf(items) > LIMITS.storeBytes) {
      throw new AwsError(
        402,
        'ServiceQuotaExceededException',
        'The key value store would be larger than 5 MB.',
      );
    }
    write(
      store,
      items,
      Puts.map(({ Key, Value }) => [Key, Value]),
      Deletes.map(({ Key }) => Key),
    );
    return { ETag: store.etag, body: sizes(store) };
  }

  function write(
    store: Store,
    items: ReadonlyMap<string, string>,
    puts: [string, string][],
    deletes: string[],
  ): void {
    Object.assign(store, { items, size: sizeOf(items), etag: newETag(), lastModified: clock.now() });
    store.file.append({ etag: store.etag, at: store.lastModified, puts, deletes }, items);
    for (const key of [...puts.map(([put]) => put), ...deletes]) store.edge.write(key, items.get(key));
  }

  async function answer(request: ServiceRequest): Promise<ServiceResponse> {
    const call = keyValueOperation(request);
    if (call === undefined) throw missing('There is no such operation.');
    const store = stores.get(call.arn);
    if (store === undefined) throw missing('The key value store was not found.');
    const { ETag, body } = operations[call.name](store, call, request);
    const headers: Record<string, string> = { 'content-type': 'application/json' };
    if (ETag !== undefined) headers.etag = ETag;
    return { status: 200, headers, body: JSON.stringify(body) };
  }

  return {
    async handle(request) {
      try {
        return await answer(request);
      } catch (error) {
        if (error instanceof AwsError) return jsonError(error);
        throw error;
      }
    },
    createStore({ name, arn }) {
      if (stores.has(arn)) return;
      const file = openStoreFile(join(directory, `${encodeURIComponent(name)}.jsonl`));
      const { items } = file;
      const created = file.first ?? { etag: newETag(), at: clock.now(), puts: [], deletes: [] };
      if (file.first === undefined) file.append(created, items);
      const { etag, at: lastModified } = file.last ?? created;
      stores.set(arn, {
        file,
        arn,
        etag,
        created: created.at,
        lastModified,
        items,
        size: sizeOf(items),
        edge: edgeOf(items),
      });
    },
    contents: () => new Map(Array.from(stores, ([arn, { items }]) => [arn, items])),
    restore(contents) {
      for (const [arn, store] of stores) {
        const items = contents.get(arn) ?? new Map<string, string>();
        const gone = [...store.items.keys()].filter((key) => !items.has(key));
        write(store, items, [...items], gone);
        stores.set(arn, { ...store, edge: edgeOf(items) });
      }
    },
    edgeValue: (arn, key) => stores.get(arn)?.edge.read(key),
    async close() {
      stores.clear();
    },
  };
}

interface Answer {
  readonly ETag?: string;
  readonly body: object;
}

function checkETag(store: Store, request: ServiceRequest): void {
  const ifMatch = request.headers['if-match'];
  if (ifMatch === undefined || ifMatch === '') throw invalid('The If-Match header is required.');
  if (ifMatch === store.etag) return;
  throw new AwsError(409, 'ConflictException', 'The key value store has changed: its ETag is another one.');
}

function parsed<Value>(schema: z.ZodType<Value>, body: Buffer): Value {
  const result = schema.safeParse(JSON.parse(body.toString('utf8') || '{}'));
  if (!result.success) throw invalid(z.prettifyError(result.error));
  return result.data;
}

const newETag = () => `KV${randomUUID().replaceAll('-', '').toUpperCase()}`;
const sizes = (store: Store) => ({ ItemCount: store.items.size, TotalSizeInBytes: store.size });
const missing = (message: string) => new AwsError(404, 'ResourceNotFoundException', message);
const invalid = (message: string) => new AwsError(400, 'ValidationException', message);

function sizeOf(items: ReadonlyMap<string, string>): number {
  let bytes = 0;
  for (const [key, value] of items) bytes += Buffer.byteLength(key) + Buffer.byteLength(value);
  return bytes;
}
