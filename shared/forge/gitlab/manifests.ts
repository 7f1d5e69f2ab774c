/** Reads the text of each commit's composer.json. */
import { z } from 'zod';
import { type ManifestText, manifestBytesMax } from '../../composer/scanned-repository.ts';
import { decodedManifest, isTextOf } from '../blob-text.ts';
import { ForgeError, type ForgeErrorCode } from '../errors.ts';
import { createPageSize, withSmallerPages } from '../pages.ts';
import type { FileCache } from './file-cache.ts';
import { affordable, askForFiles, costMax, type FileNode, file, type Wanted } from './files-query.ts';
import type { Requests } from './requests.ts';
import type { ProjectHead } from './schema.ts';

/** Of texts in one query; GitLab gives at most 20 MB since !212456. */
const textBytesMax = 4 * manifestBytesMax;

/** A file, with a commit that has it. */
interface Found {
  readonly oid: string;
  readonly size: number;
  readonly commit: string;
}

/** What is known of a project's files: which one each commit has, and the text of each, by its hash. */
export interface KnownFiles {
  /** Null for a commit without the file. */
  readonly ofCommit: Map<string, Found | null>;
  readonly texts: Map<string, ManifestText>;
}

/** What a read of a project's files works with. */
interface Reading {
  readonly requests: Requests;
  readonly head: ProjectHead;
  readonly cache: FileCache;
}

/**
 * Reads the manifests of commits, by the commits' hashes. GraphQL says which file each commit has; the text of each different file is read
 * once. Where GraphQL does not answer, each commit's file is read by REST.
 *
 * A symbolic link is not followed, as in GitLab's API for files, which Composer's driver uses.
 *
 * @param known what GraphQL has answered about the project already; undefined where it does not answer
 */
export async function readManifests(
  reading: Reading,
  commits: readonly string[],
  known: KnownFiles | undefined,
): Promise<ReadonlyMap<string, ManifestText>> {
  if (known === undefined) {
    return readEach(reading, commits);
  }
  try {
    await readByQueries(reading, commits, known);
  } catch (error) {
    if (isOfGraphql(error)) {
      return readEach(reading, commits);
    }
    throw error;
  }
  return new Map(
    commits.flatMap((commit) => {
      const text = known.texts.get(known.ofCommit.get(commit)?.oid ?? '');
      return text === undefined ? [] : [[commit, text] as const];
    }),
  );
}

/** Failures that REST would have too. */
const passing: ReadonlySet<ForgeErrorCode> = new Set(['rate-limited', 'credential-rejected']);

/** Whether REST may answer what GraphQL did not. */
export const isOfGraphql = (error: unknown): boolean =>
  error instanceof ForgeError && !passing.has(error.code);

const fileSchema = z.object({ blob_id: z.string().min(1), content: z.base64() });
const noFile: ManifestText = { manifest: undefined };

/** The file of each commit by REST. What is read is kept: many commits take longer than one reading may. */
async function readEach(
  { requests, head: { id }, cache }: Reading,
  commits: readonly string[],
): Promise<ReadonlyMap<string, ManifestText>> {
  const found = new Map<string, ManifestText>();
  for (const ref of commits) {
    const key = `${id} ${ref}`;
    const text = cache.get(key) ?? (await readFile(requests, id, ref));
    cache.set(key, text);
    if (text !== noFile) {
      found.set(ref, text);
    }
  }
  return found;
}

/** https://docs.gitlab.com/api/repository_files/#get-file-from-repository */
async function readFile(requests: Requests, id: string, ref: string): Promise<ManifestText> {
  const path = { id, path: file };
  const route = { route: '/projects/:id/repository/files/:path', path, query: { ref } };
  try {
    const { content } = await requests.get(route, fileSchema);
    const bytes = Buffer.from(content, 'base64');
    return bytes.length > manifestBytesMax ? tooLarge : decodedManifest(bytes);
  } catch (error) {
    if (error instanceof ForgeError && error.code === 'not-found') {
      return noFile;
    }
    throw error;
  }
}

const tooLarge: ManifestText = { manifest: undefined, manifestProblem: 'too-large' };

