/** Finds the manifests in a repository's folders at its commits, and reads none twice. */
import type { ManifestProblem, ManifestText } from '../../composer/scanned-repository.ts';
import { ForgeError } from '../../forge/errors.ts';
import type { FolderEntry, FolderPlace, FolderReader } from '../../forge/folders.ts';
import type { RepositoryIds } from '../../forge/forge.ts';
import { withoutText } from '../../forge/linked-manifest.ts';
import { type FolderMatcher, foldersMax } from './folder-globs.ts';

/** A folder with a manifest at a commit. */
export interface FoundFolder {
  readonly directory: string;
  /** Equal for two commits only if all that is in the folder is; undefined where the forge gives no such id. */
  readonly tree: string | undefined;
  /** Which of the texts is its manifest. */
  readonly manifest: string;
}

export interface FolderManifests {
  /** Of each commit that was read. */
  readonly ofCommit: ReadonlyMap<string, readonly FoundFolder[]>;
  readonly texts: ReadonlyMap<string, ManifestText>;
}

export interface FoldersRead extends FolderManifests {
  /** Commits that have more folders than are read; they are not in `ofCommit`. */
  readonly tooMany: ReadonlySet<string>;
  /** When to go on with commits that were not read; undefined if all were. Milliseconds since the epoch. */
  readonly goOnAt: number | undefined;
}

export interface ReadFoldersInputs {
  readonly reader: FolderReader;
  readonly repository: RepositoryIds;
  readonly matcher: FolderMatcher;
  /** Each once, the most important first. */
  readonly commits: readonly string[];
  /** What earlier readings with the same globs found. */
  readonly known: FolderManifests;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** When no new batch of commits begins any more; milliseconds since the epoch. */
  readonly until: number;
}

/** How many commits are read at a time: most share nearly all of their folders. */
const commitsInBatch = 25;
/** How many folders of one commit are listed at most. */
const listedMax = 3000;
/** When a reading that met a limit without a time goes on; milliseconds. */
const againMs = 10 * 60_000;

/** @throws ForgeError when the first commits cannot be read; what was read before a later failure is kept */
export async function readFolders(inputs: ReadFoldersInputs): Promise<FoldersRead> {
  const { commits, known, now, until } = inputs;
  const reading = createReading(inputs);
  const missing = commits.filter((commit) => !known.ofCommit.has(commit));
  let goOnAt: number | undefined;
  for (let first = 0; first < missing.length; first += commitsInBatch) {
    if (first > 0 && now() >= until) {
      goOnAt = now();
      break;
    }
    try {
      await reading.add(missing.slice(first, first + commitsInBatch));
    } catch (error) {
      if (first === 0 || !(error instanceof ForgeError)) {
        throw error;
      }
      goOnAt = error.notBefore ?? now() + againMs;
      break;
    }
  }
  const ofCommit = new Map(
    commits.flatMap((commit) => {
      const found = known.ofCommit.get(commit) ?? reading.ofCommit.get(commit);
      return found === undefined ? [] : [[commit, found] as const];
    }),
  );
  const used = new Set([...ofCommit.values()].flatMap((found) => found.map(({ manifest }) => manifest)));
  const texts = new Map(
    [...used].flatMap((key) => {
      const text = known.texts.get(key) ?? reading.texts.get(key);
      return text === undefined ? [] : [[key, text] as const];
    }),
  );
  return { ofCommit, texts, tooMany: reading.tooMany, goOnAt };
}

const manifestFile = 'composer.json';
const pathIn = (path: string, name: string): string => (path === '' ? name : `${path}/${name}`);
const keyOf = ({ id, commit, path }: FolderPlace): string => id ?? `${commit}:${path}`;

interface Reading extends Omit<FoldersRead, 'goOnAt'> {
  /** @throws ForgeError; nothing of these commits is added then */
  add(commits: readonly string[]): Promise<void>;
}

