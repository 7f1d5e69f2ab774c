/** Reads the text of each commit's composer.json. */
import { type ManifestText, manifestBytesMax } from '../../composer/scanned-repository.ts';
import { isTextOf } from '../blob-text.ts';
import { ForgeError } from '../errors.ts';
import { expectSame } from '../http.ts';
import { type Entry, linkedManifest, targetOf, withoutText } from '../linked-manifest.ts';
import { filesQuery, inBatches, numberedVariables } from './object-queries.ts';
import { readBlob } from './read-blob.ts';
import type { Requests } from './requests.ts';
import type { Blob, Commit, TreeEntry } from './schema.ts';

/** The repository, with its ids in GraphQL and the name that REST needs. */
export interface NamedRepository {
  readonly id: string;
  readonly nodeId: string;
  readonly nameWithOwner: string;
}

/** Git's file modes; GitHub gives the mode's numeric value, not its octal digits. */
export const symbolicLink = 0o120000;
const submodule = 0o160000;

/**
 * Reads the manifests of commits, by the commits' hashes.
 *
 * A symbolic link is followed within the repository, as in GitHub's contents API, which Composer's own driver uses:
 * https://docs.github.com/en/rest/repos/contents#get-repository-content. Nothing else is followed.
 *
 * GraphQL gives a file's text, but nothing for what it considers binary, only a part of a long file, and altered text for bytes that are
 * not UTF-8. Such a file is read by its hash, once for all commits that have it.
 *
 * @throws ForgeError
 */
export async function readManifests(
  requests: Requests,
  repository: NamedRepository,
  commits: readonly Commit[],
): Promise<ReadonlyMap<string, ManifestText>> {
  const readEntry = createEntryReader(requests, repository.nameWithOwner);
  const found = new Map<string, ManifestText>();
  const links = new Map<string, string>();
  for (const { oid, file } of commits) {
    if (found.has(oid) || links.has(oid)) {
      continue;
    }
    const entry = await readEntry(file);
    if (!('link' in entry)) {
      found.set(oid, entry);
      continue;
    }
    const target = targetOf(entry.link);
    if ('path' in target) {
      links.set(oid, target.path);
    } else {
      found.set(oid, target);
    }
  }
  const files = [...links].map(([commit, path]) => ({ commit, path }));
  const targets = await readFiles(requests, repository, files);
  for (const [place, { commit }] of files.entries()) {
    found.set(commit, linkedManifest(await readEntry(targets[place] ?? null)));
  }
  return found;
}

function createEntryReader(
  requests: Requests,
  nameWithOwner: string,
): (entry: TreeEntry | null) => Promise<Entry> {
  const texts = new Map<string, ManifestText>();

  async function readOnce(oid: string): Promise<ManifestText> {
    const text = texts.get(oid) ?? (await readBlob(requests, nameWithOwner, oid));
    texts.set(oid, text);
    return text;
  }

  return async (entry) => {
    if (entry === null) {
      return { manifest: undefined };
    }
    if (entry.mode === submodule || entry.type === 'commit') {
      return withoutText('submodule');
    }
    if (entry.type !== 'blob') {
      return withoutText('folder');
    }
    const { text, isTruncated, byteSize, oid } = fileBlob(entry.object);
    if (byteSize > manifestBytesMax) {
      return withoutText('too-large');
    }
    const whole: ManifestText =
      typeof text === 'string' && !isTruncated && isTextOf(oid, text)
        ? { manifest: text }
        : await readOnce(oid);
    return entry.mode === symbolicLink && whole.manifest !== undefined ? { link: whole.manifest } : whole;
  };
}

/** Reads files at commits, in the requested order; null where there is none. */
export function readFiles(
  requests: Requests,
  repository: Pick<NamedRepository, 'id' | 'nodeId'>,
  files: readonly { readonly commit: string; readonly path: string }[],
): Promise<readonly (TreeEntry | null)[]> {
  return inBatches(files, async (part) => {
    const commits = numberedVariables(
      'oid',
      part.map(({ commit }) => commit),
    );
    const paths = numberedVariables(
      'path',
      part.map(({ path }) => path),
    );
    const variables = { repository: repository.nodeId, ...commits, ...paths };
    const { node } = await requests.query(filesQuery(part.length), variables);
    expectSame(node.databaseId, repository.id);
    return part.map((_, place) => {
      const commit = node.objects[place];
      if (!commit) {
        throw new ForgeError('incomplete', 'GitHub does not return a commit that a ref points to');
      }
      return commit.file;
    });
  });
}

type FileBlob = Blob & { readonly byteSize: number; readonly isTruncated: boolean };

function fileBlob(object: Blob | null): FileBlob {
  if (object === null || object.byteSize === undefined || object.isTruncated === undefined) {
    throw new ForgeError('incomplete', 'GitHub lists a composer.json without its content');
  }
  return { ...object, byteSize: object.byteSize, isTruncated: object.isTruncated };
}
