/** Builds an archive that took too long for the request that asked for it. */
import type { ScanMessage } from '../../events/messages/schema.ts';
import { type BuildDistDependencies, buildDist, type DistOutcome } from '../publish/build-dist.ts';
import { findOrganization } from '../store/organization-store.ts';
import { findPackage } from '../store/package-store.ts';

/** A function of 300 s gives a build so long, and nobody else the lease until it is surely dead. */
const buildMs = 240_000;
const leaseMs = 330_000;

export async function finishDist(
  dependencies: BuildDistDependencies,
  message: Extract<ScanMessage, { kind: 'dist' }>,
): Promise<DistOutcome['is'] | 'unknown'> {
  const organization = await findOrganization(dependencies.table, message.organization);
  const found = await findPackage(dependencies.table, message.organization, message.packageNumber);
  if (!organization || !found) {
    return 'unknown';
  }
  const { is } = await buildDist(dependencies, {
    organization: organization.id,
    slug: organization.slug,
    found,
    commit: message.reference,
    signal: AbortSignal.timeout(buildMs),
    leaseMs,
  });
  return is;
}
