/** Removes and copies objects of the registry bucket. The only code that may remove archives. */
import {
  CopyObjectCommand,
  DeleteObjectsCommand,
  ListObjectVersionsCommand,
  NoSuchKey,
  type S3Client,
} from '@aws-sdk/client-s3';

export interface StoredObjects {
  /**
   * Removes objects whose keys begin with the prefix, at most one page, with all their versions in the bucket: a merely deleted object
   * stays readable for those who may read versions.
   *
   * @returns how many were removed, and whether more may be left
   */
  removeSome(prefix: string): Promise<{ readonly removed: number; readonly isMore: boolean }>;
  /** Copies the object with its headers. @returns false when there is none */
  copy(from: string, to: string): Promise<boolean>;
}

export function createStoredObjects(client: S3Client, bucket: string): StoredObjects {
  return {
    async removeSome(prefix) {
      // A page has at most 1,000 versions, as many as one call removes.
      const page = await client.send(new ListObjectVersionsCommand({ Bucket: bucket, Prefix: prefix }));
      const Objects = [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])].map(({ Key, VersionId }) => ({
        Key,
        VersionId,
      }));
      if (Objects.length > 0) {
        const { Errors = [] } = await client.send(
          new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects, Quiet: true } }),
        );
        if (Errors.length > 0) {
          throw new Error(`${Errors.length} objects were not removed: ${Errors[0]?.Code ?? 'unknown'}`);
        }
      }
      return { removed: Objects.length, isMore: page.IsTruncated === true };
    },
    async copy(from, to) {
      try {
        await client.send(
          new CopyObjectCommand({ Bucket: bucket, CopySource: `${bucket}/${from}`, Key: to }),
        );
        return true;
      } catch (error) {
        if (error instanceof NoSuchKey) {
          return false;
        }
        throw error;
      }
    },
  };
}
