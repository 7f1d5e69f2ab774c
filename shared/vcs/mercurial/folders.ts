/** Reads folders at commits by their manifests, which list all files with the ids of their contents. */
import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import { z } from 'zod';
import type { ManifestText } from '../../composer/scanned-repository.ts';
import { ForgeError } from '../../forge/errors.ts';
import type { FolderEntry, FolderPlace, FolderReader } from '../../forge/folders.ts';
import { withoutText } from '../../forge/linked-manifest.ts';
import type { Copies } from './copy.ts';
import { readPlaces, succeeded } from './manifests.ts';
import type { Hg } from './program.ts';

/** How many commits are listed in one process: the lists of all of them are in memory. */
const commitsPerRun = 10;
/** Of how many commits the folders are kept: a reading lists those of the same commits level by level. */
const keptMax = 50;

/** What `hg manifest --debug` prints with the template `json`. https://www.mercurial-scm.org/doc/hg.1.html#manifest */
const filesSchema = z.array(z.object({ path: z.string(), hash: z.string().min(1), type: z.string() }));
type ListedFile = z.infer<typeof filesSchema>[number];

/** What is in each folder, by its path. */
type Folders = ReadonlyMap<string, readonly FolderEntry[]>;

export function createFolderReader(hg: Hg, copies: Copies): FolderReader {
  const kept = new Map<string, Folders>();
  return {
    async listFolders(_, places) {
      const commits = [...new Set(places.map(({ commit }) => commit))];
      const listed = new Map<string, Folders>();
      for (const commit of commits) {
        const known = kept.get(commit);
        if (known !== undefined) listed.set(commit, known);
      }
      const unknown = commits.filter((commit) => !listed.has(commit));
      for (const [commit, folders] of await listAll(hg, copies, unknown)) {
        listed.set(commit, folders);
        kept.set(commit, folders);
      }
      for (const commit of [...kept.keys()].slice(0, Math.max(0, kept.size - keptMax))) kept.delete(commit);
      return places.map(({ commit, path }) => listed.get(commit)?.get(path));
    },
    readFiles: (_, places) => readFiles(hg, copies, places),
    async findManifests(_, commit) {
      const folders = (await listAll(hg, copies, [commit])).get(commit) ?? new Map();
      const isManifest = ({ name, kind }: FolderEntry): boolean =>
        name === 'composer.json' && kind === 'file';
      return [...folders].flatMap(([path, entries]) =>
        entries.some(isManifest) ? [posix.join(path, 'composer.json')] : [],
      );
    },
  };
}

async function listAll(
  hg: Hg,
  copies: Copies,
  commits: readonly string[],
): Promise<ReadonlyMap<string, Folders>> {
  const found = new Map<string, Folders>();
  for (let first = 0; first < commits.length; first += commitsPerRun) {
    const some = commits.slice(first, first + commitsPerRun);
    const results = await listMany(hg, await copies.with(some[0] ?? ''), some);
    for (const [place, commit] of some.entries()) {
      // Those of one reading are in the copy since refs were read; another one is asked for.
      const result =
        results[place]?.code === 0
          ? results[place]
          : (await listMany(hg, await copies.with(commit), [commit]))[0];
      found.set(commit, foldersOf(parseFiles(succeeded(result).output)));
    }
  }
  return found;
}

const listMany = (hg: Hg, copy: string, commits: readonly string[]) =>
  hg.runMany(
    copy,
    commits.map((commit) => ['manifest', '--debug', '--template', 'json', '--rev', commit]),
  );

function parseFiles(output: Buffer): readonly ListedFile[] {
  try {
    return filesSchema.parse(JSON.parse(output.toString('utf8')));
  } catch (cause) {
    throw new ForgeError('unexpected', 'Mercurial printed a list of files of another form', { cause });
  }
}

/** Mercurial has no folders of its own: the id of one is a hash of what is in it. */
export function foldersOf(files: readonly ListedFile[]): Folders {
  const folders = new Map<string, FolderEntry[]>([['', []]]);
  const entriesOf = (path: string): FolderEntry[] => {
    const known = folders.get(path);
    if (known !== undefined) return known;
    const entries: FolderEntry[] = [];
    folders.set(path, entries);
    return entries;
  };
  for (const { path, hash, type } of files) {
    const kind = type === '@' ? 'link' : 'file';
    // Whether a file is a program is part of the archive too.
    entriesOf(parentOf(path)).push({ name: posix.basename(path), kind, id: `${hash}${type}` });
    for (let above = parentOf(path); above !== ''; above = parentOf(above)) {
      entriesOf(parentOf(above));
      entriesOf(above);
    }
  }
  // The deepest first, so that a folder's own folders have their ids.
  const byDepth = [...folders.keys()].sort((one, other) => other.split('/').length - one.split('/').length);
  for (const path of byDepth.filter((one) => one !== '')) {
    const entry: FolderEntry = {
      name: posix.basename(path),
      kind: 'folder',
      id: idOf(folders.get(path) ?? []),
    };
    folders.get(parentOf(path))?.push(entry);
  }
  return folders;
}

const parentOf = (path: string): string => (path.includes('/') ? posix.dirname(path) : '');

function idOf(entries: readonly FolderEntry[]): string {
  const lines = entries.map(({ name, kind, id }) => `${name}\0${kind}\0${id}`).sort();
  return createHash('sha256').update(lines.join('\n')).digest('hex');
}

async function readFiles(
  hg: Hg,
  copies: Copies,
  places: readonly FolderPlace[],
): Promise<readonly ManifestText[]> {
  const [first] = places;
  if (first === undefined) return [];
  // Lists had the files, so the copy has their commits.
  const entries = await readPlaces(hg, await copies.with(first.commit), places);
  return entries.map((entry) => ('link' in entry ? withoutText('link-in-folder') : entry));
}
