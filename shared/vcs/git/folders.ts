/** Reads folders at commits by their trees. A level of all commits is one fetch of what is missing. */
import { posix } from 'node:path';
import { type ManifestText, manifestBytesMax } from '../../composer/scanned-repository.ts';
import { decodedManifest } from '../../forge/blob-text.ts';
import { ForgeError } from '../../forge/errors.ts';
import type { FolderEntry, FolderPlace, FolderReader } from '../../forge/folders.ts';
import { withoutText } from '../../forge/linked-manifest.ts';
import { commitBytesMax, treeBytesMax } from './manifests.ts';
import { parseCommit, type TreeEntry, treeEntries } from './objects.ts';
import type { GitRepository } from './repository.ts';

/** Does something with a repository that has the commits, and fetches what else is asked for. */
export type WithCommits = <Result>(
  commits: readonly string[],
  use: (repository: GitRepository) => Promise<Result>,
) => Promise<Result>;

/** How deep and in how many folders manifests are looked for that are proposed. */
const proposedDepth = 9;
const proposedFoldersMax = 10_000;

export function createFolderReader(withCommits: WithCommits): FolderReader {
  const commitsOf = (places: readonly FolderPlace[]) => [...new Set(places.map(({ commit }) => commit))];
  return {
    listFolders: async (_, places) =>
      places.length === 0
        ? []
        : withCommits(commitsOf(places), (repository) => listFolders(repository, places)),
    readFiles: async (_, places) =>
      places.length === 0
        ? []
        : withCommits(commitsOf(places), (repository) => readFiles(repository, places)),
    findManifests: (_, commit) => withCommits([commit], (repository) => findManifests(repository, commit)),
  };
}

type Entries = readonly TreeEntry[];

/** The entries of trees; those of other objects are left out. */
async function readTrees(
  repository: GitRepository,
  oids: readonly string[],
): Promise<ReadonlyMap<string, Entries>> {
  const found = new Map<string, Entries>();
  const wanted = [...new Set(oids)];
  if (wanted.length === 0) return found;
  await repository.read(wanted, treeBytesMax, ({ oid, type, body }) => {
    if (body === undefined) throw new ForgeError('incomplete', `the folder ${oid} is too large to be read`);
    if (type === 'tree') found.set(oid, [...treeEntries(body, repository.hashBytes)]);
  });
  return found;
}

/** The root of each commit. */
async function readRoots(
  repository: GitRepository,
  commits: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const roots = new Map<string, string>();
  await repository.read(commits, commitBytesMax, ({ oid, type, body }) => {
    const commit = type === 'commit' && body !== undefined ? parseCommit(body) : undefined;
    if (commit !== undefined) roots.set(oid, commit.tree);
  });
  return roots;
}

async function listFolders(
  repository: GitRepository,
  places: readonly FolderPlace[],
): Promise<readonly (readonly FolderEntry[] | undefined)[]> {
  const without = places.filter(({ id }) => id === undefined);
  const roots = await readRoots(repository, [...new Set(without.map(({ commit }) => commit))]);
  let steps = places.map(({ commit, path, id }) => ({
    oid: id ?? roots.get(commit),
    rest: id === undefined && path !== '' ? path.split('/') : [],
  }));
  while (steps.some(({ oid, rest }) => oid !== undefined && rest.length > 0)) {
    const above = steps.flatMap(({ oid, rest }) => (oid !== undefined && rest.length > 0 ? [oid] : []));
    const trees = await readTrees(repository, above);
    steps = steps.map(({ oid, rest: [name, ...rest] }) =>
      oid === undefined || name === undefined
        ? { oid, rest: [] }
        : {
            oid: trees.get(oid)?.find((entry) => entry.kind === 'folder' && entry.name === name)?.oid,
            rest,
          },
    );
  }
  const oids = steps.map(({ oid }) => oid);
  const trees = await readTrees(
    repository,
    oids.filter((oid) => oid !== undefined),
  );
  return oids.map((oid) => trees.get(oid ?? '')?.map(({ name, kind, oid: id }) => ({ name, kind, id })));
}

async function readFiles(
  repository: GitRepository,
  places: readonly FolderPlace[],
): Promise<readonly ManifestText[]> {
  const oids = places.map(({ id, path }) => {
    if (id === undefined) throw new RangeError(`${path} has no id, which lists of git give`);
    return id;
  });
  const texts = new Map<string, ManifestText>();
  await repository.read([...new Set(oids)], manifestBytesMax, ({ oid, body }) => {
    texts.set(oid, body === undefined ? withoutText('too-large') : decodedManifest(body));
  });
  return oids.map((oid) => texts.get(oid) ?? { manifest: undefined });
}

async function findManifests(repository: GitRepository, commit: string): Promise<readonly string[]> {
  const found: string[] = [];
  let folders = new Map([['', (await readRoots(repository, [commit])).get(commit)]]);
  let count = 0;
  for (let depth = 0; depth < proposedDepth && folders.size > 0; depth += 1) {
    const trees = await readTrees(
      repository,
      [...folders.values()].filter((oid) => oid !== undefined),
    );
    const below = new Map<string, string | undefined>();
    for (const [path, oid] of folders) {
      for (const entry of trees.get(oid ?? '') ?? []) {
        const at = posix.join(path, entry.name);
        if (entry.kind === 'file' && entry.name === 'composer.json') found.push(at);
        if (entry.kind === 'folder') below.set(at, entry.oid);
      }
    }
    count += below.size;
    folders = count > proposedFoldersMax ? new Map() : below;
  }
  return found;
}
