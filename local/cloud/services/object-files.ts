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
  /** Those that the object is served with, x-amz-meta-* included. */
  headers: z.record(z.string(), z.string()),
  /** `x-amz-checksum-…` as the client sent it. */
  checksum: z.record(z.string(), z.string()),
});
const fileHeadSchema = recordSchema.extend({ key: z.string() });

/** All about an object but its bytes. */
export type ObjectRecord = z.infer<typeof recordSchema>;

/** The objects of one bucket: their records in memory, everything on disk. */
export interface BucketFiles {
  readonly directory: string;
  record(key: string): ObjectRecord | undefined;
  /** All keys in the order of their UTF-8 bytes. */
  keys(): readonly string[];
  read(key: string): { record: ObjectRecord; body: Buffer } | undefined;
  /** Writes if `allowed` does not throw for what is there. */
  write(key: string, body: Buffer, record: ObjectRecord, allowed: Precondition): void;
  /** Says whether there was something to remove. */
  remove(key: string, allowed: Precondition): boolean;
}

export type Precondition = (current: ObjectRecord | undefined) => void;

/**
 * Opens the bucket in `directory`, which is created if need be. Each object is one file, named by the hash of its
 * key so that no key can leave the directory: a line of JSON, then the bytes. So one rename changes both together,
 * and a killed process leaves the old object or the new one. (Data that the system has not yet written at a power
 * cut may be lost.) All of it is synchronous, so that no other change comes between a condition and its write.
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
