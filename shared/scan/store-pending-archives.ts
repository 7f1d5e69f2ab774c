/** Stores and hashes the archives of new tags before their versions are published. */

import type { Organization } from '../domain/organization.ts';
import { ForgeError, type ForgeErrorCode } from '../forge/errors.ts';
import type { ContentReader } from '../forge/forge.ts';
import { type BuildDistDependencies, buildDist } from '../publish/build-dist.ts';
import type { Logger } from '../runtime/logger.ts';
import type { StoredPackage } from '../store/package-store.ts';
import type { Lease, WorkMessage, WorkQueue } from '../store/work.ts';
import { type ArchiveOutcome, publishAccepted, publishPending, recordAccepted } from './apply-scan.ts';
import { isOwnArchive } from './missing-archives.ts';
import type { AcceptedMove, VersionState } from './plan-versions.ts';

export interface StorePendingDependencies extends Omit<BuildDistDependencies, 'reader'> {
  readonly workQueue: WorkQueue;
  readonly logger: Pick<Logger, 'warn'>;
}

export interface PendingArchives {
  /** How many are still pending. */
  readonly count: number;
  /** Seconds after which there may be more to publish, even without a change on the forge. */
  readonly again: number | undefined;
  /** What is stored of the package now. */
  readonly stored: readonly VersionState[];
}

/** When to check again for an archive that another worker builds; seconds. */
const busySeconds = 20;
/** The next archives would fail in the same way. */
const fatalCodes: ReadonlySet<ForgeErrorCode> = new Set([
  'credential-rejected',
  'insufficient-scope',
  'sso-required',
  'rate-limited',
]);

/** A version that waits for an archive: a new tag's, or one whose tag moved with an owner's consent. */
interface Waiting {
  readonly version: VersionState;
  /** What an accepted move makes of it; undefined for a new tag. */
  readonly move: AcceptedMove | undefined;
}

/** Builds archives until the time is up, or until the forge would refuse all others too. */
interface Builder {
  /** Why this scan builds no more archives. */
  stopReason: string | undefined;
  again: number | undefined;
  build(commit: string): Promise<ArchiveOutcome>;
}

function createBuilder(
  dependencies: StorePendingDependencies,
  { id: organization, slug }: Organization,
  found: StoredPackage,
  reader: ContentReader,
  { until, leaseMs }: { readonly until: number; readonly leaseMs: number },
): Builder {
  const { clock, logger } = dependencies;
  const inBackground: Pick<ContentReader, 'readArchive'> = {
    readArchive: (repository, commit, signal) =>
      reader.readArchive(repository, commit, signal, { isBackground: true }),
  };
  const builder: Builder = {
    stopReason: undefined,
    again: undefined,
    async build(commit) {
      try {
        const outcome = await buildDist(
          { ...dependencies, reader: () => Promise.resolve(inBackground) },
          {
            organization,
            slug,
            found,
            commit,
            signal: AbortSignal.timeout(Math.max(1, until - clock.now())),
            leaseMs,
          },
        );
        if (outcome.is === 'stored') {
          return { shasum: outcome.shasum };
        }
        if (outcome.is === 'refused') {
          return { reason: 'its commit was refused meanwhile' };
        }
        if (outcome.is === 'no-folder') {
          return { reason: 'its commit has no folder with the package' };
        }
        builder.again = busySeconds;
        return { reason: 'its archive is being built' };
      } catch (error) {
        logger.warn('the archive of a new tag could not be fetched', {
          package: found.name,
          commit,
          error: error as Error,
        });
        const reason = `the forge did not return its archive: ${error instanceof ForgeError ? error.code : 'unexpected error'}`;
        if (error instanceof ForgeError && fatalCodes.has(error.code)) {
          builder.stopReason = reason;
        }
        return { reason };
      }
    },
  };
  return builder;
}

