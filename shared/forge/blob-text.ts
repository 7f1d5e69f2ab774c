/** The text of a file in a repository. */
import { createHash } from 'node:crypto';
import type { ManifestText } from '../composer/scanned-repository.ts';

/**
 * Whether the text equals the file byte for byte. Forges document "UTF-8 text" but not what they do with other bytes; a guessed encoding or
 * a replacement character would be published as the author's text. A blob's id is the hash of its bytes
 * (https://git-scm.com/book/en/v2/Git-Internals-Git-Objects#_object_storage).
 */
export function isTextOf(oid: string, text: string): boolean {
  const bytes = Buffer.from(text, 'utf8');
  return createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex') === oid;
}

/** Decodes UTF-8 and refuses other bytes, as PHP does for Composer. A byte order mark is kept, for the parser to reject. */
export function decodedManifest(bytes: Uint8Array): ManifestText {
  try {
    return { manifest: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch {
    return { manifest: undefined, manifestProblem: 'not-utf-8' };
  }
}
