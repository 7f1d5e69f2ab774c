/** The contents of the repositories of a forge in memory. */
import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import type { ManifestProblem } from '../../shared/composer/scanned-repository.ts';
import { distReference } from '../../shared/domain/dist-reference.ts';
import type { RepositoryLinks } from '../../shared/domain/repository-links.ts';
import type { CommitFinder } from '../../shared/forge/containment.ts';
import { ForgeError } from '../../shared/forge/errors.ts';
import type { FolderEntry, FolderReader } from '../../shared/forge/folders.ts';
import type { ContentReader, UnusableRef } from '../../shared/forge/forge.ts';

/** Refs of one repository. A commit is named by a digit, which stands for 40 of it, or by a reference of Subversion. */
export interface MemoryRefs {
  tags?: Readonly<Record<string, string>>;
  branches?: Readonly<Record<string, string>>;
  /** The package name in the manifests. */
  name: string;
  /** Text of README.md by commit digit. */
  readmes?: Readonly<Record<string, string>>;
  /** Commits in a branch's history, besides its tip. */
  history?: readonly string[];
  /** Manifest text by commit digit; by default it has only the name. */
  manifests?: Readonly<Record<string, string>>;
  /** Why a commit has no readable manifest, by commit digit; undefined: it has no manifest. */
  problems?: Readonly<Record<string, ManifestProblem | undefined>>;
  /** Branches that Composer's driver for the forge does not list, with the reason for an owner. */
  leftOut?: Readonly<Record<string, string>>;
  /** Files below the root by commit digit, each with its path. */
  files?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Refs that lead to no commit. */
  unusable?: readonly UnusableRef[];
}

export const commitOf = (digit: string): string =>
  digit.startsWith('/') ? digit : digit.repeat(40).slice(0, 40);

/** Builds readers of the contents. Each answer shows what is there at the time of the request. */
export interface MemoryContents {
  /** By the repository's id. */
  readonly contents: ReadonlyMap<string | number, MemoryRefs>;
  readonly beforeContents: (
    asked: 'refs' | 'archive' | 'contains' | 'readme' | 'folders',
    what: string,
  ) => void | Promise<void>;
  readonly lookUp: CommitFinder['contains'] | undefined;
  readonly archiveOf: (commit: string) => Readable;
  readonly linksOf: (repository: string) => RepositoryLinks;
}

export function createMemoryContents(current: () => MemoryContents): ContentReader & CommitFinder {
  const refsOf = (repository: string): MemoryRefs | undefined =>
    [...current().contents].find(([id]) => String(id) === repository)?.[1];
  const filesAt = (repository: string, commit: string): Readonly<Record<string, string>> =>
    refsOf(repository)?.files?.[commit.slice(0, 1)] ?? {};
  const folders: FolderReader = {
    async listFolders(of, places) {
      await current().beforeContents('folders', `list ${places.length}`);
      return places.map(({ commit, path }) => listFolder(filesAt(of.repository, commit), path));
    },
    async readFiles(of, places) {
      if (places.length > 0) await current().beforeContents('folders', `read ${places.length}`);
      return places.map(({ commit, path }) => ({ manifest: filesAt(of.repository, commit)[path] }));
    },
    async findManifests(of, commit) {
      await current().beforeContents('folders', 'find');
      const paths = Object.keys(filesAt(of.repository, commit));
      return paths.filter((path) => path.endsWith('composer.json'));
    },
  };
  return {
    // Only repositories with files below the root are worth a look.
    get folders() {
      return [...current().contents.values()].some(({ files }) => files !== undefined)
        ? folders
        : (undefined as never);
    },
    async readRefs(of) {
      await current().beforeContents('refs', of.repository);
      const refs = refsOf(of.repository);
      if (!refs) {
        throw new ForgeError('not-found', 'there is no such repository');
      }
      const list = (named: Readonly<Record<string, string>> = {}) =>
        Object.entries(named).map(([name, digit]) => ({
          name,
          commit: commitOf(digit),
          date: '2026-11-01T00:00:00Z',
          ...(refs.problems && digit in refs.problems
            ? { manifest: undefined, manifestProblem: refs.problems[digit] }
            : { manifest: refs.manifests?.[digit] ?? JSON.stringify({ name: refs.name }) }),
        }));
      return {
        tags: list(refs.tags),
        branches: list(refs.branches).map((ref) => ({ ...ref, leftOut: refs.leftOut?.[ref.name] })),
        unusable: refs.unusable ?? [],
        links: current().linksOf(of.repository),
        defaultBranch: 'main',
        archived: false,
      };
    },
    async readReadme(of, { commit }) {
      await current().beforeContents('readme', commit);
      const text = refsOf(of.repository)?.readmes?.[commit.slice(0, 1)];
      return text === undefined ? undefined : { file: 'README.md', text };
    },
    async contains(of, hash, from) {
      await current().beforeContents('contains', hash);
      const { lookUp } = current();
      if (lookUp) {
        return lookUp(of, hash, from);
      }
      const { tags = {}, branches = {}, history = [] } = refsOf(of.repository) ?? {};
      const contained = [...Object.values(tags), ...Object.values(branches), ...history].map(commitOf);
      const commit = contained.find((one) => distReference(one).startsWith(hash));
      return commit === undefined ? { is: 'not-contained' } : { is: 'contained', commit };
    },
    async readArchive(_, commit, signal) {
      await current().beforeContents('archive', commit);
      signal.throwIfAborted();
      return current().archiveOf(commit);
    },
  };
}

/** The entries of a folder, with ids that stand for what is in them. */
function listFolder(
  files: Readonly<Record<string, string>>,
  path: string,
): readonly FolderEntry[] | undefined {
  const prefix = path === '' ? '' : `${path}/`;
  const inside = Object.entries(files).filter(([one]) => one.startsWith(prefix));
  const names = new Set(inside.map(([one]) => one.slice(prefix.length).split('/')[0] ?? ''));
  const idOf = (name: string) => {
    const own = inside.filter(([one]) => one === prefix + name || one.startsWith(`${prefix}${name}/`));
    const relative = own.map(([one, text]) => [one.slice(prefix.length), text]);
    return createHash('sha1').update(JSON.stringify(relative)).digest('hex');
  };
  return inside.length === 0
    ? undefined
    : [...names].map((name) => ({
        name,
        kind: `${prefix}${name}` in files ? 'file' : 'folder',
        id: idOf(name),
      }));
}
