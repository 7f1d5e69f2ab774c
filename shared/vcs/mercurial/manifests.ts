/** Reads files at commits of a copy. */
import { type ManifestText, manifestBytesMax } from '../../composer/scanned-repository.ts';
import { decodedManifest } from '../../forge/blob-text.ts';
import { ForgeError } from '../../forge/errors.ts';
import { type Entry, linkedManifest, targetOf, withoutText } from '../../forge/linked-manifest.ts';
import type { CommandResult } from './command-server.ts';
import type { Hg } from './program.ts';

/** A file at a commit. */
interface Place {
  readonly commit: string;
  readonly path: string;
}

/** What is at a path; undefined if nothing is. */
type Kind = 'folder' | { readonly isLink: boolean; readonly bytes: number } | undefined;

/** How many bytes of files one process prints. */
const bytesPerRun = 16 * 1024 * 1024;
/** How many commands one process is sent. */
const commandsPerRun = 1000;
/** A longer target of a link leads nowhere: https://man7.org/linux/man-pages/man3/pathconf.3.html (PATH_MAX). */
const linkBytesMax = 4096;

const manifestFile = 'composer.json';

/** The manifests of commits, by the commit. @throws ForgeError when one could not be read */
export async function readManifests(
  hg: Hg,
  copy: string,
  commits: readonly string[],
): Promise<Map<string, ManifestText>> {
  const found = await readEntries(
    hg,
    copy,
    commits.map((commit) => ({ commit, path: manifestFile })),
  );
  const manifests = new Map<string, ManifestText>();
  const linked: Place[] = [];
  for (const [commit, entry] of found) {
    const target = 'link' in entry ? targetOf(entry.link) : entry;
    if ('path' in target) {
      linked.push({ commit, path: target.path });
    } else {
      manifests.set(commit, target);
    }
  }
  for (const [commit, entry] of await readEntries(hg, copy, linked)) {
    manifests.set(commit, linkedManifest(entry));
  }
  return manifests;
}

/** What is at the places, by their commits: at most one place of each. */
async function readEntries(hg: Hg, copy: string, places: readonly Place[]): Promise<Map<string, Entry>> {
  const entries = await readPlaces(hg, copy, places);
  return new Map(places.map(({ commit }, place) => [commit, entries[place] ?? { manifest: undefined }]));
}

/** What is at the places, in their order. */
export async function readPlaces(hg: Hg, copy: string, places: readonly Place[]): Promise<readonly Entry[]> {
  const entries: Entry[] = [];
  const kinds = await readKinds(hg, copy, places);
  const files: { place: Place; index: number; isLink: boolean; bytes: number }[] = [];
  for (const [index, place] of places.entries()) {
    const kind = kinds[index];
    if (kind === undefined) {
      entries[index] = { manifest: undefined };
    } else if (kind === 'folder') {
      entries[index] = withoutText('folder');
    } else if (kind.bytes > (kind.isLink ? linkBytesMax : manifestBytesMax)) {
      entries[index] = withoutText(kind.isLink ? 'link-to-nothing' : 'too-large');
    } else {
      files.push({ place, index, ...kind });
    }
  }
  for (const group of groupsOf(files)) {
    const results = await hg.runMany(
      copy,
      group.map(({ place: { commit, path } }) => ['cat', '--rev', commit, '--', `path:${path}`]),
    );
    for (const [at, { index, isLink }] of group.entries()) {
      const bytes = succeeded(results[at]).output;
      entries[index] = isLink ? { link: bytes.toString('utf8') } : decodedManifest(bytes);
    }
  }
  return entries;
}

async function readKinds(hg: Hg, copy: string, places: readonly Place[]): Promise<Kind[]> {
  const kinds: Kind[] = [];
  for (let first = 0; first < places.length; first += commandsPerRun) {
    const some = places.slice(first, first + commandsPerRun);
    const commands = some.map(({ commit, path }) => [
      ...['files', '--rev', commit, '--template', '{flags}\\0{size}\\0{path}\\0'],
      ...['--', `path:${path}`],
    ]);
    const results = await hg.runMany(copy, commands);
    kinds.push(...some.map(({ path }, index) => kindOf(path, results[index])));
  }
  return kinds;
}

function kindOf(path: string, result: CommandResult | undefined): Kind {
  // What `hg files` ends with where nothing matches.
  if (result?.code === 1) return undefined;
  const [flags = '', size, name] = succeeded(result).output.toString('utf8').split('\0');
  if (name !== path) return 'folder';
  return { isLink: flags === 'l', bytes: Number(size) };
}

/** @throws ForgeError when the command failed */
export function succeeded(result: CommandResult | undefined): CommandResult {
  if (result?.code !== 0) {
    throw new ForgeError(
      'unexpected',
      `Mercurial could not read a file of the repository: ${result?.errors.trim().slice(-300)}`,
    );
  }
  return result;
}

function* groupsOf<File extends { readonly bytes: number }>(files: readonly File[]): Generator<File[]> {
  let group: File[] = [];
  let sum = 0;
  for (const file of files) {
    if (group.length > 0 && (sum + file.bytes > bytesPerRun || group.length === commandsPerRun)) {
      yield group;
      group = [];
      sum = 0;
    }
    group.push(file);
    sum += file.bytes;
  }
  if (group.length > 0) yield group;
}

/** The text of the first of the files that is there, is no link and not longer. */
export async function readFirstText(
  hg: Hg,
  copy: string,
  {
    commit,
    paths,
    bytesMax,
  }: { readonly commit: string; readonly paths: readonly string[]; readonly bytesMax: number },
): Promise<{ readonly path: string; readonly text: string } | undefined> {
  const kinds = await readKinds(
    hg,
    copy,
    paths.map((path) => ({ commit, path })),
  );
  const place = kinds.findIndex((kind) => kind !== undefined && kind !== 'folder' && !kind.isLink);
  const [path, kind] = [paths[place], kinds[place]];
  if (path === undefined || kind === undefined || kind === 'folder' || kind.bytes > bytesMax) {
    return undefined;
  }
  const [result] = await hg.runMany(copy, [['cat', '--rev', commit, '--', `path:${path}`]]);
  const { manifest: text } = decodedManifest(succeeded(result).output);
  return text === undefined ? undefined : { path, text };
}
