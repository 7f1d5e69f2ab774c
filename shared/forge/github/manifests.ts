/** The text of a commit's composer.json. */
import { ForgeError } from '../errors.ts';
import type { Requests } from './requests.ts';
import { type Blob, blobSchema, type Commit } from './schema.ts';

/** Undefined when the commit has no composer.json in its root that is a file. */
export type ManifestReader = (commit: Commit) => Promise<string | undefined>;

/** Git's modes of what is no file although its name is taken; GitHub's number is the mode's value, not its octal digits. */
const notFiles: readonly number[] = [0o120000 /* symbolic link */, 0o160000 /* submodule */];

/** More text than any manifest has. What is longer stays as GitHub cut it and is shown as the broken manifest that it then is. */
const manifestBytesMax = 1024 * 1024;

/**
 * GraphQL gives a file's text, but none for what it takes for binary and a part of what is long. Such a file is read by its hash, once
 * for all commits that have it.
 */
export function createManifestReader(requests: Requests, nameWithOwner: string): ManifestReader {
  const [owner, repo] = nameWithOwner.split('/');
  const texts = new Map<string, string>();

  async function readBlob(oid: string): Promise<string> {
    const known = texts.get(oid);
    if (known !== undefined) {
      return known;
    }
    const route = 'GET /repos/{owner}/{repo}/git/blobs/{file_sha}';
    const blob = await requests
      .get(route, { owner, repo, file_sha: oid }, blobSchema)
      .catch((error: unknown) => {
        if (error instanceof ForgeError && error.code === 'not-found') {
          // The repository is there, we have just read its refs.
          throw new ForgeError('incomplete', error.message, { cause: error });
        }
        throw error;
      });
    const text = Buffer.from(blob.content, 'base64').toString('utf8');
    texts.set(oid, text);
    return text;
  }

  return async ({ file }) => {
    if (file === null || file.type !== 'blob' || notFiles.includes(file.mode)) {
      return undefined;
    }
    const { text, isTruncated, byteSize, oid } = fileBlob(file.object);
    if (typeof text === 'string' && !isTruncated) {
      return text;
    }
    return byteSize > manifestBytesMax ? (text ?? '') : readBlob(oid);
  };
}

type FileBlob = Blob & { readonly byteSize: number; readonly isTruncated: boolean };

function fileBlob(object: Blob | null): FileBlob {
  if (object === null || object.byteSize === undefined || object.isTruncated === undefined) {
    throw new ForgeError('incomplete', 'GitHub names a composer.json without what is in it');
  }
  return { ...object, byteSize: object.byteSize, isTruncated: object.isTruncated };
}
