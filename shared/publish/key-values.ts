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
import { type KeyValues, StoreFullError, StoreRefusalError } from './publish-access.ts';

export function createKeyValues(client: CloudFrontKeyValueStoreClient, storeArn: string): KeyValues {
  return {
    async describe() {
      const answer = await client.send(new DescribeKeyValueStoreCommand({ KvsARN: storeArn }));
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
