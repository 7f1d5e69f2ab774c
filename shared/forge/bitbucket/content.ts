/** Reads the contents of a repository: refs with their manifests, archives, and which commits it contains. */
import { Readable } from 'node:stream';
import { z } from 'zod';
import { type ManifestText, manifestBytesMax } from '../../composer/scanned-repository.ts';
import type { ForgeRepositoryId } from '../../domain/ids.ts';
import type { RepositoryLinks } from '../../domain/repository-links.ts';
import { decodedManifest } from '../blob-text.ts';
import type { CommitFinder, Containment } from '../containment.ts';
import { ForgeError, unlessMissing } from '../errors.ts';
import type { ContentReader, ForgeRef, ForgeRepository, RepositoryIds } from '../forge.ts';
import { chunksOf, expectSame } from '../http.ts';
import { readList } from '../pages.ts';
import type { Requests } from './requests.ts';

export interface ContentRequests {
  readonly contents: Requests;
  readonly archives: Requests;
}

const base = '/2.0/repositories/:any/:repository';
/** With an empty workspace the UUID alone names the repository: https://developer.atlassian.com/cloud/bitbucket/rest/intro/#uri-uuid */
const pathOf = (repository: ForgeRepositoryId) => ({ any: '{}', repository });

const headSchema = z.object({
  uuid: z.string(),
  full_name: z.string().regex(/^[^/]+\/[^/]+$/),
  is_private: z.boolean(),
  mainbranch: z.object({ name: z.string() }).nullish(),
  links: z.object({
    html: z.object({ href: z.string() }),
    clone: z.array(z.object({ name: z.string(), href: z.string() })),
  }),
});
type Head = z.infer<typeof headSchema>;

/** @throws ForgeError `not-found` */
async function readHead(requests: Requests, repository: ForgeRepositoryId): Promise<Head> {
  const head = await requests.get({ route: base, path: pathOf(repository) }, headSchema);
  expectSame(head.uuid, repository);
  return head;
}

const hash = z.string().regex(/^[0-9a-f]{40}$/);
const refSchema = z.object({ name: z.string(), target: z.object({ hash, date: z.string() }) });
type RefItem = z.infer<typeof refSchema>;

/** In the order of the list that Composer's driver reads. composer/composer: src/Composer/Repository/Vcs/GitBitbucketDriver.php */
const listRefs = (requests: Requests, repository: ForgeRepositoryId, kind: 'tags' | 'branches') => {
  const fields = ['name', 'target.hash', 'target.date'].map((name) => `values.${name}`);
  const query = { sort: '-target.date', fields: ['next', 'size', ...fields].join(',') };
  const route = { route: `${base}/refs/${kind}`, path: pathOf(repository), query };
  return readList(requests.list(kind, route, refSchema, ({ name }) => name));
};

async function readRefs(requests: Requests, { repository }: RepositoryIds): Promise<ForgeRepository> {
  const head = await readHead(requests, repository);
  const tags = await listRefs(requests, repository, 'tags');
  const branches = await listRefs(requests, repository, 'branches');
  const manifests = new Map<string, ManifestText>();
  for (const { target } of [...tags, ...branches]) {
    if (!manifests.has(target.hash)) {
      manifests.set(target.hash, await readManifest(requests, repository, target.hash));
    }
  }
  const withManifests = (items: readonly RefItem[]): readonly ForgeRef[] =>
    items.map(({ name, target: { hash: commit, date } }) => ({
      ...{ name, commit, date, manifest: undefined },
      ...manifests.get(commit),
    }));
  return {
    ...{ tags: withManifests(tags), branches: withManifests(branches), unusable: [], archived: false },
    defaultBranch: head.mainbranch?.name,
    links: linksOf(head),
  };
}

const file = 'composer.json';
const sourceRoute = `${base}/src/:commit/:path`;
const metaSchema = z.object({ type: z.string(), attributes: z.array(z.string()).default([]) });

/**
 * The manifest at a commit. A symbolic link is sent as the path that it leads to, which is no JSON: such a text is looked at closer.
 * https://developer.atlassian.com/cloud/bitbucket/rest/api-group-source/
 */
