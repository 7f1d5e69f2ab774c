/** Reads the contents of a repository: refs with their manifests, archives, and which commits it contains. */
import { Readable } from 'node:stream';
import { z } from 'zod';
import type { ForgeRepositoryId } from '../../domain/ids.ts';
import type { RepositoryLinks } from '../../domain/repository-links.ts';
import type { CommitFinder, Containment } from '../containment.ts';
import { ForgeError, unlessMissing } from '../errors.ts';
import type {
  ArchiveOptions,
  ContentReader,
  ForgeRef,
  ForgeRepository,
  RepositoryIds,
  UnusableRef,
} from '../forge.ts';
import { chunksOf, expectSame } from '../http.ts';
import { createPageSize, readList, withSmallerPages } from '../pages.ts';
import type { FileCache } from './file-cache.ts';
import { affordable, askForHead, costMaxWithHead } from './files-query.ts';
import { createFolderReader } from './folders.ts';
import { isOfGraphql, type KnownFiles, note, readManifests } from './manifests.ts';
import { isPendingDeletion, nameBefore } from './pending-deletion.ts';
import type { Requests } from './requests.ts';
import { type ProjectHead, projectHeadSchema, type RefItem, refSchema } from './schema.ts';

export interface ContentRequests {
  readonly contents: Requests;
  readonly archives: Requests;
  /** For archives that nobody asked for. */
  readonly spareArchives: Requests;
  readonly files: FileCache;
}

/** Of the archives of a project in a minute: nobody waits for the others. */
const leftForPeople = 2;
/** The same, and one for a new tag. */
const leftByFilling = 3;

const archiveRoute = '/projects/:id/repository/archive.zip';

/** The project by its id. @throws ForgeError `not-found` */
async function readHead(requests: Requests, id: ForgeRepositoryId): Promise<ProjectHead> {
  const head = await requests.get({ route: '/projects/:id', path: { id } }, projectHeadSchema);
  expectSame(head.id, id);
  return head;
}

/** A project, and what is known of its files. */
interface ProjectReading {
  readonly head: ProjectHead;
  /** The newest commit of the default branch, where GraphQL answers. */
  readonly newest: string | undefined;
  /** Undefined where GraphQL does not answer. */
  readonly known: KnownFiles | undefined;
}

/** Two lists, and a query for the project and the files of the first commits; the others take more queries. */
async function readRefs(
  { contents: requests, files: cache }: ContentRequests,
  ids: RepositoryIds,
): Promise<ForgeRepository> {
  const { repository: id } = ids;
  const tags = await listRefs(requests, id, 'tags');
  const listed = await listRefs(requests, id, 'branches');
  const isDefault = ({ default: is }: RefItem): boolean => is === true;
  const order = [...listed.filter(isDefault), ...tags, ...listed];
  const { head, newest, known } = await readProject({ requests, cache }, ids, commitsOf(order));
  const branches = await withDefault(requests, { head, newest }, listed);
  const commits = commitsOf([...tags, ...branches]);
  const manifests = await readManifests({ requests, head, cache }, commits, known);
  const withManifests = (items: readonly RefItem[]): readonly ForgeRef[] =>
    items.flatMap(({ name, commit }) =>
      commit === null
        ? []
        : {
            name,
            commit: commit.id,
            date: commit.committed_date,
            manifest: undefined,
            ...manifests.get(commit.id),
          },
    );
  const unusable = tags.flatMap(({ name, commit }): UnusableRef[] =>
    commit === null ? [{ kind: 'tag', name, reason: 'The tag does not lead to a commit.' }] : [],
  );
  return {
    ...{ tags: withManifests(tags), branches: withManifests(branches), unusable },
    defaultBranch: head.default_branch ?? undefined,
    archived: head.archived || isPendingDeletion(head),
    links: linksOf(head),
  };
}

const commitsOf = (refs: readonly RefItem[]): readonly string[] => [
  ...new Set(refs.flatMap(({ commit }) => commit?.id ?? [])),
];

/** The project with the files of the first commits, by the path that it had at the last read, or else by its id. */
async function readProject(
  { requests, cache }: { readonly requests: Requests; readonly cache: FileCache },
  { repository: id, fullName }: RepositoryIds,
  commits: readonly string[],
): Promise<ProjectReading> {
  const known: KnownFiles = { ofCommit: new Map(), texts: new Map() };
  const size = createPageSize(costMaxWithHead);
  const ask = (path: string): Promise<ProjectReading | undefined> =>
    withSmallerPages(size, async (most) => {
      const all = commits.map((commit, place) => ({ commit, withText: place === 0 }));
      const wanted = affordable(all, most);
      const answer = await askForHead(requests, { id, path }, wanted);
      if (answer === undefined) {
        return undefined;
      }
      note({ head: answer.head, cache }, known, wanted, answer.files);
      return { head: answer.head, newest: answer.newest, known };
    });
  const unanswered = (error: unknown): 'unanswered' => {
    if (isOfGraphql(error)) {
      return 'unanswered';
    }
    throw error;
  };
  const byName = fullName === undefined ? undefined : await ask(fullName).catch(unanswered);
  if (typeof byName === 'object') {
    return byName;
  }
  // What GitLab tells of a project that waits for its deletion is only in REST.
  const head = await readHead(requests, id);
  const byPath = byName ?? (await ask(head.path_with_namespace).catch(unanswered));
  return typeof byPath === 'object' ? { ...byPath, head } : { head, newest: undefined, known: undefined };
}

