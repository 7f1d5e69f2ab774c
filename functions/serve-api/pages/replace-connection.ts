/** How an owner has an organization read with something else, without JavaScript. */
import { CallerError } from '../../../shared/domain/caller-error.ts';
import { asId, type ForgeOrganizationId } from '../../../shared/domain/ids.ts';
import type { ForgeHost } from '../../../shared/domain/synchronization.ts';
import { placesOf } from '../../../shared/organizations/membership.ts';
import { replaceConnection } from '../../../shared/organizations/replace-connection.ts';
import { bestEffortQueue } from '../../../shared/store/best-effort-queue.ts';
import { findClaim, findSynchronization } from '../../../shared/store/synchronization-store.ts';
import { accountableFor, type PageContext } from './context.ts';

interface Replacing {
  readonly host: ForgeHost;
  /** The code host's own id. */
  readonly organization: string;
  readonly accessToken: string | undefined;
}

/**
 * Replaces the connection to the organization on a code host.
 *
 * @returns the slug of the organization here
 * @throws as `replaceConnection`, and CallerError when the person owns no organization here that it is connected to
 */
export async function replaceByForm(
  context: PageContext,
  { host, organization: id, accessToken }: Replacing,
): Promise<string> {
  const { dependencies, current } = context;
  const { table, clock } = dependencies;
  const forgeOrganization = asId<ForgeOrganizationId>(id);
  const claim = await findClaim(table, { ...host, forgeOrganization });
  const { memberships } = await placesOf(table, current.user, clock.now());
  const owned = memberships.find(
    ({ organization, role }) => organization.id === claim?.organization && role === 'owner',
  );
  const synchronization = claim && (await findSynchronization(table, claim.synchronization));
  if (owned === undefined || synchronization === undefined) {
    throw new CallerError('forbidden', 'only an owner here replaces what it is read with');
  }
  await replaceConnection(
    { ...dependencies, workQueue: bestEffortQueue(dependencies) },
    synchronization,
    current.user,
    accessToken,
    await accountableFor(context),
  );
  return owned.organization.slug;
}