async function readManifest(
  requests: Requests,
  repository: ForgeRepositoryId,
  commit: string,
  path = file,
): Promise<ManifestText> {
  const route = { route: sourceRoute, path: { ...pathOf(repository), commit, path } };
  const sent = await unlessMissing(requests.file(route));
  if (sent === undefined) {
    return path === file
      ? { manifest: undefined }
      : { manifest: undefined, manifestProblem: 'link-to-nothing' };
  }
  if (!sent.isList && sent.bytes.byteLength > manifestBytesMax) {
    return { manifest: undefined, manifestProblem: 'too-large' };
  }
  const text = decodedManifest(sent.bytes);
  if (!sent.isList && text.manifest?.trimStart().startsWith('{') === true) {
    return text;
  }
  const meta = await requests.get({ ...route, query: { format: 'meta' } }, metaSchema);
  if (meta.type === 'commit_directory') {
    return { manifest: undefined, manifestProblem: path === file ? 'folder' : 'link-to-folder' };
  }
  if (meta.attributes.includes('subrepository')) {
    return { manifest: undefined, manifestProblem: path === file ? 'submodule' : 'link-to-submodule' };
  }
  if (!meta.attributes.includes('link')) {
    return text;
  }
  if (path !== file) {
    return { manifest: undefined, manifestProblem: 'link-to-link' };
  }
  const target = new URL(text.manifest ?? '', 'http://host/').pathname.slice(1);
  return /^(\/|\.\.)/.test(text.manifest ?? '')
    ? { manifest: undefined, manifestProblem: 'link-to-outside' }
    : readManifest(requests, repository, commit, decodeURIComponent(target));
}

/**
 * The links of a repository; private ones are cloned by SSH. Native issues ended in 2026.
 *
 * Source: composer/composer src/Composer/Repository/Vcs/GitBitbucketDriver.php@2.10.2, `getRepoData`, `getComposerInformation`
 */
function linksOf({ links, is_private: isPrivate }: Head): RepositoryLinks {
  const wanted = isPrivate ? 'ssh' : 'https';
  const url = links.clone.find(({ name }) => name === wanted)?.href ?? `${links.html.href}.git`;
  return { source: { type: 'git', url }, tree: `${links.html.href}/src/{commit}/?at={ref}` };
}

const commitSchema = z.object({ hash });
const commitsSchema = z.object({ values: z.array(commitSchema) });

/**
 * A commit is contained if leaving out what a ref contains leaves nothing of it. The default branch is asked first, then each page of refs.
 * https://developer.atlassian.com/cloud/bitbucket/rest/api-group-commits/
 */
async function contains(
  requests: Requests,
  { repository }: RepositoryIds,
  abbreviation: string,
): Promise<Containment> {
  const head = await readHead(requests, repository);
  const path = pathOf(repository);
  const commit = await unlessMissing(
    requests.get({ route: `${base}/commit/:commit`, path: { ...path, commit: abbreviation } }, commitSchema),
  );
  if (commit?.hash.startsWith(abbreviation) !== true) {
    return { is: 'not-contained' };
  }
  const refs = [
    ...(await listRefs(requests, repository, 'branches')),
    ...(await listRefs(requests, repository, 'tags')),
  ];
  const first = refs.filter(({ name }) => name === head.mainbranch?.name);
  const tips = new Set([...first, ...refs].map(({ target }) => target.hash));
  for (const tip of tips) {
    const query = { include: commit.hash, exclude: tip, pagelen: 1, fields: 'values.hash' };
    const { values } = await requests.get({ route: `${base}/commits`, path, query }, commitsSchema);
    if (values.length === 0) {
      return { is: 'contained', commit: commit.hash };
    }
  }
  return { is: 'not-contained' };
}

/** From the web host, by the names that the repository has now. What is no archive is a page for people. */
async function readArchive(
  { contents, archives }: ContentRequests,
  { repository }: RepositoryIds,
  commit: string,
  signal: AbortSignal,
): Promise<Readable> {
  signal.throwIfAborted();
  const { full_name: name } = await readHead(contents, repository);
  const path = name.split('/').map(encodeURIComponent).join('/');
  const response = await archives.download(`/${path}/get/${commit}.zip`, signal);
  const type = response.headers.get('content-type') ?? '';
  if (response.body === null || !/zip|octet-stream/.test(type)) {
    await response.body?.cancel();
    throw new ForgeError('unexpected', `Bitbucket answered with ${type || 'nothing'} in place of an archive`);
  }
  return Readable.from(chunksOf(response.body, signal, 'the download of an archive'), { objectMode: false });
}

export const createContentReader = (requests: ContentRequests): ContentReader & CommitFinder => ({
  readRefs: (repository) => readRefs(requests.contents, repository),
  readArchive: (repository, commit, signal) => readArchive(requests, repository, commit, signal),
  contains: (repository, abbreviation) => contains(requests.contents, repository, abbreviation),
});
