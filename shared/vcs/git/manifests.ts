/** The manifests of commits: of each, its root's composer.json, or the file that this links to. */
import { type ManifestText, manifestBytesMax } from '../../composer/scanned-repository.ts';
import { decodedManifest } from '../../forge/blob-text.ts';
import { ForgeError } from '../../forge/errors.ts';
import { type Entry, linkedManifest, targetOf, withoutText } from '../../forge/linked-manifest.ts';
import { findEntry, parseCommit, type TreeEntry } from './objects.ts';
import type { GitRepository } from './repository.ts';

/** Of a tree: more entries than any folder has that people work in. */
export const treeBytesMax = 16 * 1024 ** 2;
/** Of a commit: some have signatures or long messages. */
export const commitBytesMax = 4 * 1024 ** 2;

export type AtTarget =
  | ({ readonly date: string } & ManifestText)
  /** A sentence for the repository's owner. */
  | { readonly unusable: string };

/** @param targets what refs lead to */
export async function readManifests(
  repository: GitRepository,
  targets: readonly string[],
): Promise<ReadonlyMap<string, AtTarget>> {
  const found = new Map<string, AtTarget>();
  const commits: { oid: string; tree: string; date: string }[] = [];
  await repository.read(targets, commitBytesMax, ({ oid, type, body }) => {
    const commit = type === 'commit' && body !== undefined ? parseCommit(body) : undefined;
    if (commit?.date !== undefined) {
      commits.push({ oid, tree: commit.tree, date: commit.date });
    } else {
      found.set(oid, { unusable: whyUnusable(type) });
    }
  });
  const trees = commits.map(({ tree }) => tree);
  const entries = await entriesOf(repository, trees, 'composer.json');
  const read = await readEntries(repository, [...entries.values()]);
  const links = new Map<string, ManifestText>();
  for (const { oid, tree, date } of commits) {
    const entry = entries.get(tree);
    const content: Entry = entry === undefined ? { manifest: undefined } : (read.get(entry.oid) ?? missing());
    if ('link' in content) {
      const key = `${tree} ${content.link}`;
      const linked = links.get(key) ?? (await followLink(repository, tree, content.link));
      links.set(key, linked);
      found.set(oid, { ...linked, date });
    } else {
      found.set(oid, { ...content, date });
    }
  }
  return found;
}

const whyUnusable = (type: string): string =>
  type === 'commit'
    ? 'its commit is damaged: there is no author with a date in it'
    : `it leads to a ${type}, and not to a commit`;

/** @throws ForgeError always: a server that leaves out what it was asked for says nothing that counts */
function missing(): never {
  throw new ForgeError('incomplete', 'the server does not send all files that were asked for');
}

/** The entry of that name in each of the trees that has one. */
async function entriesOf(
  repository: GitRepository,
  trees: readonly string[],
  name: string,
): Promise<Map<string, TreeEntry>> {
  const entries = new Map<string, TreeEntry>();
  await repository.read(trees, treeBytesMax, ({ oid, type, body }) => {
    if (type !== 'tree' || body === undefined) {
      throw new ForgeError('incomplete', `the folder ${oid} is too large to be read`);
    }
    const entry = findEntry(body, name, repository.hashBytes);
    if (entry !== undefined) entries.set(oid, entry);
  });
  return entries;
}

/** What is at each entry, by its id. */
async function readEntries(
  repository: GitRepository,
  entries: readonly TreeEntry[],
): Promise<ReadonlyMap<string, Entry>> {
  const kinds = new Map(entries.map(({ oid, kind }) => [oid, kind]));
  const read = new Map<string, Entry>();
  const blobs: string[] = [];
  for (const [oid, kind] of kinds) {
    if (kind === 'folder' || kind === 'submodule') read.set(oid, withoutText(kind));
    else blobs.push(oid);
  }
  if (blobs.length === 0) return read;
  await repository.read(blobs, manifestBytesMax, ({ oid, body }) => {
    const text = body === undefined ? withoutText('too-large') : decodedManifest(body);
    const isLink = kinds.get(oid) === 'link' && text.manifest !== undefined;
    read.set(oid, isLink ? { link: text.manifest } : text);
  });
  return read;
}

/** The manifest that a link in the root leads to. */
async function followLink(repository: GitRepository, root: string, link: string): Promise<ManifestText> {
  const target = targetOf(link);
  if (!('path' in target)) return target;
  const entry = await findPath(repository, root, target.path);
  if (entry === undefined) return linkedManifest({ manifest: undefined });
  return linkedManifest((await readEntries(repository, [entry])).get(entry.oid) ?? missing());
}

/** The entry at a path below a tree. Links on the way are not followed. */
export async function findPath(
  repository: GitRepository,
  root: string,
  path: string,
): Promise<TreeEntry | undefined> {
  let entry: TreeEntry = { name: '', kind: 'folder', oid: root };
  for (const name of path.split('/')) {
    if (entry.kind !== 'folder') return undefined;
    const next: TreeEntry | undefined = (await entriesOf(repository, [entry.oid], name)).get(entry.oid);
    if (next === undefined) return undefined;
    entry = next;
  }
  return entry;
}
