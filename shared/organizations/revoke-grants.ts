/** Revokes what people granted at code hosts once it is used no more, by them or by the organizations that were read with it. */

import type { Integration } from '../forge/integration.ts';
import { integrationKeyOf } from '../forge/integration-key.ts';
import { findIntegration, type Integrations } from '../forge/integrations.ts';
import type { PersonGrant } from '../forge/sign-in.ts';
import { deadlineIn } from '../runtime/deadline.ts';
import type { Logger } from '../runtime/logger.ts';
import { credentialContext } from '../store/credential-item.ts';
import { type LapsedGrant, lapsedGrants } from '../store/grant-revocations.ts';
import { Grant, type PersonGrantDependencies, personGrantContext } from '../store/person-grant-store.ts';
import type { PersonForges } from './granted-forge.ts';

export interface RevokeGrantsDependencies extends PersonGrantDependencies {
  readonly forges: PersonForges;
  readonly logger: Pick<Logger, 'warn'>;
}

/** Revoked in one call. */
const revokedMax = 100;
/** The longest that one call waits for a code host: half of the function's time. */
const hostMs = 30_000;

/**
 * Revokes the oldest lapsed grants, each alone at its code host: newer sign-ins of the same person go on. Those that fail are tried again by
 * later calls, behind the others, for a day. Code hosts are asked beside each other, so one that does not answer delays no other.
 *
 * @param waitMs the longest that it waits for one code host
 */
export async function revokeLapsedGrants(
  dependencies: RevokeGrantsDependencies,
  waitMs = hostMs,
): Promise<{ readonly revoked: number; readonly failed: number }> {
  const lapsed = await lapsedGrants(dependencies, revokedMax);
  if (lapsed.length === 0) {
    return { revoked: 0, failed: 0 };
  }
  const integrations = await dependencies.forges.integrations();
  const hosts = Map.groupBy(lapsed, integrationKeyOf);
  const counts = await Promise.all(
    [...hosts.values()].map((grants) => revokeAtHost(dependencies, integrations, grants, waitMs)),
  );
  const revoked = counts.reduce((sum, count) => sum + count, 0);
  return { revoked, failed: lapsed.length - revoked };
}

/** @returns how many were revoked */
async function revokeAtHost(
  dependencies: RevokeGrantsDependencies,
  integrations: Integrations,
  grants: readonly LapsedGrant[],
  waitMs: number,
): Promise<number> {
  const { table, logger } = dependencies;
  const deadline = deadlineIn(waitMs, 'the code host takes too long');
  let revoked = 0;
  try {
    for (const grant of grants) {
      if (deadline.isOver()) {
        await table.transact(grant.postponed);
        continue;
      }
      try {
        await deadline.orOver(revokeOne(dependencies, integrations, grant));
        revoked += 1;
      } catch (error) {
        const { forge, baseUrl } = grant;
        logger.warn('a grant could not be revoked', { forge, baseUrl, error: error as Error });
        await table.transact(error instanceof UnreadableError ? [grant.done] : grant.failed);
      }
    }
  } catch (error) {
    // Those that are left are where they were.
    logger.warn('the list of grants could not be changed', { error: error as Error });
  } finally {
    deadline.clear();
  }
  return revoked;
}

/** The grant was encrypted with another key, or changed: nobody can revoke it, nor use it. */
class UnreadableError extends Error {
  override readonly name = 'UnreadableError';
}

async function revokeOne(
  { table, forges }: RevokeGrantsDependencies,
  integrations: Integrations,
  lapsed: LapsedGrant,
): Promise<void> {
  const integration = findIntegration(integrations, integrationKeyOf(lapsed));
  // Without the integration nobody can revoke it, nor use it.
  if (integration !== undefined) {
    const grant = await grantOf(forges, integration, lapsed);
    await (grant && forges.personForge(integration)?.revoke(grant));
  }
  await table.transact([lapsed.done]);
}

/**
 * @returns undefined for a secret that is no grant, or of a code host whose organizations are not read with grants any more
 * @throws UnreadableError
 */
async function grantOf(
  forges: PersonForges,
  integration: Integration,
  { of, decrypt, ...host }: LapsedGrant,
): Promise<PersonGrant | undefined> {
  const value = await decrypt(
    'user' in of ? personGrantContext(of.user, host) : credentialContext(of.connection),
  );
  if (value === undefined) {
    throw new UnreadableError('the grant cannot be decrypted');
  }
  return 'user' in of ? Grant.parse(value) : forges.connecting(integration)?.grantOf(value);
}
