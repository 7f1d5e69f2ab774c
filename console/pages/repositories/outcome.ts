/** What became of a repository that was added or scanned. */
import type { Schemas } from '../../api/client.ts';
import type { Repository } from './queries.ts';

export type Outcome =
  | { readonly kind: 'scanning' }
  /** Its files are about to be published. */
  | { readonly kind: 'publishing'; readonly name: string }
  | { readonly kind: 'installable'; readonly name: string }
  /** It is no package, for the reason that the repository has now. */
  | { readonly kind: 'none'; readonly repository: Repository };

/**
 * @param found its package, if it has one
 * @param since when it was asked for, in milliseconds since the epoch: an older failure says nothing
 */
export function outcomeOf(
  repository: Repository,
  found: Pick<Schemas['Package'], 'name' | 'state'> | undefined,
  since: number,
): Outcome {
  if (found?.state === 'available') {
    return { kind: 'installable', name: found.name };
  }
  const { lastFailure, isScanPending } = repository;
  const hasFailed = lastFailure !== undefined && Date.parse(lastFailure.at) >= since;
  if (isScanPending && !hasFailed) {
    return { kind: 'scanning' };
  }
  return found === undefined || hasFailed
    ? { kind: 'none', repository }
    : { kind: 'publishing', name: found.name };
}

export const isSettled = ({ kind }: Outcome): boolean => kind === 'installable' || kind === 'none';

/** What helps a repository to become a package. */
export type Remedy = 'add' | 'scan' | 'see-name' | 'see-vendors';

const remedies = {
  'not-chosen': 'add',
  fork: 'add',
  'vendor-not-owned': 'see-vendors',
  'name-taken': 'see-name',
  'invalid-name': 'scan',
  'no-manifest': 'scan',
  'scan-failed': 'scan',
} as const satisfies Readonly<Record<Schemas['NoPackageReason'], Remedy>>;

/** Undefined for a package. */
export const remedyOf = ({ packages, reason }: Repository): Remedy | undefined =>
  packages.length > 0 ? undefined : reason === undefined ? 'add' : remedies[reason];