const keyOf = ({ id }: ProjectHead, oid: string): string => `${id} blob ${oid}`;

/** Takes what GraphQL answered. */
export function note(
  { head, cache }: Omit<Reading, 'requests'>,
  known: KnownFiles,
  wanted: readonly Wanted[],
  nodes: readonly (FileNode | undefined)[],
): void {
  for (const [place, { commit }] of wanted.entries()) {
    const node = nodes[place];
    if (node === undefined) {
      known.ofCommit.set(commit, null);
      continue;
    }
    const { oid, rawSize: size, rawTextBlob: text } = node;
    known.ofCommit.set(commit, { oid, size, commit });
    const isWhole = typeof text === 'string' && size <= manifestBytesMax && isTextOf(oid, text);
    const manifest = isWhole
      ? { manifest: text }
      : size > manifestBytesMax
        ? tooLarge
        : cache.get(keyOf(head, oid));
    if (manifest !== undefined) {
      known.texts.set(oid, manifest);
      cache.set(keyOf(head, oid), manifest);
    }
  }
}

/** What is not known yet: texts first, then the files of commits. */
function wantedOf(
  commits: readonly string[],
  { ofCommit, texts }: KnownFiles,
  left: ReadonlySet<string>,
  textsMax: number,
): readonly Wanted[] {
  const missing = new Map<string, Found>();
  for (const found of ofCommit.values()) {
    if (found !== null && !texts.has(found.oid) && !left.has(found.oid)) {
      missing.set(found.oid, found);
    }
  }
  let bytes = 0;
  const withText = [...missing.values()].slice(0, textsMax).filter(({ size }, place) => {
    bytes += size;
    return place === 0 || bytes <= textBytesMax;
  });
  return [
    ...withText.map(({ commit }) => ({ commit, withText: true })),
    ...commits.filter((commit) => !ofCommit.has(commit)).map((commit) => ({ commit, withText: false })),
  ];
}

async function readByQueries(reading: Reading, commits: readonly string[], known: KnownFiles): Promise<void> {
  const { requests, head } = reading;
  const size = createPageSize(costMax);
  /** Files whose text GraphQL does not give as it is: they are not UTF-8. */
  const left = new Set<string>();
  // 18.4.2 and 18.5 give one text in each request (#576497).
  let textsMax = Number.POSITIVE_INFINITY;
  for (;;) {
    const wanted = wantedOf(commits, known, left, textsMax);
    if (wanted.length === 0) {
      break;
    }
    try {
      const asked = await withSmallerPages(size, async (most) => {
        const portion = affordable(wanted, most);
        note(reading, known, portion, await askForFiles(requests, head, portion));
        return portion;
      });
      for (const { commit } of asked.filter(({ withText }) => withText)) {
        const oid = known.ofCommit.get(commit)?.oid;
        if (oid !== undefined && !known.texts.has(oid)) {
          left.add(oid);
        }
      }
    } catch (error) {
      if (!(error instanceof ForgeError) || error.code !== 'incomplete' || textsMax === 0) {
        throw error;
      }
      textsMax = textsMax > 1 ? 1 : 0;
    }
  }
  await readRaws(reading, known);
}

/** The files whose text GraphQL did not give. */
async function readRaws({ requests, head, cache }: Reading, known: KnownFiles): Promise<void> {
  for (const found of known.ofCommit.values()) {
    if (found !== null && !known.texts.has(found.oid)) {
      const text = decodedManifest(await readRaw(requests, head, found));
      known.texts.set(found.oid, text);
      cache.set(keyOf(head, found.oid), text);
    }
  }
}

async function readRaw(requests: Requests, { id }: ProjectHead, { commit: ref }: Found): Promise<Uint8Array> {
  const path = { id, path: file };
  const route = { route: '/projects/:id/repository/files/:path/raw', path, query: { ref } };
  return requests.bytes(route).catch((error: unknown) => {
    if (error instanceof ForgeError && error.code === 'not-found') {
      throw new ForgeError('incomplete', 'GitLab does not give a file that it lists', { cause: error });
    }
    throw error;
  });
}
