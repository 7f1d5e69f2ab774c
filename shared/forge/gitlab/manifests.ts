/** Reads the text of each commit's composer.json. */
import { z } from 'zod';
import { type ManifestText, manifestBytesMax } from '../../composer/scanned-repository.ts';
import { decodedManifest, isTextOf } from '../blob-text.ts';
import { ForgeError, type ForgeErrorCode } from '../errors.ts';
import { expectSame } from '../http.ts';
import { createPageSize, type PageSize, withSmallerPages } from '../pages.ts';
import type { FileCache } from './file-cache.ts';
import type { Query, Requests } from './requests.ts';
import { type ProjectHead, projectGlobalId } from './schema.ts';

const file = 'composer.json';
/** Each counts about 7 of the 250 that a query may cost: gitlabhq: app/graphql/resolvers/blobs_resolver.rb */
const commitsPerQuery = 25;
/** In one query; GitLab gives at most 20 MB of text since !212456. Most manifests have a few KB. */
const textsPerQuery = 10;

/** A file, with a commit that has it. */
interface Found {
  readonly oid: string;
  readonly size: number;
  readonly commit: string;
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
 */
export async function readManifests(
  reading: Reading,
  commits: readonly string[],
): Promise<ReadonlyMap<string, ManifestText>> {
  const { requests, head } = reading;
  let files: ReadonlyMap<string, Found>;
  try {
    files = await findFiles(requests, head, commits);
  } catch (error) {
    if (error instanceof ForgeError && !passing.has(error.code)) {
      return readEach(reading, commits);
    }
    throw error;
  }
  const distinct = new Map([...files.values()].map((found) => [found.oid, found]));
  const texts = await readTexts(reading, [...distinct.values()]);
  return new Map(
    [...files].flatMap(([commit, { oid }]) => {
      const text = texts.get(oid);
      return text === undefined ? [] : [[commit, text] as const];
    }),
  );
}

/** Failures that REST would have too. */
const passing: ReadonlySet<ForgeErrorCode> = new Set(['rate-limited', 'credential-rejected']);

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

/** The file at each commit that has one. */
async function findFiles(
  requests: Requests,
  head: ProjectHead,
  commits: readonly string[],
): Promise<ReadonlyMap<string, Found>> {
  const found = new Map<string, Found>();
  const size = createPageSize(commitsPerQuery);
  await inPortions(size, commits, async (batch) => {
    const nodes = await askFor(requests, head, batch, false);
    for (const [place, commit] of batch.entries()) {
      const node = nodes[place];
      if (node !== undefined) {
        found.set(commit, { oid: node.oid, size: Number(node.rawSize), commit });
      }
    }
  });
  return found;
}

/** Calls for each portion, and again for a smaller one where GitLab finds it too large. */
async function inPortions<Item>(
  size: PageSize,
  items: readonly Item[],
  read: (portion: readonly Item[]) => Promise<void>,
): Promise<void> {
  for (let start = 0; start < items.length; ) {
    start += await withSmallerPages(size, async (count) => {
      const portion = items.slice(start, start + count);
      await read(portion);
      return portion.length;
    });
  }
}

async function readTexts(
  { requests, head, cache }: Reading,
  files: readonly Found[],
): Promise<ReadonlyMap<string, ManifestText>> {
  const texts = new Map<string, ManifestText>();
  const keyOf = (oid: string): string => `${head.id} blob ${oid}`;
  const note = (oid: string, text: ManifestText): void => {
    texts.set(oid, text);
    cache.set(keyOf(oid), text);
  };
  for (const { oid, size } of files) {
    const known = size > manifestBytesMax ? tooLarge : cache.get(keyOf(oid));
    if (known !== undefined) {
      texts.set(oid, known);
    }
  }
  const missing = (): readonly Found[] => files.filter(({ oid }) => !texts.has(oid));
  // 18.4.2 and 18.5 give one text in each request (#576497).
  for (const count of [textsPerQuery, 1]) {
    await readTogether(requests, head, missing(), createPageSize(count), note);
  }
  for (const found of missing()) {
    note(found.oid, decodedManifest(await readRaw(requests, head, found)));
  }
  return texts;
}

/** Reads texts by GraphQL, as far as it gives them, and they are the files byte for byte. */
async function readTogether(
  requests: Requests,
  head: ProjectHead,
  files: readonly Found[],
  size: PageSize,
  note: (oid: string, text: ManifestText) => void,
): Promise<void> {
  try {
    await inPortions(size, files, async (portion) => {
      const commits = portion.map(({ commit }) => commit);
      const nodes = await askFor(requests, head, commits, true);
      for (const { oid, rawTextBlob: text } of nodes.flatMap((node) => node ?? [])) {
        if (typeof text === 'string' && isTextOf(oid, text)) {
          note(oid, { manifest: text });
        }
      }
    });
  } catch (error) {
    if (!(error instanceof ForgeError) || error.code !== 'incomplete') {
      throw error;
    }
  }
}

/** The file at each of the commits, in their order. */
async function askFor(
  requests: Requests,
  { id, path_with_namespace: path }: ProjectHead,
  commits: readonly string[],
  withText: boolean,
): Promise<readonly (z.infer<typeof blobNode> | undefined)[]> {
  const refs = Object.fromEntries(commits.map((ref, place) => [`c${place}`, ref]));
  const query = filesQuery(commits.length, withText);
  const { project } = await requests.query(query, { path, files: [file], ...refs });
  expectSame(project.id, id);
  return commits.map((_, place) => project.repository[`c${place}`]?.nodes[0]);
}

const blobNode = z.object({
  oid: z.string().min(1),
  // BigInt is text.
  rawSize: z.union([z.string().regex(/^\d+$/), z.int()]),
  rawTextBlob: z.string().nullish(),
});
const filesSchema = z.object({
  project: z.object({
    id: projectGlobalId,
    repository: z.record(z.string(), z.object({ nodes: z.array(blobNode).max(1) })),
  }),
});

function filesQuery(count: number, withText: boolean): Query<typeof filesSchema> {
  const places = Array.from({ length: count }, (_, place) => place);
  const variables = places.map((place) => `$c${place}: String!`).join(', ');
  const node = withText ? 'oid rawSize rawTextBlob' : 'oid rawSize';
  const fields = places.map(
    (place) => `c${place}: blobs(ref: $c${place}, paths: $files, first: 1) { nodes { ${node} } }`,
  );
  return {
    name: 'Files',
    text: `query Files($path: ID!, $files: [String!]!, ${variables}) { project(fullPath: $path) { id repository { ${fields.join(' ')} } } }`,
    schema: filesSchema,
  };
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
