/** Reads folders of a project's repository: lists by REST, and the texts of files by GraphQL, many in each query. */
import { posix } from 'node:path';
import { z } from 'zod';
import { type ManifestText, manifestBytesMax } from '../../composer/scanned-repository.ts';
import type { ForgeRepositoryId } from '../../domain/ids.ts';
import { decodedManifest, isTextOf } from '../blob-text.ts';
import { ForgeError, unlessMissing } from '../errors.ts';
import type { FolderEntry, FolderPlace, FolderReader } from '../folders.ts';
import type { RepositoryIds } from '../forge.ts';
import { OverloadError } from '../http.ts';
import { withoutText } from '../linked-manifest.ts';
import { mapAtOnce } from '../map-at-once.ts';
import { createPageSize, readList, readPages, withSmallerPages } from '../pages.ts';
import type { FileCache } from './file-cache.ts';
import { costMax } from './files-query.ts';
import { type BlobNode, type FilePlace, queryForBlobs, withinCost } from './folder-files-query.ts';
import { isOfGraphql } from './manifests.ts';
import type { Requests } from './requests.ts';
import { projectHeadSchema } from './schema.ts';

/** How many requests run side by side. */
const atOnce = 5;
/** Of all files of a repository, 100 on each page: those on later pages are not proposed. */
const proposedPagesMax = 50;

export function createFolderReader(requests: Requests, cache: FileCache): FolderReader {
  return {
    listFolders: (ids, places) => listFolders(requests, ids.repository, places),
    readFiles: (ids, places) => readFiles({ requests, cache, ids }, places),
    findManifests: (ids, commit) => findManifests(requests, ids.repository, commit),
  };
}

const kinds: Readonly<Record<string, FolderEntry['kind']>> = { tree: 'folder', commit: 'submodule' };
const symbolicLink = '120000';

/** An entry's own id is that of its content, which several may have; its path is its own. */
const entrySchema = z
  .object({ id: z.string().min(1), name: z.string(), path: z.string(), type: z.string(), mode: z.string() })
  .transform(({ id: oid, path: id, ...entry }) => ({ id, oid, ...entry }));
type TreeItem = z.infer<typeof entrySchema>;

/** https://docs.gitlab.com/api/repositories/#list-repository-tree */
const treeOf = (
  requests: Requests,
  id: ForgeRepositoryId,
  { commit, path }: FolderPlace,
  more: { readonly recursive?: true } = {},
) =>
  requests.list<TreeItem>(
    'files',
    {
      route: '/projects/:id/repository/tree',
      path: { id },
      query: { ref: commit, ...(path !== '' && { path }), ...more, pagination: 'keyset' },
    },
    entrySchema,
  );

async function listFolders(
  requests: Requests,
  id: ForgeRepositoryId,
  places: readonly FolderPlace[],
): Promise<readonly (readonly FolderEntry[] | undefined)[]> {
  const folders = await mapAtOnce(places, atOnce, async (place) => {
    const entries = await unlessMissing(readList(treeOf(requests, id, place)));
    // Before 17.7 GitLab lists nothing where there is no folder; git has no folders without entries.
    return entries === undefined || entries.length === 0 ? undefined : entries.map(entryOf);
  });
  const without = places.flatMap(({ commit }, place) => (folders[place] === undefined ? [commit] : []));
  await mapAtOnce([...new Set(without)], atOnce, (commit) => requireCommit(requests, id, commit));
  return folders;
}

const entryOf = ({ name, type, mode, oid }: TreeItem): FolderEntry => ({
  name,
  kind: mode === symbolicLink ? 'link' : (kinds[type] ?? 'file'),
  id: oid,
});

const commitSchema = z.object({ id: z.string() });

/** What is not found at a commit says something only if the commit is found. @throws ForgeError `incomplete` */
async function requireCommit(requests: Requests, id: ForgeRepositoryId, commit: string): Promise<void> {
  const route = { route: '/projects/:id/repository/commits/:hash', path: { id, hash: commit } };
  if ((await unlessMissing(requests.get(route, commitSchema)))?.id !== commit) {
    throw new ForgeError('incomplete', `GitLab does not find the commit ${commit}, to which a ref leads`);
  }
}

interface Reading {
  readonly requests: Requests;
  readonly cache: FileCache;
  readonly ids: RepositoryIds;
}

