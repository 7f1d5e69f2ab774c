/** Archives in the object store: written once, and read only for their hash. */
import { createHash } from 'node:crypto';
import { addAbortSignal, type Readable } from 'node:stream';
import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  NoSuchKey,
  PutObjectCommand,
  type S3Client,
  S3ServiceException,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { cacheControl } from './object-keys.ts';

/** Bytes of an archive that is served at most. Above it, Composer's own time-out of five minutes ends most downloads. */
const archiveBytesMax = 2 * 1024 ** 3;

/** Bytes of a part of an upload, which a function holds in memory. S3 wants at least 5 MiB, and takes 10,000 parts. */
const partBytes = 8 * 1024 * 1024;

/** The archive has more bytes than are served. */
export class ArchiveTooLargeError extends Error {
  override readonly name = 'ArchiveTooLargeError';
}

export interface StoredArchive {
  /** In hex. */
  readonly shasum: string;
  /** Bytes */
  readonly size: number;
}

export interface Upload {
  readonly signal: AbortSignal;
  /** Called when everything was read, before there is an object. */
  readonly beforeStoring: () => Promise<unknown>;
}

export interface DistObjects {
  /** SHA-1 and size of the archive; undefined if it does not exist. */
  digest(key: string, signal: AbortSignal): Promise<StoredArchive | undefined>;
  /**
   * Stores the archive unless one exists, in parts as they arrive: neither the memory nor the disk of a function holds a large one.
   *
   * @returns what was stored; undefined if another archive was there before
   * @throws ArchiveTooLargeError; whatever the body fails with. Nothing is stored then.
   */
  putFirst(key: string, body: Readable, upload: Upload): Promise<StoredArchive | undefined>;
}

export function createDistObjects(
  client: S3Client,
  bucket: string,
  bytesMax: number = archiveBytesMax,
): DistObjects {
  return {
    async digest(key, signal) {
      try {
        const answer = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }), {
          abortSignal: signal,
        });
        const hash = createHash('sha1');
        let size = 0;
        for await (const chunk of answer.Body as AsyncIterable<Uint8Array>) {
          signal.throwIfAborted();
          hash.update(chunk);
          size += chunk.length;
        }
        return { shasum: hash.digest('hex'), size };
      } catch (error) {
        if (error instanceof NoSuchKey) {
          return undefined;
        }
        throw error;
      }
    },
    async putFirst(key, body, upload) {
      try {
        return await putInParts({ client, object: { Bucket: bucket, Key: key }, bytesMax }, body, upload);
      } catch (error) {
        body.destroy();
        // S3 answers 409 while another request stores the object.
        if (error instanceof S3ServiceException && [409, 412].includes(error.$metadata.httpStatusCode ?? 0)) {
          return undefined;
        }
        throw error;
      }
    },
  };
}

interface Target {
  readonly client: S3Client;
  readonly object: { readonly Bucket: string; readonly Key: string };
  readonly bytesMax: number;
}

const properties = { ContentType: 'application/zip', CacheControl: cacheControl.dist } as const;

/** With one request if the archive is smaller than a part, as nearly all are. */
async function putInParts(target: Target, body: Readable, upload: Upload): Promise<StoredArchive> {
  const { client, object, bytesMax } = target;
  const options = { abortSignal: upload.signal };
  const hash = createHash('sha1');
  let size = 0;
  let parts: Parts | undefined;
  try {
    for await (const part of inParts(addAbortSignal(upload.signal, body))) {
      upload.signal.throwIfAborted();
      hash.update(part.bytes);
      size += part.bytes.length;
      if (size > bytesMax) {
        throw new ArchiveTooLargeError(`the archive has more than ${bytesMax} bytes`);
      }
      if (part.isLast && parts === undefined) {
        await upload.beforeStoring();
        const put = { ...object, ...properties, Body: part.bytes, IfNoneMatch: '*' };
        await client.send(new PutObjectCommand(put), options);
        return { shasum: hash.digest('hex'), size };
      }
      parts ??= await beginParts(target, upload.signal);
      await parts.add(part.bytes);
    }
    await upload.beforeStoring();
    await parts?.complete();
    return { shasum: hash.digest('hex'), size };
  } catch (error) {
    await parts?.abort();
    throw error;
  }
}

/** Joins chunks to parts. There is always a last one, which may be empty. */
async function* inParts(body: Readable): AsyncGenerator<{ bytes: Buffer; isLast: boolean }> {
  let chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of body) {
    const bytes = Buffer.from(chunk);
    chunks.push(bytes);
    length += bytes.length;
    if (length >= partBytes) {
      yield { bytes: Buffer.concat(chunks), isLast: false };
      chunks = [];
      length = 0;
    }
  }
  yield { bytes: Buffer.concat(chunks), isLast: true };
}

interface Parts {
  add(bytes: Buffer): Promise<void>;
  complete(): Promise<void>;
  abort(): Promise<void>;
}

/**
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html
 *
 * The SDK sends a CRC-32 with each part. S3 refuses it unless the upload was begun with that algorithm, which the SDK leaves to us.
 */
async function beginParts({ client, object }: Target, signal: AbortSignal): Promise<Parts> {
  const options = { abortSignal: signal };
  const begin = { ...object, ...properties, ChecksumAlgorithm: 'CRC32' } as const;
  const begun = await client.send(new CreateMultipartUploadCommand(begin), options);
  const upload = { ...object, UploadId: begun.UploadId };
  const parts: CompletedPart[] = [];
  return {
    async add(bytes) {
      const PartNumber = parts.length + 1;
      const added = await client.send(new UploadPartCommand({ ...upload, PartNumber, Body: bytes }), options);
      parts.push({ PartNumber, ETag: added.ETag, ChecksumCRC32: added.ChecksumCRC32 });
    },
    async complete() {
      const whole = { ...upload, MultipartUpload: { Parts: parts }, IfNoneMatch: '*' };
      await client.send(new CompleteMultipartUploadCommand(whole), options);
    },
    async abort() {
      // What stays is removed by the bucket's rule for unfinished uploads.
      await client.send(new AbortMultipartUploadCommand(upload)).catch(() => {});
    },
  };
}
