/**
 * An app that is removed and installed again has a new installation. Its forge organization stays with its synchronization, so the
 * new installation takes the place of the removed one, whichever of the two deliveries comes first.
 */
import type { ForgeOrganizationId, InstallationId } from '../domain/ids.ts';
import {
  claimInstallation,
  findInstallation,
  listInstallations,
  type StoredInstallation,
} from '../store/installation-store.ts';
import { findClaim, findSynchronization, useInstallation } from '../store/synchronization-store.ts';
import type { Operation, Table } from '../store/table.ts';

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
