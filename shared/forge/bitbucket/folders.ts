/** Reads folders of a repository. Entries have no ids, so commits are compared. https://developer.atlassian.com/cloud/bitbucket/rest/api-group-source/ */
import { posix } from 'node:path';
import { z } from 'zod';
import type { ManifestText } from '../../composer/scanned-repository.ts';
import type { ForgeRepositoryId } from '../../domain/ids.ts';
import { ForgeError, unlessMissing } from '../errors.ts';
import type { ChangedFile, FolderEntry, FolderPlace, FolderReader } from '../folders.ts';
import { OverloadError } from '../http.ts';
import { withoutText } from '../linked-manifest.ts';
import { mapAtOnce } from '../map-at-once.ts';
import { fixedPageSize, readList, readPages } from '../pages.ts';
import { metaSchema, readEntry, sourceRoute } from './manifests.ts';
import { pathOf, repositoryRoute } from './repository.ts';
import type { Requests } from './requests.ts';

/** How many requests run side by side. */
const atOnce = 5;
/** How deep manifests are looked for, the deepest first: what takes too long is a request without an answer. */
const depths = [9, 4, 2];
/** Of manifests that are proposed, 100 on each page. */
const proposedPagesMax = 10;
/** What two commits may differ in, so that it is cheaper to read than the folders. */
const changesPerPage = 500;
const changePagesMax = 2;

interface FolderRequests {
  /** For files and lists of files. */
  readonly files: Requests;
  /** For what counts as other requests for a repository. */
  readonly commits: Requests;
}

export const createFolderReader = ({ files, commits }: FolderRequests): FolderReader => ({
  listFolders: ({ repository }, places) => listFolders(files, repository, places),
  readFiles: ({ repository }, places) =>
    mapAtOnce(places, atOnce, (place) => readFile(files, repository, place)),
  findManifests: ({ repository }, commit) => findManifests(files, repository, commit),
  compare: ({ repository }, between) => compare(commits, repository, between),
});

const itemSchema = z.object({
  type: z.string(),
  path: z.string().min(1),
  attributes: z.array(z.string()).default([]),
});
type Item = z.infer<typeof itemSchema>;

const itemFields = ['next', ...['type', 'path', 'attributes'].map((name) => `values.${name}`)].join(',');

const listOf = (
  requests: Requests,
  repository: ForgeRepositoryId,
  { commit, path }: FolderPlace,
  query: Readonly<Record<string, string | number>> = {},
) =>
  requests.list(
    'files',
    {
      route: sourceRoute,
      path: { ...pathOf(repository), commit, path: path.split('/') },
      query: { ...query, fields: itemFields },
    },
    itemSchema,
    ({ path }) => path,
  );

async function listFolders(
  requests: Requests,
  repository: ForgeRepositoryId,
  places: readonly FolderPlace[],
): Promise<readonly (readonly FolderEntry[] | undefined)[]> {
  const folders = await mapAtOnce(places, atOnce, (place) => listFolder(requests, repository, place));
  const without = places.flatMap(({ commit }, place) => (folders[place] === undefined ? [commit] : []));
  await mapAtOnce([...new Set(without)], atOnce, (commit) => requireCommit(requests, repository, commit));
  return folders;
}

async function listFolder(
  requests: Requests,
  repository: ForgeRepositoryId,
  place: FolderPlace,
): Promise<readonly FolderEntry[] | undefined> {
  try {
    return (await readList(listOf(requests, repository, place))).map(entryOf);
  } catch (error) {
    if (!(error instanceof ForgeError)) {
      throw error;
    }
    if (error.code === 'not-found' || (await isFile(requests, repository, place, error))) {
      return undefined;
    }
    throw error;
  }
}

