/**
 * Writes objects only when their bytes change, and only if nobody else has written them since they were read.
 *
 * S3: https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 */
import { createHash } from 'node:crypto';
import {
  DeleteObjectCommand,
  HeadObjectCommand,
  NotFound,
  PutObjectCommand,
  type S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';

/** The object as it was before the inputs were read. */
export interface Seen {
  readonly etag: string;
  /** Milliseconds since the epoch, whole seconds. */
  readonly lastModified: number;
}

/** The object changed since it was read: read it again and start over. */
export class ObjectConflictError extends Error {
  override readonly name = 'ObjectConflictError';
}

export interface ObjectWriter {
  see(key: string): Promise<Seen | undefined>;
  /** Whether the object already has these bytes: an unencrypted or SSE-S3 object's ETag is their MD5. */
  isSame(seen: Seen | undefined, text: string): boolean;
  /** @throws ObjectConflictError */
  write(key: string, seen: Seen | undefined, text: string, cacheControl: string): Promise<void>;
  remove(key: string): Promise<void>;
}

export function createObjectWriter(client: S3Client, bucket: string): ObjectWriter {
  return {
    async see(key) {
      try {
        const head = await client.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
        return { etag: head.ETag ?? '', lastModified: head.LastModified?.getTime() ?? 0 };
      } catch (error) {
        if (error instanceof NotFound) {
          return undefined;
        }
        throw error;
      }
    },
    isSame(seen, text) {
      return seen?.etag === `"${createHash('md5').update(text).digest('hex')}"`;
    },
    async write(key, seen, text, cacheControl) {
      try {
        await client.send(
          new PutObjectCommand({
            Bucket: bucket,
            Key: key,
            Body: text,
            ContentType: 'application/json',
            CacheControl: cacheControl,
            ...(seen === undefined ? { IfNoneMatch: '*' } : { IfMatch: seen.etag }),
          }),
        );
      } catch (error) {
        if (isConflict(error)) {
          throw new ObjectConflictError('the object changed since it was read', { cause: error });
        }
        throw error;
      }
    },
    async remove(key) {
      await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
    },
  };
}

/** 412: the condition did not hold; 409: a concurrent write; 404: If-Match on an object that is gone. */
function isConflict(error: unknown): boolean {
  return (
    error instanceof S3ServiceException &&
    [404, 409, 412].includes(error.$metadata.httpStatusCode ?? 0) &&
    error.name !== 'NoSuchBucket'
  );
}
