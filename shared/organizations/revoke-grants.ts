/** Revokes what people granted at code hosts once it is used no more. */

import { integrationKeyOf } from '../forge/integration-key.ts';
import { findIntegration } from '../forge/integrations.ts';
import type { Logger } from '../runtime/logger.ts';
import { grantRevoked, lapsedGrants, type PersonGrantDependencies } from '../store/person-grant-store.ts';
import type { PersonForges } from './granted-forge.ts';

export interface RevokeGrantsDependencies extends PersonGrantDependencies {
  readonly forges: PersonForges;
  readonly logger: Pick<Logger, 'warn'>;
}

/** Revoked in one call, one after the other. */
const revokedMax = 25;

/**
 * Revokes the oldest lapsed grants, each alone at its code host: newer sign-ins of the same person go on. Those that fail are tried again by
 * later calls, for a day.
 */
export async function revokeLapsedGrants(
  dependencies: RevokeGrantsDependencies,
): Promise<{ readonly revoked: number; readonly failed: number }> {
  const { table, forges, logger } = dependencies;
  const lapsed = await lapsedGrants(dependencies, revokedMax);
  if (lapsed.length === 0) {
    return { revoked: 0, failed: 0 };
  }
  const integrations = await forges.integrations();
  let revoked = 0;
  for (const { key, decrypt, ...host } of lapsed) {
    try {
      const integration = findIntegration(integrations, integrationKeyOf(host));
      const forge = integration && forges.personForge(integration);
      // Without the integration nobody can revoke it, nor use it.
      await forge?.revoke(await decrypt());
      await table.transact([grantRevoked(key)]);
      revoked += 1;
    } catch (error) {
      logger.warn('a grant could not be revoked', { ...host, error: error as Error });
    }
  }
  return { revoked, failed: lapsed.length - revoked };
}
