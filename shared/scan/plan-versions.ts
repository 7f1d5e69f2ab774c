/** What a scan changes about a package's versions. Pure. */
import type { ComposerVersion } from '../composer/versions.ts';
import type { StoredVersion } from '../store/package-store.ts';

export type VersionChange =
  | { readonly kind: 'write'; readonly version: StoredVersion; readonly reason: string }
  | { readonly kind: 'remove'; readonly version: StoredVersion; readonly reason: string };

export interface VersionInputs {
  readonly current: readonly StoredVersion[];
  readonly found: readonly ComposerVersion[];
  /** Commit of each tag of the repository by its name, also of those that are no version. */
  readonly tagCommits: ReadonlyMap<string, string>;
  /** The package is being imported: its versions are published before their archives are stored. */
  readonly isImport: boolean;
}

/**
 * Compares what a whole scan found with what is stored.
 *
 * A version made from a tag never changes: a tag that moved, or came back elsewhere, keeps the first commit, and `movedTo` tells the owner.
 * A tag that is gone leaves its record, out of the metadata; a branch that is gone leaves nothing but its recorded commits.
 */
export function planVersions({ current, found, tagCommits, isImport }: VersionInputs): VersionChange[] {
  const known = new Map(current.map((version) => [version.versionNormalized, version]));
  const changes: VersionChange[] = [];
  for (const version of found) {
    const before = known.get(version.versionNormalized);
    known.delete(version.versionNormalized);
    const change =
      version.ref.kind === 'branch'
        ? planBranch(before, version)
        : planTag(before, version, tagCommits, isImport);
    if (change) {
      changes.push(change);
    }
  }
  for (const version of known.values()) {
    if (version.refKind === 'branch' || version.state === 'held') {
      changes.push({ kind: 'remove', version, reason: `${version.refKind} ${version.refName} is gone` });
    } else if (version.state === 'published') {
      changes.push({
        kind: 'write',
        version: { ...version, state: 'withdrawn' },
        reason: `tag ${version.refName} is gone`,
      });
    }
  }
  return changes;
}

function planBranch(before: StoredVersion | undefined, version: ComposerVersion): VersionChange | undefined {
  const after = storedVersion(version, 'published');
  if (before && sameContent(before, after)) {
    return undefined;
  }
  return { kind: 'write', version: after, reason: `branch ${version.ref.name} is at ${version.commit}` };
}

function planTag(
  before: StoredVersion | undefined,
  version: ComposerVersion,
  tagCommits: ReadonlyMap<string, string>,
  isImport: boolean,
): VersionChange | undefined {
  // Of several tags for one version the one that was published first stays.
  const stillThere = before !== undefined && tagCommits.get(before.refName) === before.commit;
  // Nobody has ever seen a held version, so it may still follow its tag.
  if (!before || (before.state === 'held' && !stillThere)) {
    return {
      kind: 'write',
      version: storedVersion(version, isImport ? 'published' : 'held'),
      reason: `tag ${version.ref.name} is new`,
    };
  }
  const movedTo = version.commit === before.commit || stillThere ? undefined : version.commit;
  const state = before.state === 'withdrawn' ? 'published' : before.state;
  if (movedTo === before.movedTo && state === before.state) {
    return undefined;
  }
  const { movedTo: _, ...kept } = before;
  return {
    kind: 'write',
    version: { ...kept, state, ...(movedTo === undefined ? {} : { movedTo }) },
    reason:
      movedTo === undefined
        ? `tag ${version.ref.name} is back`
        : `tag ${version.ref.name} moved from ${before.commit} to ${movedTo}; the first stays`,
  };
}

function storedVersion(version: ComposerVersion, state: StoredVersion['state']): StoredVersion {
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
  };
}

function sameContent(one: StoredVersion, other: StoredVersion): boolean {
  return (
    one.commit === other.commit &&
    one.version === other.version &&
    one.isDefaultBranch === other.isDefaultBranch &&
    one.refName === other.refName &&
    one.manifest === other.manifest &&
    one.state === other.state
  );
}