/** Whether the answer was no list since there is a file in the folder's place. */
async function isFile(
  requests: Requests,
  repository: ForgeRepositoryId,
  { commit, path }: FolderPlace,
  { code }: ForgeError,
): Promise<boolean> {
  if (code !== 'incomplete' || path === '') {
    return false;
  }
  const at = { ...pathOf(repository), commit, path: path.split('/') };
  const { type } = await requests.get(
    { route: sourceRoute, path: at, query: { format: 'meta' } },
    metaSchema,
  );
  return type === 'commit_file';
}

function entryOf({ type, path, attributes }: Item): FolderEntry {
  const name = posix.basename(path);
  if (type === 'commit_directory') {
    return { name, kind: 'folder' };
  }
  const [kind = 'file'] = [
    ...(attributes.includes('link') ? (['link'] as const) : []),
    ...(attributes.includes('subrepository') ? (['submodule'] as const) : []),
  ];
  return { name, kind };
}

/** What is not found at a commit says something only if the commit is found. @throws ForgeError `incomplete` */
async function requireCommit(
  requests: Requests,
  repository: ForgeRepositoryId,
  commit: string,
): Promise<void> {
  const root = listOf(requests, repository, { commit, path: '' });
  if ((await unlessMissing(root.read(root.size.current(), undefined))) === undefined) {
    throw new ForgeError('incomplete', `Bitbucket does not find the commit ${commit}, to which a ref leads`);
  }
}

async function readFile(
  requests: Requests,
  repository: ForgeRepositoryId,
  { commit, path }: FolderPlace,
): Promise<ManifestText> {
  const entry = await readEntry(requests, repository, commit, path);
  if ('link' in entry) {
    return withoutText('link-in-folder');
  }
  if (entry.manifest === undefined && entry.manifestProblem === undefined) {
    throw new ForgeError('incomplete', `Bitbucket does not give ${path}, which it lists`);
  }
  return entry;
}

/** As deep as Bitbucket answers in time. */
async function findManifests(
  requests: Requests,
  repository: ForgeRepositoryId,
  commit: string,
): Promise<readonly string[]> {
  for (const depth of depths) {
    const query = { max_depth: depth, q: 'path ~ "composer.json"' };
    const list = listOf(requests, repository, { commit, path: '' }, query);
    try {
      const { items } = await readPages(list, proposedPagesMax);
      return items.flatMap(({ type, path }) =>
        type === 'commit_file' && posix.basename(path) === 'composer.json' ? [path] : [],
      );
    } catch (error) {
      if (!(error instanceof OverloadError)) {
        throw error;
      }
    }
  }
  return [];
}

const sideSchema = z.object({ path: z.string().min(1) }).nullish();
const changeSchema = z.object({ old: sideSchema, new: sideSchema });
const changeFields = ['next', 'values.old.path', 'values.new.path'].join(',');

/**
 * The order of the commits is the opposite of git's. https://developer.atlassian.com/cloud/bitbucket/rest/api-group-commits/
 *
 * @returns undefined where there are too many, where Bitbucket takes too long, or does not have the first commit any more
 */
async function compare(
  requests: Requests,
  repository: ForgeRepositoryId,
  { from, to }: { readonly from: string; readonly to: string },
): Promise<readonly ChangedFile[] | undefined> {
  const route = {
    route: `${repositoryRoute}/diffstat/:spec`,
    path: { ...pathOf(repository), spec: `${to}..${from}` },
    query: { topic: false, renames: false, fields: changeFields },
  };
  const list = requests.list('changes', route, changeSchema, () => '');
  try {
    const size = fixedPageSize(changesPerPage);
    const found = await unlessMissing(readPages({ ...list, size }, changePagesMax));
    return found?.isWhole === true ? found.items.flatMap(filesOf) : undefined;
  } catch (error) {
    if (error instanceof OverloadError) {
      return undefined;
    }
    throw error;
  }
}

const filesOf = (change: z.infer<typeof changeSchema>): readonly ChangedFile[] => [
  ...(change.old && change.old.path !== change.new?.path ? [{ path: change.old.path, isThere: false }] : []),
  ...(change.new ? [{ path: change.new.path, isThere: true }] : []),
];