/** The tags that were updated last come first, as Composer's driver gets them. https://docs.gitlab.com/api/tags/ */
const listRefs = (requests: Requests, id: ForgeRepositoryId, kind: 'tags' | 'branches') =>
  readList(
    requests.list<RefItem & { readonly id: string }>(
      kind,
      { route: `/projects/:id/repository/${kind}`, path: { id } },
      refSchema,
    ),
  );

/**
 * The branches with the newest commit of the default branch: GitLab gives a list of branches from a cache for 30 seconds, but not a single
 * one (gitlabhq: lib/api/branches.rb), nor the newest commit in GraphQL. Others that were pushed meanwhile are found by the next scan.
 */
async function withDefault(
  requests: Requests,
  { head: { id, default_branch: branch }, newest }: Pick<ProjectReading, 'head' | 'newest'>,
  listed: readonly RefItem[],
): Promise<readonly RefItem[]> {
  if (branch == null) {
    return listed;
  }
  const known = listed.find(({ name }) => name === branch)?.commit?.id;
  if (newest !== undefined && newest === known) {
    return listed;
  }
  const route = { route: '/projects/:id/repository/branches/:branch', path: { id, branch } };
  const found = await unlessMissing(requests.get(route, refSchema));
  const others = listed.filter(({ name }) => name !== branch);
  return found === undefined ? others : [...others, found];
}

/**
 * The links of a repository; all but public ones are cloned by SSH.
 *
 * Source: composer/composer src/Composer/Repository/Vcs/GitLabDriver.php@2.10.2, `getRepositoryUrl`, `getComposerInformation`
 */
function linksOf(head: ProjectHead): RepositoryLinks {
  const url = head.visibility === 'public' ? head.http_url_to_repo : head.ssh_url_to_repo;
  const page = nameBefore(head, head.web_url);
  return {
    source: { type: 'git', url: nameBefore(head, url) },
    tree: `${page}/-/tree/{ref}`,
    ...(head.issues_enabled && { issues: `${page}/-/issues` }),
  };
}

const commitSchema = z.object({ id: z.string().regex(/^[0-9a-f]{40}$/) });
const refsOfCommit = z.array(z.object({ type: z.string(), name: z.string() }));

/** https://docs.gitlab.com/api/commits/#list-all-references-a-commit-is-pushed-to: branches and tags, nothing else. */
async function contains(
  requests: Requests,
  { repository: id }: RepositoryIds,
  hash: string,
): Promise<Containment> {
  const commit = await unlessMissing(
    requests.get({ route: '/projects/:id/repository/commits/:hash', path: { id, hash } }, commitSchema),
  );
  if (commit?.id.startsWith(hash) !== true) {
    // Nothing is found either where the project is gone.
    await readHead(requests, id);
    return { is: 'not-contained' };
  }
  const route = {
    route: '/projects/:id/repository/commits/:hash/refs',
    path: { id, hash: commit.id },
    query: { type: 'all', per_page: 1 },
  };
  const refs = await requests.get(route, refsOfCommit);
  return refs.length > 0 ? { is: 'contained', commit: commit.id } : { is: 'not-contained' };
}

/** GitLab answers 404 for whatever goes wrong with an archive (gitlabhq: lib/api/repositories.rb), so that proves nothing. */
async function readArchive(
  { archives, spareArchives }: ContentRequests,
  { repository: id }: RepositoryIds,
  commit: string,
  signal: AbortSignal,
  { isBackground = false, isSpare = false }: ArchiveOptions = {},
): Promise<Readable> {
  const route = { route: archiveRoute, path: { id }, query: { sha: commit } };
  const left = isBackground ? leftForPeople : 0;
  const response = await (isSpare
    ? spareArchives.stream(route, signal, leftByFilling)
    : archives.stream(route, signal, left));
  const type = response.headers.get('content-type') ?? '';
  if (response.body === null || !/zip|octet-stream/.test(type)) {
    await response.body?.cancel();
    throw new ForgeError('unexpected', `GitLab answered with ${type || 'nothing'} in place of an archive`);
  }
  return Readable.from(chunksOf(response.body, signal, 'the download of an archive'), { objectMode: false });
}

export const createContentReader = (options: ContentRequests): ContentReader & CommitFinder => ({
  readRefs: (repository) => readRefs(options, repository),
  readArchive: (repository, commit, signal, more) => readArchive(options, repository, commit, signal, more),
  contains: (repository, hash) => contains(options.contents, repository, hash),
  folders: createFolderReader(options.contents, options.files),
});
