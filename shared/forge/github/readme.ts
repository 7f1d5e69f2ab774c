/** Reads the readme of a folder at a commit. */
import { posix } from 'node:path';
import { type Readme, type ReadmePlace, readmeBytesMax, readmeNames } from '../readme.ts';
import { type NamedRepository, readFiles, symbolicLink } from './manifests.ts';
import type { Requests } from './requests.ts';
import type { TreeEntry } from './schema.ts';

/** One request. A link is not followed, and what GitHub considers binary is none. */
export async function readReadme(
  requests: Requests,
  repository: Pick<NamedRepository, 'id' | 'nodeId'>,
  { commit, directory }: ReadmePlace,
): Promise<Readme | undefined> {
  const files = readmeNames.map((name) => ({ commit, path: posix.join(directory, name) }));
  return firstReadme(await readFiles(requests, repository, files));
}

/** @param entries what is there under each of the names, in their order */
export function firstReadme(entries: readonly (TreeEntry | null | undefined)[]): Readme | undefined {
  for (const [place, file] of readmeNames.entries()) {
    const text = textOf(entries[place] ?? null);
    if (text !== undefined) {
      return { file, text };
    }
  }
  return undefined;
}

function textOf(entry: TreeEntry | null): string | undefined {
  if (entry === null || entry.type !== 'blob' || entry.mode === symbolicLink) {
    return undefined;
  }
  const { text, isTruncated, byteSize = 0 } = entry.object ?? {};
  return typeof text === 'string' && isTruncated !== true && byteSize <= readmeBytesMax ? text : undefined;
}
