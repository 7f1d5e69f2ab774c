/** Archives in the object store: written once, and read only for their hash. */
import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import {
  GetObjectCommand,
  NoSuchKey,
  PutObjectCommand,
  type S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { cacheControl } from './object-keys.ts';

export interface DistObjects {
  /** SHA-1 and size of the archive; undefined if it does not exist. */
  digest(key: string, signal: AbortSignal): Promise<{ shasum: string; size: number } | undefined>;
  /** Stores the archive unless one exists. @returns whether these bytes were stored */
  putFirst(key: string, body: Readable, size: number, signal: AbortSignal): Promise<boolean>;
}

export function createDistObjects(client: S3Client, bucket: string): DistObjects {
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
    async putFirst(key, body, size, signal) {
      try {
        await client.send(
          new PutObjectCommand({
            Bucket: bucket,
            Key: key,
            Body: body,
            ContentLength: size,
            ContentType: 'application/zip',
            CacheControl: cacheControl.dist,
            IfNoneMatch: '*',
          }),
          { abortSignal: signal },
        );
        return true;
      } catch (error) {
        if (error instanceof S3ServiceException && [409, 412].includes(error.$metadata.httpStatusCode ?? 0)) {
          return false;
        }
        throw error;
      }
    },
  };
}
