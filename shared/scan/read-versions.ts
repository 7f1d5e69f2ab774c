/** Reads a repository's refs: its package's name and versions, and why the other refs give none. */
import { linkedRefs } from '../composer/linked-ref.ts';
import { parseManifest } from '../composer/manifest.ts';
import { type ComposerVersion, type SkippedRef, versionsOf } from '../composer/versions.ts';
import type { ForgeRepository, UnusableRef } from '../forge/forge.ts';
import { isOfSource, type StoredPackage } from '../store/package-store.ts';
import type { RefusedCommit } from '../store/refused-commit-store.ts';
import { type FolderPackage, refKey } from './folders/folder-packages.ts';
import type { LeftOutRef } from './owner-lines.ts';
import { livingPackage } from './package-state.ts';
import type { FoundVersion } from './plan-versions.ts';

export interface ReadVersions {
  readonly name: string | undefined;
  /** Undefined when the refs say nothing reliable about the existing package. */
  readonly versions: readonly FoundVersion[] | undefined;
  readonly skipped: readonly LeftOutRef[];
}

/**
 * Finds the versions in the refs, as far as they can be stored, of the package in the root.
 *
 * @param packages of the repository
 */
export function readVersions(
  refs: ForgeRepository,
  packages: readonly StoredPackage[],
  refused: ReadonlyMap<string, RefusedCommit>,
): ReadVersions {
  // If the default branch gives no name, an old tag or another branch must not rename the existing package.
  const living = isNamed(refs)
    ? undefined
    : livingPackage(packages.filter((one) => isOfSource(one) && one.directory === ''));
  // Whether the repository is archived is not part of a version, since it may change; the package records it.
  const scanned = versionsOf({ ...refs, archived: false }, { knownName: living?.name });
  const { packageName } = scanned;
  const skipped = skippedRefs(refs, scanned.skipped);
  if (packageName !== undefined && living !== undefined && living.name !== packageName) {
    const reason = `composer.json has the name ${packageName}, but the package is ${living.name}, and the default branch has no composer.json that renames it. What was published before stays.`;
    const others = scanned.versions.map(({ ref }) => ({ ref: lineOf(ref), reason }));
    return { name: undefined, versions: undefined, skipped: [...skipped, ...others] };
  }
  const linkedRef = linkedRefs(refs);
  const { stored, lines } = storable(scanned.versions, refused);
  return {
    name: packageName,
    versions: stored.map((version) => ({ ...version, linkedRef: linkedRef(version.ref, version.commit) })),
    skipped: [...skipped, ...lines],
  };
}

/**
 * Finds the versions of a package below the root. Of refs that give none only mistakes are reported: which tags are no versions, the repository's
 * own lines say.
 */
export function readFolderVersions(
  { name, directory, repository, folders }: FolderPackage,
  refused: ReadonlyMap<string, RefusedCommit>,
): Required<Pick<ReadVersions, 'versions' | 'skipped'>> {
  const scanned = versionsOf(repository, { knownName: name });
  // Where no ref has its name any more, all of its versions are gone.
  const versions = scanned.packageName === name ? scanned.versions : [];
  const { stored, lines } = storable(versions, refused);
  const mistakes = scanned.skipped.filter(({ isError }) => isError);
  return {
    versions: stored.map((version) => ({
      ...version,
      folder: folders.get(refKey(version.ref.kind, version.ref.name)),
    })),
    skipped: [...mistakes.map(({ ref, reason }) => ({ ref: lineOf(ref), reason })), ...lines].map(
      ({ ref, reason }) => ({ ref: `${ref} in ${directory}`, reason }),
    ),
  };
}

function storable(
  versions: readonly ComposerVersion[],
  refused: ReadonlyMap<string, RefusedCommit>,
): { readonly stored: readonly ComposerVersion[]; readonly lines: readonly LeftOutRef[] } {
  const problems = versions.map((version) => ({ version, reason: whyNotStored(version, refused) }));
  return {
    stored: problems.flatMap(({ version, reason }) => (reason === undefined ? [version] : [])),
    lines: problems.flatMap(({ version, reason }) =>
      reason === undefined ? [] : [{ ref: lineOf(version.ref), reason }],
    ),
  };
}

/** Every ref that gives no version, those with mistakes first. A single line for a repository without any package. */
function skippedRefs(
  { tags, branches, unusable }: ForgeRepository,
  skipped: readonly SkippedRef[],
): readonly LeftOutRef[] {
  const withCommit = [...tags, ...branches];
  const hasNone = withCommit.every(
    ({ manifest, manifestProblem }) => manifest === undefined && manifestProblem === undefined,
  );
  if (hasNone && withCommit.length > 0) {
    const refs = [counted(tags.length, 'tag', 'tags'), counted(branches.length, 'branch', 'branches')];
    return [
      { ref: refs.flat().join(' and '), reason: 'none has a composer.json' },
      ...unusable.map(unusableLine),
    ];
  }
  const byUrgency = skipped.toSorted((one, other) => Number(other.isError) - Number(one.isError));
  return [
    ...unusable.map(unusableLine),
    ...byUrgency.map(({ ref, reason }) => ({ ref: lineOf(ref), reason })),
  ];
}

const unusableLine = ({ kind, name, reason }: UnusableRef): LeftOutRef => ({
  ref: `${kind} ${name}`,
  reason,
});

const lineOf = ({ kind, name }: ComposerVersion['ref']): string => `${kind} ${name}`;

function whyNotStored(
  { commit }: ComposerVersion,
  refused: ReadonlyMap<string, RefusedCommit>,
): string | undefined {
  const refusal = refused.get(commit);
  return refusal && `Commit ${commit.slice(0, 12)} was refused by ${refusal.by}: ${refusal.why}`;
}

/** Whether the default branch's manifest has a name, valid or not. */
function isNamed({ branches, defaultBranch }: ForgeRepository): boolean {
  const manifest = parseManifest(branches.find((one) => one.name === defaultBranch)?.manifest ?? '');
  return manifest.ok && Boolean(manifest.manifest.name);
}

/** `[]` for none. */
const counted = (count: number, one: string, many: string): readonly string[] =>
  count === 0 ? [] : [`${count} ${count === 1 ? one : many}`];
