/** How an owner has an organization read with something else, without JavaScript. */
import { CallerError } from '../../../shared/domain/caller-error.ts';
import { asId, type ForgeOrganizationId } from '../../../shared/domain/ids.ts';
import type { ForgeHost } from '../../../shared/domain/synchronization.ts';
import type { EnteredTokens } from '../../../shared/organizations/for-connecting.ts';
import { placesOf } from '../../../shared/organizations/membership.ts';
import { replaceConnection } from '../../../shared/organizations/replace-connection.ts';
import { bestEffortQueue } from '../../../shared/store/best-effort-queue.ts';
import { isPrimary } from '../../../shared/store/owner-store.ts';
import { findClaim, synchronizationsOf } from '../../../shared/store/synchronization-store.ts';
import { accountableFor, type PageContext } from './context.ts';

interface Replacing {
  readonly host: ForgeHost;
  /** The code host's own id. */
  readonly organization: string;
  readonly tokens: EnteredTokens;
}

/**
 * Replaces the connection to the organization on a code host. While it does not work, nobody hears of new owners: then any member may, whom the code
 * host calls an owner now, as `replaceConnection` asks.
 *
 * @returns where the person goes on
 * @throws as `replaceConnection`, and CallerError for others
 */
export async function replaceByForm(
  context: PageContext,
  { host, organization: id, tokens }: Replacing,
): Promise<string> {
  const { dependencies, current } = context;
  const { table, clock } = dependencies;
  const forgeOrganization = asId<ForgeOrganizationId>(id);
  const claim = await findClaim(table, { ...host, forgeOrganization });
  const { memberships } = await placesOf(table, current.user, clock.now());
  const membership = memberships.find(({ organization }) => organization.id === claim?.organization);
  const all = membership === undefined ? [] : await synchronizationsOf(table, membership.organization.id);
  const synchronization = all.find((one) => one.id === claim?.synchronization);
  const mayReplace =
    membership !== undefined &&
    synchronization !== undefined &&
    (membership.role === 'owner' ||
      (synchronization.credentialState !== 'working' &&
        isPrimary(membership.organization, all, synchronization.id)));
  if (!mayReplace) {
    throw new CallerError('forbidden', 'only an owner here replaces what it is read with');
  }
  await replaceConnection(
    { ...dependencies, workQueue: bestEffortQueue(dependencies) },
    synchronization,
    current.user,
    tokens,
    await accountableFor(context),
  );
  // Whoever is not known as an owner yet does not see the other page before everything was read.
  return membership.role === 'owner' ? `/connected/${membership.organization.slug}` : '/';
}
