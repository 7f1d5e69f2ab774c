/** Reads the composer.json of a commit. https://developer.atlassian.com/cloud/bitbucket/rest/api-group-source/ */
import { z } from 'zod';
import { type ManifestText, manifestBytesMax } from '../../composer/scanned-repository.ts';
import type { ForgeRepositoryId } from '../../domain/ids.ts';
import type { Clock } from '../../runtime/clock.ts';
import { decodedManifest } from '../blob-text.ts';
import { ForgeError, unlessMissing } from '../errors.ts';
import { type Entry, linkedManifest, targetOf, withoutText } from '../linked-manifest.ts';
import { pathOf, repositoryRoute } from './repository.ts';
import type { Requests } from './requests.ts';

const file = 'composer.json';
export const sourceRoute = `${repositoryRoute}/src/:commit/:path`;
export const metaSchema = z.object({ type: z.string(), attributes: z.array(z.string()).default([]) });

/** What git has in place of a file in LFS, which Bitbucket redirects to: it is no manifest. */
const inLfs: ManifestText = { manifest: 'version https://git-lfs.github.com/spec/v1\n' };

export interface ManifestRequests {
  /** For the newest versions of a repository. */
  readonly newest: Requests;
  /** For older ones, which leave some of each hour to the newest. */
  readonly older: Requests;
  readonly clock: Clock;
}

/** Of each repository, before older ones of any: the default branch and the newest tags. */
const newestCount = 3;
/** When older ones follow: meanwhile all repositories have had their turn. Milliseconds. */
const olderAfterMs = 10 * 60_000;
/** How long a reading begins new requests; milliseconds. */
const readingMs = 120_000;

interface Wanted {
  /** Of all refs, the newest first. */
  readonly commits: readonly string[];
  /** The default branch's, without which the others say nothing. */
  readonly main: string | undefined;
  readonly known: ReadonlyMap<string, ManifestText>;
}

interface ReadManifests {
  readonly manifests: ReadonlyMap<string, ManifestText>;
  /** When to go on with what was not read; milliseconds since the epoch. */
  readonly goOnAt?: number;
}

/** Reads the manifests of commits, as many as the hour allows; in the first reading of a repository the newest only. */
export async function readManifests(
  { newest, older, clock }: ManifestRequests,
  repository: ForgeRepositoryId,
  { commits, main, known }: Wanted,
): Promise<ReadManifests> {
  const manifests = new Map(
    commits.flatMap((commit) => {
      const text = known.get(commit);
      return text === undefined ? [] : [[commit, text] as const];
    }),
  );
  const until = clock.now() + readingMs;
  const before = manifests.size;
  for (const [place, commit] of commits.entries()) {
    if (manifests.has(commit)) {
      continue;
    }
    const isNewest = place < newestCount;
    if (!isNewest && known.size === 0) {
      return { manifests, goOnAt: clock.now() + olderAfterMs };
    }
    if (clock.now() >= until) {
      return { manifests, goOnAt: clock.now() };
    }
    try {
      manifests.set(commit, await readManifest(isNewest ? newest : older, repository, commit));
    } catch (error) {
      const isLimit = error instanceof ForgeError && error.code === 'rate-limited';
      // What was read is kept: after another error too, or the next try would read all of it again, of an hour that all repositories share.
      const isOfUse = isLimit ? manifests.size > 0 : error instanceof ForgeError && manifests.size > before;
      if (!isOfUse || (main !== undefined && !manifests.has(main))) {
        throw error;
      }
      return { manifests, goOnAt: (isLimit ? error.notBefore : undefined) ?? clock.now() + olderAfterMs };
    }
  }
  return { manifests };
}

/** When older manifests may be read, if not now. */
export async function notBeforeOf({ older }: ManifestRequests): Promise<number | undefined> {
  try {
    await older.check({ route: sourceRoute, path: { any: '', repository: '', commit: '', path: file } });
    return undefined;
  } catch (error) {
    if (error instanceof ForgeError && error.code === 'rate-limited') {
      return error.notBefore;
    }
    throw error;
  }
}

/** The manifest at a commit. */
async function readManifest(
  requests: Requests,
  repository: ForgeRepositoryId,
  commit: string,
): Promise<ManifestText> {
  const entry = await readEntry(requests, repository, commit, file);
  if (!('link' in entry)) {
    return entry;
  }
  const target = targetOf(entry.link);
  return 'path' in target
    ? linkedManifest(await readEntry(requests, repository, commit, target.path))
    : target;
}

/** What is at a path. A symbolic link is sent as the path that it leads to, which is no JSON: such a text is looked at closer. */
export async function readEntry(
  requests: Requests,
  repository: ForgeRepositoryId,
  commit: string,
  path: string,
): Promise<Entry> {
  const route = { route: sourceRoute, path: { ...pathOf(repository), commit, path: path.split('/') } };
  const sent = await unlessMissing(requests.file(route));
  if (sent === undefined) {
    return { manifest: undefined };
  }
  if (sent.is === 'redirect') {
    return inLfs;
  }
  if (sent.is === 'file' && sent.bytes.byteLength > manifestBytesMax) {
    return withoutText('too-large');
  }
  const text = decodedManifest(sent.bytes);
  if (sent.is === 'file' && text.manifest?.trimStart().startsWith('{') === true) {
    return text;
  }
  const { type, attributes } = await requests.get({ ...route, query: { format: 'meta' } }, metaSchema);
  if (type === 'commit_directory') {
    return withoutText('folder');
  }
  if (attributes.includes('subrepository')) {
    return withoutText('submodule');
  }
  return attributes.includes('link') && text.manifest !== undefined ? { link: text.manifest } : text;
}
