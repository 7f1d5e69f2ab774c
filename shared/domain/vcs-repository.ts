/**
 * Repositories at a URL, which are on no forge. Each organization has one synchronization of its own that they belong to: it is read from no
 * forge, has no members and no teams, and stands in no list of synchronizations. It is only what their records are found by.
 */
import {
  asId,
  type ForgeRepositoryId,
  type OrganizationId,
  type Principal,
  type SynchronizationId,
} from './ids.ts';

/** The program that reads it: Git, Mercurial, Subversion. */
export const vcsKinds = ['git', 'hg', 'svn'] as const;
export type VcsKind = (typeof vcsKinds)[number];
/** Why an installation reads none of them, and the way out. */
export const noVcsWorker =
  'This installation has no worker that reads repositories at a URL. Its operator can deploy it: `npm run synth -- --vcs`, as docs/deploying.md says.';

/** Ends the message of a reading that was refused since the host has an address of a private network. */
export const isInPrivateNetwork = 'is in a private network; an owner has to allow that for this repository';

/** Whether a reading failed since an owner has not allowed the host yet. @param message of the failure */
export const tellsOfPrivateNetwork = (message: string): boolean => message.endsWith(isInPrivateNetwork);

/** What people call them. */
export const vcsNames: Readonly<Record<VcsKind, string>> = { git: 'Git', hg: 'Mercurial', svn: 'Subversion' };

/** What stands for the forge in their synchronization. It is the name of no module of a forge. */
export const vcsForge = 'vcs';

/** Ids that we make have no hyphen, so this is none of theirs. */
const prefix = 'vcs-';

/** The synchronization that an organization's repositories at a URL belong to. */
export const vcsSynchronization = (organization: OrganizationId): SynchronizationId =>
  asId<SynchronizationId>(`${prefix}${organization}`);

export const isVcsSynchronization = (synchronization: SynchronizationId): boolean =>
  synchronization.startsWith(prefix);

/** @throws RangeError for another synchronization */
export function organizationOfVcs(synchronization: SynchronizationId): OrganizationId {
  if (!isVcsSynchronization(synchronization)) {
    throw new RangeError(`${synchronization} has no repositories at a URL`);
  }
  return asId<OrganizationId>(synchronization.slice(prefix.length));
}

/** Where a repository of Subversion has what; paths without slashes at their ends, false for none. Without a trunk the address is that of the trunk. */
export interface VcsLayout {
  readonly trunk: string | false;
  readonly branches: string | false;
  readonly tags: string | false;
  /** The folder of the package in each of them; empty: itself. */
  readonly package: string;
}

/** Who may install what is in a repository at a URL, as owners here say: nobody else knows. */
export interface VcsReaders {
  /** Everybody who belongs to the organization, and all of its teams. */
  readonly everyone: boolean;
  /** Teams made by hand, and teams of synchronizations. */
  readonly teams: readonly Principal[];
}

export const nobody: VcsReaders = { everyone: false, teams: [] };

/** What is granted on one repository. */
export interface VcsGrant {
  readonly repository: ForgeRepositoryId;
  readonly readers: VcsReaders;
}

const minuteMs = 60_000;
/** How often a repository is read that changes all the time, and one that has not changed for long; milliseconds. */
const [shortestMs, longestMs] = [15 * minuteMs, 24 * 60 * minuteMs];
/** The gap between two reads is this part of the time since the last change. */
const gapPart = 10;

/** What is known of the readings of a repository; times in milliseconds since the epoch. */
export interface VcsReadings {
  readonly wanted: number;
  readonly done: number;
  readonly lastScannedAt?: number | undefined;
  readonly lastFailure?: { readonly at: number } | undefined;
  /** When a read last found something new. */
  readonly changedAt?: number | undefined;
  /** Something is left to do, such as an archive that was not built. */
  readonly unfinished?: boolean | undefined;
}

/**
 * When a repository is to be read again, or for the first time, without being asked for.
 *
 * @param addedAt milliseconds since the epoch
 * @returns milliseconds since the epoch; undefined while it waits to be read, or is being read
 */
export function nextReadAt(readings: VcsReadings | undefined, addedAt: number): number | undefined {
  if (readings !== undefined && readings.wanted !== readings.done) {
    return undefined;
  }
  const {
    lastScannedAt = addedAt,
    lastFailure,
    changedAt = addedAt,
    unfinished,
  }: Partial<VcsReadings> = readings ?? {};
  const lastReadAt = Math.max(lastScannedAt, lastFailure?.at ?? 0);
  // What is left to do waits no longer than for a repository that changes all the time.
  const isLeft = unfinished === true && lastFailure === undefined;
  return nextPoll({ lastReadAt, changedAt: isLeft ? lastReadAt : changedAt });
}

/**
 * When a repository is to be read again without being asked for: after 15 minutes at first, and the longer nothing changes the later, up to a
 * day.
 *
 * @param lastReadAt when it was last read, also in vain; milliseconds since the epoch
 * @param changedAt when a read last found something new
 * @returns milliseconds since the epoch
 */
export function nextPoll({ lastReadAt, changedAt }: { lastReadAt: number; changedAt: number }): number {
  const gap = Math.max(0, lastReadAt - changedAt) / gapPart;
  return lastReadAt + Math.min(longestMs, Math.max(shortestMs, gap));
}