/**
 * Builds the archives of new tags, and of tags that moved with an owner's consent, and publishes those whose archive is stored.
 *
 * @param moves of tags, with an owner's consent
 * @param stored what is stored of the package after the scan's changes. What an owner accepts meanwhile requests another scan.
 */
export async function storePendingArchives(
  dependencies: StorePendingDependencies,
  lease: Lease,
  organization: Organization,
  found: StoredPackage,
  {
    reader,
    leaseMs,
    until,
    moves,
    stored,
  }: {
    readonly reader: ContentReader;
    readonly leaseMs: number;
    /** How long archives are built; the next scan does the rest. Milliseconds since the epoch. */
    readonly until: number;
    readonly moves: readonly AcceptedMove[];
    readonly stored: readonly VersionState[];
  },
): Promise<PendingArchives> {
  const { table, clock, workQueue } = dependencies;
  const builder = createBuilder(dependencies, organization, found, reader, { until, leaseMs });
  const versions = new Map(stored.map((version) => [version.versionNormalized, version]));
  let count = 0;
  for (const waiting of waitingAmong(stored, moves)) {
    if (builder.stopReason === undefined && clock.now() >= until) {
      builder.stopReason = 'its archive was not built in time';
      builder.again = 1;
    }
    const outcome = await outcomeOf(dependencies, lease, organization, found, builder, waiting);
    count += 'reason' in outcome ? 1 : 0;
    if (!('reason' in outcome) || outcome.reason !== waiting.version.reason) {
      await workQueue.send(await publish(dependencies, lease, organization, found, waiting, outcome));
      versions.set(waiting.version.versionNormalized, afterOutcome(waiting, outcome));
    }
    // Work requested meanwhile, perhaps a withdrawal, waits for one archive at most.
    if (builder.stopReason === undefined && (await table.get(lease.workItem.key))?.wanted !== lease.wanted) {
      builder.stopReason = 'its archive comes with the next scan';
      builder.again = undefined;
    }
  }
  return { count, again: builder.again, stored: [...versions.values()] };
}

/** As `publish` stores it. */
function afterOutcome({ version, move }: Waiting, outcome: ArchiveOutcome): VersionState {
  if ('reason' in outcome) {
    return { ...version, reason: outcome.reason };
  }
  const { reason: _, ...kept } = version;
  return { ...(move?.after ?? { ...kept, state: 'published' }), shasum: outcome.shasum };
}

const waitingAmong = (
  versions: readonly VersionState[],
  moves: readonly AcceptedMove[],
): readonly Waiting[] => [
  ...versions.filter(({ state }) => state === 'pending').map((version) => ({ version, move: undefined })),
  ...moves.map((move) => ({ version: move.before, move })),
];

async function outcomeOf(
  dependencies: StorePendingDependencies,
  lease: Lease,
  { id }: Organization,
  found: StoredPackage,
  { stopReason, build }: Builder,
  { version, move }: Waiting,
): Promise<ArchiveOutcome> {
  if (stopReason !== undefined) {
    return { reason: stopReason };
  }
  if (move === undefined) {
    return build(version.commit);
  }
  const { after } = move;
  if (after === undefined) {
    return { reason: 'no version can be made of it' };
  }
  // What is not ours to build is not waited for.
  if (isOwnArchive(after.manifest)) {
    await recordAccepted(dependencies, lease, id, found, after);
    return build(after.commit);
  }
  return { shasum: '' };
}

const publish = (
  dependencies: StorePendingDependencies,
  lease: Lease,
  { id }: Organization,
  found: StoredPackage,
  { version, move }: Waiting,
  outcome: ArchiveOutcome,
): Promise<readonly WorkMessage[]> => {
  const after = move?.after;
  return after === undefined || 'reason' in outcome
    ? publishPending(dependencies, lease, id, found, version, outcome)
    : publishAccepted(dependencies, lease, id, found, { before: version, after }, outcome.shasum);
};
