/** The text of a commit's composer.json. */
import { createHash } from 'node:crypto';
import { type ManifestText, manifestBytesMax } from '../../composer/scanned-repository.ts';
import { ForgeError } from '../errors.ts';
import type { Requests } from './requests.ts';
import { type Blob, blobSchema, type Commit } from './schema.ts';

/** No text and no problem when the commit has no composer.json in its root that is a file. */
export type ManifestReader = (commit: Commit) => Promise<ManifestText>;

/** Git's modes of what is no file although its name is taken; GitHub's number is the mode's value, not its octal digits. */
const notFiles: readonly number[] = [0o120000 /* symbolic link */, 0o160000 /* submodule */];

/**
 * GraphQL gives a file's text, but none for what it takes for binary, a part of what is long, and something else than the file for bytes
 * that are no UTF-8. Such a file is read by its hash, once for all commits that have it.
 */
export function createManifestReader(requests: Requests, nameWithOwner: string): ManifestReader {
  const [owner, repo] = nameWithOwner.split('/');
  const texts = new Map<string, ManifestText>();

  async function readBlob(oid: string): Promise<ManifestText> {
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
    const text = decoded(Buffer.from(blob.content, 'base64'));
    texts.set(oid, text);
    return text;
  }

  return async ({ file }) => {
    if (file === null || file.type !== 'blob' || notFiles.includes(file.mode)) {
      return { manifest: undefined };
    }
    const { text, isTruncated, byteSize, oid } = fileBlob(file.object);
    if (byteSize > manifestBytesMax) {
      return { manifest: undefined, manifestProblem: 'too-large' };
    }
    return typeof text === 'string' && !isTruncated && isTextOf(oid, text)
      ? { manifest: text }
      : readBlob(oid);
  };
}

/**
 * Whether the text is the file's, byte for byte. GitHub says "UTF8 text data" and not what it makes of other bytes; a guessed encoding or
 * a replacement character would be published as if the author had written it. A blob's id is the hash of its bytes
 * (https://git-scm.com/book/en/v2/Git-Internals-Git-Objects#_object_storage).
 */
function isTextOf(oid: string, text: string): boolean {
  const bytes = Buffer.from(text, 'utf8');
  return createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex') === oid;
}

/** PHP refuses other bytes as Composer does, and so does this; a byte order mark is left for the parser to complain about. */
function decoded(bytes: Uint8Array): ManifestText {
  try {
    return { manifest: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch {
    return { manifest: undefined, manifestProblem: 'not-utf-8' };
  }
}

type FileBlob = Blob & { readonly byteSize: number; readonly isTruncated: boolean };

function fileBlob(object: Blob | null): FileBlob {
  if (object === null || object.byteSize === undefined || object.isTruncated === undefined) {
    throw new ForgeError('incomplete', 'GitHub names a composer.json without what is in it');
  }
  return { ...object, byteSize: object.byteSize, isTruncated: object.isTruncated };
}
