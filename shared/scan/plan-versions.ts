/** Plans what a scan changes in a package's versions. Pure. */
import { asciiLower } from '../composer/php-text.ts';
import { versionIdentity } from '../composer/version-compare.ts';
import type { ComposerVersion } from '../composer/versions.ts';
import type { StoredVersion } from '../store/package-store.ts';
import type { VersionFolder } from './folders/folder-packages.ts';

export type VersionChange =
  | { readonly kind: 'write'; readonly version: StoredVersion; readonly reason: string }
  | { readonly kind: 'remove'; readonly version: StoredVersion; readonly reason: string };

/**
 * A version that a scan found. @see linkedRefs for `linkedRef`; default: its own ref. `folder`: where it is, of a package below the root
 */
export type FoundVersion = ComposerVersion & {
  readonly linkedRef?: string;
  readonly folder?: VersionFolder | undefined;
};

export interface VersionInputs {
  readonly current: readonly StoredVersion[];
  readonly found: readonly FoundVersion[];
  /** Commits of the repository's tags, by name, including tags that give no version. */
  readonly tagCommits: ReadonlyMap<string, string>;
  /** Whether the package is being imported: its versions are published before their archives are stored. */
  readonly isImport: boolean;
  /** Commits that an owner refused. No found version is at one of them. */
  readonly refused: { has(commit: string): boolean };
  /** Whether nothing is known of the ref's version, since its manifest was not read yet: what is stored of it stays. */
  readonly isUnread?: (kind: 'tag' | 'branch', name: string) => boolean;
}

/**
 * Compares the result of a complete scan with the stored versions.
 *
 * A tag's version never changes: if the tag moved, or came back elsewhere, the version keeps the first commit, and `movedTo` informs the
 * owner; the same if the tag exists but no longer gives a version. A deleted tag leaves its record, outside the metadata; a deleted branch
 * leaves only its recorded commits. A version at a refused commit is removed.
 */
export function planVersions({
  current,
  found,
  tagCommits,
  isImport,
  refused,
  isUnread = () => false,
}: VersionInputs): VersionChange[] {
  const kept = current.filter(({ commit }) => !refused.has(commit));
  const known = new Map(kept.map((version) => [identityOf(version, version.refKind), version]));
  const changes: VersionChange[] = [];
  for (const version of found) {
    const identity = identityOf(version, version.ref.kind);
    const before = known.get(identity);
    known.delete(identity);
    changes.push(
      ...(version.ref.kind === 'branch'
        ? planBranch(before, version)
        : planTag(before, version, tagCommits, isImport)),
    );
  }
  for (const version of known.values()) {
    if (!isUnread(version.refKind, version.refName)) {
      changes.push(...planNotFound(version, tagCommits));
    }
  }
  return [...changes, ...planRefused(current, changes, refused)];
}

/** Removes versions at refused commits, even a tag's: if it is pushed again at another commit, that is a new version. */
function planRefused(
  current: readonly StoredVersion[],
  changes: readonly VersionChange[],
  refused: VersionInputs['refused'],
): VersionChange[] {
  const changed = new Set(changes.map(({ version }) => version.versionNormalized));
  return current
    .filter((version) => refused.has(version.commit) && !changed.has(version.versionNormalized))
    .map((version) => ({ kind: 'remove', version, reason: `commit ${version.commit} was refused` }));
}

/** Identifies a version; equal for two texts that Composer considers one version, such as `1.0.0.0-beta1` and `1.0.0.0-beta01`. */
function identityOf({ versionNormalized }: { versionNormalized: string }, refKind: 'tag' | 'branch'): string {
  return refKind === 'branch' ? asciiLower(versionNormalized) : versionIdentity(versionNormalized);
}

function planBranch(before: StoredVersion | undefined, version: FoundVersion): VersionChange[] {
  const after = keptCommit(before, storedVersion(version, 'published'));
  if (before && sameContent(before, after)) {
    return [];
  }
  return replace(before, after, `branch ${version.ref.name} is at ${version.commit}`);
}

/**
 * A branch's commit that changes nothing in the package's folder makes no new version of it: the version keeps the commit before, whose archive has
 * the same files. Otherwise each commit would publish every package of the repository again.
 */
function keptCommit(before: StoredVersion | undefined, after: StoredVersion): StoredVersion {
  const isSame =
    before?.tree !== undefined && before.tree === after.tree && before.directory === after.directory;
  return isSame ? { ...after, commit: before.commit, time: before.time } : after;
}

function planTag(
  before: StoredVersion | undefined,
  version: ComposerVersion,
  tagCommits: ReadonlyMap<string, string>,
  isImport: boolean,
): VersionChange[] {
  // Of several tags for one version, the one that was published first is kept.
  const at = before && tagCommits.get(before.refName);
  // A pending version was never published, so it may still follow its tag.
  if (!before || (before.state === 'pending' && at !== before.commit)) {
    // An archive that we do not build is not waited for.
    const isReady = isImport || version.manifest.dist !== undefined;
    const after = storedVersion(version, isReady ? 'published' : 'pending');
    return replace(before, after, `tag ${version.ref.name} is new`);
  }
  return planSame(before, version, at ?? version.commit);
}

