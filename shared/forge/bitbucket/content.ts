/** Reads the contents of a repository: refs with their manifests, archives, and which commits it contains. */
import { Readable } from 'node:stream';
import { z } from 'zod';
import type { ForgeRepositoryId } from '../../domain/ids.ts';
import type { CommitFinder, Containment } from '../containment.ts';
import { ForgeError, unlessMissing } from '../errors.ts';
import type {
  ArchiveOptions,
  ContentReader,
  ForgeRef,
  ForgeRepository,
  RefsOptions,
  RepositoryIds,
} from '../forge.ts';
import { chunksOf } from '../http.ts';
import { readList } from '../pages.ts';
import { createFolderReader } from './folders.ts';
import { type ManifestRequests, notBeforeOf, readManifests } from './manifests.ts';
import { headOf, linksOf, pathOf, pathOnWeb, readHead, repositoryRoute } from './repository.ts';
import type { Requests } from './requests.ts';

export interface ContentRequests extends ManifestRequests {
  readonly contents: Requests;
  readonly archives: Requests;
  /** For archives that nobody waits for. */
  readonly backgroundArchives: Requests;
  /** For archives that nobody asked for. */
  readonly spareArchives: Requests;
  /** Of the web host. */
  readonly baseUrl: string;
}

/** As Composer's driver assumes. */
const defaultMainBranch = 'master';

const hash = z.string().regex(/^[0-9a-f]{40}$/);
const refSchema = z.object({
  type: z.enum(['branch', 'tag']),
  name: z.string(),
  target: z.object({ hash, date: z.string() }),
});
type RefItem = z.infer<typeof refSchema>;

const refFields = ['type', 'name', 'target.hash', 'target.date'].map((name) => `values.${name}`);

/**
 * Branches and tags in one list. Those of a kind are in the order of the list that Composer's driver reads.
 * composer/composer: src/Composer/Repository/Vcs/GitBitbucketDriver.php
 */
function listRefs(requests: Requests, repository: ForgeRepositoryId): Promise<readonly RefItem[]> {
  const query = { sort: '-target.date', fields: ['next', 'size', ...refFields].join(',') };
  const route = { route: `${repositoryRoute}/refs`, path: pathOf(repository), query };
  return readList(requests.list('refs', route, refSchema, ({ type, name }) => `${type} ${name}`));
}

async function readRefs(
  requests: ContentRequests,
  ids: RepositoryIds,
  { known = new Map() }: RefsOptions = {},
): Promise<ForgeRepository> {
  const { repository, handle } = ids;
  const head = headOf(handle) ?? (await readHead(requests.contents, ids));
  const refs = await listRefs(requests.contents, repository);
  const isMain = ({ type, name }: RefItem): boolean =>
    type === 'branch' && name === (head.mainBranch ?? defaultMainBranch);
  const main = refs.find(isMain)?.target.hash;
  const commits = new Set(main === undefined ? [] : [main]);
  for (const { target } of refs.toSorted((one, other) => one.type.localeCompare(other.type) * -1)) {
    commits.add(target.hash);
  }
  const { manifests, goOnAt } = await readManifests(requests, repository, {
    commits: [...commits],
    main,
    known,
  });
  const ofType = (wanted: RefItem['type']): readonly ForgeRef[] =>
    refs
      .filter(({ type }) => type === wanted)
      .map(({ name, target: { hash: commit, date } }) => ({
        ...{ name, commit, date, manifest: undefined },
        ...(manifests.get(commit) ?? { isUnread: true }),
      }));
  return {
    ...{ tags: ofType('tag'), branches: ofType('branch'), unusable: [], archived: false },
    defaultBranch: head.mainBranch ?? defaultMainBranch,
    links: linksOf(head, requests.baseUrl),
    ...{ manifests, goOnAt },
  };
}

const commitSchema = z.object({ hash });
const commitsSchema = z.object({ values: z.array(commitSchema) });

/** Tips in one request: with their names its address has less than 4 KB. */
const tipsPerRequest = 60;

/**
 * A commit is contained if leaving out what refs contain leaves nothing of it. The default branch is among the first that are left out, and
 * there are many in each request. https://developer.atlassian.com/cloud/bitbucket/rest/api-group-commits/
 */
async function contains(requests: Requests, ids: RepositoryIds, abbreviation: string): Promise<Containment> {
  const path = pathOf(ids.repository);
  // Nothing is found either where the repository is gone.
  const { mainBranch } = await readHead(requests, ids);
  const commit = await unlessMissing(
    requests.get(
      { route: `${repositoryRoute}/commit/:commit`, path: { ...path, commit: abbreviation } },
      commitSchema,
    ),
  );
  if (commit?.hash.startsWith(abbreviation) !== true) {
    return { is: 'not-contained' };
  }
  const refs = await listRefs(requests, ids.repository);
  const isMain = ({ type, name }: RefItem): boolean => type === 'branch' && name === mainBranch;
  const tips = [...new Set([...refs.filter(isMain), ...refs].map(({ target }) => target.hash))];
  for (let first = 0; first < tips.length; first += tipsPerRequest) {
    const exclude = tips.slice(first, first + tipsPerRequest);
    const query = { include: commit.hash, exclude, pagelen: 10, fields: 'values.hash' };
    const { values } = await requests.get(
      { route: `${repositoryRoute}/commits`, path, query },
      commitsSchema,
    );
    if (values.length === 0) {
      return { is: 'contained', commit: commit.hash };
    }
  }
  return { is: 'not-contained' };
}

/**
 * From the web host, by the name that the repository has now. A commit's hash stands for its contents, so a name that is another's by now
 * gives the same or nothing. What is no archive is a page for people.
 */
async function readArchive(
  { contents, archives, backgroundArchives, spareArchives }: ContentRequests,
  ids: RepositoryIds,
  commit: string,
  signal: AbortSignal,
  { isBackground = false, isSpare = false }: ArchiveOptions = {},
): Promise<Readable> {
  signal.throwIfAborted();
  const known = headOf(ids.handle);
  const requests = isSpare ? spareArchives : isBackground ? backgroundArchives : archives;
  const download = (path: string): Promise<Response> =>
    requests.download(`${path}/get/${commit}.zip`, signal);
  const response =
    (known && (await unlessMissing(download(pathOnWeb(known))))) ??
    (await download(pathOnWeb(await readHead(contents, ids))));
  const type = response.headers.get('content-type') ?? '';
  if (response.body === null || !/zip|octet-stream/.test(type)) {
    await response.body?.cancel();
    throw new ForgeError('unexpected', `Bitbucket answered with ${type || 'nothing'} in place of an archive`);
  }
  return Readable.from(chunksOf(response.body, signal, 'the download of an archive'), { objectMode: false });
}

export const createContentReader = (requests: ContentRequests): ContentReader & CommitFinder => ({
  readRefs: (repository, options) => readRefs(requests, repository, options),
  oneByOne: { notBefore: () => notBeforeOf(requests) },
  readArchive: (repository, commit, signal, options) =>
    readArchive(requests, repository, commit, signal, options),
  contains: (repository, abbreviation) => contains(requests.archives, repository, abbreviation),
  folders: createFolderReader({ files: requests.older, commits: requests.contents }),
});
