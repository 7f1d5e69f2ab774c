/** Why a repository has no package, by the last scan of it. */
import { type WaitingReason, waitingReasons } from '../domain/package.ts';
import type { ScanState } from '../store/scan-store.ts';

export const noPackageReasons = [...waitingReasons, 'no-manifest', 'scan-failed'] as const;
export type NoPackageReason = (typeof noPackageReasons)[number];

export interface WhyNoPackage {
  readonly reason: NoPackageReason;
  /** The name of the package that it would be. */
  readonly name?: string;
  /** What the scan failed with. */
  readonly failure?: string;
}

export const isScanned = (scan: ScanState | undefined): boolean => scan?.lastScannedAt !== undefined;

/** One for each name that the scan found. Nothing of a repository that is not scanned yet: it may become a package. */
export function whyNoPackage(scan: ScanState | undefined): readonly WhyNoPackage[] {
  if (scan?.lastFailure !== undefined) {
    return [{ reason: 'scan-failed', failure: scan.lastFailure.message }];
  }
  if (scan === undefined || !isScanned(scan)) {
    return [];
  }
  const waiting: readonly { readonly name: string; readonly reason: WaitingReason }[] = scan.waiting;
  return waiting.length === 0
    ? [{ reason: 'no-manifest' }]
    : waiting.map(({ name, reason }) => ({ reason, name }));
}