/** Plans a version at the same commit: its composer.json is the same, but our interpretation may have changed since it was stored. */
function planSame(before: StoredVersion, version: FoundVersion, at: string): VersionChange[] {
  const manifest = version.commit === before.commit ? JSON.stringify(version.manifest) : before.manifest;
  const current = { ...before, manifest };
  const changes = planKept(current, at);
  return changes.length === 0 && manifest !== before.manifest
    ? [
        {
          kind: 'write',
          version: current,
          reason: `composer.json of tag ${before.refName} was read again under newer rules`,
        },
      ]
    : changes;
}

/** Plans a version that the scan did not find: its ref is gone, or no longer gives a valid version. */
function planNotFound(version: StoredVersion, tagCommits: ReadonlyMap<string, string>): VersionChange[] {
  const { refKind, refName, state } = version;
  if (refKind === 'branch' || state === 'pending') {
    return [{ kind: 'remove', version, reason: `${refKind} ${refName} is gone or unusable` }];
  }
  const at = tagCommits.get(refName);
  if (at !== undefined) {
    return planKept(version, at);
  }
  return state === 'published'
    ? [{ kind: 'write', version: { ...version, state: 'withdrawn' }, reason: `tag ${refName} is gone` }]
    : [];
}

/** @param at the commit that the tag points to now */
function planKept(before: StoredVersion, at: string): VersionChange[] {
  const movedTo = at === before.commit ? undefined : at;
  const state = before.state === 'withdrawn' ? 'published' : before.state;
  if (movedTo === before.movedTo && state === before.state) {
    return [];
  }
  const { movedTo: _, ...kept } = before;
  const reason =
    movedTo === undefined
      ? `tag ${before.refName} is back`
      : `tag ${before.refName} moved from ${before.commit} to ${movedTo}; the first stays`;
  return [
    { kind: 'write', version: { ...kept, state, ...(movedTo === undefined ? {} : { movedTo }) }, reason },
  ];
}

/** Replaces a version. Versions are stored by their normalized text, so one with a different spelling is removed first. */
function replace(before: StoredVersion | undefined, after: StoredVersion, reason: string): VersionChange[] {
  const renamed = before !== undefined && before.versionNormalized !== after.versionNormalized;
  return [
    ...(renamed ? [{ kind: 'remove', version: before, reason } as const] : []),
    { kind: 'write', version: after, reason },
  ];
}

/** A stored version without its manifest: of all packages of a repository these are too large to be kept during a scan. */
export type VersionState = Omit<StoredVersion, 'manifest'>;

const withoutManifest = ({ manifest: _, ...state }: StoredVersion): VersionState => state;

/** What is stored once the changes are written, in the order of the table. */
export function afterChanges(
  current: readonly StoredVersion[],
  changes: readonly VersionChange[],
): readonly VersionState[] {
  const versions = new Map(current.map((version) => [version.versionNormalized, version]));
  for (const { kind, version } of changes) {
    if (kind === 'remove') {
      versions.delete(version.versionNormalized);
    } else {
      versions.set(version.versionNormalized, version);
    }
  }
  return [...versions.values()]
    .map(withoutManifest)
    .toSorted((one, other) => (one.versionNormalized < other.versionNormalized ? -1 : 1));
}

/** A version whose tag moved with an owner's consent. */
export interface AcceptedMove {
  readonly before: VersionState;
  /** What it becomes once its archive is stored; undefined where no version can be made of the tag. */
  readonly after: StoredVersion | undefined;
}

/** The versions that are to be made of the commit that their tag moved to. A tag that moved on since has to be accepted again. */
export function acceptedMoves(
  stored: readonly VersionState[],
  found: readonly FoundVersion[],
): readonly AcceptedMove[] {
  return stored
    .filter(({ movedTo, acceptedMove }) => movedTo !== undefined && movedTo === acceptedMove)
    .map((before) => {
      const version = found.find(
        ({ ref, commit, versionNormalized }) =>
          ref.kind === 'tag' &&
          ref.name === before.refName &&
          commit === before.acceptedMove &&
          versionNormalized === before.versionNormalized,
      );
      return { before, after: version && storedVersion(version, 'published') };
    });
}

function storedVersion(version: FoundVersion, state: StoredVersion['state']): StoredVersion {
  const { directory, tree } = version.folder ?? {};
  return {
    version: version.version,
    versionNormalized: version.versionNormalized,
    isDev: version.isDev,
    refKind: version.ref.kind,
    refName: version.ref.name,
    commit: version.commit,
    time: version.time,
    isDefaultBranch: version.isDefaultBranch,
    manifest: JSON.stringify(version.manifest),
    state,
    ...(directory !== undefined && { directory }),
    ...(tree !== undefined && { tree }),
    ...(version.linkedRef === undefined || version.linkedRef === version.ref.name
      ? {}
      : { linkedRef: version.linkedRef }),
    // Published before its archive is stored, so it permanently has no checksum.
    ...(version.ref.kind === 'tag' && state === 'published' ? { shasum: '' } : {}),
  };
}

function sameContent(one: StoredVersion, other: StoredVersion): boolean {
  return (
    one.commit === other.commit &&
    one.directory === other.directory &&
    one.version === other.version &&
    one.isDefaultBranch === other.isDefaultBranch &&
    one.refName === other.refName &&
    one.linkedRef === other.linkedRef &&
    one.manifest === other.manifest &&
    one.state === other.state
  );
}