/** The texts by queries, and where GraphQL does not give them by REST, each blob with one request. */
async function readFiles(
  { requests, cache, ids }: Reading,
  places: readonly FolderPlace[],
): Promise<readonly ManifestText[]> {
  const wanted = new Map<string, FilePlace>();
  for (const { commit, path, id: oid } of places) {
    if (oid === undefined) {
      throw new RangeError(`${path} has no id, which GitLab's lists give`);
    }
    if (cache.get(keyOf(ids, oid)) === undefined) wanted.set(oid, { commit, path, oid });
  }
  const take = (oid: string, text: ManifestText): void => {
    cache.set(keyOf(ids, oid), text);
    texts.set(oid, text);
    wanted.delete(oid);
  };
  const texts = new Map<string, ManifestText>();
  await readByQueries({ requests, cache, ids }, wanted, take);
  await mapAtOnce([...wanted.keys()], atOnce, async (oid) => take(oid, await readBlob(requests, ids, oid)));
  return places.map(
    ({ id: oid = '' }) => texts.get(oid) ?? cache.get(keyOf(ids, oid)) ?? { manifest: undefined },
  );
}

/** The same key as of manifests in the root: a blob's text is the same wherever it is. */
const keyOf = ({ repository }: RepositoryIds, oid: string): string => `${repository} blob ${oid}`;

/** Takes what GraphQL gives; the rest is left to REST. */
async function readByQueries(
  reading: Reading,
  wanted: ReadonlyMap<string, FilePlace>,
  take: (oid: string, text: ManifestText) => void,
): Promise<void> {
  const size = createPageSize(costMax);
  let open = [...wanted.values()];
  while (open.length > 0) {
    try {
      const asked = await withSmallerPages(size, async (most) => {
        const portion = withinCost(open, most);
        for (const [oid, text] of textsOf(portion, await askFor(reading, portion))) take(oid, text);
        return portion.length;
      });
      open = open.slice(asked);
    } catch (error) {
      if (!isOfGraphql(error)) {
        throw error;
      }
      // Of what is too much for the smallest query only those files are left; other errors any query would have.
      open = error instanceof OverloadError ? open.slice(withinCost(open, size.current()).length) : [];
    }
  }
}

function* textsOf(
  portion: readonly FilePlace[],
  nodes: readonly (BlobNode | undefined)[],
): Generator<[string, ManifestText]> {
  for (const [place, { oid }] of portion.entries()) {
    const node = nodes[place];
    if (node?.oid !== oid) continue;
    const { rawSize, rawTextBlob: text } = node;
    if (rawSize > manifestBytesMax) {
      yield [oid, withoutText('too-large')];
    } else if (typeof text === 'string' && isTextOf(oid, text)) {
      yield [oid, { manifest: text }];
    }
  }
}

/** By the path that the project had at the last read, or else by the one that it has now. */
async function askFor(
  { requests, ids: { repository: id, fullName } }: Reading,
  portion: readonly FilePlace[],
): Promise<readonly (BlobNode | undefined)[]> {
  const found =
    fullName === undefined ? undefined : await queryForBlobs(requests, { id, path: fullName }, portion);
  if (found !== undefined) {
    return found;
  }
  const head = await requests.get({ route: '/projects/:id', path: { id } }, projectHeadSchema);
  const again = await queryForBlobs(requests, { id, path: head.path_with_namespace }, portion);
  if (again === undefined) {
    throw new ForgeError('incomplete', 'GitLab does not find a project by its own path');
  }
  return again;
}

/** https://docs.gitlab.com/api/repositories/#get-a-raw-blob-from-a-repository */
async function readBlob(
  requests: Requests,
  { repository: id }: RepositoryIds,
  sha: string,
): Promise<ManifestText> {
  const route = { route: '/projects/:id/repository/blobs/:sha/raw', path: { id, sha } };
  const bytes = await unlessMissing(requests.bytes(route, manifestBytesMax));
  if (bytes === undefined) {
    throw new ForgeError('incomplete', 'GitLab does not give a file that it lists');
  }
  return bytes.byteLength > manifestBytesMax ? withoutText('too-large') : decodedManifest(bytes);
}

async function findManifests(
  requests: Requests,
  id: ForgeRepositoryId,
  commit: string,
): Promise<readonly string[]> {
  const { items } = await readPages(
    treeOf(requests, id, { commit, path: '' }, { recursive: true }),
    proposedPagesMax,
  );
  return items.flatMap(({ id: path, type }) =>
    type === 'blob' && posix.basename(path) === 'composer.json' ? [path] : [],
  );
}
