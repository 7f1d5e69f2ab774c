/** Object store and edge key-value store in memory, for tests that run the same work hundreds of times. */
import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import type { DistObjects } from '../../shared/publish/dist-objects.ts';
import { ObjectConflictError, type ObjectWriter } from '../../shared/publish/object-writer.ts';
import { type KeyValues, StoreRefusalError } from '../../shared/publish/publish-access.ts';
import type { StoredObjects } from '../../shared/publish/stored-objects.ts';
import type { Clock } from '../../shared/runtime/clock.ts';

export interface StoredObject {
  readonly body: Buffer;
  /** Milliseconds since the epoch, whole seconds. */
  readonly lastModified: number;
}

export interface MemoryObjects {
  readonly writer: ObjectWriter;
  readonly dists: DistObjects;
  readonly storedObjects: StoredObjects;
  list(): Promise<ReadonlyMap<string, StoredObject>>;
}

/** Small, so that tests reach a second page. */
const pageMax = 5;

const etagOf = (body: string | Buffer): string => `"${createHash('md5').update(body).digest('hex')}"`;

/** As S3: conditional writes, and `Last-Modified` in whole seconds. @param from the listing of another store, to start with */
export function createMemoryObjects(
  clock: Clock,
  from: ReadonlyMap<string, StoredObject> = new Map(),
): MemoryObjects {
  const objects = new Map(from);
  const put = (key: string, body: Buffer): void => {
    objects.set(key, { body, lastModified: Math.floor(clock.now() / 1000) * 1000 });
  };
  return {
    list: async () => new Map([...objects].sort(([one], [other]) => (one < other ? -1 : 1))),
    writer: {
      async see(key) {
        const object = objects.get(key);
        return object && { etag: etagOf(object.body), lastModified: object.lastModified };
      },
      isSame: (seen, text) => seen?.etag === etagOf(text),
      async write(key, seen, text) {
        const object = objects.get(key);
        if ((object && etagOf(object.body)) !== seen?.etag) {
          throw new ObjectConflictError('the object changed since it was read');
        }
        put(key, Buffer.from(text));
      },
      async remove(key) {
        objects.delete(key);
      },
    },
    storedObjects: {
      async removeSome(prefix) {
        const keys = [...objects.keys()].filter((key) => key.startsWith(prefix));
        const page = keys.slice(0, pageMax);
        for (const key of page) {
          objects.delete(key);
        }
        return { removed: page.length, isMore: keys.length > pageMax };
      },
      async copy(from, to) {
        const body = objects.get(from)?.body;
        if (body !== undefined) {
          put(to, body);
        }
        return body !== undefined;
      },
    },
    dists: {
      async digest(key) {
        const body = objects.get(key)?.body;
        return body && { shasum: createHash('sha1').update(body).digest('hex'), size: body.length };
      },
      async putFirst(key, body, { beforeStoring }) {
        const bytes = await bytesOf(body);
        await beforeStoring();
        if (objects.has(key)) {
          return undefined;
        }
        put(key, bytes);
        return { shasum: createHash('sha1').update(bytes).digest('hex'), size: bytes.length };
      },
    },
  };
}

async function bytesOf(body: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of body) {
    chunks.push(Buffer.from(chunk));
  }
  return Buffer.concat(chunks);
}

export interface MemoryKeyValues extends KeyValues {
  list(): Promise<ReadonlyMap<string, string>>;
}

/**
 * As the edge's store: one ETag for the whole store. An update is refused if its ETag is not the latest, or if a key to be removed is
 * missing.
 */
export function createMemoryKeyValues(from: ReadonlyMap<string, string> = new Map()): MemoryKeyValues {
  const values = new Map(from);
  let version = 1;
  return {
    list: async () => new Map([...values].sort(([one], [other]) => (one < other ? -1 : 1))),
    describe: async () => `etag-${version}`,
    has: async (key) => values.has(key),
    async update(etag, puts, deletes) {
      if (etag !== `etag-${version}` || deletes.some((key) => !values.has(key))) {
        throw new StoreRefusalError('refused');
      }
      for (const [key, value] of puts) {
        values.set(key, value);
      }
      for (const key of deletes) {
        values.delete(key);
      }
      version++;
      return `etag-${version}`;
    },
  };
}
