/** Which packages a repository has below its root, and what each ref has of them. Pure. */
import { parseManifest } from '../../composer/manifest.ts';
import { isValidPackageName } from '../../composer/package-name.ts';
import { asciiLower } from '../../composer/php-text.ts';
import type { ManifestText, ScannedRef, ScannedRepository } from '../../composer/scanned-repository.ts';
import type { ForgeRef, ForgeRepository } from '../../forge/forge.ts';
import type { FolderManifests, FoundFolder } from './folder-manifests.ts';
import { type NamedFolder, type TagMeaning, tagMeanings } from './named-tags.ts';

/** Where a version's files are. */
export interface VersionFolder {
  readonly directory: string;
  /** See `FoundFolder`. */
  readonly tree: string | undefined;
}

export interface FolderPackage extends NamedFolder {
  /** Whether the default branch has it. */
  readonly isOnDefault: boolean;
  /** Only refs that have it. */
  readonly repository: ScannedRepository;
  /** By the kind and the name of a ref. */
  readonly folders: ReadonlyMap<string, VersionFolder>;
}

/** Something that gives no package or version, and why. */
interface LeftOutRef {
  readonly ref: string;
  readonly reason: string;
}

export interface FolderPackages {
  readonly packages: readonly FolderPackage[];
  /** Folders and tags that give no package and no version, and why. */
  readonly leftOut: readonly LeftOutRef[];
}

export const refKey = (kind: 'tag' | 'branch', name: string): string => `${kind} ${name}`;

interface Inputs {
  readonly refs: Pick<ForgeRepository, 'tags' | 'branches' | 'defaultBranch'>;
  readonly manifests: FolderManifests;
  /** The name of the package in the root, if it has one. */
  readonly rootName: string | undefined;
  /** Packages that the repository has below its root. */
  readonly known: readonly NamedFolder[];
}

/**
 * The default branch says which folders have packages, and each package's name. At any other commit a package is in the folder whose manifest
 * has its name, else in the same folder, unless that is another package's: so a folder that moved, and one whose package was renamed, keep
 * the versions of older tags. A known package that the default branch does not have any more keeps the versions that have its name.
 */
export function folderPackages({ refs, manifests, rootName, known }: Inputs): FolderPackages {
  const nameOf = nameReader(manifests.texts);
  const main = refs.branches.find(({ name }) => name === refs.defaultBranch);
  const found = (main && manifests.ofCommit.get(main.commit)) ?? [];
  const leftOut: LeftOutRef[] = [];
  const places = new Map<string, string>();
  for (const folder of found.toSorted((one, other) => compareText(one.directory, other.directory))) {
    const named = nameOf(folder);
    const other = 'name' in named ? (named.name === rootName ? '' : places.get(named.name)) : undefined;
    if ('problem' in named) {
      leftOut.push({ ref: `folder ${folder.directory}`, reason: named.problem });
    } else if (other !== undefined) {
      const where = other === '' ? 'the root' : other;
      leftOut.push({
        ref: `folder ${folder.directory}`,
        reason: `composer.json has the name ${named.name}, which the one in ${where} has too. Give one of them another name.`,
      });
    } else {
      places.set(named.name, folder.directory);
    }
  }
  const gone = known.filter(({ name }) => !places.has(name) && name !== rootName);
  const all = [
    ...[...places].map(([name, directory]) => ({ name, directory, isOnDefault: true })),
    ...gone.map(({ name, directory }) => ({ name, directory, isOnDefault: false })),
  ];
  const meaningOf = tagMeanings(all);
  const meanings = new Map(refs.tags.map(({ name }) => [name, meaningOf(name)]));
  const chosen = chooser(manifests, nameOf, all);
  return {
    packages: all.map((one) => packageOf(one, refs, meanings, (commit) => chosen(commit, one.name))),
    leftOut: [...leftOut, ...ambiguousTags(meanings)],
  };
}

const compareText = (one: string, other: string): number => (one < other ? -1 : 1);

type Named = { readonly name: string } | { readonly problem: string };

/** Reads the name in a folder's manifest; each text is parsed once. */
function nameReader(texts: FolderManifests['texts']): (folder: FoundFolder) => Named {
  const names = new Map<string, Named>();
  return ({ manifest }) => {
    const known = names.get(manifest) ?? namedIn(texts.get(manifest));
    names.set(manifest, known);
    return known;
  };
}

