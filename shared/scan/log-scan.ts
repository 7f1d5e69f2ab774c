/** The log of a repository's scans, which owners read: what changed and why, and what failed. */

import type { RepositoryOf } from '../domain/repository-key.ts';
import type { ForgeError } from '../forge/errors.ts';
import type { Clock } from '../runtime/clock.ts';
import { addScanLogEntry } from '../store/scan-log.ts';
import { parseScan } from '../store/scan-store.ts';
import type { Table } from '../store/table.ts';
import { type Lease, leaseHeld } from '../store/work.ts';
import type { VersionChange } from './plan-versions.ts';

/** What the log says of a change. */
export interface LoggedChange extends Pick<VersionChange, 'kind' | 'reason'> {
  readonly version: string;
}

interface LogDependencies {
  readonly table: Table;
  readonly clock: Clock;
}

const causeOf = ({ item }: Lease): string | undefined =>
  typeof item.cause === 'string' ? item.cause : undefined;

/** Logs a scan that changed versions; one that changed none is not worth a line. */
export async function logChanges(
  { table, clock }: LogDependencies,
  lease: Lease,
  of: RepositoryOf,
  changes: readonly LoggedChange[],
): Promise<void> {
  if (changes.length > 0) {
    const entry = {
      at: clock.now(),
      cause: causeOf(lease),
      changes: [...changes],
    };
    await table.transact([leaseHeld(lease), addScanLogEntry(of, entry)]);
  }
}

/** Logs a failure; of those that follow each other for the same reason only the first. */
export async function logFailure(
  { table, clock }: LogDependencies,
  lease: Lease,
  of: RepositoryOf,
  { code, message }: ForgeError,
): Promise<void> {
  if (parseScan(lease.item).lastFailure?.code !== code) {
    const entry = { at: clock.now(), cause: causeOf(lease), changes: [], failure: { code, message } };
    await table.transact([addScanLogEntry(of, entry)]);
  }
}
