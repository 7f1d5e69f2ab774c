/** Reads folders of a repository by the ids of git's objects, many in each query. */
import { posix } from 'node:path';
import { type ManifestText, manifestBytesMax } from '../../composer/scanned-repository.ts';
import { isTextOf } from '../blob-text.ts';
import { ForgeError } from '../errors.ts';
import type { FolderEntry, FolderPlace, FolderReader } from '../folders.ts';
import type { RepositoryIds } from '../forge.ts';
import { expectSame } from '../http.ts';
import { withoutText } from '../linked-manifest.ts';
import { symbolicLink } from './manifests.ts';
import { blobsQuery, inBatches, numberedVariables, treesQuery } from './object-queries.ts';
import { repositoryNameQuery } from './queries.ts';
import { readBlob } from './read-blob.ts';
import type { Requests } from './requests.ts';
import { recursiveTreeSchema } from './schema.ts';

type NodeIdOf = (repository: RepositoryIds) => Promise<string>;

export function createFolderReader(requests: Requests, nodeIdOf: NodeIdOf): FolderReader {
  return {
    listFolders: async (repository, places) =>
      listFolders(requests, { ...repository, nodeId: await nodeIdOf(repository) }, places),
    readFiles: async (repository, places) =>
      readFiles(requests, { ...repository, nodeId: await nodeIdOf(repository) }, places),
    findManifests: async (repository, commit) =>
      findManifests(requests, { ...repository, nodeId: await nodeIdOf(repository) }, commit),
  };
}

type Repository = RepositoryIds & { readonly nodeId: string };

const kinds: Readonly<Record<string, FolderEntry['kind']>> = { tree: 'folder', commit: 'submodule' };

/** Git's own way to name a folder at a commit. https://git-scm.com/docs/gitrevisions */
const expressionOf = ({ commit, path, id }: FolderPlace): string => id ?? `${commit}:${path}`;

function listFolders(requests: Requests, { repository, nodeId }: Repository, places: readonly FolderPlace[]) {
  return inBatches(places, async (part) => {
    const variables = numberedVariables('expression', part.map(expressionOf));
    const { node } = await requests.query(treesQuery(part.length), { repository: nodeId, ...variables });
    expectSame(node.databaseId, repository);
    return part.map((_, place): readonly FolderEntry[] | undefined =>
      node.objects[place]?.entries?.map(({ name, mode, type, oid }) => ({
        name,
        kind: mode === symbolicLink ? 'link' : (kinds[type] ?? 'file'),
        id: oid,
      })),
    );
  });
}

function readFiles(
  requests: Requests,
  repository: Repository,
  places: readonly FolderPlace[],
): Promise<readonly ManifestText[]> {
  let fullName: Promise<string> | undefined;
  return inBatches(places, async (part) => {
    const variables = numberedVariables('expression', part.map(expressionOf));
    const query = blobsQuery(part.length);
    const { node } = await requests.query(query, { repository: repository.nodeId, ...variables });
    expectSame(node.databaseId, repository.repository);
    const texts: ManifestText[] = [];
    for (const [place, { path }] of part.entries()) {
      const blob = node.objects[place];
      if (!blob || blob.byteSize === undefined) {
        throw new ForgeError('incomplete', `GitHub lists ${path} without its content`);
      }
      const { oid, text, isTruncated, byteSize } = blob;
      if (byteSize > manifestBytesMax) {
        texts.push(withoutText('too-large'));
      } else if (typeof text === 'string' && isTruncated === false && isTextOf(oid, text)) {
        texts.push({ manifest: text });
      } else {
        // GraphQL gives no text that is exactly the file's.
        fullName ??= nameOf(requests, repository);
        texts.push(await readBlob(requests, await fullName, oid));
      }
    }
    return texts;
  });
}

async function nameOf(requests: Requests, { repository, nodeId }: Repository): Promise<string> {
  const { node } = await requests.query(repositoryNameQuery, { repository: nodeId });
  expectSame(node.databaseId, repository);
  return node.nameWithOwner;
}

/** Of more than 100,000 files, or 7 MB, GitHub gives the first. https://docs.github.com/en/rest/git/trees#get-a-tree */
async function findManifests(
  requests: Requests,
  repository: Repository,
  commit: string,
): Promise<readonly string[]> {
  const [owner, repo] = (await nameOf(requests, repository)).split('/');
  const { tree } = await requests.get(
    'GET /repos/{owner}/{repo}/git/trees/{tree_sha}',
    { owner, repo, tree_sha: commit, recursive: '1' },
    recursiveTreeSchema,
  );
  return tree.flatMap(({ type, path }) =>
    type === 'blob' && posix.basename(path) === 'composer.json' ? [path] : [],
  );
}