function createReading({ reader, repository, matcher, known }: ReadFoldersInputs): Reading {
  const ofCommit = new Map<string, readonly FoundFolder[]>();
  const texts = new Map<string, ManifestText>();
  const tooMany = new Set<string>();
  const listings = new Map<string, readonly FolderEntry[] | undefined>();
  const manifestOfTree = new Map<string, string>();
  for (const found of known.ofCommit.values()) {
    for (const { tree, manifest } of found) {
      if (tree !== undefined) manifestOfTree.set(tree, manifest);
    }
  }

  async function list(places: readonly FolderPlace[]): Promise<void> {
    const unknown = new Map(places.map((place) => [keyOf(place), place]));
    for (const key of listings.keys()) unknown.delete(key);
    const wanted = [...unknown];
    const found = await reader.listFolders(
      repository,
      wanted.map(([, place]) => place),
    );
    for (const [place, [key]] of wanted.entries()) {
      // Only what leads to packages is kept: a folder may have thousands of files.
      listings.set(
        key,
        found[place]?.filter(({ kind, name }) => kind === 'folder' || name === manifestFile),
      );
    }
  }

  /** The folders of the commits, level by level: most of them are the same for all. */
  async function walk(commits: readonly string[]): Promise<Walked> {
    const walked: Walked = { found: new Map(), files: new Map(), tooMany: new Set() };
    const counts = new Map<string, number>();
    const bases = matcher.bases.map((path) => ({ path }));
    let level: readonly FolderPlace[] = commits.flatMap((commit) =>
      bases.map((base) => ({ ...base, commit })),
    );
    while (level.length > 0) {
      await list(level);
      const next: FolderPlace[] = [];
      for (const place of level) {
        const count = (counts.get(place.commit) ?? 0) + 1;
        counts.set(place.commit, count);
        if (count > listedMax) walked.tooMany.add(place.commit);
        if (!walked.tooMany.has(place.commit)) next.push(...enter(place, walked));
      }
      level = next;
    }
    return walked;
  }

  /** Takes the manifest in a listed folder, and says which folders in it are to be listed. */
  function enter(place: FolderPlace, walked: Walked): readonly FolderPlace[] {
    const next: FolderPlace[] = [];
    for (const entry of listings.get(keyOf(place)) ?? []) {
      const at = { commit: place.commit, path: pathIn(place.path, entry.name), id: entry.id };
      if (entry.name === manifestFile && matcher.isPackage(place.path)) {
        note(place, manifestKey(entry, at, walked), walked);
      }
      if (entry.kind !== 'folder') continue;
      const isPackage = matcher.isPackage(at.path);
      const leads = matcher.mayLeadTo(at.path);
      const manifest = leads || entry.id === undefined ? undefined : manifestOfTree.get(entry.id);
      if (isPackage && manifest !== undefined) {
        note(at, manifest, walked);
      } else if (isPackage || leads) {
        next.push(at);
      }
    }
    return next;
  }

  function note({ commit, path, id }: FolderPlace, manifest: string, walked: Walked): void {
    const folders = walked.found.get(commit) ?? new Map<string, FoundFolder>();
    folders.set(path, { directory: path, tree: id, manifest });
    walked.found.set(commit, folders);
    if (folders.size > foldersMax) walked.tooMany.add(commit);
  }

  return {
    ofCommit,
    texts,
    tooMany,
    async add(commits) {
      const walked = await walk(commits);
      const files = [...walked.files].filter(([key]) => !known.texts.has(key) && !texts.has(key));
      const read = await reader.readFiles(
        repository,
        files.map(([, place]) => place),
      );
      for (const [place, [key]] of files.entries()) {
        texts.set(key, read[place] ?? { manifest: undefined });
      }
      for (const commit of commits) {
        if (walked.tooMany.has(commit)) {
          tooMany.add(commit);
          continue;
        }
        const found = [...(walked.found.get(commit)?.values() ?? [])];
        ofCommit.set(commit, found);
        for (const { tree, manifest } of found) {
          if (tree !== undefined) manifestOfTree.set(tree, manifest);
          const problem = problemKeys.get(manifest);
          if (problem !== undefined) texts.set(manifest, withoutText(problem));
        }
      }
    },
  };
}

interface Walked {
  readonly found: Map<string, Map<string, FoundFolder>>;
  /** Manifests, by the keys of their texts. */
  readonly files: Map<string, FolderPlace>;
  readonly tooMany: Set<string>;
}

/** What has no text of its own. */
const problems: Readonly<Record<Exclude<FolderEntry['kind'], 'file'>, ManifestProblem>> = {
  folder: 'folder',
  link: 'link-in-folder',
  submodule: 'submodule',
};
const problemKeys: ReadonlyMap<string, ManifestProblem> = new Map(
  Object.values(problems).map((problem) => [`!${problem}`, problem]),
);

function manifestKey({ kind }: FolderEntry, at: FolderPlace, { files }: Walked): string {
  if (kind !== 'file') {
    return `!${problems[kind]}`;
  }
  const key = keyOf(at);
  files.set(key, at);
  return key;
}
