/** Finds the manifests in a repository's folders at its commits, and reads none twice. */
import type { ManifestProblem, ManifestText } from '../../composer/scanned-repository.ts';
import { ForgeError } from '../../forge/errors.ts';
import type { FolderEntry, FolderPlace, FolderReader } from '../../forge/folders.ts';
import type { RepositoryIds } from '../../forge/forge.ts';
import { withoutText } from '../../forge/linked-manifest.ts';
import { foldersAfter, idAt } from './compared-folders.ts';
import { type FolderMatcher, foldersMax } from './folder-globs.ts';
import type { FolderManifests, FoundFolder } from './folder-manifests.ts';

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

/** How many commits are read at a time, most of which share nearly all of their folders; one, where commits are compared. */
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
  const inBatch = inputs.reader.compare === undefined ? commitsInBatch : 1;
  let goOnAt: number | undefined;
  for (let first = 0; first < missing.length; first += inBatch) {
    if (first > 0 && now() >= until) {
      goOnAt = now();
      break;
    }
    try {
      await reading.add(missing.slice(first, first + inBatch));
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
const keyOf = ({ id, commit, path }: FolderPlace): string => id ?? idAt(commit, path);

interface Reading extends Omit<FoldersRead, 'goOnAt'> {
  /** @throws ForgeError; nothing of these commits is added then */
  add(commits: readonly string[]): Promise<void>;
}

function createReading({ reader, repository, matcher, commits: all, known }: ReadFoldersInputs): Reading {
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
    const tree = id ?? (reader.compare === undefined ? undefined : idAt(commit, path));
    folders.set(path, { directory: path, tree, manifest });
    walked.found.set(commit, folders);
    if (folders.size > foldersMax) walked.tooMany.add(commit);
  }

  /** The commit that was read last, else one that a ref led to at the last scan, else any. */
  function readBefore(): readonly [string, readonly FoundFolder[]] | undefined {
    const refs = new Set(all);
    const kept = [...known.ofCommit];
    return [...ofCommit].at(-1) ?? kept.find(([commit]) => !refs.has(commit)) ?? kept[0];
  }

  /** The folders of a commit by what differs from another; undefined where that is not to be had. */
  async function compare(commit: string): Promise<Walked | undefined> {
    const [from, before] = readBefore() ?? [];
    if (from === undefined || before === undefined) return undefined;
    const changed = await reader.compare?.(repository, { from, to: commit });
    if (changed === undefined) return undefined;
    const { found, files } = foldersAfter(before, changed, { commit, matcher });
    return {
      found: new Map([[commit, new Map(found.map((folder) => [folder.directory, folder]))]]),
      files: new Map(files),
      tooMany: new Set(found.length > foldersMax ? [commit] : []),
    };
  }

  return {
    ofCommit,
    texts,
    tooMany,
    async add(commits) {
      const [only = '', ...others] = commits;
      const compared = others.length === 0 ? await compare(only) : undefined;
      const walked = compared ?? (await walk(commits));
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
