/**
 * An app that is removed and installed again has a new installation. Its forge organization stays with its synchronization, so the
 * new installation takes the place of the removed one, whichever of the two deliveries comes first.
 */
import type { ForgeOrganizationId, InstallationId, SynchronizationId } from '../../domain/ids.ts';
import type { Logger } from '../../runtime/logger.ts';
import {
  claimInstallation,
  findInstallation,
  listInstallations,
  type StoredInstallation,
} from '../../store/installation-store.ts';
import { findClaim, findSynchronization, useInstallation } from '../../store/synchronization-store.ts';
import { ConflictError, type Operation, type Table } from '../../store/table.ts';

export interface Reattachment {
  readonly organization: NonNullable<StoredInstallation['organization']>;
  readonly synchronization: NonNullable<StoredInstallation['synchronization']>;
  readonly operations: readonly Operation[];
}

/** The new installation is announced: is there a synchronization whose own installation is removed? */
export async function reattachNew(
  table: Table,
  announced: {
    readonly id: InstallationId;
    readonly forgeOrganization: ForgeOrganizationId;
    readonly login: string;
  },
  baseUrl: string,
): Promise<Reattachment | undefined> {
  const { id, forgeOrganization, login } = announced;
  const claim = await findClaim(table, { forge: 'github', baseUrl, forgeOrganization });
  const synchronization = claim && (await findSynchronization(table, claim.synchronization));
  if (claim === undefined || synchronization === undefined || synchronization.installation === id) {
    return undefined;
  }
  const before = await findInstallation(table, synchronization.installation);
  return before?.status === 'removed' ? reattachment(claim, id, { id: forgeOrganization, login }) : undefined;
}

/**
 * The forge rejects the synchronization's installation, and its removal was perhaps never heard: was another one announced for its forge
 * organization? An organization has an app only once, so that one takes its place.
 * https://docs.github.com/en/rest/apps/apps#get-an-organization-installation-for-the-authenticated-app
 */
export async function reattachRejected(
  { table, logger }: { readonly table: Table; readonly logger: Pick<Logger, 'info'> },
  id: SynchronizationId,
): Promise<void> {
  const synchronization = await findSynchronization(table, id);
  if (synchronization?.credentialState !== 'credential-rejected') {
    return;
  }
  const rejected = await findInstallation(table, synchronization.installation);
  const reattached = rejected && (await reattachKnown(table, rejected));
  if (reattached === undefined) {
    return;
  }
  try {
    await table.transact(reattached.operations);
  } catch (error) {
    if (error instanceof ConflictError) {
      // Somebody else was there.
      return;
    }
    throw error;
  }
  const { organization } = synchronization;
  logger.info('another installation of the app takes the place of a rejected one', {
    organization,
    synchronization: id,
  });
}

/** The synchronization's installation is removed: was another one announced for its forge organization before? */
export async function reattachKnown(
  table: Table,
  removed: StoredInstallation,
): Promise<Reattachment | undefined> {
  const { organization, synchronization, forgeOrganization } = removed;
  if (organization === undefined || synchronization === undefined) {
    return undefined;
  }
  const current = await findSynchronization(table, synchronization);
  if (current?.installation !== removed.installation) {
    return undefined;
  }
  const other = (await listInstallations(table)).find(
    (one) =>
      one.forgeOrganization === forgeOrganization && one.state === 'unclaimed' && one.status === 'active',
  );
  return other === undefined
    ? undefined
    : reattachment({ organization, synchronization }, other.installation, {
        id: forgeOrganization,
        login: other.login,
      });
}

function reattachment(
  tie: Pick<Reattachment, 'organization' | 'synchronization'>,
  installation: InstallationId,
  forgeOrganization: { readonly id: ForgeOrganizationId; readonly login: string },
): Reattachment {
  return {
    ...tie,
    operations: [
      claimInstallation(installation, 'github', { ...forgeOrganization, suspended: false }, tie),
      useInstallation(tie.synchronization, installation),
    ],
  };
}
