/** Reads a file by its hash. */
import type { ManifestText } from '../../composer/scanned-repository.ts';
import { decodedManifest } from '../blob-text.ts';
import { ForgeError } from '../errors.ts';
import type { Requests } from './requests.ts';
import { blobSchema } from './schema.ts';

/** @param nameWithOwner of a repository that exists, as was read just now */
export async function readBlob(
  requests: Requests,
  nameWithOwner: string,
  oid: string,
): Promise<ManifestText> {
  const [owner, repo] = nameWithOwner.split('/');
  const route = 'GET /repos/{owner}/{repo}/git/blobs/{file_sha}';
  const blob = await requests
    .get(route, { owner, repo, file_sha: oid }, blobSchema)
    .catch((error: unknown) => {
      if (error instanceof ForgeError && error.code === 'not-found') {
        throw new ForgeError('incomplete', error.message, { cause: error });
      }
      throw error;
    });
  return decodedManifest(Buffer.from(blob.content, 'base64'));
}
