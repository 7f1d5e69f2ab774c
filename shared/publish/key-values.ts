/** Writes the edge's key-value store through AWS's data plane. */
import {
  type CloudFrontKeyValueStoreClient,
  ConflictException,
  DescribeKeyValueStoreCommand,
  GetKeyCommand,
  ResourceNotFoundException,
  ServiceQuotaExceededException,
  UpdateKeysCommand,
  ValidationException,
} from '@aws-sdk/client-cloudfront-keyvaluestore';
import type { Logger } from '../runtime/logger.ts';
import { type KeyValues, StoreFullError, StoreRefusalError } from './publish-access.ts';

/** Bytes, of the 5 MB that a store holds: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html */
const fillingUpAbove = 0.7 * 5 * 1024 * 1024;

export function createKeyValues(
  client: CloudFrontKeyValueStoreClient,
  storeArn: string,
  logger: Pick<Logger, 'warn'> = { warn: () => undefined },
): KeyValues {
  return {
    async describe() {
      const answer = await client.send(new DescribeKeyValueStoreCommand({ KvsARN: storeArn }));
      const bytes = answer.TotalSizeInBytes ?? 0;
      if (bytes > fillingUpAbove) {
        logger.warn('the key-value store is filling up', { bytes });
      }
      return requireETag(answer.ETag);
    },
    async has(key) {
      try {
        await client.send(new GetKeyCommand({ KvsARN: storeArn, Key: key }));
        return true;
      } catch (error) {
        if (error instanceof ResourceNotFoundException) {
          return false;
        }
        throw error;
      }
    },
    async update(etag, puts, deletes) {
      try {
        const answer = await client.send(
          new UpdateKeysCommand({
            KvsARN: storeArn,
            IfMatch: etag,
            Puts: [...puts].map(([Key, Value]) => ({ Key, Value })),
            Deletes: deletes.map((Key) => ({ Key })),
          }),
        );
        return requireETag(answer.ETag);
      } catch (error) {
        // The error for a stale ETag is not documented; it must be one of these two.
        if (error instanceof ConflictException || error instanceof ValidationException) {
          throw new StoreRefusalError('the key-value store refused the update', { cause: error });
        }
        if (error instanceof ServiceQuotaExceededException) {
          throw new StoreFullError('the key-value store is full', { cause: error });
        }
        throw error;
      }
    },
  };
}

function requireETag(etag: string | undefined): string {
  if (etag === undefined) {
    throw new Error('the key-value store returned no ETag');
  }
  return etag;
}
