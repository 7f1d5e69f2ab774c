import { createHash, randomUUID } from 'node:crypto';
import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';

const recordSchema = z.object({
  /** With quotes. */
  etag: z.string(),
  size: z.number(),
  /** Milliseconds since the epoch, whole seconds. */
  lastModified: z.number(),
  /** The headers that the object is served with, x-amz-meta-* included. */
  headers: z.record(z.string(), z.string()),
  /** The `x-amz-checksum-…` headers that the client sent. */
  checksum: z.record(z.string(), z.string()),
});
const fileHeadSchema = recordSchema.extend({ key: z.string() });

/** An object's metadata. */
export type ObjectRecord = z.infer<typeof recordSchema>;

/** The objects of one bucket: metadata in memory, everything on disk. */
export interface BucketFiles {
  readonly directory: string;
  record(key: string): ObjectRecord | undefined;
  /** All keys in the order of their UTF-8 bytes. */
  keys(): readonly string[];
  read(key: string): { record: ObjectRecord; body: Buffer } | undefined;
  /** Writes unless `allowed` throws for the existing object. */
  write(key: string, body: Buffer, record: ObjectRecord, allowed: Precondition): void;
  /** Removes an object unless `allowed` throws. @returns whether there was one */
  remove(key: string, allowed: Precondition): boolean;
}

export type Precondition = (current: ObjectRecord | undefined) => void;

/**
 * Opens the bucket in `directory`, which is created if necessary. Each object is one file, named by the hash of its key so that no key can
 * leave the directory: a line of JSON, then the bytes. So one rename replaces both atomically, and a killed process leaves the old object
 * or the new one. (A power failure may lose data that the system has not written yet.) Everything is synchronous, so that nothing changes
 * between a condition and its write.
 */
export function openBucketFiles(directory: string): BucketFiles {
  const temporary = join(directory, 'temporary');
  rmSync(temporary, { recursive: true, force: true });
  mkdirSync(temporary, { recursive: true });
  const objects = join(directory, 'objects');
  mkdirSync(objects, { recursive: true });
  const records = load(objects);
  let sorted: string[] | undefined;

  const pathOf = (key: string) => {
    const hash = createHash('sha256').update(key).digest('hex');
    return join(objects, hash.slice(0, 2), hash.slice(2));
  };

  return {
    directory,
    record: (key) => records.get(key),
    keys() {
      sorted ??= Array.from(records.keys(), (key) => ({ key, bytes: Buffer.from(key) }))
        .sort((a, b) => Buffer.compare(a.bytes, b.bytes))
        .map(({ key }) => key);
      return sorted;
    },
    read(key) {
      const record = records.get(key);
      if (record === undefined) return undefined;
      const file = readFileSync(pathOf(key));
      return { record, body: file.subarray(file.indexOf('\n') + 1) };
    },
    write(key, body, record, allowed) {
      allowed(records.get(key));
      const temporaryPath = join(temporary, randomUUID());
      writeFileSync(
        temporaryPath,
        Buffer.concat([Buffer.from(`${JSON.stringify({ key, ...record })}\n`), body]),
      );
      const path = pathOf(key);
      mkdirSync(dirname(path), { recursive: true });
      renameSync(temporaryPath, path);
      if (!records.has(key)) sorted = undefined;
      records.set(key, record);
    },
    remove(key, allowed) {
      allowed(records.get(key));
      if (!records.delete(key)) return false;
      sorted = undefined;
      rmSync(pathOf(key), { force: true });
      return true;
    },
  };
}

function load(objects: string): Map<string, ObjectRecord> {
  const records = new Map<string, ObjectRecord>();
  for (const entry of readdirSync(objects, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const { key, ...record } = fileHeadSchema.parse(
      JSON.parse(firstLine(join(entry.parentPath, entry.name))),
    );
    records.set(key, record);
  }
  return records;
}

function firstLine(path: string): string {
  const file = openSync(path, 'r');
  try {
    let head = Buffer.alloc(0);
    for (;;) {
      const chunk = Buffer.alloc(4096);
      const length = readSync(file, chunk);
      head = Buffer.concat([head, chunk.subarray(0, length)]);
      const end = head.indexOf('\n');
      if (end !== -1) return head.toString('utf8', 0, end);
      if (length === 0) throw new Error(`${path} is not an object of the local store`);
    }
  } finally {
    closeSync(file);
  }
}