function namedIn(text: ManifestText | undefined): Named {
  if (text?.manifest === undefined) {
    return { problem: `composer.json cannot be read (${text?.manifestProblem ?? 'it is empty'}).` };
  }
  const parsed = parseManifest(text.manifest);
  if (!parsed.ok) {
    return { problem: `composer.json ${parsed.reason}.` };
  }
  const { name } = parsed.manifest;
  if (typeof name !== 'string' || name === '') {
    return { problem: 'composer.json has no name, so no package is made of it.' };
  }
  return isValidPackageName(name)
    ? { name: asciiLower(name) }
    : { problem: `composer.json has the name ${JSON.stringify(name)}, which no package can have.` };
}

interface Chosen {
  readonly folder: VersionFolder;
  readonly text: ManifestText;
}

/** Says in which folder a package is at a commit. */
function chooser(
  { ofCommit, texts }: FolderManifests,
  nameOf: (folder: FoundFolder) => Named,
  all: readonly NamedFolder[],
): (commit: string, name: string) => Chosen | undefined {
  const names = new Set(all.map(({ name }) => name));
  const directories = new Map(all.map(({ name, directory }) => [name, directory]));
  const cache = new Map<string, ReadonlyMap<string, Chosen>>();
  const choose = (commit: string): ReadonlyMap<string, Chosen> => {
    const chosen = new Map<string, Chosen>();
    const unnamed = new Map<string, Chosen>();
    for (const found of ofCommit.get(commit) ?? []) {
      const { directory, tree } = found;
      const one = { folder: { directory, tree }, text: texts.get(found.manifest) ?? { manifest: undefined } };
      const named = nameOf(found);
      const name = 'name' in named && names.has(named.name) ? named.name : undefined;
      if (name === undefined) {
        unnamed.set(directory, one);
      } else if (!chosen.has(name) || directories.get(name) === directory) {
        chosen.set(name, one);
      }
    }
    for (const [name, directory] of directories) {
      const same = chosen.has(name) ? undefined : unnamed.get(directory);
      if (same !== undefined) chosen.set(name, same);
    }
    return chosen;
  };
  return (commit, name) => {
    const chosen = cache.get(commit) ?? choose(commit);
    cache.set(commit, chosen);
    return chosen.get(name);
  };
}

function packageOf(
  one: NamedFolder & { readonly isOnDefault: boolean },
  { tags, branches, defaultBranch }: Inputs['refs'],
  meanings: ReadonlyMap<string, TagMeaning>,
  chosen: (commit: string) => Chosen | undefined,
): FolderPackage {
  const folders = new Map<string, VersionFolder>();
  const withManifest = (kind: 'tag' | 'branch', ref: ForgeRef): readonly ScannedRef[] => {
    const found = chosen(ref.commit);
    if (found === undefined) return [];
    folders.set(refKey(kind, ref.name), found.folder);
    const { name, commit, date, leftOut } = ref;
    return [{ name, commit, date, ...(leftOut !== undefined && { leftOut }), ...found.text }];
  };
  const tagsOf = tags.flatMap((tag) => {
    const meaning = meanings.get(tag.name);
    if (meaning?.is === 'plain') return withManifest('tag', tag);
    if (meaning?.is !== 'named' || meaning.name !== one.name) return [];
    return withManifest('tag', tag).map((ref) => ({ ...ref, versionName: meaning.versionName }));
  });
  return {
    ...one,
    repository: {
      tags: tagsOf,
      branches: branches.flatMap((branch) => withManifest('branch', branch)),
      defaultBranch,
      archived: false,
    },
    folders,
  };
}

const ambiguousTags = (meanings: ReadonlyMap<string, TagMeaning>): readonly LeftOutRef[] =>
  [...meanings].flatMap(([tag, meaning]) =>
    meaning.is === 'ambiguous'
      ? [
          {
            ref: `tag ${tag}`,
            reason: `It names several packages: ${meaning.names.join(', ')}. A tag with the whole name of one, such as ${meaning.names[0]}@1.0.0, is a version of that one.`,
          },
        ]
      : [],
  );
