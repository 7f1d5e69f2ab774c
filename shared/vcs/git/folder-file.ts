/** One of several files in a folder of a commit. */
import type { Readme } from '../../forge/readme.ts';
import { findPath } from './manifests.ts';
import { parseCommit } from './objects.ts';
import type { GitRepository } from './repository.ts';

const commitBytesMax = 4 * 1024 ** 2;

/**
 * The text of the first of the files that is there.
 *
 * @param folder without slashes at its ends; empty for the root
 * @returns undefined where there is none, or it is no text, or longer
 */
export async function readFolderFile(
  repository: GitRepository,
  commit: string,
  folder: string,
  names: readonly Readme['file'][],
  bytesMax: number,
): Promise<Readme | undefined> {
  let tree: string | undefined;
  await repository.read([commit], commitBytesMax, ({ type, body }) => {
    tree = type === 'commit' && body !== undefined ? parseCommit(body)?.tree : undefined;
  });
  if (tree === undefined) return undefined;
  for (const file of names) {
    const entry = await findPath(repository, tree, folder === '' ? file : `${folder}/${file}`);
    if (entry?.kind !== 'file') continue;
    let text: string | undefined;
    await repository.read([entry.oid], bytesMax, ({ body }) => {
      text = body && textOf(body);
    });
    return text === undefined ? undefined : { file, text };
  }
  return undefined;
}

function textOf(bytes: Buffer): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return text.includes('\0') ? undefined : text;
  } catch {
    return undefined;
  }
}
